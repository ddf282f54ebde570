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
from valuecalc.phrases import joined, phrase

LABEL_CM = 3.9
_FONT_SIZE = 9


def scenarios(draft: Draft) -> None:
    """The figures of all scenarios, in as many tables as they need."""
    if len(draft.scenarios) < 2:
        return
    draft.heading(1, phrase("Scenarios"))
    many = _columns_that_fit(draft.scenarios, draft.room)
    for start in range(0, len(draft.scenarios), many):
        _comparison(draft, draft.scenarios[start : start + many])
    _differences(draft)


def _columns_that_fit(compared: Sequence[Result], share: float) -> int:
    """So many scenarios stand side by side where the text has a `share` of our width."""
    texts = [result.figure(name).text for result in compared for name in COMPARED]
    width = tables.width_for(texts, _FONT_SIZE, least=2.3 * share) / share
    return max(1, int((TEXT_WIDTH_CM - LABEL_CM) / width))


def _comparison(draft: Draft, compared: Sequence[Result]) -> None:
    width = (TEXT_WIDTH_CM - LABEL_CM) / len(compared)
    names = [figure.name for figure in draft.result.compared]
    columns = [Column("", LABEL_CM)]
    columns += [Column(each.scenario_label, width, numeric=True) for each in compared]
    draft.caption("Table", phrase("Scenarios side by side"))
    tables.table(
        draft,
        columns,
        [
            # No figure here is filled again by its name: the column says whose number it is.
            Row((draft.result.figure(name).label, *(each.figure(name).text for each in compared)))
            for name in names
        ],
        title=phrase("Headline figures of the scenarios side by side"),
        name="scenarios",
        notes=[
            [_shown(draft.result)],
            *wording.notes(_labelled(each, name) for each in compared for name in names),
        ],
    )


def _shown(result: Result) -> str:
    return phrase("This document shows the scenario “{scenario}”.", scenario=result.scenario_label)


def _labelled(result: Result, name: str) -> Figure:
    figure = result.figure(name)
    return replace(figure, label=_of_scenario(figure, result))


def _of_scenario(figure: Figure, result: Result) -> str:
    return phrase("{figure} ({scenario})", figure=figure.label, scenario=result.scenario_label)


def _differences(draft: Draft) -> None:
    draft.caption("Table", phrase("What the scenarios change"))
    tables.table(
        draft,
        [Column(phrase("Scenario"), 4.3), Column(phrase("What is different"), 11.7)],
        [Row((each.scenario_label, _difference(draft, each))) for each in draft.scenarios],
        title=phrase("What each scenario changes"),
        name="scenario_changes",
        look=tables.LONG,
    )


def _difference(draft: Draft, result: Result) -> str:
    if result.scenario in MADE:
        return MADE[result.scenario]
    scenario = next(each for each in result.case.scenarios if each.id == result.scenario)
    changes = joined(phrase("; "), _changes(draft, result))
    return joined(". ", filter(None, (changes, scenario.note)))


def _changes(draft: Draft, result: Result) -> Iterator[str]:
    """Each assumption that the scenario sets, with its value in it and the expected one."""
    expected = next((each for each in draft.scenarios if each.scenario == EXPECTED), None)
    if expected is None:
        return
    for each in expected.assumptions:
        name = f"assumptions.{each.assumption.id}"
        here, there = result.figure(name), expected.figure(name)
        if here.value != there.value:
            yield phrase(
                "{assumption}: {here} instead of {expected}",
                assumption=here.label,
                here=here.text,
                expected=there.text,
            )
    rates = [quantity.show(each.case.discounting.rate, "%") for each in (result, expected)]
    if rates[0] != rates[1]:
        yield phrase(
            "Discount rate: {here} instead of {expected}", here=rates[0], expected=rates[1]
        )
