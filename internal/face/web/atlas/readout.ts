// Tells the region and its value when a circle of the map is pointed at or
// focused. What to say is fetched once for each map, so the page stays light.

type Reading = [name: string, value: string];

const fetched = new Map<string, Promise<Reading[]>>();

function readings(address: string): Promise<Reading[]> {
  let all = fetched.get(address);
  if (!all) {
    all = fetch(address, { credentials: "same-origin" }).then((r) => (r.ok ? r.json() : []));
    all.catch(() => fetched.delete(address));
    fetched.set(address, all);
  }
  return all;
}

async function tell(circle: Element): Promise<void> {
  const output = document.getElementById("readout");
  const figure = circle.closest(".mapfig");
  if (!output?.dataset.readings || !figure) return;
  // Circles stand in the order of the readings.
  const at = [...figure.querySelectorAll("#map circle, .far circle")].indexOf(circle);
  const reading = (await readings(output.dataset.readings))[at];
  if (!reading) return;
  const name = document.createElement("b");
  name.textContent = reading[0];
  output.replaceChildren(name, ` ${reading[1]}. `);
}

function circleOf(target: EventTarget | null): Element | null {
  if (!(target instanceof Element)) return null;
  return target.closest(".mapfig circle") ?? target.closest(".mapfig a")?.querySelector("circle") ?? null;
}

for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, (e) => {
    const circle = circleOf(e.target);
    if (circle) void tell(circle);
  });
}
