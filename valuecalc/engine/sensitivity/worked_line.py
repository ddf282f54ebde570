"""A break-even as a formula that people can check, in names and with the numbers put in.

`Subscribers = (Network + Marketing) ÷ ((Price after − Price before) × Margin × 36 months)`:
above stands what has to be reached, less what is there whatever the assumption is; below, what
one unit of it adds over the horizon. The texts are written from trees, as those of formulas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from valuecalc.case.binding import RUNNING
from valuecalc.engine.sensitivity.degrees import added_by_one
from valuecalc.engine.sensitivity.linear import StraightPart
from valuecalc.engine.sensitivity.solve import Answer, amount_text, shown
from valuecalc.formula import quantity, words
from valuecalc.formula.algebra import times
from valuecalc.formula.tree import Binary, Call, Name, Negative, Node, Number, TimeWord, names, walk
from valuecalc.phrases import joined, phrase, plural

MOST_TERMS = 3
"""So many lines of one kind are named; more are taken together."""

MOST_CHARACTERS = 90
"""A term that is longer is named by its line; `Part.coefficient` still writes it out."""

_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one line has to do with a break-even.

    One unit of the assumption adds `amount` to the figure over the horizon, which is
    `coefficient` (a formula in names) × `count` (such as `36 months`); the line adds `fixed`
    whatever the assumption is. Both carry their sign. `coefficient` is empty where the
    assumption does not move the line, or where it cannot be written as one formula.
    """

    line: str
    label: str
    kind: str
    coefficient: str
    count: str
    amount: float
    fixed: float


@dataclass(frozen=True, kw_only=True)
class Written:
    """A break-even in names and with the numbers put in, and its parts line by line."""

    formula: str = ""
    worked: str = ""
    parts: tuple[Part, ...] = ()


def written(answer: Answer) -> Written:
    """The formula of an exact answer that has a value."""
    return _Writer(answer).written()


@dataclass(frozen=True)
class _Term:
    """A term of a sum: its sign, its tree, and what it amounts to."""

    sign: int
    tree: Node
    amount: float
    kind: str


@dataclass
class _Texts:
    """What stands for each name, in names and in numbers."""

    labels: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def name(self, label: str, number: str) -> Name:
        """A name of our own; no assumption can have it."""
        made = Name(f"#{len(self.labels)}")
        self.labels[made.name] = label
        self.numbers[made.name] = number
        return made


