"""Where a step of the plan waits for many others: the latest of some of them, one part a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from valuecalc.documents.workbook.steps import MOST_LETTERS

_FUNCTIONS = {"MAX": max, "MIN": min}


@dataclass(frozen=True)
class Term:
    """A part of a formula, with its value in working days of the plan."""

    text: str
    value: float


@dataclass(frozen=True)
class Part:
    """A row below the table: the largest or smallest of some terms."""

    row: int
    label: str
    formula: str
    value: float


@dataclass
class Parts:
    """The parts so far: one a row from row `first` on, in the column of this letter."""

    first: int
    letter: str
    found: list[Part] = field(default_factory=list)

    def of_all(self, function: str, terms: Sequence[Term], label: str) -> str:
        """`MAX` or `MIN` of many terms; of parts of them where it would be too long to be read."""
        formula = _written(function, terms)
        if len(formula) <= MOST_LETTERS:
            return formula
        parts = [
            self._part(function, group, f"{label} (part {number})")
            for number, group in enumerate(_groups(function, terms), 1)
        ]
        return self.of_all(function, parts, f"{label}, of these")

    def _part(self, function: str, terms: Sequence[Term], label: str) -> Term:
        row = self.first + len(self.found)
        value = _FUNCTIONS[function](term.value for term in terms)
        self.found.append(Part(row, label, _written(function, terms), value))
        return Term(f"${self.letter}${row}", value)


def _written(function: str, terms: Sequence[Term]) -> str:
    return f"{function}({','.join(term.text for term in terms)})"


def _groups(function: str, terms: Sequence[Term]) -> Iterator[list[Term]]:
    """As many neighbouring terms together as make a formula that is short enough."""
    group: list[Term] = []
    for term in terms:
        if len(_written(function, [*group, term])) > MOST_LETTERS:
            yield group
            group = []
        group.append(term)
    yield group
