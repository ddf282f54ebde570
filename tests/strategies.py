"""Random valid cases for property tests.

An expression is drawn for a kind of quantity (`share`, `people`, `price`, `running`, `amount`),
so that its units always fit; names are used in it by their kind. What is left out, because it
has no single right answer to compare with: ties in comparisons of computed numbers, and a
spread amount that changes over time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.builders import START, Part, assumption, benefit, calculation, case, investment
from tests.builders import milestone as named_day
from valuecalc.case.case import Case, Evidence, Grade, Ramp, RampShape
from valuecalc.case.timeline import add_months

UNITS = {
    "share": ("1", "%"),
    "people": ("subscriber", "subscribers"),
    "price": (
        "GBP/subscriber/month",
        "GBP/subscriber/year",
        "GBP/quarter/subscriber",
        "GBP/subscriber/week",
    ),
    "running": ("GBP/month", "GBP/year", "GBP/day"),
    "amount": ("GBP",),
}
LITERALS = {
    "share": ("0", "1", "0.35", "12%", "250%"),
    "people": ("1 subscriber", "75 subscribers", "2k subscribers"),
    "price": ("£4/subscriber/month", "0.5 GBP/subscriber/day", "90 GBP/subscriber/year"),
    "running": ("£300/month", "1.5k GBP/year", "2 GBP/day"),
    "amount": ("£250", "3k GBP", "0.01m GBP"),
}
OF_ANY_KIND = (
    "{k} + {k}",
    "{k} - {k}",
    "-({k})",
    "{k} * {share}",
    "({k}) / (1 + abs({share}))",
    "max({k}, {k})",
    "min({k}, {k})",
    "abs({k})",
    "if({condition}, {k}, {k})",
    "({k})",
)
OF_KIND = {
    "share": (
        "period",
        "year",
        "{people} / (1 subscriber + abs({people}))",
        "round({share}, 2)",
        "floor({share})",
        "ceil({share})",
        "sqrt(abs({share}))",
        "exp(-abs({share}))",
        "ln(1 + abs({share}))",
        "({share}) ^ 2",
        "(1 + abs({share})) ^ -0.5",
    ),
    "people": ("ceil({people})", "floor({people})", "round({people}, 1)"),
    "price": ("{running} / (1 subscriber + abs({people}))",),
    "running": (
        "({people}) * ({price})",
        "({amount}) / 12 month",
        "({people}) * 3 hour/subscriber/month * 25 GBP/hour",
    ),
    "amount": ("({running}) * 3 month", "({running}) * 1 quarter"),
}
HAZARDS = (
    "{k} / (1 * {share})",
    "{k} / ({share} - {share})",
    "{k} * ln({share})",
    "{k} * sqrt({share})",
    "{k} * ({share}) ^ -1",
    "{k} * (1k + abs({share})) ^ 100",
    "{k} * exp(1k * {share})",
    "{k} * round({share}, 400)",
    "{k} * ({share}) ^ 0.5",
)
CONDITIONS = ("period > 4", "period <= 2", "year = 1", "year >= 2", "year <> 2")
GROWTHS = ("3%", "-5%", "if(year > 1, 2%, 4%)")
SHARES = ("80%", "100%", "0.5", "if(period > 3, 90%, 60%)")


@dataclass
class Names:
    """The names that may be used so far, by kind, and whether hazards may be drawn."""

    of: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in UNITS})
    hazards: bool = False

    def add(self, kind: str, name: str) -> str:
        self.of[kind].append(name)
        return name


def rounded(low: float, high: float, decimals: int) -> SearchStrategy[float]:
    """Numbers with few decimals, so that their text is exact."""
    scale = 10**decimals
    whole = st.integers(round(low * scale), round(high * scale))
    return whole.map(lambda number: number / scale)


VALUES = {
    "share": rounded(-0.5, 2, 2),
    "people": rounded(0, 20_000, 0),
    "price": rounded(-20, 400, 1),
    "running": rounded(-500, 20_000, 1),
    "amount": rounded(0, 500_000, 0),
}


@st.composite
def expressions(draw: DrawFn, kind: str, names: Names, depth: int = 2, sums: bool = False) -> str:
    """The text of a formula of one kind. `sums` allows `sum_over_time`, at the top only."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([*LITERALS[kind], *names.of[kind] * 3]))
    if sums and kind == "amount" and draw(st.booleans()):
        return f"sum_over_time({draw(expressions('running', names, depth - 1))})"
    if names.of[kind] and draw(st.integers(0, 5)) == 0:
        earlier = draw(st.sampled_from(names.of[kind]))
        return f"previous({earlier}, {draw(expressions(kind, names, depth - 1))})"
    patterns = [*OF_ANY_KIND, *OF_KIND[kind] * 2, *(HAZARDS if names.hazards else ())]
    pattern = draw(st.sampled_from(patterns))
    text = pattern.replace("{k}", f"{{{kind}}}")
    for below in UNITS:
        while f"{{{below}}}" in text:
            inner = draw(expressions(below, names, depth - 1))
            text = text.replace(f"{{{below}}}", f"({inner})", 1)
    while "{condition}" in text:
        text = text.replace("{condition}", draw(st.sampled_from(CONDITIONS)), 1)
    return text


