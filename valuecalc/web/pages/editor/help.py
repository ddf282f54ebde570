"""Help without leaving the editor: functions, figures, numbers, evidence and keys; and the tour.

The answers are pages; the scripts of the editor take the content of the dialog and the card of
the tour out of them, so that the editor itself stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import Blueprint, render_template

from valuecalc.case.case import Grade
from valuecalc.engine.result import Convention, Figure, Result
from valuecalc.errors import CaseError
from valuecalc.formula import quantity
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.services import cases, saved_cases
from valuecalc.services.access import Action, require
from valuecalc.services.saved_cases import Saved
from valuecalc.web.identity import actor
from valuecalc.web.pages.editor.functions import signature
from valuecalc.web.pages.help import PER_KIND, FunctionHelp, explained_figures
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.storage import store

blueprint = Blueprint("editor_help", __name__, url_prefix="/cases/<uid>/edit")

EXPLAINED_GROUPS = ("headline", "total", "evidence")

RULES: dict[str, tuple[str, ...]] = {
    "value": ("horizon", "timing"),
    "total_benefits": ("horizon", "timing", "haircuts"),
    "total_investment": ("horizon", "timing"),
    "value_year_1": ("initial", "timing"),
    "npv": ("discounting", "initial"),
    "npv_delayed": ("cost_of_delay", "discounting"),
    "pv_benefits": ("discounting", "haircuts"),
    "pv_investment": ("discounting", "initial"),
    "roi": ("roi",),
    "roi_discounted": ("roi", "discounting"),
    "roi_annual": ("roi",),
    "benefit_cost_ratio": ("discounting",),
    "irr": ("irr", "initial"),
    "mirr": ("mirr",),
    "payback": ("payback", "initial"),
    "payback_discounted": ("payback", "discounting"),
    "peak_funding": ("initial", "timing"),
    "peak_funding_month": ("initial", "timing"),
    "cost_of_delay": ("cost_of_delay", "discounting"),
    "annual_net_benefit": ("horizon", "timing"),
    "finance_view": ("finance_view",),
    "hard": ("haircuts",),
    "soft": ("haircuts",),
}
"""The conventions of a case that decide on a figure, by the first part of its name."""

_PERCENTILE = re.compile(r"_p\d+$")


@dataclass(frozen=True)
class WayToWrite:
    """A number as it may be typed, in a field of a unit, and a word on it."""

    typed: str
    unit: str
    words: str = ""

    @property
    def read(self) -> str:
        """What it is read as."""
        found = quantity.read(self.typed, self.unit)
        return quantity.show(found.value, found.unit or self.unit)


WAYS_TO_WRITE = (
    WayToWrite("1,250", "1", "with or without the comma, or with a space"),
    WayToWrite("2.5m", "1", "k, m, bn and tn, or thousand, million, billion and trillion"),
    WayToWrite("£22", "GBP", "or GBP 22"),
    WayToWrite("£2.5m", "GBP"),
    WayToWrite("12%", "%"),
    WayToWrite("12", "%", "in a field whose unit is %"),
    WayToWrite("(500)", "1", "in brackets, or with a minus: −500"),
)
"""How numbers may be written."""

UNITS = (
    ("GBP", "money, once"),
    ("GBP/year", "money each year; the case adds up the years"),
    ("GBP/user/month", "money for each user and month"),
    ("user", "people or things; any word will do"),
    ("hour/week", "one for each other"),
    ("%", "a share; 12% is 0.12 in a formula"),
    ("month", "a time"),
)
"""Units that are often needed, and what each means."""


@dataclass(frozen=True)
class SignedFunction(FunctionHelp):
    """A function with its signature, and the result of its example."""

    @property
    def signature(self) -> str:
        """How it is called: `round(value, [digits])`."""
        return signature(self.function)


class HelpPage:
    """What the template reads: the help, as it holds for one case."""

    def __init__(self, saved: Saved) -> None:
        self.saved = saved

    @cached_property
    def result(self) -> Result | None:
        """The case worked out; None for a draft with mistakes."""
        try:
            return cases.calculate(self.saved.case, EXPECTED)
        except CaseError:
            return None

    @property
    def figures(self) -> Sequence[Figure]:
        """What can be asked for; those of the reference example for a draft."""
        if self.result is None:
            return explained_figures()
        found = [each for each in self.result.figures.values() if each.group in EXPLAINED_GROUPS]
        return [each for each in found if not each.name.startswith(PER_KIND)]

    @property
    def conventions(self) -> Sequence[Convention]:
        """All that are in force in the case; none for a draft."""
        return self.result.conventions if self.result else ()

    def rules_of(self, figure: Figure) -> Iterator[Convention]:
        """The conventions in force that decide on a figure."""
        first = figure.name.partition(".")[0]
        plain = _PERCENTILE.sub("", first)
        wanted = (*RULES.get(plain, ()), *(["headline"] if plain != first else []))
        yield from (each for each in self.conventions if each.name in wanted)

    @property
    def functions(self) -> Sequence[SignedFunction]:
        """All functions of the formula language."""
        return [SignedFunction(FUNCTIONS[name]) for name in sorted(FUNCTIONS)]

    @property
    def grades(self) -> Sequence[Grade]:
        """The grades of evidence, the strongest first."""
        return tuple(Grade)

    def counts_for_finance(self, grade: Grade) -> bool:
        """Whether the finance view of the case counts benefits on such evidence."""
        return grade in self.saved.case.conventions.finance_view


@blueprint.get("/help")
def show(uid: str) -> str:
    """The help, with the conventions of the newest version of a case."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return render_template(
        "editor/help_page.html", help=HelpPage(saved), ways=WAYS_TO_WRITE, units=UNITS
    )


@blueprint.get("/guide")
def show_guide(uid: str) -> str:
    """The tour of the first case, for whoever may write in one."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return render_template("editor/guide.html")
