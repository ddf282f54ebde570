"""An independent oracle: the figures of a case, calculated slowly and plainly.

It exists to disagree with the engine when the engine is wrong. So it imports nothing of the
package, reads the YAML itself, and follows the definitions word by word: one period, one
line, one factor at a time, with ordinary Python numbers. It does not check a case: names
that do not exist and units that do not fit are the business of the tests of the package.

How it works, from top to bottom of this file:

1. A text such as `£2.5m` becomes a number (`read_number`).
2. A number and its unit become an `Amount`: a number in base units (the base of time is the
   month, so 24 GBP/year is 2 per month) with the powers of money and of time. Nouns such as
   `subscriber` are left out: the powers of money and time are all that is needed to tell a
   running amount (money per time) from a single one (money).
3. A formula is translated to a Python expression and evaluated for one period (`Formulas`).
4. Dates and period numbers are told from the timeline (`Timeline`).
5. Each benefit and investment becomes a list of net amounts, one a period (`Flow`).
6. The figures are sums over these lists (`Oracle.figures`).

Conventions, where a case leaves them open:

- Period 0 is the decision and has no length. Period p >= 1 covers the months (p-1)*L .. p*L.
- `growth` and `values` of an assumption step by case year; period 0 counts like year 1.
- `growth` of a line steps every twelve months after the line's own start.
- A running amount covers the whole periods inside starts..ends, both included.
- A single amount is evaluated in the period it falls into. With `spread` it is divided
  evenly over that many months, counted from the beginning of that period (from the decision
  for period 0). It does not ramp.
- Of the haircuts, benefits take realisation, attribution and risk; investments take risk.
- Payback is counted in months from the decision to the last crossing of zero, linear inside
  the period; it is None when the cumulative net cash ends below zero. Cash within a part in
  10¹², a period, of the largest benefit or investment of a period is zero: the rest of rounding.

From the command line, `python tests/oracle.py models/FILE.yaml` prints every figure, and
`python tests/oracle.py --check models/FILE.yaml` compares them with the `expected` ones.
"""

from __future__ import annotations

import ast
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]

# --------------------------------------------------------------------------- numbers

SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9}
NUMBER = re.compile(r"(?P<digits>\d[\d,]*\.?\d*|\.\d+)(?P<scale>bn|[km])?(?P<percent>%)?")


def read_number(text: str, unit: str = "1") -> float:
    """The number that a person wrote; percentages are fractions.

    A plain number in a place whose unit begins with `%` is a percentage as well.

    >>> [read_number(text) for text in ("12%", "£2.5m", "(500)", "1,250", "-$3k")]
    [0.12, 2500000.0, -500.0, 1250.0, -3000.0]
    >>> read_number("2", "%/month")
    0.02
    """
    bare = re.sub(r"[£$€\s]|^[A-Z]{3}", "", text.strip())
    negative = bare.startswith(("-", "("))
    match = NUMBER.fullmatch(bare.strip("-+()"))
    if match is None:
        raise ValueError(f"“{text}” is not a number the oracle can read.")
    number = float(match["digits"].replace(",", "")) * SCALES.get(match["scale"] or "", 1)
    if match["percent"] or unit.strip().startswith("%"):
        number /= 100
    return -number if negative else number


# --------------------------------------------------------------------------- amounts

MONTHS_IN = {
    "month": 1.0,
    "quarter": 3.0,
    "year": 12.0,
    "day": 12 / 365,
    "week": 7 * 12 / 365,
    "hour": 12 / 365 / 24,
}