class _Writer:
    def __init__(self, answer: Answer) -> None:
        assert answer.straight is not None
        self.answer = answer
        self.model = answer.model
        self.straight = answer.straight
        self.unit = answer.figure.unit
        self.texts = _Texts()
        for each in self.model.case.referable:
            self.texts.labels[each.id] = each.label

    def written(self) -> Written:
        parts = tuple(map(self.part, self.straight.parts))
        tree = self.whole() if self.straight.is_plain else self.ratio()
        labels = {**self.texts.labels}
        formula = words.with_labels(tree, labels)
        numbers = self.numbers_of(names(tree)) | self.texts.numbers
        worked = words.with_numbers(tree, numbers, times={}, before={})
        label, value = self.answer.assumption.label, self.answer.values[0]
        found = shown(value, self.answer.assumption.unit)
        return Written(
            formula=joined(" = ", (label, formula)),
            worked=joined(" = ", (worked, found)),
            parts=parts,
        )

    def numbers_of(self, used: Iterable[str]) -> dict[str, str]:
        """The numbers of assumptions and calculations, which do not change over time here."""
        values = self.model.expected.named()
        units = self.model.binding.units
        return {
            name: quantity.show(float(values[name]), str(units.get(name, "1")))
            for name in used
            if name in values and not self.model.expected.grid.varies(values[name])
        }

    # ------------------------------------------------------------------ line by line

    def part(self, part: StraightPart) -> Part:
        line = part.line.line
        tree = self.coefficient(part)
        labels = self.texts.labels
        return Part(
            line=line.id,
            label=line.label,
            kind="benefit" if part.line.sign > 0 else "investment",
            coefficient="" if tree is None else words.with_labels(tree, labels),
            count=self.count(part) if part.slope else "",
            amount=part.slope,
            fixed=part.fixed,
        )

    def coefficient(self, part: StraightPart) -> Node | None:
        if not part.slope:
            return None
        line = part.line.line
        return added_by_one(self.model.binding, line, self.answer.assumption.id, gross=part.gross)

    def count(self, part: StraightPart) -> str:
        """How often what one unit adds is counted: `36 months`, `28.9437 months, discounted`."""
        total = abs(self.counted(part))
        digits = f"{total:,.{_DIGITS}g}"
        number, how = quantity.shown_as(digits, total), self.how_counted(part)
        if part.line.flow.kind != RUNNING:
            if total == 1:
                return ""
            return phrase("{count} ({how})", count=number, how=how or phrase("times"))
        count = _counted(number, str(part.line.flow.unit).rsplit("/", 1)[-1])
        return phrase("{count} ({how})", count=count, how=how) if how else count

    def counted(self, part: StraightPart) -> float:
        expected = self.model.expected
        growth = expected.grid.series(expected.growth(part.line))
        return float(part.weights @ (part.line.timing.fixed * growth))

    def how_counted(self, part: StraightPart) -> str:
        weights = np.abs(part.weights[part.line.timing.share != 0])
        is_discounted = bool(np.any((weights != 0) & (weights != 1)))
        line = part.line.line
        said = (
            (phrase("ramped up"), not line.ramp.is_flat),
            (phrase("growing"), line.growth is not None),
            (phrase("discounted"), is_discounted),
        )
        return joined(", ", [word for word, is_so in said if is_so])

    # ------------------------------------------------------------------ the whole formula

    def whole(self) -> Node:
        """(wanted − rest) ÷ what one unit adds."""
        above, below = self.above(), self.below()
        if all(term.sign < 0 for term in below):
            above, below = _turned(above), _turned(below)
        under = _sum(below)
        return _sum(above) if under == Number(1.0) else Binary("/", _sum(above), under)

    def above(self) -> list[_Term]:
        answer = self.answer
        found = [
            _Term(-part.sign, self.fixed(part), part.fixed * part.sign, _kind(part))
            for part in self.straight.parts
            if part.fixed
        ]
        found = self.few(found)
        if answer.wanted:
            name = self.texts.name(
                phrase("wanted {figure}", figure=answer.figure.label),
                amount_text(answer.figure, answer.wanted),
            )
            found.insert(0, _Term(1, name, answer.wanted, ""))
        # What is added comes first: a formula that begins with a minus is hard to read.
        return sorted(found, key=lambda term: -term.sign)

    def fixed(self, part: StraightPart) -> Node:
        label = part.line.line.label
        if part.slope:
            label = phrase("the rest of {line}", line=label)
        return self.texts.name(label, quantity.show(part.fixed * part.sign, self.unit))

    def few(self, terms: Sequence[_Term]) -> list[_Term]:
        """The terms, those of one kind taken together where they are many."""
        kept: list[_Term] = []
        for kind, every, rest in (
            ("benefit", phrase("all benefits"), phrase("other benefits")),
            ("investment", phrase("all investments"), phrase("other investments")),
        ):
            of_kind = [term for term in terms if term.kind == kind]
            if len(of_kind) <= MOST_TERMS:
                kept += of_kind
                continue
            is_other = any(_kind(p) == kind for p in self.straight.parts if p.slope)
            amount = math.fsum(term.amount for term in of_kind)
            label = rest if is_other else every
            name = self.texts.name(label, quantity.show(amount, self.unit))
            kept.append(_Term(of_kind[0].sign, name, amount, kind))
        return kept

    def below(self) -> list[_Term]:
        moved = [part for part in self.straight.parts if part.slope]
        if len(moved) <= MOST_TERMS:
            return sorted(map(self.added, moved), key=lambda term: -term.sign)
        slope = self.straight.slope
        sign, label = 1, phrase("what one more adds")
        if slope < 0:
            sign, label = -1, phrase("what one more costs")
        name = self.texts.name(label, self.precise(abs(slope)))
        return [_Term(sign, name, abs(slope), "")]

    def added(self, part: StraightPart) -> _Term:
        """What one unit of the assumption adds to a line over the horizon."""
        tree, sign = self.coefficient(part), part.sign
        if isinstance(tree, Negative):
            tree, sign = tree.operand, -sign
        amount = part.slope * sign
        plain: str = phrase("what one more adds to {line}", line=part.line.line.label)
        if tree is None:
            return _Term(sign, self.texts.name(plain, self.precise(amount)), amount, "")
        if self.changes(tree):
            label = self.summed(part, tree)
            if len(label) > MOST_CHARACTERS:
                label = plain
            return _Term(sign, self.texts.name(label, self.precise(amount)), amount, "")
        count = self.count(part)
        tree = times(tree, self.texts.name(count, count)) if count else tree
        return _Term(sign, tree, amount, "")

    def summed(self, part: StraightPart, tree: Node) -> str:
        """What is added up over time, and how it is counted."""
        formula, how = words.with_labels(tree, self.texts.labels), self.how_counted(part)
        if how:
            return phrase("sum over time, {how}, of ({formula})", how=how, formula=formula)
        return phrase("sum over time of ({formula})", formula=formula)

    def changes(self, tree: Node) -> bool:
        """Whether a formula changes over time, growth of the assumption included."""
        values, grid = self.model.expected.named(), self.model.expected.grid
        return (
            self.answer.assumption.varies_over_time
            or any(grid.varies(values[name]) for name in names(tree))
            or any(_is_of_time(node) for node in walk(tree))
        )

    def ratio(self) -> Node:
        """The same for a ratio or a difference in time, whose parts are no plain sums."""
        figure = self.answer.figure
        above = Binary(
            "-",
            self.texts.name(
                phrase("wanted {figure}", figure=figure.label),
                amount_text(figure, self.answer.wanted),
            ),
            self.texts.name(
                phrase("{figure} without it", figure=figure.label),
                self.precise(self.straight.rest),
            ),
        )
        label = phrase("what one more adds to it")
        below = self.texts.name(label, self.precise(self.straight.slope))
        return Binary("/", above, below)

    def precise(self, amount: float) -> str:
        """An amount with so many digits that a reader arrives at the same result."""
        shift = 2 if quantity.is_percentage(self.unit) else 0
        size = math.floor(math.log10(abs(amount))) if amount else 0
        digits = min(15, max(0, _DIGITS - 1 - size - shift))
        return quantity.show(amount, "%" if shift else _currency(self.unit), digits=digits)


