"""How sure the value is: the page of a simulation, and of what to find out next."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask import Response

from valuecalc.case.risk import METHODS
from valuecalc.errors import InputError, Problem
from valuecalc.formula import quantity
from valuecalc.services import insights as service
from valuecalc.services.insights import MOST_DRAWS, Percentiles
from valuecalc.web.pages import depending
from valuecalc.web.pages.depending import CertaintyShown
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.insights import Subject, asked, mistakes_of, rendered, whole_number

SHOWN = (("p10", "P10"), ("p20", "P20"), ("p50", "P50"), ("p80", "P80"), ("p90", "P90"))
"""The percentiles of the table."""

MADE_SCENARIOS = ("conservative", "stretch")
"""Those that put every assumption at an end of its range, which leaves nothing to draw."""


@dataclass(frozen=True, kw_only=True)
class PercentileRow:
    """One figure over all draws, as texts; one that most draws do not have `is_rare`."""

    label: str
    note: str
    percentiles: tuple[str, ...]
    mean: str
    error: str
    expected: str
    is_rare: bool


@dataclass(frozen=True, kw_only=True)
class InputRow:
    """One assumption that was drawn."""

    label: str
    words: str
    mean: str
    sd: str
    correlation: str
    share: str


@dataclass(frozen=True, kw_only=True)
class OptionRow:
    """One thing that can be decided for."""

    label: str
    mean: str
    error: str
    is_best: bool


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """What it is worth to know one assumption."""

    id: str
    label: str
    words: str
    note: str
    worth: str
    error: str
    change: str
    cost: str
    net: str
    pilot: str
    is_worth_testing: bool


@dataclass(frozen=True, kw_only=True)
class CorrelationRow:
    """Two assumptions that move together."""

    first: str
    second: str
    rank: str
    note: str


class CertaintyPage:
    """What the template of the page reads."""

    most_draws = MOST_DRAWS
    headers = tuple(title for _, title in SHOWN)

    def __init__(self, shown: CertaintyShown) -> None:
        self.shown = shown
        self.found = shown.found
        self.simulation = shown.found.simulation
        self.information = shown.found.information
        self.currency = self.simulation.case.currency

    @property
    def chances(self) -> list[tuple[str, str]]:
        """The chances of a gain, of the expected value and of a payback, each with its words."""
        drawn = self.simulation
        told = (drawn.gain, drawn.value_gain, drawn.reached, drawn.payback)
        return [(each.label, each.words) for each in told if each]

    @property
    def ends_known(self) -> str:
        """How well the draws know the ends of the likely range of the value; empty if unknown."""
        value = self.simulation.figure("value")
        if not math.isfinite(value.at("p10")):
            return ""
        low, high = (value.error_text_of(name) for name in ("p10", "p90"))
        return f"Of the value, P10 is known to {low} and P90 to {high}."

    @property
    def figures(self) -> list[PercentileRow]:
        """The percentiles of every figure."""
        return [_percentile_row(each) for each in self.simulation.figures.values()]

    @property
    def inputs(self) -> list[InputRow]:
        """The assumptions that were drawn, those first that drive the spread most."""
        return [
            InputRow(
                label=each.label,
                words=each.words,
                mean=service.drawn_text(each.mean, each.unit),
                sd=service.drawn_text(each.sd, each.unit),
                correlation=quantity.show(each.correlation, "1", digits=2, sign=True),
                share=quantity.show(each.share, "%", digits=1),
            )
            for each in self.simulation.inputs
        ]

    @property
    def correlations(self) -> list[CorrelationRow]:
        """What moves together."""
        case = self.simulation.case
        labels = {each.id: each.label for each in case.assumptions}
        return [
            CorrelationRow(
                first=labels.get(each.between[0], each.between[0]),
                second=labels.get(each.between[1], each.between[1]),
                rank=quantity.show(each.rank, "1", digits=2, sign=True),
                note=each.note,
            )
            for each in case.correlations
        ]

    @property
    def convergence(self) -> list[tuple[str, str, str]]:
        """Draws, mean of the NPV and its standard error, as the draws grow."""
        return [
            (
                f"{each.draws:,}",
                quantity.show(each.mean, self.currency),
                service.error_text(each.error, self.currency),
            )
            for each in self.simulation.convergence
        ]

    @property
    def options(self) -> list[OptionRow]:
        """What can be decided for."""
        if self.information is None:
            return []
        return [
            OptionRow(
                label=each.label,
                mean=quantity.show(each.mean, self.currency),
                error=service.error_text(each.error, self.currency),
                is_best=each.is_best,
            )
            for each in self.information.options
        ]

    @property
    def findings(self) -> list[FindingRow]:
        """What to find out next, the most worthwhile first."""
        if self.information is None:
            return []
        return [
            FindingRow(
                id=each.assumption.id,
                label=each.assumption.label,
                words=each.words,
                note=each.note,
                worth=quantity.show(each.evppi, self.currency),
                error=service.error_text(each.error, self.currency),
                change=quantity.show(each.change, "%", digits=1),
                cost=_money(each.cost, self.currency),
                net=_money(each.net, self.currency),
                pilot=each.assumption.pilot.note if each.assumption.pilot else "",
                is_worth_testing=each.is_worth_testing,
            )
            for each in self.information.items
        ]


def _money(amount: float | None, currency: str) -> str:
    return "" if amount is None else quantity.show(amount, currency)


def _percentile_row(figure: Percentiles) -> PercentileRow:
    return PercentileRow(
        label=figure.label,
        note=figure.note,
        percentiles=tuple(figure.text(name) for name, _ in SHOWN),
        mean=figure.text("mean"),
        error=figure.error_text,
        expected=service.expected_text(figure),
        is_rare=figure.undefined > figure.draws / 2,
    )


def show(subject: Subject) -> Response:
    """How sure the value is."""
    return page(subject, Form.empty())


def page(subject: Subject, pilot: Form, status: int = 200) -> Response:
    """The page, with what was typed into the form for the result of a pilot."""
    shown: CertaintyShown | None = None
    mistakes: list[Problem] = []
    try:
        shown = _asked_for(subject)
    except InputError as error:
        mistakes = mistakes_of(error, "simulation")
    own = subject.case.simulation
    return rendered(
        subject,
        "certainty",
        422 if mistakes else status,
        page=CertaintyPage(shown) if shown else None,
        mistakes=mistakes,
        pilot=pilot,
        methods=METHODS,
        scenarios=[each for each in subject.results if each.scenario not in MADE_SCENARIOS],
        typed={
            "draws": asked("draws", str(own.draws)),
            "seed": asked("seed", str(own.seed)),
            "method": asked("method", own.method),
        },
    )


def _asked_for(subject: Subject) -> CertaintyShown:
    return depending.certainty(
        subject.source,
        subject.place.scenario,
        whole_number("draws", "draws"),
        whole_number("seed", "the seed"),
        asked("method") or None,
    )
