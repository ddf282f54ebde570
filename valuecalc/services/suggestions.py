"""Formulas that a new line could have, made of the assumptions that the case already holds.

A suggestion is a product of one to four assumptions or calculations whose unit comes out as
money, or as money per time: people × time saved × cost of an hour. What fits is found by units
alone; what stands first is decided by the words of the line, by what its category usually
rests on, and by what no other line uses yet. Nothing is suggested that the checks would refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import combinations
from typing import Any

from valuecalc.case.binding import AMOUNT, RUNNING, Binding, bind
from valuecalc.case.case import (
    BENEFIT_CATEGORIES,
    INVESTMENT_CATEGORIES,
    Assumption,
    Benefit,
    Case,
)
from valuecalc.formula import units
from valuecalc.formula.known_units import CURRENCIES, base_of
from valuecalc.formula.units import Unit
from valuecalc.schemas.keeping import kept
from valuecalc.schemas.typed import typed

MOST_SUGGESTIONS = 5
MOST_FACTORS = 4
MOST_QUANTITIES = 80
"""Beyond this many the search would take longer than somebody waits for a list to open."""
MOST_ALIKE = 2
"""Suggestions that differ in their shares only."""

_MOST_SHARES_OF = {"revenue": 2, "risk_reduction": 2}
"""Margin and uplift, probability and part avoided; other benefits have one share."""

_MOST_CORES = 10
_MOST_SHARES = 6
_MOST_TRIED = 15
_DIGIT = 6
"""The bits of a power in a number of dimensions."""

_LINE = "suggested_"
_SHORT_TIMES = ("hour", "minute", "second")
_LONG_TIMES = ("day", "week", "month", "quarter", "year")

_MARGIN = ("margin", "profit", "contribution")
_RISE = ("uplift", "increase", "growth", "gain", "more", "higher", "conversion", "win")
_SAVING = ("sav", "avoid", "reduc", "fewer", "less", "lower", "cut", "improve", "faster")
_PRICE = ("price", "fee", "licence", "license", "subscription", "offer", "quote", "implementation")
_EFFORT = ("training", "project", "internal", "team", "workshop", "effort")
_SET_UP = ("set up", "setup", "implementation", "hardware", "one off", "migration", "training")
_OF_A_CATEGORY: Mapping[str, tuple[str, ...]] = {
    "revenue": (*_MARGIN, *_RISE),
    "cost_reduction": _SAVING,
    "cost_avoidance": _SAVING,
    "productivity": (*_SAVING, "time", "hour", "wage", "salary", "productiv"),
    "risk_reduction": (*_SAVING, "risk", "incident", "loss", "probability", "chance", "breach"),
    "capital_avoided": (*_SAVING, "capital", "hardware", "equipment"),
    "working_capital": (*_SAVING, "stock", "inventory", "receivable", "payable"),
    "capital": (*_SET_UP, "capital", "equipment"),
    "one_off": (*_SET_UP, *_PRICE),
    "running": (*_PRICE, "support", "operation", "maintenance"),
    "internal_effort": _EFFORT,
    "financing": ("interest", "loan", "lease"),
}
_FLOWS: Mapping[str, tuple[str, ...]] = {
    "capital_avoided": (AMOUNT,),
    "working_capital": (AMOUNT,),
    "capital": (AMOUNT,),
    "one_off": (AMOUNT,),
    "running": (RUNNING,),
    "internal_effort": (AMOUNT, RUNNING),
    "financing": (RUNNING, AMOUNT),
}
"""How a line of a category flows, the usual way first; those not named run, or else do not."""

_COMMON_WORDS = frozenset("a an and at by for from in of on or our per the their to with".split())


@dataclass(frozen=True)
class Suggestion:
    """A formula that would be accepted, and the same in the labels of what it names."""

    formula: str
    words: str


@dataclass(frozen=True)
class _Factor:
    """Something that a product may be made of.

    `dimensions` is one number for the whole unit: in a product they add up.
    """

    id: str
    label: str
    unit: Unit
    dimensions: int
    score: int
    position: int

    @property
    def is_money(self) -> bool:
        return any(name in CURRENCIES for name, _ in self.unit.parts)

    @property
    def is_share(self) -> bool:
        return not self.dimensions


_Product = tuple[_Factor, ...]


def formulas_for(
    case: Case, list_name: str, category: str, label: str = ""
) -> tuple[Suggestion, ...]:
    """The formulas that a line of `category` could have, the likeliest first, at most five.

    `list_name` is `benefits` or `investments`, `label` what the line is called so far. A case
    with mistakes will do: what cannot be read is left out. An unknown list or category has none.
    """
    known = {"benefits": BENEFIT_CATEGORIES, "investments": INVESTMENT_CATEGORIES}
    if category not in known.get(list_name, {}):
        return ()
    binding = bind(case)
    search = _Search(binding, _Likelihood(binding, list_name, category, label))
    tried = _varied(search.products())[:_MOST_TRIED]
    return tuple(_accepted(binding, search.flows, tried))[:MOST_SUGGESTIONS]


def formulas_in(
    document: Mapping[str, Any],
    base: Mapping[str, Any],
    list_name: str,
    category: str,
    label: str = "",
) -> tuple[Suggestion, ...]:
    """The same for a document as it is typed, made from the document `base`.

    What cannot be read is left out. Raises `DocumentError` for one that is nested too deeply.
    """
    return formulas_for(kept(typed(document), base)[0], list_name, category, label)


class _Dimensions:
    """Writes the dimensions of a unit as digits of one number, so that products are sums.

    Times differ by name, minutes and hours apart: they convert, but hours a year times costs a
    year is nothing that anybody means.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def number(self, unit: Unit) -> int | None:
        """The number of a unit; None for one with a broken power, such as a root."""
        if any(power.denominator != 1 for _, power in unit.parts):
            return None
        return sum(
            (int(power) * exponent) << _DIGIT * self.places.setdefault(base, len(self.places))
            for name, power in unit.parts
            for base, exponent in _bases(name)
        )


