// Decodes one Eurostat TSV file to observations with our decoder and with
// DuckDB's CSV reader, alternately, in one run, and prints the CPU of each.
//
//   go build -o bin/decode ./bench/decode && cd bench && npm ci && node compare.mjs FILE.tsv.gz
import { DuckDBInstance } from "@duckdb/node-api";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const file = process.argv[2];
if (!file) {
  console.error("usage: node compare.mjs FILE.tsv.gz");
  process.exit(2);
}
const rounds = Number(process.argv[3] ?? 5);
const sql = `
  WITH wide AS (
    SELECT * FROM read_csv('${file.replaceAll("'", "''")}', delim = '\t', header = true, all_varchar = true, compression = 'gzip')
  ), long AS (
    UNPIVOT wide ON COLUMNS(* EXCLUDE ("freq,sex,unit,age,geo\\TIME_PERIOD")) INTO NAME period VALUE cell
  ), split AS (
    SELECT string_split("freq,sex,unit,age,geo\\TIME_PERIOD", ',') AS key, trim(period)::INTEGER AS period,
           TRY_CAST(split_part(trim(cell), ' ', 1) AS DOUBLE) AS value, split_part(trim(cell), ' ', 2) AS flags
    FROM long
  )
  SELECT count(value) AS n, sum(value) AS total, count(DISTINCT key[5]) AS regions, sum(length(flags)) AS letters, max(period) AS last FROM split`;

async function duck(threads) {
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const db = await instance.connect();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const rows = await (await db.runAndReadAll(sql)).getRowObjectsJson();
  const wall = performance.now() - start;
  const used = process.cpuUsage(cpu);
  db.closeSync();
  return { cpu: (used.user + used.system) / 1000, wall, values: Number(rows[0].n), total: Number(rows[0].total) };
}

const ours = () => JSON.parse(execFileSync("../bin/decode", [file], { encoding: "utf8" }));
const median = (xs) => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)];
const report = (name, runs) =>
  console.log(`${name.padEnd(28)} ${String(runs[0].values).padStart(9)} values  CPU ${median(runs.map((r) => r.cpu)).toFixed(0).padStart(5)} ms  wall ${median(runs.map((r) => r.wall)).toFixed(0).padStart(5)} ms`);

const all = { gunzip: [], ours: [], duck1: [], duck2: [] };
for (let i = 0; i < rounds; i++) {
  const o = ours();
  all.ours.push(o);
  all.gunzip.push({ cpu: o.gunzipCpu, wall: o.gunzipWall, values: 0 });
  all.duck1.push(await duck(1));
  all.duck2.push(await duck(2));
}
console.log(`${file.split("/").at(-1)}  SHA-256 ${createHash("sha256").update(readFileSync(file)).digest("hex")}`);
console.log(`median of ${rounds} rounds, taken in turn`);
report("decompress only", all.gunzip);
report("peerscape wire/tsv", all.ours);
report("DuckDB read_csv, 1 thread", all.duck1);
report("DuckDB read_csv, 2 threads", all.duck2);
if (all.ours[0].values !== all.duck1[0].values || Math.abs(all.ours[0].total - all.duck1[0].total) > 0.5) {
  console.error("the two decoders disagree", all.ours[0], all.duck1[0]);
  process.exit(1);
}
