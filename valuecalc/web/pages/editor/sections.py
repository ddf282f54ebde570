"""What the later sections of the editor read: people, scenarios, alternatives, results, history.

`SectionFields` is about what can be typed, and needs no result; `SectionResults` about what came
of it. Numbers come from services; here they are only put beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from flask import Blueprint

from valuecalc.case.case import Case
from valuecalc.case.risk import METHODS, Simulation
from valuecalc.engine.result import Convention, Figure, Result
from valuecalc.errors import CaseError, Problem
from valuecalc.services import uncertainty, value_chain, versions
from valuecalc.services.insights import Alternatives
from valuecalc.services.side_by_side import MADE, LineBridge, SideBySide, shortest_bridge
from valuecalc.services.sittings import Sitting
from valuecalc.services.value_chain import ValueChain
from valuecalc.web.identity import actor
from valuecalc.web.pages.alternatives import AlternativesPage
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.places import EditPlace, Place
from valuecalc.web.storage import store

Choices = Sequence[tuple[str, str]]
"""What a field offers: the value and the words of each."""

SITTINGS_SHOWN = 10

RANGE = ("low", "high", "outcomes")
"""The fields of an assumption that give it a range."""

HOW_MADE = {
    "conservative": "Ranges at the end that hurts",
    "expected": "As entered above",
    "stretch": "Ranges at the end that helps",
}

ROWS = (
    *("assumptions", "calculations", "benefits", "investments"),
    *("people", "goals", "scenarios", "alternatives"),
)
SETTINGS = (
    *("title", "customer", "summary", "currency", "probability", "proposition"),
    *("timeline", "discounting", "conventions", "simulation"),
)
NAMED = {"people": "name"}
"""The lists of the editor, and what has fields besides; rows begin with their label, or else with
the field that is named here."""

EXPLAINED = ("horizon", "discounting", "roi", "payback", "mirr", "finance_view", "headline")
"""The conventions that have fields, beside which it is said what they mean now."""

GROUPS = {
    "headline": "Headline",
    "total": "Further totals and returns",
    "convention": "Horizon",
    "evidence": "Evidence, hardness and categories",
    "line": "Benefits and investments",
    "year": "By year",
    "calculation": "Calculations",
    "assumption": "Assumptions",
}
"""The groups of figures in the order in which they are listed, with the words for people."""


# --------------------------------------------------------------------------- what can be typed


@dataclass(frozen=True, kw_only=True)
class Overridable:
    """An assumption that a scenario or an alternative can set, as it stands in the form."""

    id: str
    label: str
    value: str


class SectionFields:
    """What the fields of the sections offer, from a written document."""

    simulation = Simulation()
    methods: Choices = tuple(METHODS.items())
    made: Choices = tuple((id, HOW_MADE[id]) for id in MADE)

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    @property
    def assumptions(self) -> list[Overridable]:
        """Everything that can be set."""
        return [
            Overridable(
                id=each["id"],
                label=str(each.get("label") or each["id"]),
                value=str(each.get("value") or ""),
            )
            for each in self._items("assumptions")
        ]

    @property
    def compared(self) -> list[Overridable]:
        """The assumptions that have a range, or that some scenario sets."""
        ranged = {each["id"] for each in self._items("assumptions") if _has_range(each)}
        shown = ranged | {id for each in self._items("scenarios") for id in _set_of(each)}
        return [each for each in self.assumptions if each.id in shown]

    def set_by(self, item: Mapping[str, Any]) -> list[Overridable]:
        """The assumptions that a scenario or an alternative sets."""
        shown = _set_of(item)
        return [each for each in self.assumptions if each.id in shown]

    def not_in(self, shown: Sequence[Overridable]) -> list[Overridable]:
        """The assumptions that are not among those shown."""
        taken = {each.id for each in shown}
        return [each for each in self.assumptions if each.id not in taken]

    @property
    def finance_views(self) -> Choices:
        """The grades that the finance view can count, from the strictest; and what stands now."""
        usual = (
            ("A", "A: only what the customer has measured"),
            ("A; B; C", "A to C: measured at a reference customer as well"),
            ("A; B; C; D", "A to D: published benchmarks as well"),
            ("A; B; C; D; E", "A to E: everything"),
        )
        conventions = self.document.get("conventions")
        chosen = conventions.get("finance_view") if isinstance(conventions, Mapping) else None
        grades = [chosen] if isinstance(chosen, str) else chosen or []
        text = "; ".join(str(each) for each in grades)
        known = {value for value, _ in usual} | {"", "A; B"}
        return usual if text in known else (*usual, (text, text.replace(";", ",")))

    def _items(self, key: str) -> Iterator[Mapping[str, Any]]:
        """The rows of a list; what is no row, in a document with mistakes, is left out."""
        for each in self.document.get(key) or ():
            if isinstance(each, Mapping) and each.get("id"):
                yield each


def _has_range(assumption: Mapping[str, Any]) -> bool:
    return any(assumption.get(field) for field in RANGE)


def _set_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    given = item.get("set")
    return given if isinstance(given, Mapping) else {}


# --------------------------------------------------------------------------- what came of it


@dataclass(frozen=True, kw_only=True)
class FigureGroup:
    """Figures that belong together, under a heading."""

    title: str
    figures: tuple[Figure, ...]


class SectionResults:
    """What the live parts of the sections read.

    `worked` is the case as it was worked out. Everything else is worked out when a part asks for
    it, since most answers show one or two of them.
    """

    explained = EXPLAINED

    def __init__(self, worked: CasePage) -> None:
        self.worked = worked
        self.result = worked.result
        assert isinstance(worked.place, EditPlace), "these are the sections of the editor"
        self.place = worked.place

    # people and goals

    @cached_property
    def chain(self) -> ValueChain:
        """The goals, what serves them, and what is in it for whom."""
        return value_chain.value_chain(self.result)

    # scenarios

    @cached_property
    def scenarios(self) -> SideBySide:
        """All scenarios, worked out."""
        return SideBySide(tuple(self.worked.scenarios))

    def place_in(self, scenario: str) -> Place:
        """The addresses of what belongs to the case in another scenario."""
        return EditPlace(self.place.uid, scenario)

    # alternatives

    @property
    def case(self) -> Case:
        """The case in the scenario that is shown."""
        return self.result.case

    @cached_property
    def alternatives(self) -> AlternativesPage | None:
        """The case beside its alternatives; None where there are none that can be worked out."""
        if not self.case.alternatives:
            return None
        try:
            # The case of the result is in its scenario already.
            return AlternativesPage(uncertainty.alternatives(self.case))
        except CaseError:
            return None

    @property
    def compared(self) -> Alternatives | None:
        """The alternatives as they were worked out."""
        return self.alternatives.found if self.alternatives else None

    def alternative(self, id: str) -> Result | None:
        """An alternative, worked out; None where there is none of that id."""
        options = self.alternatives.options[1:] if self.alternatives else ()
        return next((each.result for each in options if each.id == id), None)

    def place_of(self, alternative: str) -> Place:
        """The addresses of what belongs to an alternative, in the scenario that is shown."""
        return EditPlace(self.place.uid, self.place.scenario, alternative=alternative)

    @cached_property
    def bridge(self) -> LineBridge | None:
        """What leads from the next best alternative, or from the first one, to the case."""
        return shortest_bridge(self.compared) if self.compared else None

    # conventions and results

    @property
    def conventions(self) -> dict[str, Convention]:
        """The definitions in force, by name."""
        return {each.name: each for each in self.result.conventions}

    @property
    def fixed_conventions(self) -> list[Convention]:
        """The definitions that no field changes."""
        return [each for each in self.result.conventions if each.name not in EXPLAINED]

    @property
    def figure_groups(self) -> list[FigureGroup]:
        """Every figure by its group, in the order of `GROUPS`."""
        order = list(GROUPS)
        # Groups that are not named here, such as a new one, come last under their own name.
        known = sorted(
            self.result.figures.values(),
            key=lambda each: order.index(each.group) if each.group in order else len(order),
        )
        return [
            FigureGroup(title=GROUPS.get(group, group.capitalize()), figures=tuple(figures))
            for group, figures in groupby(known, key=lambda each: each.group)
        ]


# --------------------------------------------------------------------------- history


def case_sittings(uid: str) -> Sequence[Sitting]:
    """The newest sittings of a case. Raises what `versions.sittings` raises."""
    return versions.sittings(store(), actor(), uid, SITTINGS_SHOWN).rows


def anchor_of(problem: Problem) -> str:
    """The id of the field that a problem is about, or else of the section; empty for neither."""
    section, *below = problem.place.split(".")
    if section == "plan":
        return _anchor_in_plan(below)
    if section not in (*ROWS, *SETTINGS):
        return ""
    if not below:
        return f"f-{section}" if section in SETTINGS else section
    # A whole row is found by its first field.
    first = [NAMED.get(section, "label")] if len(below) == 1 and section in ROWS else []
    return ".".join((f"f-{section}", *below, *first))


def _anchor_in_plan(below: list[str]) -> str:
    """A field of a step, the first one of a whole step, or else the section."""
    is_step = len(below) > 1 and below[0] in ("tasks", "milestones", "decisions")
    if not is_step:
        return "plan"
    return ".".join(("f-plan", *below, *(["label"] if len(below) == 2 else [])))


def section_results(worked: CasePage | None) -> SectionResults | None:
    """What came of the case; None while there are mistakes in it."""
    return SectionResults(worked) if worked else None


def install(blueprint: Blueprint) -> None:
    """Give templates what the sections read."""
    blueprint.add_app_template_global(SectionFields, "section_fields")
    blueprint.add_app_template_global(section_results)
    blueprint.add_app_template_global(case_sittings)
    blueprint.add_app_template_global(anchor_of)
