"""The case beside what else the customer could do: nothing, the next best, or something else.

Everything is measured against one yardstick, today carried on unchanged, which is worth 0. To
do nothing is an alternative like any other, since the world goes on: costs rise, customers
leave, support ends. Its lines say so by their growth, by `previous` and by single amounts.

For the next best alternative there is an economic value estimation (Nagle, The Strategy and
Tactics of Pricing): its price is the reference value; what the case does better or worse is
differentiation; together they are the most that the case can be worth to the customer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from valuecalc.case import alternatives as of_case
from valuecalc.case.alternatives import as_case
from valuecalc.case.case import ALTERNATIVES, Alternative, Case
from valuecalc.engine.bridges import PART_OF, SAME, LineStep, line_steps
from valuecalc.engine.calculate import EXPECTED, calculate
from valuecalc.engine.effects import signed
from valuecalc.engine.result import LineResult, Result
from valuecalc.errors import CaseError, UnknownName
from valuecalc.formula import quantity

__all__ = [
    "Alternatives",
    "Difference",
    "EconomicValue",
    "Option",
    "as_case",
    "compare_alternatives",
    "economic_value",
]

THE_CASE = "case"
COMPARED = ("value", "npv")
NOT_PRICE = "internal_effort"
"""The category of investment that nobody is paid for, and that no price contains."""
YARDSTICK = "Today, carried on unchanged, is the yardstick: 0."


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A figure of an option less that of the case; None where one of them does not exist."""

    figure: str
    label: str
    unit: str
    amount: float | None
    note: str = ""

    @property
    def text(self) -> str:
        """The difference with its sign, or `–`."""
        return quantity.UNDEFINED if self.amount is None else signed(self.amount, self.unit)


@dataclass(frozen=True, kw_only=True)
class Option:
    """One thing that the customer could do, worked out. The case itself has the id `case`."""

    id: str
    label: str
    kind: str
    kind_label: str
    note: str
    result: Result
    differences: tuple[Difference, ...] = ()

    @property
    def words(self) -> str:
        """How it compares with the case, in a sentence; empty for the case itself."""
        for each in self.differences:
            if each.figure == "npv" and each.amount is not None:
                if each.amount == 0:
                    return f"{self.label} has the same NPV as the case."
                amount = quantity.show_short(abs(each.amount), each.unit)
                way = "less" if each.amount < 0 else "more"
                return f"{self.label} has an NPV {amount} {way} than the case."
        return ""


@dataclass(frozen=True, kw_only=True)
class EconomicValue:
    """What the case is worth at most beside an alternative, and what its price leaves over.

    `reference` is the price of the alternative: its investment without the customer's own
    effort. `steps` are the differentiation, line by line; with `reference` they add up to
    `total`. `incentive` is what the customer keeps of it at the `price` of the case: it is the
    difference of the two options in value (or NPV).
    """

    figure: str
    unit: str
    alternative: str
    reference: float
    steps: tuple[LineStep, ...]
    total: float
    price: float

    @property
    def positive(self) -> float:
        """What the case does better than the alternative, the sum of the positive steps."""
        return math.fsum(step.amount for step in self.steps if step.amount > 0)

    @property
    def negative(self) -> float:
        """What it does worse, the sum of the negative steps: not above 0."""
        return math.fsum(step.amount for step in self.steps if step.amount < 0)

    @property
    def incentive(self) -> float:
        """The total economic value less the price of the case."""
        return self.total - self.price

    @property
    def words(self) -> str:
        """The estimation in a few sentences."""

        def shown(amount: float) -> str:
            return quantity.show_short(amount, self.unit)

        start = (
            f"The reference value is the price of “{self.alternative}”, {shown(self.reference)}. "
            f"What the case does better is worth {shown(self.positive)}, what it does worse costs "
            f"{shown(abs(self.negative))}: it is worth {shown(self.total)} at most."
        )
        if self.incentive < 0:
            return (
                f"{start} Its price of {shown(self.price)} is {shown(-self.incentive)} above that."
            )
        return f"{start} Its price of {shown(self.price)} leaves {shown(self.incentive)}."


