"""`python -m tests.bench`: agree, measure, report."""

from __future__ import annotations

import os

# Threads of the linear algebra would fight over the processors that everybody shares.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    agreement,
    contest,
    documents,
    editor,
    growth,
    portfolios,
    reference,
    report,
    service,
    store_growth,
    workbooks,
)
from tests.bench.measure import ROOT
from tests.bench.report import PARTS, Table
from tests.postgres import NoPostgresql

RESULTS = ROOT / "bench-results" / "benchmarks.md"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
ENGINE, SERVICE, GROWTH, PORTFOLIO, EDITOR, WORKBOOK, WORD = PARTS
ROOM_FOR_GROWTH = 20e9
"""Bytes that have to be free for the largest databases, one after the other."""

Found = dict[str, list[Table]]
"""The tables of each part of the document."""


def main() -> int:
    """Run the bench; 1 if somebody disagrees, or there is no room."""
    options = _options()
    if _needs_room(options) and shutil.disk_usage(tempfile.gettempdir()).free < ROOM_FOR_GROWTH:
        print(f"{tempfile.gettempdir()} needs {ROOM_FOR_GROWTH / 1e9:.0f} GB of room.")
        return 1
    found: Found = {}
    try:
        if options.only in (None, "engine"):
            found[ENGINE] = _engine(options)
        if options.only in (None, "service"):
            found[SERVICE] = [service.speed()]
        if options.only in (None, "growth"):
            found[GROWTH] = _growth(options.growth)
        if options.only in (None, "portfolio"):
            sizes = portfolios.LARGE_SIZES if options.growth else portfolios.SIZES
            found[PORTFOLIO] = portfolios.tables(sizes)
        if options.only in (None, "editor"):
            found |= _editor()
        if options.only in (None, "workbook"):
            found[WORKBOOK] = workbooks.tables()
        if options.only in (None, "word"):
            found[WORD] = documents.tables()
    except agreement.Disagreement as difference:
        print(f"The bench stops, because two calculations disagree: {difference}")
        return 1
    _publish(found, options)
    return 0


def _needs_room(options: argparse.Namespace) -> bool:
    return bool(options.growth) and options.only in (None, "growth")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="update docs/ and README.md")
    parser.add_argument(
        "--only",
        choices=("engine", "service", "growth", "portfolio", "editor", "workbook", "word"),
        help="one part alone",
    )
    parser.add_argument("--without-peers", action="store_true", help="no spreadsheet engines")
    parser.add_argument(
        "--growth",
        action="store_true",
        help="up to 10,000 cases, on both databases; portfolios of 2,000 (minutes)",
    )
    parser.add_argument(
        "--limit", type=float, default=20, help="seconds a peer has to load (default: 20)"
    )
    return parser.parse_args()


def _engine(options: argparse.Namespace) -> list[Table]:
    """How fast a case is worked out, beside others."""
    agreement.by_hand_and_ours(reference.case())
    with tempfile.TemporaryDirectory() as folder:
        entrants = contest.Contest(Path(folder), options.limit)
        tables = entrants.run(with_peers=not options.without_peers)
    tables += [growth.compiling(), growth.periods(), growth.lines()]
    return [*tables, growth.alternatives(), growth.simulation()]


def _growth(is_large: bool) -> list[Table]:
    """How the database takes many cases; the large ones on PostgreSQL too, where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        if not is_large:
            return [store_growth.growth(Path(folder), store_growth.SIZES)]
        sizes = store_growth.LARGE_SIZES
        tables = [store_growth.growth(Path(folder), sizes)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            return [*tables, store_growth.growth(Path(folder), sizes, "postgresql")]
    except NoPostgresql as reason:
        print(reason)
        return tables


def _editor() -> Found:
    """How fast the editor is in a browser, where there is one."""
    try:
        return {EDITOR: editor.tables()}
    except editor.NoChromium as reason:
        print(reason)
        return {}


def _publish(found: Found, options: argparse.Namespace) -> None:
    texts = {part: report.document(tables) for part, tables in found.items()}
    whole = "\n\n".join([*texts.values(), report.machine()])
    print(whole)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(f"{whole}\n", encoding="utf-8")
    if not options.write:
        return
    for part, text in texts.items():
        # The document shows the largest sizes, which a run without them must not remove.
        if part not in (GROWTH, PORTFOLIO) or options.growth:
            _write(DOCUMENT, f"{text}\n\n{report.machine()}", part)
    if ENGINE in found:
        _write(README, found[ENGINE][0].markdown, ENGINE)


def _write(file: Path, text: str, part: str) -> None:
    done = report.write_between_markers(file, text, part)
    print(f"{'Updated' if done else 'No markers in'} {file.relative_to(ROOT)} ({part})")


if __name__ == "__main__":
    sys.exit(main())
