"""Sensitivity, scenarios, reconciliation and checks as data, against the engine."""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path

import pytest

from tests.documents.workbook_cases import PLAIN, SLOPES, SPECIAL
from valuecalc.case.case import Case
from valuecalc.documents.workbook import book, sensitivity, slopes
from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import Draft, draft
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.slopes import Slopes
from valuecalc.engine.calculate import calculate
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODELS = sorted(path.stem for path in Path(str(models_folder())).glob("*.yaml"))
MADE = ("conservative", "expected", "stretch")


def case_of(name: str) -> Case:
    if name in SPECIAL:
        return SPECIAL[name]
    path = Path(str(models_folder())) / f"{name}.yaml"
    return case_from_text(path.read_text(encoding="utf-8"))


def slopes_of(case: Case, scenario: str = "expected") -> Slopes:
    drafted = draft(calculate(case, scenario), case)
    return Slopes(drafted, Language(drafted))


@functools.cache
def sheets_of(name: str) -> dict[str, Sheet]:
    case = case_of(name)
    return {sheet.title: sheet for sheet in book.sheets(draft(calculate(case), case))}


def size(drafted: Draft) -> float:
    totals = (drafted.result.value(name) for name in ("total_benefits", "total_investment"))
    return max(1.0, *(abs(total or 0.0) for total in totals))


# --------------------------------------------------------------------------- slopes


@pytest.mark.parametrize("scenario", MADE)
@pytest.mark.parametrize("name", [*MODELS, "slopes", "quarterly", "yearly", "start of the month"])
def test_the_npv_along_a_slope_is_that_of_the_engine_s_tornado(name: str, scenario: str) -> None:
    found = slopes_of(case_of(name), scenario)
    npv, scale = found.draft.result.value("npv"), size(found.draft)
    assert npv is not None
    for bar in found.tornado.bars:
        if bar.is_convention or bar.id not in found.live:
            continue
        slope = found.live[bar.id].value
        for value, figure in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            assert figure.value is not None
            along = npv + slope * (value - bar.value)
            assert along == pytest.approx(figure.value, rel=1e-12, abs=1e-12 * scale), bar.id


def test_stocks_sums_haircuts_and_values_by_year_have_slopes_and_bends_have_none() -> None:
    found = slopes_of(SLOPES)
    straight = {"opening", "margin", "load", "fee", "other_twin", "idle", "discount_rate"}
    assert set(found.live) == straight
    bent = {bar.id for bar in found.tornado.bars if not bar.is_convention} - straight
    assert bent == {"churn", "share", "twin"}


def test_an_assumption_that_moves_nothing_has_a_slope_of_zero() -> None:
    idle = slopes_of(SLOPES).live["idle"]
    assert idle.value == 0
    assert idle.total().formula == "[|sum]"


@pytest.mark.parametrize("name", ["contact-centre", "claims-handling", "slopes"])
def test_every_row_of_slopes_has_a_label_of_its_own_and_a_unit(name: str) -> None:
    made = sheets_of(name)[slopes.TITLE]
    calculated = {row for (row, column), cell in made.cells.items() if cell.formula and row > 8}
    labels = [made.cells[row, 1].value for row in calculated]
    assert not [label for label, count in Counter(labels).items() if count > 1]
    assert all(made.cells[row, 2].value for row in calculated)


def test_only_the_most_important_assumptions_are_live_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everything = slopes_of(SLOPES)
    assert len(everything.live) > 2
    monkeypatch.setattr(slopes, "MOST_LIVE", 2)
    found = slopes_of(SLOPES)
    assert list(found.live) == list(everything.live)[:2]
    assert len(found.left_out) == len(everything.live) - 2
    drafted = found.draft
    made = sensitivity.sheet(found, book.inputs.sheet(drafted, found.language))
    words = [cell.value for cell in made.cells.values()]
    assert (
        "Only the 2 most important ones are live, as the workbook would grow too large: "
        f"{len(found.left_out)} more could be."
    ) in words


# --------------------------------------------------------------------------- sensitivity


def column_of(made: Sheet, column: int, first: int, count: int) -> list[object]:
    return [made.cells[row, column].value for row in range(first, first + count)]


