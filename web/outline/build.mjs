// Makes data/outline/europe.txt from Natural Earth (public domain) as packaged
// by world-atlas: countries whose main land fits the atlas frame, projected,
// simplified along shared borders, rounded to a quarter of a unit.
//
//   node web/outline/build.mjs
//
// The projection and the frame are those of internal/chart (AtlasFrame); a Go
// test compares them with the first line of the file.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (p) => fileURLToPath(new URL(p, import.meta.url));
const atlas = JSON.parse(readFileSync(here("../node_modules/world-atlas/countries-50m.json"), "utf8"));

const EARTH = 6371.007; // km, authalic sphere
const LON0 = 11, LAT0 = 53;
const SIZE = 720, SCALE = 5.4, OX = 345, OY = 337; // units, km per unit, origin
const TOLERANCE = 0.75; // units
const SMALLEST = 8; // square units: islands below are left out
const UNIT = 4; // coordinates are written in quarters of a unit

// Countries with NUTS or statistical regions, and the land between them.
const wanted = {
  Albania: "AL", Andorra: "AD", Austria: "AT", Belgium: "BE", "Bosnia and Herz.": "BA", Bulgaria: "BG", Croatia: "HR", Cyprus: "CY",
  Czechia: "CZ", Denmark: "DK", Estonia: "EE", Finland: "FI", France: "FR", Germany: "DE", Greece: "EL", Hungary: "HU", Iceland: "IS",
  Ireland: "IE", Italy: "IT", Kosovo: "XK", Latvia: "LV", Liechtenstein: "LI", Lithuania: "LT", Luxembourg: "LU", Macedonia: "MK",
  Malta: "MT", Moldova: "MD", Montenegro: "ME", Netherlands: "NL", Norway: "NO", Poland: "PL", Portugal: "PT", Romania: "RO",
  Serbia: "RS", Slovakia: "SK", Slovenia: "SI", Spain: "ES", Sweden: "SE", Switzerland: "CH", Turkey: "TR", Ukraine: "UA",
  "United Kingdom": "UK", "San Marino": "SM", Monaco: "MC", Vatican: "VA",
};

const rad = (d) => (d * Math.PI) / 180;

/** Lambert azimuthal equal-area, in frame units. */
function project([lon, lat]) {
  const l = rad(lon - LON0), p = rad(lat), p0 = rad(LAT0);
  const c = Math.sin(p0) * Math.sin(p) + Math.cos(p0) * Math.cos(p) * Math.cos(l);
  const k = Math.sqrt(2 / (1 + c)) * EARTH;
  const x = k * Math.cos(p) * Math.sin(l);
  const y = k * (Math.cos(p0) * Math.sin(p) - Math.sin(p0) * Math.cos(p) * Math.cos(l));
  return [OX + x / SCALE, OY - y / SCALE];
}

const { scale, translate } = atlas.transform;
const arcs = atlas.arcs.map((arc) => {
  let x = 0, y = 0;
  return arc.map(([dx, dy]) => {
    x += dx; y += dy;
    return project([x * scale[0] + translate[0], y * scale[1] + translate[1]]);
  });
});

const area = (ring) => {
  let s = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) s += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return Math.abs(s / 2);
};
const points = (i, of = arcs) => (i < 0 ? [...of[~i]].reverse() : of[i]);
const ringOf = (indices, of) => indices.flatMap((i, n) => (n ? points(i, of).slice(1) : points(i, of)));
const polygons = (g) => (g.type === "Polygon" ? [g.arcs] : g.arcs ?? []);

/** Whether a ring lies in the frame, whose upper edge cuts the far north on purpose. */
const fits = (ring) => ring.every(([x, y]) => x >= 0 && x <= SIZE && y >= -120 && y <= SIZE);

/** Douglas-Peucker on one arc: shared borders stay shared. */
function simplify(line) {
  const keep = new Uint8Array(line.length);
  keep[0] = keep[line.length - 1] = 1;
  const stack = [[0, line.length - 1]];
  while (stack.length) {
    const [a, b] = stack.pop();
    const [ax, ay] = line[a], [bx, by] = line[b];
    const dx = bx - ax, dy = by - ay, len = Math.hypot(dx, dy);
    let far = -1, best = TOLERANCE;
    for (let i = a + 1; i < b; i++) {
      const [px, py] = line[i];
      const d = len ? Math.abs(dy * (px - ax) - dx * (py - ay)) / len : Math.hypot(px - ax, py - ay);
      if (d > best) { best = d; far = i; }
    }
    if (far > 0) { keep[far] = 1; stack.push([a, far], [far, b]); }
  }
  return line.filter((_, i) => keep[i]);
}

const drawn = atlas.objects.countries.geometries.filter((g) => {
  if (!wanted[g.properties.name]) return false;
  const main = polygons(g).map((p) => ringOf(p[0])).sort((a, b) => area(b) - area(a))[0];
  return main && fits(main);
});

/** Relative integer path; the closing point is dropped. */
function path(line, close) {
  const at = line.map(([x, y]) => [Math.round(x * UNIT), Math.round(y * UNIT)]);
  let out = "", [px, py] = [NaN, NaN];
  at.forEach(([x, y], i) => {
    if (!i) { out += `M${x} ${y}l`; [px, py] = [x, y]; return; }
    const dx = x - px, dy = y - py;
    if (!dx && !dy) return;
    if (close && i === at.length - 1) return;
    out += `${out.endsWith("l") || dx < 0 ? "" : " "}${dx}${dy < 0 ? "" : " "}${dy}`;
    [px, py] = [x, y];
  });
  return out + (close ? "z" : "");
}

const short = arcs.map(simplify);
const uses = new Map(); // arc → countries that use it
let land = "";
for (const g of drawn) {
  for (const polygon of polygons(g)) {
    const outer = ringOf(polygon[0]);
    if (area(outer) < SMALLEST || !fits(outer)) continue;
    for (const ring of polygon) {
      ring.forEach((i) => uses.set(i < 0 ? ~i : i, [...(uses.get(i < 0 ? ~i : i) ?? []), g]));
      const line = ringOf(ring, short);
      if (line.length > 3) land += path(line, true);
    }
  }
}
let borders = "";
for (const [i, by] of uses) if (by.length > 1 && short[i].length > 1) borders += path(short[i], false);

const codes = drawn.map((g) => wanted[g.properties.name]).sort();
const head = `# Natural Earth 1:50m, public domain, packaged by world-atlas 2.0.2. laea ${LON0} ${LAT0} frame ${SIZE} ${SCALE} ${OX} ${OY} unit ${UNIT}`;
writeFileSync(here("../../data/outline/europe.txt"), `${head}\ncountries ${codes.join(" ")}\nland ${land}\nborders ${borders}\n`);
console.log(`${drawn.length} countries, ${(land.length + borders.length) >> 10} kB: ${codes.join(" ")}`);
