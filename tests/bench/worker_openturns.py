"""OpenTURNS with the reference case as its own function: `python worker_openturns.py DRAWS`.

`DRAWS` is a JSON file, `{"months": 60, "draws": {assumption: [number, …]}}`. One line of JSON
comes back: the seconds to make the function and to work out all draws, each line's mean total,
and the net present value of each draw.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import openturns as ot  # type: ignore[import-not-found]

LINES = 16
PROGRAM = """
var rest := opening * (1 - churn) + added;
var held := opening * (1 - churn * (1 - churn_cut)) + added;
npv := 0; {zero}
for (var p := 0; p <= {months}; p += 1) {{
  if (p > 1) {{
    rest := rest * (1 - churn) + added;
    held := held * (1 - churn * (1 - churn_cut)) + added;
  }};
  var runs := p >= 1 ? 1 : 0;
  var step := 1.03 ^ max(0, ceil(p / 12) - 1);
  var risen := min(p / 18, 1);
  var by_year := p <= 12 ? 0.4 : (p <= 24 ? 0.8 : 1);
  var calls := sites * fault_rate * avoidable * visit_share;
  var used := masts * energy_use;
  var price := energy_price * step;
  var fewer := tickets * 1.01 ^ ((p - 1) / 12) * deflected;
  var l0 := rest * take_up * (arpu_after - arpu_before) * margin * risen^2 * (3 - 2 * risen) * 0.8;
  var l1 := max(held - rest - 5000, 0) * arpu_before * margin * runs
            * 1.02 ^ floor(max(0, p - 1) / 12) * 0.5;
  var l2 := calls * visit_cost * min(p / 12, 1) * 0.9;
  var l3 := calls * repair_time * usable * wage * step * min(p / 12, 1) * 0.75;
  var l4 := (used * energy_saved * price
            + used * price * 0.12 * 1.015 ^ ((p - 1) / 12) * energy_saved) * by_year * runs * 0.95;
  var l5 := outage_time * outage_cut * outage_cost / 12 * min(p / 6, 1) * 0.85;
  var l6 := fewer * ticket_cost * min(p / 10, 1) * 0.85;
  var l7 := fewer * handling_time * 22 * min(p / 10, 1) * 0.5;
  var l8 := rest * 0.35 * runs;
  var l9 := added * 96 * runs * (p <= 6 ? 1 / 6 : 0);
  var l10 := sites * 255 * runs * (p <= 9 ? 1 / 9 : 0) * 1.1;
  var l11 := sites * 3.6 * min(p / 9, 1);
  var l12 := masts * 140 * (p == 0 ? 1 : 0);
  var l13 := masts * 2.5 * (p >= 4 ? 1 : 0);
  var l14 := project_days * day_rate * runs * (p <= 10 ? 1 / 10 : 0);
  var l15 := licence * 1.18 * (p >= 2 ? 1 : 0);
  {add}
  npv += 1.1 ^ (-p / 12) * (l0 + l1 + l2 + l3 + l4 + l5 + l6 + l7
         - l8 - l9 - l10 - l11 - l12 - l13 - l14 - l15);
}};
"""


def main(path: Path) -> None:
    """Work out all draws at once, and answer."""
    given = json.loads(path.read_text())
    totals = [f"total_{number}" for number in range(LINES)]
    program = PROGRAM.format(
        months=given["months"],
        zero=" ".join(f"{total} := 0;" for total in totals),
        add=" ".join(f"{total} += l{number};" for number, total in enumerate(totals)),
    )
    start = time.perf_counter()
    names = list(given["draws"])
    function = ot.SymbolicFunction(names, [*totals, "npv"], program)
    made = time.perf_counter()
    draws = ot.Sample(list(zip(*given["draws"].values(), strict=True)))
    begun = time.perf_counter()
    found = function(draws)
    seconds = time.perf_counter() - begun
    answer = {
        "loading": made - start,
        "seconds": seconds,
        "totals": list(found.getMarginal(range(LINES)).computeMean()),
        "npv": [row[0] for row in found.getMarginal([LINES])],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