@dataclass(frozen=True)
class Amount:
    """A number in base units, with the powers of money and of time in its unit."""

    number: float
    money: float = 0
    time: float = 0

    def __add__(self, other: Amount) -> Amount:
        return self.like(self.number + other.number, other)

    def __sub__(self, other: Amount) -> Amount:
        return self.like(self.number - other.number, other)

    def __neg__(self) -> Amount:
        return Amount(-self.number, self.money, self.time)

    def __mul__(self, other: Amount) -> Amount:
        money, time = self.money + other.money, self.time + other.time
        return Amount(self.number * other.number, money, time)

    def __truediv__(self, other: Amount) -> Amount:
        money, time = self.money - other.money, self.time - other.time
        return Amount(self.number / other.number, money, time)

    def __pow__(self, other: Amount) -> Amount:
        power = other.number
        return Amount(self.number**power, self.money * power, self.time * power)

    def like(self, number: float, other: Amount) -> Amount:
        """`number` in the unit that both have; a bare zero has every unit."""
        unit = other if self.is_plain and self.number == 0 else self
        return unit.same(number)

    def same(self, number: float) -> Amount:
        """`number` in this unit."""
        return Amount(number, self.money, self.time)

    @property
    def is_plain(self) -> bool:
        """Whether neither money nor time is in the unit."""
        return (self.money, self.time) == (0, 0)


def read_unit(unit: str) -> Amount:
    """One of the unit: `GBP/subscriber/year` is a twelfth, money, per time.

    >>> read_unit("GBP/subscriber/year")
    Amount(number=0.08333333333333333, money=1, time=-1)
    >>> read_unit("%")
    Amount(number=1.0, money=0, time=0)
    """
    one = Amount(1.0)
    for sign, word in re.findall(r"([*/]?)([^*/]+)", unit):
        part = _unit_word(word.strip())
        one = one / part if sign == "/" else one * part
    return one


def _unit_word(word: str) -> Amount:
    if re.fullmatch("[A-Z]{3}", word):
        return Amount(1.0, money=1)
    singular = word.removesuffix("s")
    if singular in MONTHS_IN:
        return Amount(MONTHS_IN[singular], time=1)
    return Amount(1.0)


# --------------------------------------------------------------------------- formulas

TOKEN = re.compile(
    r"""\s*(?:
      (?P<currency>[£$€])?
      (?P<number>(?:\d+\.?\d*|\.\d+)(?:(?:bn|[km])(?![A-Za-z0-9_]))?%?)
      (?P<unit>\s*[A-Za-z]\w*(?:/[A-Za-z]\w*)*
        |(?(currency)(?:/[A-Za-z]\w*)+|(?<=%)(?:/[A-Za-z]\w*)+))?
     |(?P<name>[A-Za-z_]\w*)
     |(?P<operator>==|<>|!=|<=|>=|[-+*/^()<>=,]))""",
    re.VERBOSE,
)
PYTHON_OPERATOR = {"^": "**", "<>": "!=", "=": "=="}
CURRENCY_OF = {"£": "GBP", "$": "USD", "€": "EUR"}


@cache
def translate(formula: str) -> tuple[ast.expr, list[Amount]]:
    """A formula as a Python expression, and the list of its literals.

    Names get a prefix, so that `lambda` or `in` are ordinary names; literals become
    `literal[0]`, `literal[1]`, …, so that they can carry units.

    >>> tree, literals = translate("if(a > 2%, 12 month/year * b, c ^ 2)")
    >>> ast.unparse(tree)
    'call_if(name_a > literal[0], literal[1] * name_b, name_c ** literal[2])'
    >>> literals[1].number
    1.0
    """
    words: list[str] = []
    literals: list[Amount] = []
    for match in _tokens(formula):
        if match["number"]:
            words.append(f"literal[{len(literals)}]")
            literals.append(_literal(match))
        elif match["name"]:
            called = formula[match.end() :].lstrip().startswith("(")
            words.append(f"{'call' if called else 'name'}_{match['name']}")
        else:
            words.append(PYTHON_OPERATOR.get(match["operator"], match["operator"]))
    return ast.parse(" ".join(words), mode="eval").body, literals


def _literal(match: re.Match[str]) -> Amount:
    unit = (match["unit"] or "").strip()
    if match["currency"]:
        unit = f"{CURRENCY_OF[match['currency']]}{unit}"
    # The slash of `2%/month` already follows a number, so a 1 stands before it.
    one = read_unit(f"1{unit}" if unit.startswith("/") else unit)
    return Amount(read_number(match["number"])) * one


