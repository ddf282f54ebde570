"""`python -m tests.bench`: agree, measure, report."""

from __future__ import annotations

import os

# Threads of the linear algebra would fight over the processors that everybody shares.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import agreement, contest, growth, reference, report
from tests.bench.measure import ROOT

RESULTS = ROOT / "bench-results" / "benchmarks.md"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"


def main() -> int:
    """Run the bench; 1 if somebody disagrees."""
    options = _options()
    try:
        agreement.by_hand_and_ours(reference.case())
        with tempfile.TemporaryDirectory() as folder:
            entrants = contest.Contest(Path(folder), options.limit)
            glance = entrants.run(with_peers=not options.without_peers)
    except agreement.Disagreement as difference:
        print(f"The bench stops, because two calculations disagree: {difference}")
        return 1
    tables = [glance, growth.compiling(), growth.periods(), growth.lines()]
    tables.append(growth.alternatives())
    _publish(tables, options.write)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="update docs/ and README.md")
    parser.add_argument("--without-peers", action="store_true", help="no spreadsheet engines")
    parser.add_argument(
        "--limit", type=float, default=20, help="seconds a peer has to load (default: 20)"
    )
    return parser.parse_args()


def _publish(tables: list[report.Table], write: bool) -> None:
    text = f"{report.document(tables)}\n\n{report.machine()}"
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(f"{text}\n", encoding="utf-8")
    if write:
        for file, part in ((DOCUMENT, text), (README, tables[0].markdown)):
            done = report.write_between_markers(file, part)
            print(f"{'Updated' if done else 'No markers in'} {file.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