def _counted(number: quantity.Amount, noun: str) -> str:
    """So many months, or whatever a line flows by: `36 months`."""
    count = 1 if number.digits == "1" else 2
    match noun:
        case "month":
            return plural("{number} month", "{number} months", count, number=number)
        case "year":
            return plural("{number} year", "{number} years", count, number=number)
        case "quarter":
            return plural("{number} quarter", "{number} quarters", count, number=number)
        case "week":
            return plural("{number} week", "{number} weeks", count, number=number)
        case "day":
            return plural("{number} day", "{number} days", count, number=number)
        case "hour":
            return plural("{number} hour", "{number} hours", count, number=number)
    return joined(" ", (number, noun if count == 1 else quantity.plural(noun)))


def _currency(unit: str) -> str:
    # Less than half a penny is shown as nothing where it stands for an amount of money.
    return quantity.currency_of(unit) or "1"


def _kind(part: StraightPart) -> str:
    return "benefit" if part.line.sign > 0 else "investment"


def _is_of_time(node: Node) -> bool:
    is_call = isinstance(node, Call) and node.function == "previous"
    return is_call or isinstance(node, TimeWord)


def _turned(terms: Sequence[_Term]) -> list[_Term]:
    turned = [_Term(-term.sign, term.tree, term.amount, term.kind) for term in terms]
    return sorted(turned, key=lambda term: -term.sign)


def _sum(terms: Sequence[_Term]) -> Node:
    """The terms added up, each with its sign."""
    if not terms:
        return Number(0.0)
    first, *rest = terms
    found = first.tree if first.sign > 0 else Negative(first.tree)
    for term in rest:
        found = Binary("+" if term.sign > 0 else "-", found, term.tree)
    return found
