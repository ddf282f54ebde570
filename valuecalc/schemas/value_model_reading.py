"""From a value-models document to a case; what has no counterpart is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from valuecalc.case.case import Assumption, Benefit, Calculation, Case, Evidence, Grade, Source
from valuecalc.case.timeline import Timeline
from valuecalc.errors import FormulaError
from valuecalc.schemas import value_model_evidence as evidence
from valuecalc.schemas.fields import LABEL_LENGTH, RESERVED_IN_FORMULAS
from valuecalc.schemas.problems import shown
from valuecalc.schemas.value_model_equations import read_equation
from valuecalc.schemas.value_model_evidence import joined
from valuecalc.schemas.value_model_lengths import shortened
from valuecalc.schemas.value_model_notes import Documents, Notes
from valuecalc.schemas.value_model_parts import (
    MONEY,
    ONE_TIME,
    PERCENTAGE,
    Assessment,
    Claim,
    Estimate,
    ValueDriver,
    Variable,
)
from valuecalc.schemas.value_model_units import Draft, currency_in, with_units, without_units

DEFAULT_YEARS = 3
MAX_NAME = 50

# The first word that is found in the name of a category decides.
CATEGORY_WORDS = (
    ("working capital", "working_capital"),
    ("capital", "capital_avoided"),
    ("avoid", "cost_avoidance"),
    ("risk", "risk_reduction"),
    ("productiv", "productivity"),
    ("efficien", "productivity"),
    ("revenue", "revenue"),
    ("growth", "revenue"),
    ("cost", "cost_reduction"),
    ("saving", "cost_reduction"),
)


class CaseMaker:
    """Makes one case, and keeps the notes on the way."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.model = documents.model
        self.customer = documents.customer
        self.notes = Notes(documents)
        self.currency = self._currency()
        self.taken = {*RESERVED_IN_FORMULAS, self.currency.lower()}
        self.ids: dict[str, str] = {}
        self.percentages = frozenset(
            each.name for each in self.model.variables if each.type == PERCENTAGE
        )
        self.sources = {each.id: each for each in self.customer.sources_summary}

    def make(self) -> Case:
        """The case; what is wrong with it is for the checks on cases to find."""
        self._name_variables()
        case = Case(
            title=self._title(),
            customer=self.customer.customer,
            summary=self.model.product_description,
            currency=self.currency,
            timeline=Timeline(months=12 * self._years()),
            calculations=tuple(self._calculations()),
            sources=tuple(self._sources()),
        )
        case = replace(case, assumptions=tuple(self._assumptions(case)))
        case = shortened(self._with_benefits(case), self.notes)
        self.notes.what_has_no_counterpart(self.ids)
        return case

    # ----------------------------------------------------------------------- the whole

    def _title(self) -> str:
        return self.model.product_name or self.model.model_id or "Imported value model"

    def _currency(self) -> str:
        written = [self.model.currency]
        written += [each.unit for each in self.model.variables if each.type == MONEY]
        written += [each.unit for each in self.documents.claims.claims]
        found = next(filter(None, map(currency_in, written)), None)
        if found is not None:
            return found
        usual = Case(title="").currency
        remedy = f"{usual} is taken: change the currency if it is another."
        self.notes.add("currency", "variables", "The model names no currency.", remedy)
        return usual

    def _years(self) -> int:
        profiles = [each.continuity_profile for each in self._counted()]
        horizons = [each.time_horizon_years for each in profiles if each.kind != ONE_TIME]
        given = [years for years in horizons if years is not None]
        if len(given) < len(horizons) or not given:
            cause = f"Not every driver says how long it counts: {DEFAULT_YEARS} years at least."
            self.notes.add("horizon", "value_drivers", cause, "Set the horizon of the timeline.")
            given.append(DEFAULT_YEARS)
        return max(given)

    def _sources(self) -> Iterator[Source]:
        for each in self.customer.sources_summary:
            url = evidence.web_address(each.url)
            note = joined(each.notes, "" if url else each.url)
            yield Source(title=each.title or f"Source {each.id}", url=url, note=note)

    # ----------------------------------------------------------------------- names

    def _name_variables(self) -> None:
        for index, each in enumerate(self.model.variables):
            place = f"variables[{index}].name"
            if each.name in self.ids:
                cause = f"“{shown(each.name)}” stands twice among the variables."
                self.notes.left_out("duplicate", place, cause)
                continue
            id = self.ids[each.name] = self._new_id(each.name)
            if id != each.name:
                cause = f"“{shown(each.name)}” cannot be a name in formulas."
                self.notes.add("renamed", place, cause, f"It is called {id} here.")

    def _new_id(self, text: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
        base = (plain if plain[:1].isalpha() else f"n_{plain}")[:MAX_NAME].rstrip("_")
        id, count = base, 1
        while id.lower() in self.taken:
            count += 1
            id = f"{base}_{count}"
        self.taken.add(id.lower())
        return id

    # ----------------------------------------------------------------------- calculations

    def _calculations(self) -> Iterator[Calculation]:
        described = {each.name: each for each in reversed(self.model.variables)}
        made: set[str] = set()
        for index, each in enumerate(self.model.dependencies):
            variable = described.get(each.variable)
            if variable is None or each.variable in made:
                cause = f"“{shown(each.variable)}” is no variable, or is worked out twice."
                self.notes.left_out("dependency", f"dependencies[{index}].variable", cause)
                continue
            formula = self._formula(each.equation, f"dependencies[{index}].equation")
            if formula is not None:
                made.add(each.variable)
                yield Calculation(
                    id=self.ids[each.variable],
                    label=variable.display_name or variable.name,
                    formula=formula,
                    note=variable.description,
                )

    def _formula(self, equation: str, place: str) -> str | None:
        """The formula of an equation; None, with a note, for one that cannot be read."""
        try:
            translated = read_equation(equation, self.ids, self.percentages)
        except FormulaError as error:
            self.notes.unreadable(error, place)
            return None
        if translated.hundreds and self.percentages:
            cause = "The equation divides by 100, and percentages are shares here."
            self.notes.add("hundred", place, cause, "See whether it divides twice.")
        return translated.formula

    # ----------------------------------------------------------------------- assumptions

    def _assumptions(self, case: Case) -> Iterator[Assumption]:
        estimates = {each.name: each for each in reversed(self.customer.variables)}
        claims = {each.variable_name: each for each in reversed(self.documents.claims.claims)}
        made = {each.id for each in case.calculations}
        for index, each in enumerate(self.model.variables):
            if self.ids[each.name] not in made:
                made.add(self.ids[each.name])
                known = estimates.get(each.name), claims.get(each.name)
                yield self._assumption(each, *known, f"variables[{index}]")

    def _assumption(
        self, variable: Variable, estimate: Estimate | None, claim: Claim | None, place: str
    ) -> Assumption:
        value, believed = self._value(variable, estimate, claim, place)
        scale = 100 if variable.type == PERCENTAGE else 1
        if scale == 100 and 0 < abs(value) < 1:
            cause = f"A percentage of {value:g} is read as {value:g} %."
            self.notes.add("percentage", place, cause, f"Write {value * 100:g} for a share.")
        unit = f"Unit: {variable.unit}" if variable.unit not in ("", "%") else ""
        assumption = Assumption(
            id=self.ids[variable.name],
            label=variable.display_name or variable.name,
            value=value / scale,
            unit=self._unit(variable),
            evidence=believed,
            note=joined(variable.description, unit),
        )
        return self._with_range(assumption, claim, scale) if claim else assumption

    def _unit(self, variable: Variable) -> str:
        if variable.type == MONEY:
            return currency_in(variable.unit) or self.currency
        return "%" if variable.type == PERCENTAGE else "1"

    def _value(
        self, variable: Variable, estimate: Estimate | None, claim: Claim | None, place: str
    ) -> tuple[float, Evidence]:
        """The number as it was written, from the nearest to the customer, and who says so."""
        if estimate is not None:
            return estimate.value, evidence.of_estimate(variable, estimate, self.sources)
        if claim is not None:
            said = evidence.of_claim(claim, self.documents.claims, self._title())
            return claim.median, said
        source = f"Value model “{self._title()}”"[:LABEL_LENGTH]
        if variable.default_value is not None:
            note = "The model’s own value for any customer."
            return variable.default_value, Evidence(grade=Grade.E, source=source, note=note)
        gaps = {each.name: each.reason for each in self.customer.missing_variables}
        reason = gaps.get(variable.name, "")
        cause = f"“{shown(variable.name)}” has no value. {reason}".rstrip()
        self.notes.add("no_value", place, cause, "0 stands in its place: ask the customer.")
        note = joined("No value is known; 0 stands in its place.", reason)
        return 0.0, Evidence(grade=Grade.E, source=source, note=note)

    def _with_range(self, assumption: Assumption, claim: Claim, scale: float) -> Assumption:
        if claim.min is None or claim.max is None or claim.min == claim.max:
            return assumption
        low, high = claim.min / scale, claim.max / scale
        if low <= assumption.value <= high:
            return replace(assumption, low=low, high=high, distribution="triangular")
        cause = f"The value of “{assumption.id}” is outside the range that is claimed for it."
        self.notes.add("range", "variables", cause, "The range is left out.")
        return assumption

    # ----------------------------------------------------------------------- benefits

    def _counted(self) -> list[ValueDriver]:
        excluded = {each.name for each in self.customer.value_drivers if not each.selected}
        return [each for each in self.model.value_drivers if each.name not in excluded]

    def _with_benefits(self, case: Case) -> Case:
        """The case with a benefit for each driver that counts."""
        assessed = {each.name: each for each in reversed(self.customer.value_drivers)}
        drafts = []
        for index, each in enumerate(self.model.value_drivers):
            place = f"value_drivers[{index}]"
            assessment = assessed.get(each.name, Assessment(name=each.name))
            if not assessment.selected:
                cause = f"“{shown(each.name)}” is not selected. {assessment.reason}".rstrip()
                self.notes.add("not_selected", place, cause, "It is left out.")
                continue
            formula = self._formula(each.equation, f"{place}.equation")
            if formula is not None:
                drafts.append(self._draft(each, assessment, formula, place))
        strict = with_units(case, drafts)
        if strict is not None:
            return strict
        cause = "The units of some equations do not fit each other."
        remedy = "All amounts of money are plain numbers here, and units are not checked."
        self.notes.add("units", "value_drivers", cause, remedy)
        return without_units(case, drafts)

    def _draft(
        self, driver: ValueDriver, assessment: Assessment, formula: str, place: str
    ) -> Draft:
        profile = driver.continuity_profile
        if not profile.kind:
            cause = "The driver says neither one_time nor recurring."
            self.notes.add("continuity", f"{place}.continuity_profile", cause, "It recurs here.")
        recurs = profile.kind != ONE_TIME
        years, decay = profile.time_horizon_years, profile.annual_decay_rate
        adjustments = assessment.risk_adjustments
        benefit = Benefit(
            id=self._new_id(driver.name.lower()),
            label=driver.name,
            formula=formula,
            category=category_of(f"{driver.category} {driver.subcategory}"),
            ends=12 * years if recurs and years else None,
            growth=percent(-decay) if recurs and decay else None,
            attribution=percent(adjustments.attribution_percentage / 100, unless=1),
            risk=percent(adjustments.execution_risk, unless=0),
            note=note_of(driver, assessment),
        )
        return Draft(benefit, recurs)


def note_of(driver: ValueDriver, assessment: Assessment) -> str:
    """What a driver says besides its numbers, so that nothing of it is lost."""
    parts = [driver.description]
    metric, equation = driver.key_category_metric, driver.key_category_metric_equation
    if metric or equation:
        parts.append(f"To be measured afterwards: {metric} ({equation or 'no equation'}).")
    if driver.tiers_or_modules:
        parts.append(f"Needs: {', '.join(driver.tiers_or_modules)}.")
    return joined(*parts, assessment.reason, assessment.risk_adjustments.justification)


def category_of(text: str) -> str:
    """Our category for the name of a category; `other` for one that says nothing to us."""
    lowered = text.lower()
    return next((id for word, id in CATEGORY_WORDS if word in lowered), "other")


def percent(share: float, unless: float | None = None) -> str | None:
    """A share as text; None for the one that changes nothing."""
    return None if share == unless else f"{share * 100:.15g}%"
