"""The bench measures what it says, and would notice a disagreement."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from tests.bench import agreement, ours, reference, report
from tests.bench.by_hand import HandWritten
from tests.bench.measure import FEWEST_TURNS, in_new_process, side_by_side
from tests.bench.peers import Book, Peer, Unavailable
from valuecalc.case.checks import errors
from valuecalc.engine.model import compile_case

ECHO = """
import json, sys
print(json.dumps({"seconds": 0.5}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    values = [sum(request["set"].values())] * len(request["get"])
    print(json.dumps({"seconds": 0.25, "values": values}), flush=True)
"""


def test_the_reference_has_the_size_that_the_documentation_tells() -> None:
    case = reference.case()
    assert len(case.assumptions) == 30
    assert all(not each.is_certain for each in case.assumptions)
    assert len(case.calculations) + len(case.lines) == 40
    assert (len(case.benefits), len(case.investments)) == (8, 8)
    assert reference.formulas(case) == 50
    assert case.timeline.periods == 60


@pytest.mark.parametrize("lines", [10, 40, 100, 500])
def test_a_reference_of_another_size_is_sound_and_has_other_texts(lines: int) -> None:
    case = reference.case(lines=lines)
    assert not errors(case)
    formulas = [each.formula for each in case.calculations]
    formulas += [each.formula for each in case.lines]
    assert len(formulas) == lines
    assert len(set(formulas)) > 0.95 * lines


@pytest.mark.parametrize("months", [12, 60, 600])
def test_hand_written_numpy_and_we_agree(months: int) -> None:
    agreement.by_hand_and_ours(reference.case(months=months))


def test_a_model_that_is_off_by_a_millionth_is_a_disagreement() -> None:
    case = reference.case()
    first, *others = case.benefits
    wrong = replace(case, benefits=(replace(first, realisation="80.0001%"), *others))
    with pytest.raises(agreement.Disagreement, match="expected values: totals"):
        agreement.by_hand_and_ours(wrong)


def test_an_npv_that_is_missing_is_a_disagreement() -> None:
    with pytest.raises(agreement.Disagreement, match="NPV"):
        agreement.compare("a peer", ([1.0], 2.0), ([1.0], float("nan")))


def test_the_ends_move_one_assumption_each() -> None:
    case = reference.case()
    expected, ends = ours.expected(case), ours.ends(case)
    moved = np.array([ends[name] != value for name, value in expected.items()])
    assert moved.sum(axis=0).tolist() == [1] * 60


def test_forgetting_makes_a_case_be_compiled_anew() -> None:
    case = reference.case(lines=10)
    before = compile_case(case).program
    assert compile_case(case).program is before
    ours.forget()
    assert compile_case(case).program is not before


def test_the_hand_written_totals_are_those_of_a_calculation_on_paper() -> None:
    case = reference.case()
    totals, _ = HandWritten(60).what_if(ours.expected(case))
    assert totals[12] == 1_800 * 140
    assert totals[15] == pytest.approx(55_000 * 1.18 * 59)


def test_everybody_has_turns_and_the_median_is_told() -> None:
    slow, fast = count(1), iter([5.0, 1.0, 3.0])
    found = side_by_side({"slow": lambda: float(next(slow)), "fast": lambda: next(fast)}, 0)
    assert found == {"slow": (1 + FEWEST_TURNS) / 2, "fast": 3.0}


def test_a_new_process_tells_its_time_and_its_memory() -> None:
    seconds, small = in_new_process("time.sleep(0.05)")
    _, large = in_new_process("block = b'x' * 64 * 1024**2")
    assert 0.05 <= seconds < 5
    assert 48 < large - small < 80


def test_a_peer_answers_for_the_cells_of_the_book(tmp_path: Path) -> None:
    peer = Peer("echo", [sys.executable, "-c", ECHO], book(tmp_path), limit=30)
    assert peer.loading == 0.5
    assert peer.ask({"price": 3.0}) == (0.25, [3.0], 3.0)
    peer.close()
    assert peer.process.returncode == 0


def test_a_peer_that_is_too_slow_is_ended_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"snail: not ready within 0 seconds"):
        Peer("snail", [sys.executable, "-c", "import time; time.sleep(60)"], book(tmp_path), 0.2)


def test_a_peer_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"broken: ValueError: no licence"):
        Peer("broken", [sys.executable, "-c", "raise ValueError('no licence')"], book(tmp_path), 30)


def book(folder: Path) -> Book:
    cells = {"price": "Inputs!A1"}
    return Book(folder / "book.xlsx", cells, totals=("Cash!B1",), npv="Cash!B2", formulas=2)


def test_a_table_is_put_between_the_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nAfter\n")
    assert report.write_between_markers(page, "new")
    expected = "Before\n\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\n\nAfter\n"
    assert page.read_text() == expected
    assert report.write_between_markers(page, "new")
    assert page.read_text() == expected


@pytest.mark.parametrize("text", ["no markers", "<!-- /bench --> wrong way <!-- bench -->"])
def test_a_page_without_markers_is_left_alone(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert not report.write_between_markers(page, "new")
    assert not report.write_between_markers(tmp_path / "missing.md", "new")
    assert page.read_text() == text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (85.2e-6, "85.2 µs"),
        (1.24e-3, "1.24 ms"),
        (0.123, "123 ms"),
        (2.5, "2.50 s"),
        (0, "0.00 µs"),
    ],
)
def test_a_duration_has_three_digits(seconds: float, shown: str) -> None:
    assert report.duration(seconds) == shown


def test_a_table_is_markdown_with_aligned_columns() -> None:
    table = report.Table("Title", ("work", "time"), [("one", "1 s"), ("longer", "12 s")], "Note.")
    assert table.markdown.splitlines() == [
        "| work   | time |",
        "| ------ | ---: |",
        "| one    | 1 s  |",
        "| longer | 12 s |",
        "",
        "Note.",
    ]
