"""What else could be done: the page of options side by side, and of bridges between results."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from valuecalc.engine.result import Figure
from valuecalc.errors import InputError, Problem
from valuecalc.formula import quantity
from valuecalc.services import uncertainty
from valuecalc.services.insights import Alternatives
from valuecalc.web.pages import depending
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.depending import BridgeShown
from valuecalc.web.pages.insights import Subject, asked, mistakes_of, rendered

FIGURES = (("value", "Value"), ("npv", "Net present value"))
"""The figures that are sums of lines, and so can be bridged."""


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One step from one result to another."""

    label: str
    kind: str
    status: str
    before: str
    after: str
    amount: str


class AlternativesPage:
    """What the template of the page reads."""

    def __init__(self, compared: Alternatives) -> None:
        self.found = compared
        self.options = compared.options
        self.estimation = compared.estimation
        self.currency = compared.case.currency

    @property
    def figures(self) -> list[tuple[Figure, list[Figure]]]:
        """Each figure with its values in all options."""
        first = self.options[0].result
        return [
            (each, [option.result.figure(each.name) for option in self.options])
            for each in first.compared
            if all(each.name in option.result.figures for option in self.options)
        ]

    @property
    def differences(self) -> list[tuple[str, list[str]]]:
        """What each option makes of a figure beside the case; a dash for the case itself."""
        names = [each.figure for option in self.options for each in option.differences]
        rows = []
        for name in dict.fromkeys(names):
            found = [
                next((each for each in option.differences if each.figure == name), None)
                for option in self.options
            ]
            label = next(each.label for each in found if each)
            rows.append((label, [each.text if each else "" for each in found]))
        return rows

    @property
    def estimation_steps(self) -> list[tuple[str, str]]:
        """From the reference value over the differentiation to the total economic value."""
        if self.estimation is None:
            return []
        return [
            (each.label, quantity.show(each.amount, self.currency, sign=True))
            for each in self.estimation.steps
        ]


class BridgePage:
    """What the template reads of the bridge between two results."""

    def __init__(self, shown: BridgeShown) -> None:
        self.shown = shown
        self.by_line = shown.found.by_line
        self.by_assumption = shown.found.by_assumption

    @property
    def lines(self) -> list[StepRow]:
        """Every line of both results."""
        unit = self.by_line.unit
        return [
            StepRow(
                label=each.label,
                kind=each.kind,
                status=each.status,
                before=_amount(each.before, unit),
                after=_amount(each.after, unit),
                amount=each.text,
            )
            for each in self.by_line.lines
        ]


def _amount(amount: float | None, unit: str) -> str:
    return quantity.UNDEFINED if amount is None else quantity.show(amount, unit)


def show(subject: Subject) -> Response:
    """What else could be done, and what makes the difference."""
    mistakes: list[Problem] = []
    page: AlternativesPage | None = None
    try:
        page = AlternativesPage(depending.alternatives(subject.source, subject.place.scenario))
    except InputError as error:
        mistakes = mistakes_of(error, "alternatives")
    names = _names(subject)
    start, end = asked("from", _usual_start(subject)), asked("to", "scenario:expected")
    bridge, of_bridge = _bridge(subject, start, end, asked("figure", "value"))
    return rendered(
        subject,
        "alternatives",
        422 if mistakes or of_bridge else 200,
        page=page,
        mistakes=mistakes,
        compared=CasePage(subject.result, subject.results, subject.place),
        names=names,
        start=start,
        end=end,
        figure=asked("figure", "value"),
        bridge=bridge,
        bridge_mistakes=of_bridge,
        figures=FIGURES,
    )


def _names(subject: Subject) -> dict[str, str]:
    """The results that a bridge can join."""
    scenarios = {
        f"{uncertainty.SCENARIO}:{each.scenario}": each.scenario_label for each in subject.results
    }
    others = {
        f"{uncertainty.ALTERNATIVE}:{each.id}": each.label for each in subject.case.alternatives
    }
    return scenarios | others


def _usual_start(subject: Subject) -> str:
    """Where a bridge begins unless the reader chooses: the next best thing, or the cautious end."""
    for kind in ("next_best", "do_nothing"):
        for each in subject.case.alternatives:
            if each.kind == kind:
                return f"{uncertainty.ALTERNATIVE}:{each.id}"
    return f"{uncertainty.SCENARIO}:conservative"


def _bridge(
    subject: Subject, start: str, end: str, figure: str
) -> tuple[BridgePage | None, list[Problem]]:
    try:
        if start == end:
            raise InputError("Both ends are the same, so nothing lies between.", "Choose another.")
        return BridgePage(depending.bridge(subject.source, start, end, figure)), []
    except InputError as error:
        return None, mistakes_of(error, "bridge")
