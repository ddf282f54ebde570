"""The modules that take longest begin first, and what they take is noted on demand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tests import lasting


@dataclass(frozen=True)
class Item:
    """A test, as pytest has collected it."""

    name: str
    marker: str = ""

    @property
    def path(self) -> Path:
        return lasting.ROOT / self.name

    def get_closest_marker(self, name: str) -> str | None:
        return name if name == self.marker else None


@dataclass(frozen=True)
class Report:
    """What pytest says of one part of a test."""

    nodeid: str
    duration: float


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table in which one module is known, and one that is no longer there."""
    file = tmp_path / "lasting.json"
    file.write_text(json.dumps({"tests/test_cli.py": 9, "tests/test_of_yesterday.py": 30}))
    monkeypatch.setattr(lasting, "FILE", file)
    return file


def test_modules_begin_in_the_order_of_what_they_take(table: Path) -> None:
    quick, known, heavy = "tests/test_a.py", "tests/test_cli.py", "tests/test_b.py"
    items: list[Any] = [Item(quick), Item(known), Item(heavy), Item(heavy, "browser"), Item(quick)]
    lasting.longest_first(cast(list[pytest.Item], items))
    assert [each.name for each in items] == [heavy, heavy, known, quick, quick]
    assert [each.marker for each in items[:2]] == ["", "browser"]


def test_what_modules_take_is_added_up_and_written_down(table: Path) -> None:
    noting = lasting.Noting()
    for path, seconds in (("tests/test_docs.py", 1.5), ("tests/test_cli.py", 1.0)):
        for part in ("one", "two"):
            noting.pytest_runtest_logreport(cast(Any, Report(f"{path}::test_{part}", seconds)))
    noting.pytest_sessionfinish()
    assert json.loads(table.read_text()) == {"tests/test_docs.py": 3, "tests/test_cli.py": 2}


def test_what_was_not_measured_this_time_stays(table: Path) -> None:
    lasting.Noting().pytest_sessionfinish()
    assert json.loads(table.read_text()) == {"tests/test_cli.py": 9}


def test_quick_modules_are_not_noted() -> None:
    assert lasting.worth_noting(Counter({"a": 1, "b": 40, "c": 2})) == {"b": 40, "c": 2}


def test_the_table_names_modules_that_are_there() -> None:
    named = json.loads(lasting.FILE.read_text(encoding="utf-8"))
    assert [path for path in named if not (lasting.ROOT / path).is_file()] == []
