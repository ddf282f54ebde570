"""Puts units to equations of the value-models format, which knows none.

Money is in the currency and everything else a plain number, so that an equation should come
out in money; as the format does not check that, one that does not is taken as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from valuecalc.case.binding import Binding, bind
from valuecalc.case.case import Benefit, Calculation, Case
from valuecalc.formula import known_units, quantity
from valuecalc.schemas.value_model_evidence import joined


@dataclass(frozen=True)
class Draft:
    """A benefit whose formula has no unit yet; `recurs` when it is the amount of a year."""

    benefit: Benefit
    recurs: bool

    @property
    def id(self) -> str:
        """The id of the benefit."""
        return self.benefit.id

    def with_formula(self, formula: str) -> Benefit:
        """The benefit with its final formula."""
        return replace(self.benefit, formula=formula)


def with_units(case: Case, drafts: list[Draft]) -> Case | None:
    """The case with benefits in money; None where the units of some equation do not fit."""
    trials = [
        Calculation(id=each.id, label=each.benefit.label, formula=each.benefit.formula)
        for each in drafts
    ]
    binding = bind(replace(case, calculations=(*case.calculations, *trials)))
    if binding.errors:
        return None
    benefits = [each for draft in drafts if (each := _in_money(draft, binding)) is not None]
    return replace(case, benefits=tuple(benefits)) if len(benefits) == len(drafts) else None


def _in_money(draft: Draft, binding: Binding) -> Benefit | None:
    """The benefit in money, or money a year; None when its equation is neither money nor plain."""
    formula = draft.benefit.formula
    currency = binding.case.currency
    unit = str(binding.units.get(draft.id, "1"))
    if unit == currency:
        return draft.with_formula(f"({formula}) / 1 year" if draft.recurs else formula)
    return _as_money(draft, currency) if unit in ("1", "%") else None


def _as_money(draft: Draft, currency: str) -> Benefit:
    """The benefit of an equation that gives a plain number."""
    per_year = "/year" if draft.recurs else ""
    return draft.with_formula(f"({draft.benefit.formula}) * 1 {currency}{per_year}")


def without_units(case: Case, drafts: list[Draft]) -> Case:
    """The case with plain numbers for money; only the benefits are in money."""
    assumptions = [
        each
        if each.unit in ("1", "%")
        else replace(each, unit="1", note=joined(each.note, f"In {each.unit}."))
        for each in case.assumptions
    ]
    benefits = [_as_money(each, case.currency) for each in drafts]
    return replace(case, assumptions=tuple(assumptions), benefits=tuple(benefits))


def currency_in(unit: str) -> str | None:
    """The currency that a unit begins with, as a code; None when it begins with none."""
    head = re.split(r"[\s/]", unit.strip(), maxsplit=1)[0]
    code = quantity.SYMBOLS.get(head, head.upper())
    return code if code in known_units.CURRENCIES else None
