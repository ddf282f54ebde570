// Squiggle with the reference case in its own language: `node worker_squiggle.mjs PACKAGE DRAWS`.
//
// DRAWS is the file that worker_openturns.py reads, and the answer is the same line. The answer is
// worked out from the given draws. What is timed draws by itself, from triangular distributions
// over the same ranges, because reading numbers out of a program would take longer than the model.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const LINES = 16;
const model = (months) => `
step(p) = 1.03 ^ max([0, ceil(p / 12) - 1])
share(p, months) = min([p / months, 1])
sCurve(p) = { r = share(p, 18); r ^ 2 * (3 - 2 * r) }
yearly(p) = if p <= 12 then 0.4 else if p <= 24 then 0.8 else 1
kept(held, rest) = SampleSet.map(held - rest - 5000, {|x| max([x, 0])})
leaving = churn * (1 - churn_cut)
calls = sites * fault_rate * avoidable * visit_share
used = masts * energy_use
flows(p, rest, held) = {
  runs = if p >= 1 then 1 else 0
  price = energy_price * step(p)
  fewer = tickets * 1.01 ^ ((p - 1) / 12) * deflected
  bill = used * price
  charge = bill * 0.12 * 1.015 ^ ((p - 1) / 12)
  saved = (bill + charge) * energy_saved
  all = [
    rest * take_up * (arpu_after - arpu_before) * margin * sCurve(p) * 0.8,
    kept(held, rest) * arpu_before * margin * runs * 1.02 ^ floor(max([0, p - 1]) / 12) * 0.5,
    calls * visit_cost * share(p, 12) * 0.9,
    calls * repair_time * usable * wage * step(p) * share(p, 12) * 0.75,
    saved * yearly(p) * runs * 0.95,
    outage_time * outage_cut * outage_cost / 12 * share(p, 6) * 0.85,
    fewer * ticket_cost * share(p, 10) * 0.85,
    fewer * handling_time * 22 * share(p, 10) * 0.5,
    rest * 0.35 * runs,
    added * 96 * runs * (if p <= 6 then 1 / 6 else 0),
    sites * 255 * runs * (if p <= 9 then 1 / 9 else 0) * 1.1,
    sites * 3.6 * share(p, 9),
    masts * 140 * (if p == 0 then 1 else 0),
    masts * 2.5 * (if p >= 4 then 1 else 0),
    project_days * day_rate * runs * (if p <= 10 then 1 / 10 else 0),
    licence * 1.18 * (if p >= 2 then 1 else 0)
  ]
  all
}
total(flows) = List.reduce(List.slice(flows, 1), flows[0], {|all, each| all + each})
net(flows) = total(List.slice(flows, 0, 8)) - total(List.slice(flows, 8))
first = { rest: opening * (1 - churn) + added, held: opening * (1 - leaving) + added }
begin = flows(0, first.rest, first.held)
done = List.reduce(List.upTo(1, ${months}), { s: first, totals: begin, npv: net(begin) }, {|done, p|
  s = if p <= 1 then first else {
    rest: done.s.rest * (1 - churn) + added,
    held: done.s.held * (1 - leaving) + added
  }
  f = flows(p, s.rest, s.held)
  {
    s: s,
    totals: List.map(List.upTo(0, ${LINES - 1}), {|i| done.totals[i] + f[i]}),
    npv: done.npv + net(f) * 1.1 ^ (0 - p / 12)
  }
})
{ totals: List.map(done.totals, {|each| mean(each)}), npv: SampleSet.toList(done.npv) }
`;

const [, , folder, file] = process.argv;
const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const entry = join(folder, about.exports?.["."]?.import ?? about.exports?.["."] ?? about.main);
const { run } = await import(pathToFileURL(entry).href);
const given = JSON.parse(readFileSync(file, "utf8"));
const count = Object.values(given.draws)[0].length;
const drawn = Object.entries(given.draws)
  .map(([name, draws]) => `${name} = SampleSet.fromList([${draws.join(",")}])`)
  .join("\n");
const drawing = Object.entries(given.ranges)
  .map(([name, ends]) => `${name} = SampleSet.fromDist(Sym.triangular(${ends.join(",")}))`)
  .join("\n");

async function timed(text) {
  const start = performance.now();
  const found = await run(text, { environment: { sampleCount: count, xyPointLength: 1000 } });
  return [(performance.now() - start) / 1000, found];
}

const begun = performance.now();
const [, found] = await timed(drawn + model(given.months));
const loading = (performance.now() - begun) / 1000;
if (!found.result.ok) throw new Error(String(found.result.value));
const [seconds] = await timed(drawing + model(given.months));
const answer = found.result.value.result.asJS().value;
console.log(JSON.stringify({ loading, seconds, ...answer }));