def _tokens(formula: str) -> Iterator[re.Match[str]]:
    position, text = 0, formula.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"The oracle cannot read “{text[position:]}” in “{formula}”.")
        yield match
        position = match.end()


def _round(number: float, digits: float = 0) -> float:
    """Halves go away from zero; a billionth is noise, not information."""
    scaled = round(abs(number) * 10**digits, 9)
    return math.copysign(math.floor(scaled + 0.5) / 10**digits, number)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": _round,
    "floor": lambda number: math.floor(round(number, 9)),
    "ceil": lambda number: math.ceil(round(number, 9)),
    "exp": math.exp,
    "ln": math.log,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
}
OPERATORS: dict[type[ast.operator], Callable[[Amount, Amount], Amount]] = {
    ast.Add: Amount.__add__,
    ast.Sub: Amount.__sub__,
    ast.Mult: Amount.__mul__,
    ast.Div: Amount.__truediv__,
    ast.Pow: Amount.__pow__,
}


class Formulas:
    """The value of every assumption, calculation and line in every period."""

    def __init__(self, document: Document, timeline: Timeline) -> None:
        self.timeline = timeline
        self.assumptions = {item["id"]: item for item in document.get("assumptions", [])}
        self.texts: dict[str, str] = {}
        for group in ("calculations", "benefits", "investments"):
            self.texts |= {item["id"]: item["formula"] for item in document.get(group, [])}
        self.known: dict[tuple[str, int], Amount] = {}

    def value(self, name: str, period: int) -> Amount:
        """The value of a name in a period; for a benefit or investment, of its formula."""
        key = (name, period)
        if key not in self.known:
            self.known[key] = self._value(name, period)
        return self.known[key]

    def number(self, text: str, period: int) -> float:
        """The value of a formula that gives a plain number, such as a haircut."""
        return self.evaluate(text, period).number

    def evaluate(self, formula: str, period: int) -> Amount:
        """The value of a formula in a period."""
        tree, literals = translate(formula)
        return self._visit(tree, literals, period)

    def _value(self, name: str, period: int) -> Amount:
        if name in self.assumptions:
            return self._assumption(self.assumptions[name], period)
        if name not in self.texts:
            raise KeyError(f"The case has nothing with the name “{name}”.")
        return self.evaluate(self.texts[name], period)

    def _assumption(self, item: Document, period: int) -> Amount:
        unit = item.get("unit", "1")
        year = self.timeline.growth_year(period)
        if "values" in item:
            number = read_number(item["values"][min(year, len(item["values"])) - 1], unit)
        else:
            number = read_number(item["value"], unit)
        growth = read_number(item.get("growth", "0"))
        return Amount(number * (1 + growth) ** (year - 1)) * read_unit(unit)

    def _visit(self, node: ast.expr, literals: list[Amount], period: int) -> Amount:
        def visit(below: ast.expr) -> Amount:
            return self._visit(below, literals, period)

        if isinstance(node, ast.Subscript):
            assert isinstance(node.slice, ast.Constant)
            return literals[int(str(node.slice.value))]
        if isinstance(node, ast.Name):
            return self._name(node.id.removeprefix("name_"), period)
        if isinstance(node, ast.UnaryOp):
            return -visit(node.operand) if isinstance(node.op, ast.USub) else visit(node.operand)
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.Call):
            return self._call(node, literals, period)
        raise ValueError(f"The oracle has no rule for “{ast.unparse(node)}”.")

    def _name(self, name: str, period: int) -> Amount:
        if name == "period":
            return Amount(float(period))
        if name == "year":
            return Amount(float(self.timeline.year(period)))
        return self.value(name, period)

    def _call(self, node: ast.Call, literals: list[Amount], period: int) -> Amount:
        assert isinstance(node.func, ast.Name)
        function = node.func.id.removeprefix("call_")
        if function == "if":
            condition, yes, no = node.args
            chosen = yes if self._holds(condition, literals, period) else no
            return self._visit(chosen, literals, period)
        if function == "previous":
            line, initial = node.args
            if period <= 1:
                return self._visit(initial, literals, period)
            return self._visit(line, literals, period - 1)
        if function == "sum_over_time":
            return self._sum_over_time(node.args[0], literals)
        arguments = [self._visit(argument, literals, period) for argument in node.args]
        if function == "sqrt":
            return arguments[0] ** Amount(0.5)
        # A bare zero has every unit: in max(0, cash) the unit is that of the cash.
        unit = next((each for each in arguments if not each.is_plain), arguments[0])
        return unit.same(FUNCTIONS[function](*(each.number for each in arguments)))

    def _holds(self, condition: ast.expr, literals: list[Amount], period: int) -> bool:
        assert isinstance(condition, ast.Compare)
        left = self._visit(condition.left, literals, period)
        right = self._visit(condition.comparators[0], literals, period)
        return COMPARISONS[type(condition.ops[0])](left.number, right.number)

    def _sum_over_time(self, node: ast.expr, literals: list[Amount]) -> Amount:
        values = [self._visit(node, literals, p) for p in range(1, self.timeline.periods + 1)]
        total = values[0].same(math.fsum(value.number for value in values))
        running = total.time == -1
        return total * Amount(self.timeline.length, time=1) if running else total