def table_of(name: str) -> tuple[Sheet, int, int]:
    """The sheet, the first row of its table, and how many there are."""
    made = sheets_of(name)[sensitivity.TITLE]
    spot = made.spots["sensitivity.ranks"]
    return made, spot.row, spot.height


@pytest.mark.parametrize("name", ["contact-centre", "slopes", "undefined"])
def test_every_row_has_a_rank_of_its_own_also_where_spans_are_equal(name: str) -> None:
    made, first, count = table_of(name)
    ranks = column_of(made, sensitivity.RANK, first, count)
    assert sorted(ranks) == list(range(1, count + 1))  # type: ignore[type-var]


def test_an_assumption_leads_to_its_input() -> None:
    made, first, count = table_of("contact-centre")
    of_inputs = sheets_of("contact-centre")["Inputs"]
    label = made.cells[first, sensitivity.LABEL].value
    place = made.links[first, sensitivity.LABEL]
    assert place.startswith("'Inputs'!C")
    row = int(place.rpartition("C")[2])
    assert of_inputs.cells[row, 1].value == label
    assert len(made.links) == count


def test_a_live_row_holds_no_constant_and_a_dated_one_no_formula_of_its_own() -> None:
    made, first, count = table_of("contact-centre")
    ends = (sensitivity.AT_LOW, sensitivity.AT_HIGH, sensitivity.EVEN)
    for row in range(first, first + count):
        is_live = str(made.cells[row, sensitivity.HOW].value).startswith("live")
        assert [bool(made.cells[row, column].formula) for column in ends] == [is_live] * len(ends)


# --------------------------------------------------------------------------- scenarios


def test_what_a_scenario_does_not_set_is_as_expected() -> None:
    made = sheets_of("contact-centre")["Scenarios"]
    [row] = [row for (row, column), cell in made.cells.items() if cell.value == "Cost of a call"]
    shown = [made.cells[row, column].value for column in range(3, 9)]
    assert shown == [5.58, 4.8, 5.58, 6.55, "as expected", "as expected"]
    assert made.cells[row, 4].formula == "[scenarios.conservative.assumptions.call_cost]"


# --------------------------------------------------------------------------- reconciliation


@pytest.mark.parametrize("name", ["contact-centre", "claims-handling", "quarterly"])
def test_every_number_that_may_be_typed_is_compared_with_the_export(name: str) -> None:
    sheets = sheets_of(name)
    typed = [
        spot_name
        for title in ("Inputs", "Plan")
        if title in sheets
        for spot_name, spot in sheets[title].spots.items()
        if sheets[title].cells.get((spot.row, spot.column)) is not None
        and sheets[title].cells[spot.row, spot.column].style == "input"
        and (spot.height, spot.width) == (1, 1)
    ]
    made = sheets["Reconciliation"]
    compared = [cell.value for (_, column), cell in made.cells.items() if column == 2]
    assert typed
    assert all(compared.count(each) == 1 for each in typed)


def test_every_figure_as_exported_is_a_constant() -> None:
    result = calculate(PLAIN)
    made = {sheet.title: sheet for sheet in book.sheets(draft(result, PLAIN))}["Reconciliation"]
    for figure in result.figures.values():
        spot = made.spots[f"exported.{figure.name}"]
        cell = made.cells[spot.row, spot.column]
        assert (cell.formula, cell.style) == ("", "fixed")
        assert cell.value == ("n/a" if figure.value is None else figure.value)


# --------------------------------------------------------------------------- checks


@pytest.mark.parametrize("name", ["contact-centre", "nothing"])
def test_every_sheet_of_numbers_is_looked_through_for_errors(name: str) -> None:
    sheets = sheets_of(name)
    labels = {cell.value for (_, column), cell in sheets["Checks"].cells.items() if column == 1}
    for title in set(sheets) - {"About", "Checks"}:
        assert f"{title} has no cell with an error" in labels


def test_npv_is_used_on_checks_only() -> None:
    for title, made in sheets_of("contact-centre").items():
        uses = [cell.formula for cell in made.cells.values() if "NPV(" in cell.formula]
        assert len(uses) == (1 if title == "Checks" else 0)