@dataclass(frozen=True, kw_only=True)
class Alternatives:
    """All options in one scenario: the case first, then nothing, the next best, the others.

    `estimation` is there with a next best alternative; `note` says what the yardstick is where
    no alternative says what doing nothing means.
    """

    case: Case
    scenario: str
    scenario_label: str
    options: tuple[Option, ...]
    estimation: EconomicValue | None = None
    note: str = ""

    def option(self, id: str) -> Option:
        """The option with this id. Raises `UnknownName`."""
        for each in self.options:
            if each.id == id:
                return each
        raise UnknownName("alternative", id, [each.id for each in self.options])


def compare_alternatives(case: Case, scenario: str = EXPECTED) -> Alternatives:
    """Work out the case and its alternatives side by side in one scenario.

    The scenario (for conservative and stretch: that of the case) holds for all of them, apart
    from what an alternative sets itself. Raises `CaseError` and `UnknownName`.
    """
    mistakes = [problem for problem in of_case.problems(case) if problem.is_error]
    if mistakes:
        raise CaseError(mistakes)
    result = calculate(case, scenario)
    own = _option_of_case(case, result)
    others = [_option(result, each) for each in _in_order(case)]
    next_best = next((each for each in others if each.kind == "next_best"), None)
    kinds = {each.kind for each in others}
    return Alternatives(
        case=case,
        scenario=result.scenario,
        scenario_label=result.scenario_label,
        options=(own, *others),
        estimation=economic_value(result, next_best.result) if next_best else None,
        note="" if "do_nothing" in kinds else YARDSTICK,
    )


def _in_order(case: Case) -> list[Alternative]:
    kinds = list(ALTERNATIVES)
    return sorted(case.alternatives, key=lambda each: kinds.index(each.kind))


def _option_of_case(case: Case, result: Result) -> Option:
    return Option(
        id=THE_CASE,
        label=case.title,
        kind=THE_CASE,
        kind_label="The case",
        note=case.summary,
        result=result,
    )


def _option(result: Result, alternative: Alternative) -> Option:
    """An alternative in the scenario of the case's result."""
    found = calculate(as_case(result.case, alternative))
    found = replace(
        found,
        scenario=result.scenario,
        scenario_label=result.scenario_label,
        # An alternative need not have benefits, or everything else that a case should have.
        warnings=(),
    )
    return Option(
        id=alternative.id,
        label=alternative.label,
        kind=alternative.kind,
        kind_label=ALTERNATIVES[alternative.kind],
        note=alternative.note,
        result=found,
        differences=tuple(_difference(result, found, name) for name in COMPARED),
    )


def _difference(result: Result, other: Result, name: str) -> Difference:
    ours, theirs = result.figure(name), other.figure(name)
    amount = None
    if ours.value is not None and theirs.value is not None:
        amount = theirs.value - ours.value
    note = theirs.note or ours.note if amount is None else ""
    return Difference(figure=name, label=ours.label, unit=ours.unit, amount=amount, note=note)


# --------------------------------------------------------------------------- economic value


def economic_value(case: Result, alternative: Result, figure: str = "npv") -> EconomicValue | None:
    """The economic value estimation of a case beside an alternative; None without the figures.

    With `npv` all amounts are present values, with `value` plain sums over the horizon.
    """
    if case.value(figure) is None or alternative.value(figure) is None:
        return None
    price, reference = (_price(each, figure) for each in (case, alternative))
    lines = line_steps(alternative, case, figure, _is_differentiation)
    steps = tuple(each for each in lines if each.status != SAME)
    total = math.fsum([reference, *(each.amount for each in steps)])
    return EconomicValue(
        figure=figure,
        unit=case.case.currency,
        alternative=alternative.case.title,
        reference=reference,
        steps=steps,
        total=total,
        price=price,
    )


def _price(result: Result, figure: str) -> float:
    names = [f"{each.prefix}.{PART_OF[figure]}" for each in result.investments if _is_paid(each)]
    return math.fsum(result.value(name) or 0.0 for name in names)


def _is_paid(line: LineResult) -> bool:
    """Whether somebody is paid for it: it is part of a price."""
    return line.kind == "investment" and line.line.category != NOT_PRICE


def _is_differentiation(line: LineResult) -> bool:
    return not _is_paid(line)
