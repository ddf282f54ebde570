"""The ledger in which figures are worked out, each by its rule.

A rule says how a figure follows from others (see `valuecalc.engine.result.Rule`); the ledger
knows how to work each kind of rule out, and why a figure does not exist when it does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np

from valuecalc.engine import searches
from valuecalc.engine.books import Books
from valuecalc.engine.result import Figure, Rule, alias
from valuecalc.engine.searches import Found
from valuecalc.formula import grammar, numbers
from valuecalc.phrases import phrase


@dataclass
class Ledger:
    """The figures worked out so far, and the books they come from."""

    books: Books
    figures: dict[str, Figure] = field(default_factory=dict)
    defined: dict[str, bool] = field(default_factory=dict)

    def add(self, name: str, label: str, rule: Rule, **details: str) -> None:
        """Work a figure out by its rule and keep it."""
        value, note = self._work_out(rule)
        details.setdefault("unit", self.books.case.currency)
        figure = Figure(name=name, label=label, value=value, note=note, rule=rule, **details)
        self.figures[name] = figure

    def add_formula(self, name: str, label: str, text: str, **details: str) -> None:
        """Add a figure that is a formula over figures; `when_undefined` says why it may not be."""
        reason = details.pop("when_undefined", "")
        words = text.replace("(", " ").replace(")", " ").split()
        parts = tuple(dict.fromkeys(word for word in words if word in self.figures))
        written = " ".join(alias(word) for word in text.split())
        rule = Rule(kind="formula", parts=parts, formula=written, method=reason)
        self.add(name, label, rule, **details)

    def add_search(self, name: str, label: str, *series: str, **details: str) -> None:
        """Add a figure that is found by the search of its name, in some rows of the books."""
        self.add(name, label, Rule(kind="search", method=name, series=series), **details)

    def _work_out(self, rule: Rule) -> Found:
        missing = next((p for p in rule.parts if self.figures[p].value is None), None)
        if missing is not None:
            return None, self.figures[missing].note
        match rule.kind:
            case "sum":
                return finite(_exact_sum(map(self._number, rule.parts)), rule.method)
            case "formula":
                return self._by_formula(rule)
            case "flow":
                return self._by_flow(rule)
        return self._by_search(rule)

    def _number(self, name: str) -> float:
        value = self.figures[name].value
        assert value is not None
        return value

    def _by_formula(self, rule: Rule) -> Found:
        values = {alias(part): self._number(part) for part in rule.parts}
        return finite(numbers.evaluate(grammar.read(rule.formula), values), rule.method)

    def _by_flow(self, rule: Rule) -> Found:
        # A row that is undefined somewhere has no sums at all, as in a spreadsheet.
        undefined = next((n for n in rule.series if not self._is_defined(n)), None)
        if undefined is not None:
            return None, self._why_undefined(undefined)
        product = self.books.series[rule.series[0]]
        if len(rule.series) > 1:
            with np.errstate(all="ignore"):
                product = reduce(np.multiply, [self.books.series[name] for name in rule.series])
        if rule.year is not None:
            product = product[self.columns[rule.year]]
        return finite(float(product.sum()), rule.method)

    @cached_property
    def columns(self) -> list[slice]:
        """The periods of each report column; they follow each other."""
        years = self.books.axis.years
        ends = np.searchsorted(years, np.arange(years[-1] + 2)).tolist()
        return [slice(*each) for each in pairwise(ends)]

    def _by_search(self, rule: Rule) -> Found:
        if not self._is_defined("discounted"):
            return None, self._why_undefined("net")
        value, note = searches.SEARCHES[rule.method](self.books)
        return (None, note) if value is None else finite(value, "", note)

    def _is_defined(self, series: str) -> bool:
        if series not in self.defined:
            self.defined[series] = bool(np.isfinite(self.books.series[series]).all())
        return self.defined[series]

    def _why_undefined(self, series: str) -> str:
        """The reason why a row holds no number somewhere: its line, or the first that does."""
        of_row = [line for line in self.books.lines if series.startswith(f"{line.prefix}.")]
        for line in of_row or self.books.lines:
            if not np.isfinite(line.net).all():
                period = int(np.flatnonzero(~np.isfinite(line.net))[0])
                return phrase(
                    "“{line}” is undefined in {period}: its formula divides by zero, overflows, "
                    "or takes the root or logarithm of a negative number.",
                    line=line.label,
                    period=self.books.axis.labels[period],
                )
        return phrase("The row “{row}” is undefined: it overflows.", row=series)


def _exact_sum(numbers: Iterable[float]) -> float:
    """The sum, whatever the order of the lines: it never shows in the last digit."""
    try:
        return math.fsum(numbers)
    except OverflowError:
        return math.inf


def finite(value: float, reason: str = "", note: str = "") -> Found:
    """A value, or None with the reason when it is not finite."""
    if math.isfinite(value):
        return value, note
    return None, reason or _UNDEFINED


_UNDEFINED = phrase("The result is undefined: it divides by zero or overflows.")
