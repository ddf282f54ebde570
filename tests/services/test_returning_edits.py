"""Random edits made with LibreOffice: what comes back is exactly what was edited.

A script of edits is drawn for a straw-man, a case with peculiarities or a case drawn at random.
It is carried out in an open workbook, which LibreOffice saves; then the import has to find each
of the edits, in its kind, and nothing else. `KINDS` are counted: of the scripts that are drawn,
those are carried out that have what the others have least often, and a run that has not met each
kind fails.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.documents import office_desk
from tests.documents.office_desk import OpenBook, Typed
from tests.documents.workbook_cases import QUARTERLY, SLOPES, STOCK, YEARLY
from tests.strategies import cases as random_cases
from valuecalc.case.case import Case
from valuecalc.documents import sheet_process, sheets, workbook
from valuecalc.documents.workbook import serials
from valuecalc.documents.workbook.layout import Given, Layout
from valuecalc.errors import CaseError, Problem
from valuecalc.services import carried_case, cases, library, returning
from valuecalc.services.returning import Edits

pytestmark = pytest.mark.office
TODAY = date(2027, 3, 4)
INPUTS = "Inputs"
FORMULA_SHEETS = ("Calculations", "Cash flow", "Benefits", "Years", "Checks", INPUTS)
INSERTED_INTO = (INPUTS, "Calculations", "Cash flow")
SPECIAL = {"quarterly": QUARTERLY, "yearly": YEARLY, "stock": STOCK, "slopes": SLOPES}
KINDS = {
    *("a number", "a formula for a number", "an input emptied", "a text for a number"),
    *("a formula overtyped", "rows inserted", "columns inserted", "a name deleted"),
    *("a sheet moved", "nothing at all", "another scenario"),
}


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    """Starting the process that reads a file takes longer than reading it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sheets, "output", lambda content: json.dumps(sheet_process._read(content)).encode()
        )
        yield


@dataclass(frozen=True)
class Exported:
    """A case that goes out: its workbook, and where its inputs and formulas are."""

    case: Case
    layout: Layout

    @functools.cached_property
    def content(self) -> bytes:
        """The workbook; most that are drawn are never written."""
        return office_desk.quicker(cases.export(self.case, "xlsx").content)

    @property
    def inputs(self) -> list[str]:
        """The names of the numbers that may be changed."""
        return [name for name, each in self.layout.given.items() if each.may_change]


@dataclass(frozen=True)
class Script:
    """What somebody does to a workbook: first typing, by name or address, then moving.

    `rows` and `columns` are insertions: the sheet, and before which one.
    """

    numbers: dict[str, float]
    formulas: dict[str, float]
    wrong: dict[str, str | None]
    overtyped: dict[str, tuple[str, ...]]
    names: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    columns: tuple[int, ...]
    moved: tuple[tuple[str, int], ...]
    scenario: str

    @property
    def kinds(self) -> set[str]:
        """What it has."""
        found = {
            "a number": bool(self.numbers),
            "a formula for a number": bool(self.formulas),
            "an input emptied": None in self.wrong.values(),
            "a text for a number": any(self.wrong.values()),
            "a formula overtyped": bool(self.overtyped),
            "rows inserted": bool(self.rows),
            "columns inserted": bool(self.columns),
            "a name deleted": bool(self.names),
            "a sheet moved": bool(self.moved),
            "another scenario": bool(self.scenario),
        }
        return {name for name, is_there in found.items() if is_there} or {"nothing at all"}


def exported(made: Case) -> Exported:
    base = carried_case.case_of(carried_case.document_of(made))
    return Exported(made, workbook.layout(cases.calculate(base), base))


@functools.cache
def kept(name: str) -> Exported:
    return exported(SPECIAL[name] if name in SPECIAL else library.straw_man(name).case)


@st.composite
def exports(draw: DrawFn) -> Exported:
    """One straw-man in three, one case with peculiarities, one at random."""
    way = draw(st.integers(0, 2))
    if way == 0:
        return kept(draw(st.sampled_from(library.slugs())))
    if way == 1:
        return kept(draw(st.sampled_from(sorted(SPECIAL))))
    return exported(draw(random_cases(ranges=True)))


@st.composite
def scripts(draw: DrawFn, made: Exported) -> Script:
    """Some edits, none of which undoes another."""
    names = draw(st.permutations(made.inputs))
    counts = [draw(st.integers(0, most)) for most in (4, 1, 2, 1)]
    parts = [names[sum(counts[:at]) : sum(counts[: at + 1])] for at in range(4)]
    given = made.layout.given
    rows = draw(st.lists(st.tuples(st.sampled_from(INSERTED_INTO), st.integers(4, 12)), max_size=2))
    columns = draw(st.lists(st.integers(2, 6), max_size=1))
    return Script(
        numbers={name: draw(another_number(given[name])) for name in parts[0]},
        formulas={name: draw(another_number(given[name])) for name in parts[1]},
        wrong={name: draw(no_number(given[name])) for name in parts[2]},
        overtyped=draw(overtyped(made)) if draw(st.booleans()) else {},
        names=tuple(parts[3]),
        rows=tuple(rows) if draw(st.booleans()) else (),
        columns=tuple(columns) if draw(st.booleans()) else (),
        moved=draw(
            st.lists(st.tuples(st.sampled_from(FORMULA_SHEETS), st.integers(1, 9))).map(tuple)
        )
        if draw(st.booleans())
        else (),
        scenario=draw(st.sampled_from(["", "", "Conservative"])),
    )