# --------------------------------------------------------------------------- timeline

MONTHS_OF_PERIOD = {"month": 1, "quarter": 3, "year": 12}
DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?")
DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Timeline:
    """Periods and dates of a case.

    >>> quarters = Timeline({"start": "2027-01", "years": "3", "period": "quarter"}, {})
    >>> quarters.periods, quarters.beginning("2027-02-15"), quarters.containing("2027-02-15")
    (12, 2, 1)
    >>> quarters.beginning("2027-10-01"), quarters.ending("2028-12"), quarters.ending("2027-12-30")
    (4, 8, 3)
    >>> quarters.year(0), quarters.year(4), quarters.year(5), quarters.growth_year(0)
    (0, 1, 2, 1)
    """

    def __init__(self, timeline: Document, milestones: dict[str, str]) -> None:
        match = DATE.fullmatch(timeline["start"])
        assert match is not None, "timeline.start is a month such as 2027-01"
        self.first_month = 12 * int(match["year"]) + int(match["month"])
        self.length = MONTHS_OF_PERIOD[timeline.get("period", "month")]
        self.years = int(timeline["years"])
        self.periods = 12 * self.years // self.length
        self.milestones = milestones

    def year(self, period: int) -> int:
        """The case year of a period; 0 for the decision."""
        return math.ceil(period * self.length / 12)

    def growth_year(self, period: int) -> int:
        """The case year that yearly steps follow: the decision counts like year 1."""
        return max(1, self.year(period))

    def beginning(self, when: str) -> int:
        """A period number as it is, or the first period that begins on or after a date."""
        if when.isdigit():
            return int(when)
        month, day = self._month_and_day(when)
        begun = 0 if day == 1 else 1
        return math.ceil((month + begun) / self.length) + 1

    def containing(self, when: str) -> int:
        """A period number as it is, or the period that contains a date."""
        if when.isdigit():
            return int(when)
        month, _ = self._month_and_day(when)
        return max(0, month // self.length + 1)

    def ending(self, when: str) -> int:
        """A period number as it is, or the last period that ends on or before a date."""
        if when.isdigit():
            return int(when)
        month, _ = self._month_and_day(when)
        return (month + (1 if self._is_month_end(when) else 0)) // self.length

    def _month_and_day(self, when: str) -> tuple[int, int]:
        """Whole months from the decision to a date, and its day of the month."""
        match = self._match(when)
        month = 12 * int(match["year"]) + int(match["month"]) - self.first_month
        return month, int(match["day"] or 1)

    def _is_month_end(self, when: str) -> bool:
        match = self._match(when)
        if match["day"] is None:
            return True
        month, year = int(match["month"]), int(match["year"])
        leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return int(match["day"]) == DAYS_OF_MONTH[month - 1] + leap

    def _match(self, when: str) -> re.Match[str]:
        match = DATE.fullmatch(self.milestones.get(when, when))
        if match is None:
            raise ValueError(f"“{when}” is neither a period number, a date nor a milestone.")
        return match


# --------------------------------------------------------------------------- flows


def ramp_factor(ramp: Document | None, month: int) -> float:
    """The factor of the k-th month (from 1) after the start of a line.

    >>> [ramp_factor({"months": "4"}, month) for month in (1, 2, 4, 9)]
    [0.25, 0.5, 1.0, 1.0]
    >>> ramp_factor({"months": "4", "shape": "s_curve"}, 1)
    0.15625
    >>> [ramp_factor({"years": ["30%", "70%", "100%"]}, month) for month in (12, 13, 60)]
    [0.3, 0.7, 1.0]
    """
    if not ramp:
        return 1.0
    if "years" in ramp:
        steps = [read_number(step) for step in ramp["years"]]
        return steps[min((month - 1) // 12, len(steps) - 1)]
    months = read_number(ramp["months"])
    if month >= months:
        return 1.0
    share = month / months
    return 3 * share**2 - 2 * share**3 if ramp.get("shape") == "s_curve" else share


class Flow:
    """One benefit or investment: its gross and net amounts, one for each period from 0."""

    def __init__(self, line: Document, is_benefit: bool, case: Formulas) -> None:
        self.line = line
        self.is_benefit = is_benefit
        self.case = case
        self.timeline = case.timeline
        self.is_money = line.get("non_monetary", "false") != "true"
        self.starts = line.get("starts", "1" if is_benefit else "0")

    def gross(self) -> list[float]:
        """Amounts before haircuts. A running amount is rate times length of the period."""
        unit = self._unit()
        if self.is_money and unit.money != 1:
            raise ValueError(f"“{self.line['id']}” is not an amount of money.")
        if unit.time == -1:
            return [self._running(period) for period in range(self.timeline.periods + 1)]
        if unit.time == 0:
            return self._single()
        raise ValueError(f"“{self.line['id']}” is neither a running nor a single amount.")

    def net(self) -> list[float]:
        """Amounts after haircuts."""
        return [self._haircut(period) * amount for period, amount in enumerate(self.gross())]

    def _unit(self) -> Amount:
        """A value of the line that shows its unit; a bare zero, as from `if`, does not."""
        values = [self.case.value(self.line["id"], p) for p in range(self.timeline.periods + 1)]
        return next((value for value in values if not value.is_plain), values[0])

    def _running(self, period: int) -> float:
        first = max(1, self.timeline.beginning(self.starts))
        last = self.timeline.periods
        if "ends" in self.line:
            last = min(last, self.timeline.ending(self.line["ends"]))
        if not first <= period <= last:
            return 0.0
        rate = self.case.value(self.line["id"], period).number
        factor = self._ramp(period - first) * self._growth(period - first, period)
        return rate * self.timeline.length * factor

    def _ramp(self, periods_before: int) -> float:
        """The average of the ramp's factors over the months of a period."""
        length = self.timeline.length
        months = range(periods_before * length + 1, (periods_before + 1) * length + 1)
        return math.fsum(ramp_factor(self.line.get("ramp"), month) for month in months) / length

    def _growth(self, periods_before: int, period: int) -> float:
        growth = self.case.number(self.line.get("growth", "0"), period)
        years_before = periods_before * self.timeline.length // 12
        return float((1 + growth) ** years_before)

    def _single(self) -> list[float]:
        if "ramp" in self.line:
            raise ValueError(f"“{self.line['id']}” is a single amount and cannot ramp.")
        at = self.timeline.containing(self.starts)
        amounts = [0.0] * (self.timeline.periods + 1)
        if at > self.timeline.periods:
            return amounts
        amount = self.case.value(self.line["id"], at).number
        if "spread" not in self.line:
            amounts[at] = amount
            return amounts
        return self._spread(amount, at, amounts)

    def _spread(self, amount: float, at: int, amounts: list[float]) -> list[float]:
        months = int(self.line["spread"])
        first = max(1, at)
        for month in range(months):
            period = first + month // self.timeline.length
            if period <= self.timeline.periods:
                amounts[period] += amount / months * self._growth(period - first, period)
        return amounts

    def _haircut(self, period: int) -> float:
        def factor(name: str, default: str) -> float:
            return self.case.number(self.line.get(name, default), period)

        risk = factor("risk", "0")
        if not self.is_benefit:
            return 1 + risk
        return factor("realisation", "1") * factor("attribution", "1") * (1 - risk)


# --------------------------------------------------------------------------- figures


class Oracle:
    """The figures of one case, given as the parsed YAML with every value a text.

    By hand: 1,200 a year, of which half arrives, for the years 2 and 3, 10 % more in the
    second of them; 600 at the decision, which is risky by 20 %. Net: -720, 0, 600, 660.

    >>> figures = Oracle({
    ...     "timeline": {"start": "2027-01", "years": "3", "period": "quarter"},
    ...     "assumptions": [{"id": "saving", "value": "100", "unit": "GBP/month"}],
    ...     "benefits": [{"id": "gain", "formula": "saving", "starts": "2027-12-15",
    ...                   "ends": "2029-12", "growth": "10%", "realisation": "50%"}],
    ...     "investments": [{"id": "cost", "formula": "600 GBP", "risk": "20%"}],
    ... }).figures()
    >>> [round(figures[f"benefits.gain.year_{year}"], 6) for year in (1, 2, 3)]
    [0.0, 600.0, 660.0]
    >>> round(figures["value"], 6), round(figures["payback"], 6)
    (540.0, 26.181818)
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        plan = document.get("plan", {})
        milestones = {item["id"]: item["date"] for item in plan.get("milestones", [])}
        self.timeline = Timeline(document["timeline"], milestones)
        self.case = Formulas(document, self.timeline)
        discounting = document.get("discounting", {})
        self.rate = read_number(discounting.get("rate", "0"))
        self.timing = discounting.get("timing", "end")

    @classmethod
    def of(cls, path: Path) -> Oracle:
        """The oracle of a YAML file. Nothing in the file is turned into numbers or dates."""
        return cls(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))

    def scenario(self, scenario_id: str) -> Oracle:
        """The oracle of the same case under one of its named scenarios.

        A scenario replaces the value of an assumption, or its values; its growth stays.
        """
        scenarios = {item["id"]: item for item in self.document["scenarios"]}
        changes = scenarios[scenario_id]["set"]
        assumptions = [
            _replaced(item, changes[item["id"]]) if item["id"] in changes else item
            for item in self.document["assumptions"]
        ]
        return Oracle({**self.document, "assumptions": assumptions})

    def discount_factor(self, period: int) -> float:
        """What one unit of money in a period is worth at the decision."""
        if period == 0:
            return 1.0
        shift = {"end": 0.0, "mid": 0.5, "start": 1.0}[self.timing]
        years = (period - shift) * self.timeline.length / 12
        return float((1 + self.rate) ** -years)

    def figures(self) -> dict[str, float | None]:
        """Every figure by its name."""
        found: dict[str, float | None] = {}
        benefits = self._lines("benefits", found)
        investments = self._lines("investments", found)
        found["total_benefits"] = math.fsum(benefits)
        found["total_investment"] = math.fsum(investments)
        found["pv_benefits"] = self.present_value(benefits)
        found["pv_investment"] = self.present_value(investments)
        net = [gain - cost for gain, cost in zip(benefits, investments, strict=True)]
        self._net_figures(net, [*benefits, *investments], found)
        self._ratios(found)
        return found

    def _lines(self, group: str, found: dict[str, float | None]) -> list[float]:
        """The sum of the monetary lines of a group; their figures go into `found`."""
        totals = [0.0] * (self.timeline.periods + 1)
        for line in self.document.get(group, []):
            flow = Flow(line, group == "benefits", self.case)
            amounts = flow.net()
            self._line_figures(f"{group}.{line['id']}", amounts, flow.is_money, found)
            if flow.is_money:
                totals = [left + right for left, right in zip(totals, amounts, strict=True)]
        return totals

    def _line_figures(
        self, name: str, amounts: list[float], is_money: bool, found: dict[str, float | None]
    ) -> None:
        found[f"{name}.total"] = math.fsum(amounts)
        if is_money:
            found[f"{name}.pv"] = self.present_value(amounts)
        for year in range(1, self.timeline.years + 1):
            found[f"{name}.year_{year}"] = self.sum_of_year(amounts, year)

    def _net_figures(
        self, net: list[float], parts: list[float], found: dict[str, float | None]
    ) -> None:
        """Figures of the net flow; `parts` are the flows that it is the difference of."""
        found["value"] = math.fsum(net)
        found["value_year_1"] = net[0] + self.sum_of_year(net, 1)
        found["npv"] = self.present_value(net)
        found["payback"] = self.payback(net, parts)
        factors = [self.discount_factor(p) for p in range(len(net))]
        discounted = [amount * factor for amount, factor in zip(net, factors, strict=True)]
        # One factor for the benefit of a period and for its investment.
        parts = [part * factor for part, factor in zip(parts, [*factors, *factors], strict=True)]
        found["payback_discounted"] = self.payback(discounted, parts)

    def _ratios(self, found: dict[str, float | None]) -> None:
        found["roi"] = _ratio(found["value"], found["total_investment"])
        found["roi_discounted"] = _ratio(found["npv"], found["pv_investment"])
        found["benefit_cost_ratio"] = _ratio(found["pv_benefits"], found["pv_investment"])

    def present_value(self, amounts: list[float]) -> float:
        """The discounted sum of amounts, one for each period from 0."""
        return math.fsum(amount * self.discount_factor(p) for p, amount in enumerate(amounts))

    def sum_of_year(self, amounts: list[float], year: int) -> float:
        """The sum over the periods of a case year; the decision belongs to none."""
        return math.fsum(a for p, a in enumerate(amounts) if self.timeline.year(p) == year)

    def payback(self, net: list[float], parts: Iterable[float] = ()) -> float | None:
        """Months until cumulative cash crosses zero for the last time.

        `parts` are the flows that the net ones are the differences of.

        >>> monthly = {"timeline": {"start": "2027-01", "years": "1"}}
        >>> Oracle(monthly).payback([-100, 40, 40, 40, -60, 80])
        4.5
        >>> Oracle(monthly).payback([-100, 40]) is None
        True
        >>> Oracle(monthly).payback([0.3 - (0.1 + 0.2), 100])
        0.0
        """
        noise = 1e-12 * max(map(abs, [*net, *parts])) * len(net)
        exact = [math.fsum(net[: period + 1]) for period in range(len(net))]
        balances = [0.0 if abs(balance) <= noise else balance for balance in exact]
        crossing = 0.0
        for period, (before, balance) in enumerate(pairwise(balances), start=1):
            if before < 0 <= balance:
                step = balance - before
                crossing = (period - 1 + -before / step) * self.timeline.length
        return crossing if balances[-1] >= 0 else None


def _replaced(assumption: Document, change: str | list[str]) -> Document:
    kept = {key: item for key, item in assumption.items() if key not in ("value", "values")}
    return kept | {"values" if isinstance(change, list) else "value": change}


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


# --------------------------------------------------------------------------- command line


def differences(oracle: Oracle) -> list[str]:
    """The `expected` figures of the case that the oracle does not find, in words."""
    figures = oracle.figures()
    found = []
    for name, text in oracle.document.get("expected", {}).items():
        wanted = None if text in ("null", "~", "") else read_number(text)
        if name not in figures:
            found.append(f"{name}: there is no such figure")
        elif not _agree(figures[name], wanted):
            found.append(f"{name}: expected {wanted}, found {figures[name]}")
    return found


def _agree(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-6)


def main(arguments: list[str]) -> int:
    """Print the figures of the files, or with `--check` what differs from `expected`."""
    check = "--check" in arguments
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    failed = False
    for path in paths:
        oracle = Oracle.of(path)
        if check:
            wrong = differences(oracle)
            failed |= bool(wrong)
            print(f"{path}: {'; '.join(wrong) or 'agrees'}")
            continue
        print(path)
        for name, number in oracle.figures().items():
            print(f"  {name}: {number!r}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
