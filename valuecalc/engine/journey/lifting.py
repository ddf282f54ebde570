"""Takes amounts of money out of formulas and makes assumptions of them.

An amount that stands in a formula has no evidence, no range and no history; as an assumption it
has, and it can be converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from valuecalc.case.case import Alternative, Assumption, Calculation, Case, Line
from valuecalc.case.travel import Travel
from valuecalc.engine.journey.money import is_money
from valuecalc.errors import FormulaError
from valuecalc.formula import grammar
from valuecalc.formula.tree import Number, walk

MAX_ID_LENGTH = 60

Owner = TypeVar("Owner", bound=Calculation | Line)


def lift_money(case: Case) -> Case:
    """The case with every amount of money inside a formula as an assumption of its own.

    The rest of each formula stays as it was written. Formulas that cannot be read are left.
    """
    beside = (line for each in case.alternatives for line in (*each.benefits, *each.investments))
    lifter = _Lifter({each.id.lower() for each in (*case.referable, *beside)})
    calculations = tuple(map(lifter.lifted, case.calculations))
    benefits = tuple(map(lifter.lifted, case.benefits))
    investments = tuple(map(lifter.lifted, case.investments))
    alternatives = tuple(map(lifter.lifted_alternative, case.alternatives))
    if not lifter.found:
        return case
    return replace(
        case,
        assumptions=(*case.assumptions, *lifter.found),
        calculations=calculations,
        benefits=benefits,
        investments=investments,
        alternatives=alternatives,
    )


@dataclass
class _Lifter:
    taken: set[str]
    found: list[Assumption] = field(default_factory=list)

    def lifted(self, owner: Owner) -> Owner:
        changes: dict[str, Any] = {}
        for name, text in _formulas(owner):
            rewritten = self.rewritten(text, owner)
            if rewritten != text:
                changes[name] = rewritten
        return replace(owner, **changes) if changes else owner

    def lifted_alternative(self, alternative: Alternative) -> Alternative:
        return replace(
            alternative,
            benefits=tuple(map(self.lifted, alternative.benefits)),
            investments=tuple(map(self.lifted, alternative.investments)),
        )

    def rewritten(self, text: str, owner: Calculation | Line) -> str:
        amounts = sorted(_amounts(text), key=lambda each: each.span)
        ids = [self.assumption(amount, owner).id for amount in amounts]
        # From the end, so that the places before stay where they are.
        for amount, id in reversed(list(zip(amounts, ids, strict=True))):
            start, end = amount.span
            text = f"{text[:start]}{id}{text[end:]}"
        return text

    def assumption(self, amount: Number, owner: Calculation | Line) -> Assumption:
        assert amount.unit is not None
        id, number = self.free_id(owner.id)
        label = f"{owner.label}: amount" + (f" {number}" if number > 1 else "")
        made = Assumption(
            id=id,
            label=label[:300],
            value=amount.value,
            unit=amount.unit,
            travel=Travel(currency=True),
            note=f"Stood as {amount.text} in the formula of “{owner.label}”.",
        )
        self.found.append(made)
        return made

    def free_id(self, owner: str) -> tuple[str, int]:
        number = 1
        while True:
            ending = "_amount" if number == 1 else f"_amount_{number}"
            id = f"{owner[: MAX_ID_LENGTH - len(ending)]}{ending}"
            if id.lower() not in self.taken:
                self.taken.add(id.lower())
                return id, number
            number += 1


def _formulas(owner: Calculation | Line) -> Iterator[tuple[str, str]]:
    if isinstance(owner, Line):
        yield from owner.formulas.items()
    else:
        yield "formula", owner.formula


def _amounts(text: str) -> list[Number]:
    try:
        tree = grammar.read(text)
    except FormulaError:
        return []
    return [node for node in walk(tree) if isinstance(node, Number) and is_money(node.unit)]