@st.composite
def assumptions(draw: DrawFn, id: str, kind: str, ranges: bool = False) -> Any:
    """One assumption, constant, growing or with a value for each year."""
    unit = draw(st.sampled_from(UNITS[kind]))
    value = draw(VALUES[kind])
    more: dict[str, Any] = {}
    over_time = draw(st.integers(0, 5))
    if over_time == 0:
        more["growth"] = draw(rounded(-0.2, 0.3, 2))
    elif over_time == 1:
        values = draw(st.lists(VALUES[kind], min_size=1, max_size=4))
        value, more["values"] = values[0], tuple(values)
    if ranges and draw(st.booleans()):
        spread = abs(value) * draw(rounded(0, 0.5, 2))
        more |= {"low": value - spread, "high": value + spread}
    if draw(st.booleans()):
        more["evidence"] = Evidence(grade=draw(st.sampled_from(Grade)), source="Somebody")
    return assumption(id, value, unit, **more)


@st.composite
def ramps(draw: DrawFn) -> Ramp:
    """No ramp, months in one of the shapes, or shares of the years."""
    shares = st.lists(rounded(0, 1.2, 2), min_size=1, max_size=4).map(tuple)
    return draw(
        st.one_of(
            st.just(Ramp()),
            st.builds(Ramp, months=st.integers(1, 30), shape=st.sampled_from(RampShape)),
            st.builds(Ramp, years=shares),
        )
    )


@st.composite
def timings(draw: DrawFn, length: int, milestones: list[Any]) -> dict[str, Any]:
    """When a running line starts and ends: by default, by number, by date or by milestone."""
    way = draw(st.sampled_from(["default", "number", "date", "milestone"]))
    months = draw(st.integers(0, 20))
    day = add_months(START, months) + timedelta(days=draw(st.integers(0, 27)))
    found: dict[str, Any] = {}
    if way == "number":
        found["starts"] = draw(st.integers(0, 30))
    elif way == "date":
        found["starts"] = day
    elif way == "milestone":
        milestones.append(named_day(f"milestone_{len(milestones)}", day))
        found["starts"] = milestones[-1].id
    if draw(st.booleans()):
        if way in ("default", "number"):
            found["ends"] = found.get("starts", 1) + draw(st.integers(1, 10))
        else:
            last = add_months(day, 2 * length + draw(st.integers(1, 12)))
            found["ends"] = last + timedelta(days=draw(st.integers(0, 27)))
    return found


@st.composite
def haircuts(draw: DrawFn, names: Names, fields: tuple[str, ...]) -> dict[str, str]:
    """Some of the haircuts, as plain shares or as formulas."""
    certain = [f"min(1, abs({name}))" for name in names.of["share"]]
    share = st.sampled_from([*SHARES, *certain])
    return {name: draw(share) for name in fields if draw(st.integers(0, 2)) == 0}


@st.composite
def lines(
    draw: DrawFn, build: Any, id: str, names: Names, length: int, milestones: list[Any]
) -> Any:
    """A benefit or an investment, running or one amount."""
    fields = ("realisation", "attribution", "risk") if build is benefit else ("risk",)
    more: dict[str, Any] = draw(haircuts(names, fields))
    if build is benefit:
        more["category"] = draw(st.sampled_from(["revenue", "productivity", "cost_reduction"]))
    if draw(st.booleans()):
        more |= draw(timings(length, milestones))
        more["ramp"] = draw(ramps())
        if draw(st.integers(0, 2)) == 0:
            more["growth"] = draw(st.sampled_from(GROWTHS))
        if build is benefit and draw(st.integers(0, 7)) == 0:
            formula = f"({draw(expressions('people', names))}) / 1 month"
            return build(id, formula, non_monetary=True, **more)
        return build(id, draw(expressions("running", names, 3)), **more)
    more |= {
        key: value for key, value in draw(timings(length, milestones)).items() if key != "ends"
    }
    if draw(st.integers(0, 3)) == 0:
        # Spread evenly, and so the same whenever it is asked for.
        more["spread"] = draw(st.integers(1, 20))
        return build(id, draw(st.sampled_from(LITERALS["amount"])), **more)
    return build(id, draw(expressions("amount", names, 3, sums=True)), **more)


