"""Cases for the workbook, each with something that a spreadsheet does in its own way."""

from __future__ import annotations

from dataclasses import replace

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
from valuecalc.case.timeline import Period, Timeline


def assumption(id: str, value: float, unit: str = "1", **more: object) -> Assumption:
    label = id.replace("_", " ").capitalize()
    evidence = Evidence(grade=Grade.B, source="Head of operations")
    return Assumption(id=id, label=label, value=value, unit=unit, evidence=evidence, **more)  # type: ignore[arg-type]


def benefit(id: str, formula: str, **more: object) -> Benefit:
    return Benefit(id=id, label=f"Benefit of {id}", formula=formula, **more)  # type: ignore[arg-type]


def investment(id: str, formula: str, **more: object) -> Investment:
    return Investment(id=id, label=f"Cost of {id}", formula=formula, **more)  # type: ignore[arg-type]


SAVING = assumption("saving", 1000, "GBP/month", low=600, high=1300)
OUTLAY = assumption("outlay", 20_000, "GBP", low=18_000, high=26_000)
PLAIN = Case(
    title="A plain case",
    assumptions=(SAVING, OUTLAY),
    benefits=(benefit("work", "saving"),),
    investments=(investment("system", "outlay"),),
)


def yearly_of(*amounts: float) -> Case:
    """A case whose net flow is exactly these amounts, a year apart from the decision on."""
    lines = list(enumerate(amounts))
    timeline = Timeline(months=12 * (len(amounts) - 1), period=Period.YEAR)
    return Case(
        title="Given flows",
        timeline=timeline,
        assumptions=tuple(assumption(f"flow_{year}", abs(amount), "GBP") for year, amount in lines),
        benefits=tuple(
            benefit(f"in_{year}", f"flow_{year}", starts=year)
            for year, amount in lines
            if amount > 0
        ),
        investments=tuple(
            investment(f"out_{year}", f"flow_{year}", starts=year)
            for year, amount in lines
            if amount < 0
        ),
    )


QUARTERLY = Case(
    title="Quarters, ramps and growth",
    timeline=Timeline(months=30, period=Period.QUARTER),
    discounting=Discounting(rate=0.08, day_count="actual/365"),
    assumptions=(
        assumption("sites", 12, "site", values=(12, 15, 20), low=10, high=14),
        assumption("price", 900, "GBP/site/month", growth=0.03, low=700, high=950),
        assumption("fee", 4000, "GBP/year"),
        assumption("rise", 0.02, "%"),
    ),
    calculations=(
        Calculation(id="yearly", label="Yearly price", formula="price", unit="GBP/site/year"),
        Calculation(
            id="in_all", label="Sum of all fees", formula="sum_over_time(fee * (1 + rise))"
        ),
    ),
    benefits=(
        benefit("linear", "sites * price * 40%", ramp=Ramp(months=7), category="revenue"),
        benefit(
            "curved",
            "yearly * 3 site",
            starts=2,
            ends=8,
            ramp=Ramp(months=11, shape=RampShape.S_CURVE),
            growth="rise + 1%",
            realisation="80%",
            attribution="1 - rise",
            risk="10%",
        ),
        benefit("stepped", "in_all / 24 month", starts=3, ramp=Ramp(years=(0.3, 0.7, 1.0))),
    ),
    investments=(
        investment("spread", "150000 GBP", starts=1, spread=8, growth="5%", risk="15%"),
        investment("fees", "fee", growth="10%"),
    ),
    conventions=Conventions(payback="whole_periods", payback_crossing="first", roi="annual"),
)