def no_number(given: Given) -> st.SearchStrategy[str | None]:
    """What nobody can take; a day that is left out is a change like any other, or none."""
    texts = ["about 900", "n/a", "£12"]
    return st.sampled_from(texts if given.unit == serials.DAY_UNIT else [None, *texts])


@st.composite
def another_number(draw: DrawFn, given: Given) -> float:
    """A number of the same manner, and so one that a case can mostly take."""
    if given.value.is_integer():
        return given.value + draw(st.integers(1, 4))
    return given.value * draw(st.sampled_from([0.5, 0.9, 1.0625, 1 + 1e-9, 1.37]))


@st.composite
def overtyped(draw: DrawFn, made: Exported) -> dict[str, tuple[str, ...]]:
    """Some cells with formulas on one or two sheets."""
    found = {}
    for title in draw(st.sets(st.sampled_from(FORMULA_SHEETS), min_size=1, max_size=2)):
        formulas = sorted(made.layout.formulas[title])
        if formulas:
            cells = st.lists(st.sampled_from(formulas), min_size=1, max_size=4, unique=True)
            found[title] = tuple(draw(cells))
    return found


def carry_out(script: Script, book: OpenBook) -> bytes:
    """The workbook after all edits, as LibreOffice saves it."""
    cells: dict[str, Typed] = {**script.numbers, **script.wrong}
    cells |= {name: {"formula": f"={value!r}*2/2"} for name, value in script.formulas.items()}
    for title, places in script.overtyped.items():
        cells |= {f"{title}!{place}": 4711 for place in places}
    if script.scenario:
        cells["scenario.selected"] = script.scenario
    book.unprotect()
    book.type(cells)
    for name in script.names:
        book.delete_name(name)
    for sheet, row in script.rows:
        book.insert_rows(sheet, row)
    for column in script.columns:
        book.insert_columns(INPUTS, column)
    for sheet, place in script.moved:
        book.move_sheet(sheet, place)
    return book.saved()


def edits_after(script: Script, made: Exported) -> tuple[bytes, Edits]:
    with office_desk.shared().open(made.content) as book:
        saved = carry_out(script, book)
    return saved, returning.edits_of(sheets.read_book(saved))


def check(script: Script, made: Exported) -> None:
    """Each edit is found in its kind, and nothing else is."""
    saved, edits = edits_after(script, made)
    given = made.layout.given
    found = {each.given.name: each.after for each in edits.changes}
    expected = {given[name].name: value for name, value in changed(script).items()}
    assert found == pytest.approx(expected, rel=1e-14)
    left_out = sorted(each.place for each in edits.left_out)
    lost = [*script.wrong, *script.names]
    assert left_out == sorted(returning.place_of(given[name]) for name in lost)
    assert told(edits.not_imported) == expected_sheets(script)
    check_taken(saved, edits)


def changed(script: Script) -> dict[str, float]:
    return script.numbers | script.formulas


def told(problems: tuple[Problem, ...]) -> dict[str, str]:
    """By sheet, the first words of what was not imported."""
    return {each.place.removeprefix("Sheet "): each.cause.split(":")[0] for each in problems}


def expected_sheets(script: Script) -> dict[str, str]:
    moved = {sheet for sheet, _ in script.rows} | ({INPUTS} if script.columns else set())
    sentence = "Rows or columns were moved, so its formulas were not compared."
    found = {
        title: f"{len(places)} formula{'s were' if len(places) > 1 else ' was'} overtyped"
        for title, places in script.overtyped.items()
    }
    return found | dict.fromkeys(moved, sentence)


def check_taken(saved: bytes, edits: Edits) -> None:
    """What was found is taken or refused, one by one, where the case is still one."""
    try:
        back = returning.read_back(sheets.read_book(saved), "model.xlsx", TODAY)
    except CaseError:
        return
    refused = len(edits.left_out) + len(edits.not_imported)
    assert len(back.changes) + len(back.refused) == len(edits.changes) + refused


def drawn(number: int) -> list[tuple[Script, Exported]]:
    """Scripts drawn at random, the same in every run, with what they are for."""
    found: list[tuple[Script, Exported]] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        made = data.draw(exports())
        found.append((data.draw(scripts(made)), made))

    collect()
    return found


def check_random_scripts(number: int, candidates: int) -> None:
    """Carry out so many of the scripts that are drawn, each with the kind met least often."""
    seen: Counter[str] = Counter()
    left = drawn(candidates)
    for _ in range(number):
        chosen = min(left, key=lambda each: min(seen[kind] for kind in each[0].kinds))
        left.remove(chosen)
        seen.update(chosen[0].kinds)
        check(*chosen)
    assert not KINDS - set(seen), "not met in any script"


def test_the_import_finds_exactly_the_edits_of_ten_random_scripts() -> None:
    check_random_scripts(10, candidates=20)


@pytest.mark.slow
def test_the_import_finds_exactly_the_edits_of_three_hundred_random_scripts() -> None:
    check_random_scripts(300, candidates=300)
