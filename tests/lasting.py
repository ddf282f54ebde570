"""How many seconds each module of tests takes, so that those that take longest begin first.

Tests run in several processes, and whole modules are handed to them: one that takes a minute and
begins last is waited for by all. What stands in `lasting.json` is what
`make test ARGS=--note-seconds` has measured; a module that is missing there is quick, or new.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("lasting.json")
ROOT = FILE.parent.parent

OPTION = "--note-seconds"

WORTH_NOTING = 2
"""Seconds; the order of modules that take less matters to nobody."""

HEAVY = ("processes", "slow", "browser", "office")
"""The markers of tests that take long, as a rule."""

SECONDS_OF_HEAVY, SECONDS_OF_TEST = 10.0, 0.05
"""What is guessed of a module that is not known: what it takes with such a test, and for each."""


def longest_first(items: list[pytest.Item]) -> None:
    """Put tests in the order of their modules, as long as those take."""
    known: dict[str, float] = json.loads(FILE.read_text(encoding="utf-8"))
    counts = Counter(item.path for item in items)
    heavy = {item.path for item in items if any(map(item.get_closest_marker, HEAVY))}

    def seconds(path: Path) -> float:
        guess = SECONDS_OF_TEST * counts[path] + (SECONDS_OF_HEAVY if path in heavy else 0.0)
        # A test may have tests of its own run that lie elsewhere.
        is_ours = path.is_relative_to(ROOT)
        return known.get(path.relative_to(ROOT).as_posix(), guess) if is_ours else guess

    lasting = {path: seconds(path) for path in counts}
    items.sort(key=lambda item: (-lasting[item.path], item.path))


def worth_noting(seconds: Counter[str]) -> dict[str, int]:
    """What `lasting.json` shall say: the modules that take long, the longest first."""
    return {path: round(taken) for path, taken in seconds.most_common() if taken >= WORTH_NOTING}


class Noting:
    """Adds up what the tests of each module take, and writes it down in the end."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the time of one part of a test."""
        self.seconds[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]

    def pytest_sessionfinish(self) -> None:
        """Write what was measured; what was not asked for this time stays."""
        known: dict[str, float] = json.loads(FILE.read_text(encoding="utf-8"))
        still_there = {path: taken for path, taken in known.items() if (ROOT / path).is_file()}
        newest = worth_noting(Counter({**still_there, **self.seconds}))
        FILE.write_text(json.dumps(newest, indent=1) + "\n", encoding="utf-8")
