"""Short builders for cases in tests.

`case(assumption("users", 100, "user"), benefit("gain", "users * 5 GBP/user/month"))` is a case
of three monthly years at 10 %; labels are the ids with blanks for underscores.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from valuecalc.case.case import (
    Assumption,
    Benefit,
    Calculation,
    Case,
    Conventions,
    Discounting,
    Evidence,
    Grade,
    Investment,
    Ramp,
    RampShape,
    Scenario,
)
from valuecalc.case.plan import Milestone, Plan
from valuecalc.case.timeline import Period, Timeline

Part = Assumption | Calculation | Benefit | Investment | Scenario | Milestone

START = date(2027, 1, 1)


def assumption(id: str, value: float, unit: str = "1", grade: str = "", **more: Any) -> Assumption:
    """An assumption; `grade` gives it evidence with a source."""
    if grade:
        more["evidence"] = Evidence(grade=Grade(grade), source="Somebody")
    return Assumption(id=id, label=label(id), value=value, unit=unit, **more)


def calculation(id: str, formula: str, unit: str | None = None) -> Calculation:
    """A calculation."""
    return Calculation(id=id, label=label(id), formula=formula, unit=unit)


def benefit(id: str, formula: str, **more: Any) -> Benefit:
    """A benefit; `ramp` may be a number of months or the shares of the years."""
    return Benefit(id=id, label=label(id), formula=formula, **with_ramp(more))


def investment(id: str, formula: str, **more: Any) -> Investment:
    """An investment; `ramp` as in `benefit`."""
    return Investment(id=id, label=label(id), formula=formula, **with_ramp(more))


def scenario(id: str, rate: float | None = None, **changes: float) -> Scenario:
    """A named scenario with its changes of assumptions."""
    return Scenario(id=id, label=label(id), set=changes, discount_rate=rate)


def milestone(id: str, day: date) -> Milestone:
    """A milestone of the plan."""
    return Milestone(id=id, label=label(id), date=day)


def case(
    *parts: Part,
    months: int = 36,
    period: str = "month",
    start: date = START,
    rate: float = 0.10,
    timing: str = "end",
    day_count: str = "months",
    factor_decimals: int | None = None,
    conventions: dict[str, Any] | None = None,
    **more: Any,
) -> Case:
    """A case of its parts in the order given, on a grid of `period`s over `months`."""

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(part for part in parts if isinstance(part, kind))

    return Case(
        title="Test",
        timeline=Timeline(start=start, months=months, period=Period(period)),
        discounting=Discounting(
            rate=rate, timing=timing, day_count=day_count, factor_decimals=factor_decimals
        ),
        conventions=Conventions(**(conventions or {})),
        assumptions=of(Assumption),
        calculations=of(Calculation),
        benefits=of(Benefit),
        investments=of(Investment),
        scenarios=of(Scenario),
        plan=Plan(milestones=of(Milestone)),
        **more,
    )


def yearly_flows(flows: Sequence[float], first_period: int = 0, **settings: Any) -> Case:
    """A case with one net flow a year: benefits where it is positive, else investments."""
    lines: list[Part] = []
    for year, flow in enumerate(flows, start=first_period):
        build = benefit if flow > 0 else investment
        lines.append(build(f"flow_{year}", f"{abs(flow)!r} GBP", starts=year))
    years = len(flows) - 1 + first_period
    return case(*lines, **{"months": 12 * max(1, years), "period": "year", **settings})


def spent_again(later: float = 100.0) -> Case:
    """What the first year gives is spent again, but for rounding; the second one has `later`."""
    return case(
        assumption("later", later, "GBP"),
        benefit("gain", "0.3 GBP", starts=1),
        benefit("late", "later", starts=2),
        investment("cost", "0.1 GBP", starts=1),
        investment("more", "0.2 GBP", starts=1),
        period="year",
    )


def with_ramp(more: dict[str, Any]) -> dict[str, Any]:
    ramp = more.get("ramp")
    if isinstance(ramp, int):
        return {**more, "ramp": Ramp(months=ramp)}
    if isinstance(ramp, tuple):
        return {**more, "ramp": Ramp(years=ramp)}
    return more


def s_curve(months: int) -> Ramp:
    """A ramp that rises slowly, fast, and slowly again."""
    return Ramp(months=months, shape=RampShape.S_CURVE)


def label(id: str) -> str:
    """`Network nodes` of `network_nodes`."""
    return id.replace("_", " ").capitalize()
