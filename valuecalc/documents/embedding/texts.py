"""The texts of a result that are no figures: names, dates, sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from valuecalc.case.case import Source
from valuecalc.documents.charts.words import labelled
from valuecalc.documents.proposal import wording
from valuecalc.engine.figures import ROI_NAMES
from valuecalc.engine.result import Figure, Result
from valuecalc.formula import quantity
from valuecalc.phrases import joined, phrase

NOTHING = "–"

Text = Callable[[Result], str]


def _statement(result: Result) -> str:
    """The five parts, a line to each, and one to each assumption."""
    lines = map(_line, result.statement.parts)
    listed = (joined("", ("• ", each)) for each in result.statement.based_on)
    return joined("\n", (*lines, *listed))


def _line(part: tuple[str, str]) -> str:
    return joined(" ", filter(None, part))


def _part(number: int) -> Text:
    def text(result: Result) -> str:
        return _line(result.statement.parts[number])

    return text


def _without_lead(number: int) -> Text:
    def text(result: Result) -> str:
        return result.statement.parts[number][1]

    return text


def _based_on(result: Result) -> str:
    return joined("\n", result.statement.based_on)


def _conventions(result: Result) -> str:
    return joined("\n", (labelled(each.label, each.text) for each in result.conventions))


def _sources(result: Result) -> str:
    return joined("\n", map(_source, result.case.sources))


def _source(source: Source) -> str:
    if not (source.publisher and source.title):
        return source.publisher or source.title
    return labelled(source.publisher, source.title)


def _open_points(result: Result) -> str:
    found = [joined(" ", filter(None, (each.cause, each.remedy))) for each in result.open_points]
    return joined("\n", found) if found else phrase("None: the case passes every check.")


def _headline_roi(result: Result) -> Figure:
    """The ROI that the conventions of the case put first."""
    return result.figure(ROI_NAMES[result.case.conventions.roi])


def _plan_day(first: bool) -> Text:
    def text(result: Result) -> str:
        day = result.plan.start if first else result.plan.finish
        return wording.day(day) if day else NOTHING

    return text


def _critical_path(result: Result) -> str:
    steps = result.plan.by_id
    return " → ".join(steps[id].label for id in result.plan.critical_path)


TEXTS: Mapping[str, tuple[str, Text]] = {
    "text.title": ("Title of the case", lambda result: result.case.title),
    "text.customer": ("Customer", lambda result: result.case.customer),
    "text.summary": ("Summary", lambda result: result.case.summary),
    "text.scenario": ("Scenario", lambda result: result.scenario_label),
    "text.currency": ("Currency", lambda result: result.case.currency),
    "text.horizon": ("Horizon", lambda result: result.case.timeline.horizon_text),
    "text.decision_date": (
        "Day of the decision",
        lambda result: wording.day(result.case.timeline.start),
    ),
    "text.discount_rate": (
        "Discount rate",
        lambda result: quantity.show(result.case.discounting.rate, "%"),
    ),
    "text.key_message": (
        "The value in one message",
        wording.key_message,
    ),
    "text.reading": (
        "Which lines decide",
        wording.reading,
    ),
    "text.payback": ("When it pays back", wording.payback_label),
    "text.headline_roi": ("Headline ROI", lambda result: _headline_roi(result).text),
    "text.headline_roi_name": (
        "Name of the headline ROI",
        lambda result: _headline_roi(result).label,
    ),
    "text.statement": ("Value proposition in its five parts", _statement),
    "text.statement.belief": ("Value proposition, first part", _part(0)),
    "text.statement.capability": ("Value proposition, second part", _part(1)),
    "text.statement.delivery": ("Value proposition, third part", _part(2)),
    "text.statement.investment": ("Value proposition, fourth part", _part(3)),
    "text.statement.based_on": ("Value proposition, fifth part", _based_on),
    "text.belief": ("Value proposition, first part without its beginning", _without_lead(0)),
    "text.capability": ("Value proposition, second part without its beginning", _without_lead(1)),
    "text.delivery": ("Value proposition, third part without its beginning", _without_lead(2)),
    "text.conventions": ("Conventions in force", _conventions),
    "text.sources": ("Public sources", _sources),
    "text.open_points": ("Open points", _open_points),
    "text.plan_start": ("First day of the plan", _plan_day(first=True)),
    "text.plan_finish": ("Last day of the plan", _plan_day(first=False)),
    "text.critical_path": ("Critical path", _critical_path),
}
"""Each text by its tag: what it is called, and how it is found."""


def text(result: Result, tag: str) -> str:
    """The text of a tag; a dash where the case has none."""
    return TEXTS[tag][1](result) or NOTHING