YEARLY = Case(
    title="Years at the start of the period",
    timeline=Timeline(months=60, period=Period.YEAR),
    discounting=Discounting(rate=0.12, timing="start", factor_decimals=3),
    assumptions=(
        assumption(
            "revenue", 80_000, "GBP/year", values=(80_000, 90_000, 85_000), growth=0.02, low=60_000
        ),
        assumption("outlay", 150_000, "GBP", high=190_000),
    ),
    benefits=(
        benefit("sales", "revenue", ramp=Ramp(months=18), category="revenue"),
        benefit("once", "min(outlay, 30000 GBP) / 2", starts=4),
    ),
    investments=(investment("system", "outlay"), investment("upkeep", "8000 GBP/year")),
    scenarios=(
        Scenario(id="cheap_money", label="Cheap money", discount_rate=0.05),
        Scenario(id="low_sales", label="Low sales", set={"revenue": 50_000}),
    ),
    conventions=Conventions(finance_rate=0.06, reinvestment_rate=0.09, roi="undiscounted"),
)

MID_YEAR = replace(
    PLAIN,
    title="Mid-month, by days",
    discounting=Discounting(rate=0.1, timing="mid", day_count="actual/365"),
)

NEVER_PAYS = replace(PLAIN, title="Never pays", investments=(investment("system", "outlay * 9"),))

STOCK = Case(
    title="Stocks",
    timeline=Timeline(months=24),
    assumptions=(
        assumption("opening", 500, "user"),
        assumption("churn", 0.02, "%"),
        assumption("added", 30, "user", low=5, high=40),
        assumption("margin", 12, "GBP/user/month", growth=0.05),
        assumption("limit", 700, "user"),
    ),
    calculations=(
        Calculation(
            id="users",
            label="Users",
            formula="min(previous(users, opening) * (1 - churn) + newcomers, limit)",
        ),
        Calculation(
            id="newcomers",
            label="Newcomers",
            formula="if(previous(users, opening) > 600 user, added / 2, added)",
        ),
        Calculation(id="earlier", label="Users before", formula="previous(users, 0)"),
        Calculation(id="gain", label="Gain", formula="users - earlier"),
        Calculation(id="season", label="Season", formula="1 + round(0.1 * (period - 4), 1) / year"),
    ),
    benefits=(
        benefit("users_kept", "users * margin * 25%"),
        benefit("seasonal", "100 GBP/month * abs(season) ^ 0.5", starts=3),
        benefit("visits", "users * 3 / 1 month", non_monetary=True, realisation="50%"),
    ),
    investments=(
        investment("help", "max(0, gain) * 2 GBP/user/month", risk="period / 100"),
        investment("system", "3000 GBP * ceil(opening / 120 user)"),
    ),
)

TWO_RATES = yearly_of(-1600, 10_000, -10_000)
THREE_RATES = yearly_of(-1000, 3600, -4310, 1716)
UNDEFINED = replace(
    PLAIN,
    title="A division by zero",
    assumptions=(*PLAIN.assumptions, assumption("nothing", 0)),
    benefits=(
        benefit("work", "saving"),
        benefit("lost", "saving / nothing"),
        benefit("late", "saving / period", starts=2),
    ),
)
EMPTY = Case(title="Nothing at all")
NO_INVESTMENT = replace(PLAIN, title="Free", investments=())
BREAK_EVEN = replace(
    PLAIN,
    title="Break-even",
    assumptions=(replace(SAVING, value=1000 / 36), replace(OUTLAY, value=1000)),
)
UNPAID_UNTIL_LATER = replace(
    PLAIN,
    title="Later investment",
    investments=(
        investment("system", "outlay / 2"),
        investment("renewal", "outlay", starts=14),
        investment("third", "outlay / 4", starts=30),
    ),
)

SPECIAL = {
    "quarterly": QUARTERLY,
    "yearly": YEARLY,
    "mid": MID_YEAR,
    "never_pays": NEVER_PAYS,
    "stock": STOCK,
    "two_rates": TWO_RATES,
    "three_rates": THREE_RATES,
    "undefined": UNDEFINED,
    "empty": EMPTY,
    "no_investment": NO_INVESTMENT,
    "break_even": BREAK_EVEN,
    "later": UNPAID_UNTIL_LATER,
}
