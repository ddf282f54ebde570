"""What the three pages of what a case depends on have in common.

They are the same for straw-men, for cases that are kept and for customers behind a link; a
`Subject` is what differs. What they ask for stands in the address. Something that cannot be
worked out gives the same page with what is wrong, and the status 422.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from valuecalc.case.case import Case
from valuecalc.engine.result import Figure, Result
from valuecalc.errors import InputError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.wording import describe
from valuecalc.web.errors import problems_of
from valuecalc.web.pages.case import wanted_scenario
from valuecalc.web.pages.depending import Source
from valuecalc.web.pages.places import EXPECTED, InsightPlace
from valuecalc.web.pages.saved_case import Bar
from valuecalc.web.pages.worked_out import choose

TITLES = {
    "certainty": "How sure is the value?",
    "sensitivity": "What does it depend on?",
    "alternatives": "What else could be done?",
}

TABS = (
    ("certainty", "How sure"),
    ("sensitivity", "What matters"),
    ("alternatives", "Alternatives"),
)
"""The pages, as short as a tab has to be."""

FIGURE_GROUPS_LEFT_OUT = ("assumption", "calculation")
"""What stands in a formula is no result."""

SIMULATED = "simulation"
"""The rule of percentiles, which are no figures of one alternative."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One case whose pages are shown, with everything that depends on where it stands.

    `results` are all its scenarios, `hidden` what forms have to send along. `bar` stands above
    cases that are kept, `secret` belongs to the link of a customer.
    """

    source: Source
    results: tuple[Result, ...]
    place: InsightPlace
    hidden: Mapping[str, str] = field(default_factory=dict)
    bar: Bar | None = None
    secret: str = ""

    @property
    def case(self) -> Case:
        """The case in its expected scenario."""
        return self.source.case

    @property
    def result(self) -> Result:
        """The case in the scenario of the address."""
        return choose(self.results, self.place.scenario)

    @property
    def may_edit(self) -> bool:
        """Whether the reader may change what is shown: only the newest version is ever changed."""
        return self.bar is not None and self.bar.may_edit and self.bar.saved.is_newest

    def words_of(self, place: str) -> str:
        """A place of the case for people: `Users, low`; as it is where it lies elsewhere."""
        section, _, rest = place.partition(".")
        id, _, field = rest.partition(".")
        known = self.case.assumption(id) if section == "assumptions" else None
        if known is None or not field:
            return place
        row = {"label": known.label, "unit": known.unit}
        found = describe((section, id, *field.split(".")), {section: {id: row}})
        return f"{found.label}, {found.field}"

    def field_address(self, place: str) -> str:
        """Where a place of the case is changed; empty for whoever may not."""
        if self.bar is None or not self.may_edit:
            return ""
        return url_for("editor.show", uid=self.bar.saved.head.uid, _anchor=f"f-{place}")

    @property
    def figures(self) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
        """The figures to choose from: those of the headline, and all others."""
        found = [
            each
            for each in self.result.figures.values()
            if each.group not in FIGURE_GROUPS_LEFT_OUT and each.rule.kind != SIMULATED
        ]
        leading = {each.name for each in self.result.headline}
        first = tuple(each for each in found if each.name in leading)
        return first, tuple(each for each in found if each.name not in leading)


def scenario_in(results: tuple[Result, ...]) -> str:
    """The scenario of the address. Raises `UnknownName`."""
    return choose(results, wanted_scenario()).scenario


def give_page(
    blueprint: Blueprint,
    rule: str,
    opened: Callable[..., Subject | Response],
    view: Callable[..., Response],
) -> None:
    """Give a kind of case a page, called as its rule begins.

    `opened` finds the case by the parts of its address, or answers by itself where it has no
    result. The other parts are the view's.
    """

    def page(figure: str | None = None, **parts: Any) -> Response:
        subject = opened(**parts)
        if isinstance(subject, Response):
            return subject
        return view(subject) if figure is None else view(subject, figure)

    blueprint.add_url_rule(rule, rule.split("/")[1], page)


def rendered(subject: Subject, name: str, status: int = 200, **parts: Any) -> Response:
    """One of the pages."""
    page = render_template(
        f"{name}.html",
        subject=subject,
        case=subject.case,
        result=subject.result,
        place=subject.place,
        bar=subject.bar,
        secret=subject.secret,
        tab=name,
        tabs=TABS,
        title=TITLES.get(name, ""),
        **parts,
    )
    return make_response(page, status)


# --------------------------------------------------------------------------- what is asked for


def asked(name: str, otherwise: str = "") -> str:
    """What the address says of something."""
    return request.args.get(name, "").strip() or otherwise


def whole_number(name: str, place: str) -> int | None:
    """A whole number of the address; None for nothing. Raises `InputError`."""
    text = asked(name)
    if not text:
        return None
    digits = text.replace(",", "").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 30):
        raise InputError(f"“{text[:40]}” is no whole number of {place}.", "Write it in digits.")
    return int(text.replace(",", ""))


def changes_asked() -> dict[str, float]:
    """The values of assumptions that the address gives: `set=subscribers:90000`.

    Raises `InputError` for what is no number.
    """
    found = {}
    for text in request.args.getlist("set"):
        id, _, number = text.partition(":")
        found[id] = _number(id, number)
    return found


def change_for_address(id: str, value: float) -> str:
    """A value of an assumption as `changes_asked` reads it, to the last digit."""
    return f"{id}:{value!r}"


def _number(id: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= quantity.MAX_MAGNITUDE:
        raise InputError(f"“{text[:40]}” is no value of {id[:60]}.", "Follow a link of the table.")
    return value


def mistakes_of(error: InputError, place: str) -> list[Problem]:
    """Every mistake that an error speaks of."""
    return list(problems_of(error, place))


def unless_expected(scenario: str) -> str | None:
    """The scenario for an address; the expected one is not worth saying."""
    return None if scenario == EXPECTED else scenario