def _bases(name: str) -> tuple[tuple[str, int], ...]:
    if name in _SHORT_TIMES:
        return (("hour", 1),)
    return ((name, 1),) if name in _LONG_TIMES else base_of(name)[1]


@dataclass
class _Likelihood:
    """How likely it is that a line rests on something: more is likelier."""

    binding: Binding
    list_name: str
    category: str
    label: str
    used: set[str] = field(init=False)
    used_beside: set[str] = field(init=False)

    def __post_init__(self) -> None:
        case = self.binding.case
        sides = {"benefits": case.benefits, "investments": case.investments}
        rests = {
            name: {id for line in lines for id in self.binding.rests_on(line.id)}
            for name, lines in sides.items()
        }
        self.used = rests.pop(self.list_name)
        self.used_beside = next(iter(rests.values()))

    def of(self, id: str, label: str) -> int:
        """The score of one factor."""
        text = _plain_letters(f"{id.replace('_', ' ')} {label}")
        score = 4 * len(_telling_words(text) & _telling_words(_plain_letters(self.label)))
        score += 2 * _mentions(text, _OF_A_CATEGORY.get(self.category, ()))
        score -= 3 * (self.list_name == "benefits" and _mentions(text, _PRICE))
        score -= 3 * (id in self.used_beside and id not in self.used)
        # Each factor costs a point, so that nothing is multiplied in without a reason.
        return score - (id in self.used)


