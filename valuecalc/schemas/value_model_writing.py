"""From a case and its result to the standard parts of a value-models document."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Assumption, Benefit, Case, Evidence, Grade
from valuecalc.engine.result import LineResult, Result, Series
from valuecalc.errors import Problem
from valuecalc.formula import units
from valuecalc.formula.quantity import is_percentage, show
from valuecalc.formula.tree import Node, names
from valuecalc.schemas.reading import plain_number
from valuecalc.schemas.value_model_formulas import NotExpressible, write_equation
from valuecalc.schemas.value_model_losses import loss, of_case
from valuecalc.schemas.value_model_parts import (
    CUSTOMER,
    IMPROVEMENT,
    MARKET,
    MAX_YEARS,
    MONEY,
    NUMERIC,
    ONE_TIME,
    PERCENTAGE,
    RECURRING,
)
from valuecalc.schemas.value_model_units import currency_in

SCHEMA_VERSION = "1.0.0"
SOLUTION_TIER = "Whole solution"
CONFIDENCE = {Grade.A: 0.95, Grade.B: 0.8, Grade.C: 0.7, Grade.D: 0.5, Grade.E: 0.3}
CATEGORY = {Grade.C: IMPROVEMENT, Grade.D: MARKET}
NO_SOURCE = ("", "")

# Names that a JavaScript expression cannot use.
_JAVASCRIPT_WORDS = frozenset(
    "await break case catch class const continue debugger default delete do else enum export "
    "extends false finally for function import in instanceof let new null return static super "
    "switch this throw true try typeof var void while with yield eval arguments Math undefined "
    "NaN Infinity".split()
)


def variable_name(id: str) -> str:
    """The variable of an id: itself, unless it is a word of JavaScript."""
    return f"{id}_" if id in _JAVASCRIPT_WORDS else id


class DocumentMaker:
    """Makes the standard parts of one document; `losses` tells what they cannot hold."""

    def __init__(self, case: Case, result: Result) -> None:
        self.case = case
        self.result = result
        self.binding: Binding = bind(case)
        self.losses: list[Problem] = list(of_case(case, result))
        self.sources = self._sources()
        # Calculations that depend on the time are given as numbers instead.
        self.equations = dict(self._equations())

    def value_model(self) -> dict[str, Any]:
        """The `ValueModel`."""
        drivers = [
            self._driver(number, line) for number, line in enumerate(self.result.benefits, 1)
        ]
        return {
            "schema_version": SCHEMA_VERSION,
            "model_id": self._model_id(),
            "product_name": self.case.title,
            "product_description": self.case.summary,
            "currency": self.case.currency,
            "variables": [*map(self._variable, self.case.assumptions), *self._calculated()],
            "dependencies": [
                {"variable": variable_name(id), "equation": equation}
                for id, equation in self.equations.items()
            ],
            "value_drivers": drivers,
            "tiers_and_modules": [
                {
                    "name": SOLUTION_TIER,
                    "module": False,
                    "description": "Everything that the case is about.",
                    "includes": [],
                }
            ],
        }

    def customer_variables(self) -> dict[str, Any]:
        """The `CustomerVariables`."""
        numbers = [*map(self._estimate, self.case.assumptions), *self._given_numbers()]
        return {
            "customer": self.case.customer or "Not named",
            "variables": numbers,
            "value_drivers": [self._assessment(line) for line in self.result.benefits],
            "missing_variables": [],
            "sources_summary": [
                self._source(number, title, url) for (title, url), number in self.sources.items()
            ],
        }

    def _source(self, number: int, title: str, url: str) -> dict[str, Any]:
        supported = [each.id for each in self.case.assumptions if source_of(each) == (title, url)]
        return {
            "id": number,
            "title": title,
            "url": url,
            "variables_supported": [variable_name(id) for id in supported],
            "notes": "" if title or url else "No source is named.",
        }

    def _model_id(self) -> str:
        slug = re.sub(r"[^a-z0-9]+", "_", self.case.title.lower()).strip("_")
        return f"vm_{slug or 'case'}"

    # ----------------------------------------------------------------------- numbers

    def _variable(self, each: Assumption) -> dict[str, Any]:
        grade = each.evidence.grade if each.evidence else Grade.E
        return {
            "name": variable_name(each.id),
            "display_name": each.label,
            "description": each.note or each.label,
            "type": type_of(each.unit),
            "category": CATEGORY.get(grade, CUSTOMER),
            "unit": each.unit,
            "default_value": in_percent(each.value, each.unit),
        }

    def _calculated(self) -> Iterator[dict[str, Any]]:
        for each in self.result.calculations:
            calculation = each.calculation
            yield {
                "name": variable_name(calculation.id),
                "display_name": calculation.label,
                "description": calculation.note or calculation.label,
                # Equations compute shares, so that a worked out percentage is a plain number.
                "type": MONEY if currency_in(each.unit) else NUMERIC,
                "category": CUSTOMER,
                "unit": each.unit,
            }

    def _estimate(self, each: Assumption) -> dict[str, Any]:
        said = each.evidence or Evidence(grade=Grade.E)
        notes = [f"Grade {said.grade}: {said.grade.label}."]
        notes += [f"Owner: {said.owner}."] if said.owner else []
        notes += [f"Dated {said.date}."] if said.date else []
        return {
            "name": variable_name(each.id),
            "value": in_percent(each.value, each.unit),
            "confidence": CONFIDENCE[said.grade],
            "sources": [self.sources[source_of(each)]],
            "triangulation_notes": " ".join([*notes, said.note]).strip(),
        }

    def _given_numbers(self) -> Iterator[dict[str, Any]]:
        """Calculations that no equation can hold, as their average over the years."""
        for each in self.result.calculations:
            id = each.calculation.id
            if id not in self.equations:
                yield {
                    "name": variable_name(id),
                    "value": average(each.values[1:]),
                    "confidence": CONFIDENCE[each.grade],
                    "sources": [self.sources[NO_SOURCE]],
                    "triangulation_notes": f"Worked out: {each.worked}",
                }

    def _sources(self) -> dict[tuple[str, str], int]:
        """The number of each source, by title and address; there is always one for none."""
        keys = [*map(source_of, self.case.assumptions), NO_SOURCE]
        return {key: number for number, key in enumerate(dict.fromkeys(keys), 1)}

    # ----------------------------------------------------------------------- equations

    def _equations(self) -> Iterator[tuple[str, str]]:
        for each in self.case.calculations:
            equation = self._equation(self.binding.formulas[each.id, "formula"].tree)
            if equation is not None:
                yield each.id, equation
                continue
            cause = "It depends on the time or on a line; its average over the years is carried."
            self.losses.append(loss(f"calculations.{each.id}", cause))

    def _equation(self, tree: Node) -> str | None:
        lines = {line.id for line in self.case.lines}
        if lines & set(names(tree)):
            return None  # the format knows no variable that is a driver
        try:
            return write_equation(tree, variable_name)
        except NotExpressible:
            return None

    def _driver(self, number: int, line: LineResult) -> dict[str, Any]:
        equation, used = self._annual(line)
        label = line.label
        return {
            "name": self._name(line),
            "number": number,
            "category": line.category,
            "subcategory": "Hard"
            if isinstance(line.line, Benefit) and line.line.is_hard
            else "Soft",
            "equation": equation,
            "description": line.line.note or label,
            "variables_used": used,
            "continuity_profile": self._continuity(line),
            "tiers_or_modules": [],
            "key_category_metric": f"Annual amount of: {label}",
            "key_category_metric_equation": equation,
        }

    def _name(self, line: LineResult) -> str:
        labels = [each.label for each in self.result.benefits]
        return line.label if labels.count(line.label) == 1 else f"{line.label} ({line.id})"

    def _annual(self, line: LineResult) -> tuple[str, list[str]]:
        """The equation of one year's amount before haircuts, and the variables it names."""
        bound = self.binding.formulas[line.id, "formula"]
        unit = units.read(line.unit)
        wanted = units.read(self.case.currency + ("/year" if line.flow != "amount" else ""))
        factor = unit.factor_to(wanted)
        equation = self._equation(bound.tree)
        if equation is None:
            cause = "It depends on the time or on a line; its average over the years is carried."
            self.losses.append(loss(f"{line.prefix}.formula", cause))
            return repr(average(line.amount[line.first : line.last + 1], factor)), []
        used = [variable_name(name) for name in names(bound.tree)]
        plain = plain_number(factor)
        return (equation if factor == 1 else f"({equation}) * {plain!r}"), used

    def _continuity(self, line: LineResult) -> dict[str, Any]:
        recurs = line.flow != "amount"
        kind = RECURRING if recurs else ONE_TIME
        # Earlier versions of the schema say `mode`.
        profile: dict[str, Any] = {"type": kind, "mode": kind}
        if recurs:
            years = -(-self.case.timeline.months // 12)
            profile["time_horizon_years"] = max(1, min(years, MAX_YEARS))
            profile["annual_decay_rate"] = 0
        return profile

    def _assessment(self, line: LineResult) -> dict[str, Any]:
        share = {factor.name: factor.share for factor in line.factors}
        kept = share.get("realisation", 1.0) * share.get("attribution", 1.0)
        told = [f"{each.label} {show(each.share, '%')}" for each in line.factors]
        return {
            "name": self._name(line),
            "selected": True,
            "reason": "It is a benefit of the case.",
            "risk_adjustments": {
                "execution_risk": within(share.get("risk", 0.0), 1),
                "attribution_percentage": within(kept * 100, 100),
                "justification": "; ".join(told) or "Counted in full.",
                "sources": [],
            },
        }


def source_of(assumption: Assumption) -> tuple[str, str]:
    """Title and address of what an assumption rests on."""
    said = assumption.evidence
    return (said.source, said.url) if said else NO_SOURCE


def type_of(unit: str) -> str:
    """The type of a variable in a unit."""
    if is_percentage(unit):
        return PERCENTAGE
    return MONEY if currency_in(unit) else NUMERIC


def in_percent(value: float, unit: str) -> float:
    """The number as the format counts it: 30 for 30 %."""
    return plain_number(float(f"{value * 100:.15g}") if is_percentage(unit) else value)


def average(values: Series, factor: float = 1) -> float:
    """The average of a row, times a factor; 0 for an empty one or one without a value."""
    mean = float(values.mean()) * factor if len(values) else 0.0
    return plain_number(mean) if math.isfinite(mean) else 0


def within(value: float, most: float) -> float:
    """The number, kept between 0 and what the format allows."""
    return plain_number(float(f"{min(max(value, 0.0), most):.15g}"))