@st.composite
def cases(draw: DrawFn, ranges: bool = False, most_lines: int = 3, hazards: bool = False) -> Case:
    """A valid case: assumptions, calculations with stocks and circles, lines, a grid.

    `ranges` gives some assumptions a low and a high, `hazards` draws formulas that may divide
    by zero, overflow, or take a root or logarithm of what has none.
    """
    names, parts = Names(hazards=hazards), list[Part]()
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from([*UNITS, "share"]))
        parts.append(draw(assumptions(names.add(kind, f"given_{number}"), kind, ranges)))
    for number in range(draw(st.integers(0, 4))):
        parts += draw(calculations(names, number))
    period = draw(st.sampled_from(["month", "quarter", "year"]))
    length = {"month": 1, "quarter": 3, "year": 12}[period]
    milestones: list[Any] = []
    for number in range(draw(st.sampled_from([0, 1, 2, most_lines]))):
        parts.append(draw(lines(benefit, f"gain_{number}", names, length, milestones)))
    for number in range(draw(st.sampled_from([0, 1, 2, most_lines]))):
        parts.append(draw(lines(investment, f"cost_{number}", names, length, milestones)))
    return case(
        *parts,
        *milestones,
        months=12 * draw(st.integers(1, 2 if length == 1 else 4)),
        period=period,
        start=START,
        rate=draw(rounded(-0.05, 0.4, 3)),
        timing=draw(st.sampled_from(["end", "mid", "start"])),
        conventions={"payback_crossing": draw(st.sampled_from(["first", "last"]))},
    )


@st.composite
def calculations(draw: DrawFn, names: Names, number: int) -> list[Any]:
    """One calculation, a stock, or two stocks that feed each other."""
    name = f"line_{number}"
    way = draw(st.integers(0, 5))
    if way == 0:
        opening, added = (draw(expressions("people", names, 1)) for _ in range(2))
        names.add("people", name)
        return [calculation(name, f"previous({name}, {opening}) * 90% + ({added})")]
    if way == 1:
        moved, other = f"line_{number}a", f"line_{number}b"
        opening = draw(expressions("running", names, 1))
        formula = f"previous({other}, {opening}) * 50% + 1 GBP/month"
        names.add("running", moved)
        names.add("running", other)
        return [
            calculation(moved, formula),
            calculation(other, f"{moved} + previous({moved}, 0) * 10%"),
        ]
    kind = draw(st.sampled_from(list(UNITS)))
    declared = draw(st.sampled_from([None, UNITS[kind][0]]))
    formula = draw(expressions(kind, names, 2, sums=True))
    return [calculation(names.add(kind, name), formula, declared)]


def document(case: Case) -> dict[str, Any]:
    """The case as a plain document in which every value is a text, for the oracle."""
    return {
        "currency": case.currency,
        "timeline": {
            "start": f"{case.timeline.start:%Y-%m}",
            "years": str(case.timeline.months // 12),
            "period": str(case.timeline.period),
        },
        "discounting": {"rate": text(case.discounting.rate), "timing": case.discounting.timing},
        "assumptions": [
            {
                "id": each.id,
                "unit": each.unit,
                "growth": text(each.growth),
                **({"values": [text(v, each.unit) for v in each.values]} if each.values else {}),
                "value": text(each.value, each.unit),
            }
            for each in case.assumptions
        ],
        "calculations": [{"id": each.id, "formula": each.formula} for each in case.calculations],
        "benefits": [line_document(each) for each in case.benefits],
        "investments": [line_document(each) for each in case.investments],
        "plan": {
            "milestones": [
                {"id": each.id, "date": each.date.isoformat()} for each in case.plan.milestones
            ]
        },
    }


def line_document(line: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": line.id, **line.formulas}
    for name in ("starts", "ends"):
        when = getattr(line, name)
        if when is not None:
            found[name] = when.isoformat() if isinstance(when, date) else str(when)
    if line.spread:
        found["spread"] = str(line.spread)
    if line.ramp.months:
        found["ramp"] = {"months": str(line.ramp.months), "shape": str(line.ramp.shape)}
    elif line.ramp.years:
        found["ramp"] = {"years": [text(share) for share in line.ramp.years]}
    if getattr(line, "non_monetary", False):
        found["non_monetary"] = "true"
    return found


def text(number: float, unit: str = "1") -> str:
    """A number as a person writes it, exactly."""
    return f"{number * 100:.6f}%" if unit == "%" else f"{number:.6f}"
