"""The scenarios side by side, and what each of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Draft
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.engine.result import Figure, Result
from valuecalc.engine.scenarios import EXPECTED, MADE
from valuecalc.engine.uncertainty.headline_names import COMPARED
from valuecalc.formula import quantity

LABEL_CM = 3.9
_FONT_SIZE = 9


def scenarios(draft: Draft) -> None:
    """The figures of all scenarios, in as many tables as they need."""
    if len(draft.scenarios) < 2:
        return
    draft.heading(1, "Scenarios")
    many = _columns_that_fit(draft.scenarios)
    for start in range(0, len(draft.scenarios), many):
        _comparison(draft, draft.scenarios[start : start + many])
    _differences(draft)


def _columns_that_fit(compared: Sequence[Result]) -> int:
    texts = [result.figure(name).text for result in compared for name in COMPARED]
    width = tables.width_for(texts, _FONT_SIZE, least=2.3)
    return max(1, int((TEXT_WIDTH_CM - LABEL_CM) / width))


def _comparison(draft: Draft, compared: Sequence[Result]) -> None:
    width = (TEXT_WIDTH_CM - LABEL_CM) / len(compared)
    names = [figure.name for figure in draft.result.compared]
    columns = [Column("", LABEL_CM)]
    columns += [Column(each.scenario_label, width, numeric=True) for each in compared]
    draft.caption("Table", "Scenarios side by side")
    tables.table(
        draft,
        columns,
        [
            Row((draft.result.figure(name).label, *(_figure(draft, r, name) for r in compared)))
            for name in names
        ],
        title="Headline figures of the scenarios side by side",
        notes=[
            [f"This document shows the scenario “{draft.result.scenario_label}”."],
            *wording.notes(_labelled(each, name) for each in compared for name in names),
        ],
    )


def _figure(draft: Draft, other: Result, name: str) -> Figure | str:
    """The figure; only those of this document's scenario are filled again by their name."""
    figure = other.figure(name)
    return figure if other.scenario == draft.result.scenario else figure.text


def _labelled(result: Result, name: str) -> Figure:
    figure = result.figure(name)
    return replace(figure, label=f"{figure.label} ({result.scenario_label})")


def _differences(draft: Draft) -> None:
    draft.caption("Table", "What the scenarios change")
    tables.table(
        draft,
        [Column("Scenario", 4.3), Column("What is different", 11.7)],
        [Row((each.scenario_label, _difference(draft, each))) for each in draft.scenarios],
        title="What each scenario changes",
        look=tables.LONG,
    )


def _difference(draft: Draft, result: Result) -> str:
    if result.scenario in MADE:
        return MADE[result.scenario]
    scenario = next(each for each in result.case.scenarios if each.id == result.scenario)
    changes = "; ".join(_changes(draft, result))
    return ". ".join(filter(None, (changes, scenario.note)))


def _changes(draft: Draft, result: Result) -> Iterator[str]:
    """Each assumption that the scenario sets, with its value in it and the expected one."""
    expected = next((each for each in draft.scenarios if each.scenario == EXPECTED), None)
    if expected is None:
        return
    for each in expected.assumptions:
        name = f"assumptions.{each.assumption.id}"
        here, there = result.figure(name), expected.figure(name)
        if here.value != there.value:
            yield f"{here.label}: {here.text} instead of {there.text}"
    rates = [quantity.show(each.case.discounting.rate, "%") for each in (result, expected)]
    if rates[0] != rates[1]:
        yield f"Discount rate: {rates[0]} instead of {rates[1]}"