class _Search:
    """Finds the products of a case's quantities that are money, or money per time."""

    def __init__(self, binding: Binding, likelihood: _Likelihood) -> None:
        self.binding = binding
        self.dimensions = _Dimensions()
        factors = list(self.factors(likelihood))
        self.money = [each for each in factors if each.is_money]
        self.counted = [each for each in factors if not each.is_money and not each.is_share]
        # A share that neither the label nor the category speaks of is anybody's guess.
        shares = [each for each in factors if each.unit.percent and each.is_share]
        self.shares = _best([each for each in shares if each.score > 0], _MOST_SHARES)
        usual = 1 if likelihood.list_name == "benefits" else 0
        self.most_shares = _MOST_SHARES_OF.get(likelihood.category, usual)
        self.flows = _FLOWS.get(likelihood.category, (RUNNING, AMOUNT))

    def factors(self, likelihood: _Likelihood) -> Iterator[_Factor]:
        """The quantities whose unit is known."""
        for position, each in enumerate(self.binding.case.quantities[:MOST_QUANTITIES]):
            unit = self.binding.units.get(each.id)
            number = None if unit is None else self.dimensions.number(unit)
            if unit is not None and number is not None:
                score = likelihood.of(each.id, each.label)
                yield _Factor(each.id, each.label or each.id, unit, number, score, position)

    def products(self) -> list[_Product]:
        """The likeliest products that no line has yet, the best first."""
        case = self.binding.case
        made = {frozenset(self.binding.uses(line.id)) for line in case.lines}
        # Of two that are as likely, the shorter one.
        cores = nsmallest(_MOST_CORES, self.cores(), key=lambda found: (-found[0], len(found[1])))
        scored = [
            (score + _score(shares), (*core, *shares))
            for score, core in cores
            for shares in _subsets(self.shares, min(self.most_shares, MOST_FACTORS - len(core)))
            if frozenset(each.id for each in (*core, *shares)) not in made
        ]
        scored.sort(key=lambda found: (-found[0], len(found[1])))
        return [product for _, product in scored]

    def cores(self) -> Iterator[tuple[int, _Product]]:
        """Products of a price and what it counts, without shares, each with its score.

        What is missing beside the price is looked up among all singles and pairs, and for three
        beside each single, so that the search for four factors takes no time.
        """
        by_dimensions: dict[int, list[_Product]] = {}
        for found in _subsets(self.counted, 2):
            by_dimensions.setdefault(sum(each.dimensions for each in found), []).append(found)
        for rank, flow in enumerate(self.flows):
            for target in self.targets(flow):
                for price in self.money:
                    missing = target - price.dimensions
                    for counted in self.counting(missing, by_dimensions):
                        yield price.score + _score(counted) - 4 * rank, (*counted, price)

    def counting(
        self, dimensions: int, by_dimensions: Mapping[int, list[_Product]]
    ) -> Iterator[_Product]:
        """Up to three counted factors that come to these dimensions."""
        yield from by_dimensions.get(dimensions, ())
        for last in self.counted:
            for others in by_dimensions.get(dimensions - last.dimensions, ()):
                if len(others) == 2 and _goes_with(last, others):
                    yield (*others, last)

    def targets(self, flow: str) -> Iterator[int]:
        """The dimensions of an amount, or those of a running one, by the time it is told in."""
        currency = self.binding.case.currency
        times = _LONG_TIMES if flow == RUNNING else ()
        for text in [f"{currency}/{time}" for time in times] or [currency]:
            number = self.dimensions.number(units.read(text))
            if number is not None:
                yield number


def _goes_with(last: _Factor, others: _Product) -> bool:
    """Whether a product is neither found twice nor made longer by what cancels out."""
    first, second = others
    cancel = 0 in (
        first.dimensions + second.dimensions,
        first.dimensions + last.dimensions,
        second.dimensions + last.dimensions,
    )
    return last.position > second.position and not cancel


def _subsets(factors: list[_Factor], most: int) -> Iterator[_Product]:
    for size in range(most + 1):
        yield from combinations(factors, size)


def _score(factors: _Product) -> int:
    return sum(each.score for each in factors)


def _varied(products: list[_Product]) -> list[_Product]:
    """The products without those that are too like better ones."""
    found: list[_Product] = []
    seen: dict[frozenset[str], int] = {}
    for product in products:
        core = frozenset(each.id for each in product if not each.is_share)
        seen[core] = seen.get(core, 0) + 1
        if seen[core] <= MOST_ALIKE:
            found.append(product)
    return found


def _accepted(
    binding: Binding, flows: tuple[str, ...], products: list[_Product]
) -> Iterator[Suggestion]:
    """Those that the checks accept, checked together as the lines of a small case."""
    quantities = {each.id: each for product in products for each in product}
    case = Case(
        title="",
        currency=binding.case.currency,
        timeline=binding.case.timeline,
        assumptions=tuple(
            Assumption(id=each.id, label=each.label, value=1.0, unit=str(each.unit))
            for each in quantities.values()
        ),
        benefits=tuple(
            Benefit(id=f"{_LINE}{number}", label="", formula=_formula(product))
            for number, product in enumerate(products)
        ),
    )
    checked = bind(case)
    for product, line in zip(products, case.benefits, strict=True):
        flow = checked.flows.get(line.id)
        if flow is not None and flow.kind in flows:
            yield Suggestion(line.formula, " × ".join(each.label for each in product))


def _formula(product: _Product) -> str:
    """What is counted, then its price, then the shares: people × hours × wage × part saved."""
    return " * ".join(each.id for each in product)


def _plain_letters(text: str) -> str:
    """The text in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def _telling_words(text: str) -> set[str]:
    """The words that say something, by how they begin, so that user and users agree."""
    return {word[:6] for word in re.findall(r"\w{3,}", text)} - _COMMON_WORDS


def _mentions(text: str, beginnings: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{each}", text) for each in beginnings)


def _best(factors: list[_Factor], most: int) -> list[_Factor]:
    return sorted(factors, key=lambda each: -each.score)[:most]
