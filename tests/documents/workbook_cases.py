"""Cases for the workbook, each with something that a spreadsheet does in its own way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.builders import (
    Part,
    assumption,
    benefit,
    calculation,
    case,
    investment,
    s_curve,
    scenario,
    spent_again,
    yearly_flows,
)
from valuecalc.case.case import Case
from valuecalc.case.plan import Milestone, Plan, Predecessor, Task

SAVING = assumption("saving", 1000, "GBP/month", grade="A", low=600, high=1300)
OUTLAY = assumption("outlay", 20_000, "GBP", grade="B", low=18_000, high=26_000)
WORK = benefit("work", "saving")
SYSTEM = investment("system", "outlay")
PLAIN = case(SAVING, OUTLAY, WORK, SYSTEM)

QUARTERLY = case(
    assumption("sites", 12, "site", grade="C", values=(12, 15, 20), low=10, high=14),
    assumption("price", 900, "GBP/site/month", growth=0.03, low=700, high=950),
    assumption("fee", 4000, "GBP/year"),
    assumption("rise", 0.02, "%"),
    calculation("yearly", "price", "GBP/site/year"),
    calculation("in_all", "sum_over_time(fee * (1 + rise))"),
    calculation("of_sites", "sum_over_time(sites * price)"),
    benefit("linear", "sites * price * 40%", ramp=7, category="revenue"),
    benefit(
        "curved",
        "yearly * 3 site",
        starts=2,
        ends=8,
        ramp=s_curve(11),
        growth="rise + 1%",
        realisation="80%",
        attribution="1 - rise",
        risk="10%",
    ),
    benefit("stepped", "in_all / 24 month", starts=3, ramp=(0.3, 0.7, 1.0)),
    investment("spread", "150000 GBP", starts=1, spread=8, growth="5%", risk="15%"),
    investment("fees", "fee + of_sites / 300 month", growth="10%"),
    months=30,
    period="quarter",
    rate=0.08,
    day_count="actual/365",
    conventions={"payback": "whole_periods", "payback_crossing": "first", "roi": "annual"},
)

YEARLY = case(
    assumption(
        "revenue", 80_000, "GBP/year", values=(80_000, 90_000, 85_000), growth=0.02, low=60_000
    ),
    OUTLAY,
    assumption("newcomers", 0, "GBP/year", values=(0, 2000, 4000)),
    benefit("sales", "revenue", ramp=18, category="revenue"),
    benefit("once", "min(outlay, 30000 GBP) / 2", starts=4),
    benefit("later", "newcomers"),
    investment("system", "outlay * 7"),
    investment("upkeep", "8000 GBP/year"),
    scenario("cheap_money", rate=0.05),
    scenario("low_sales", revenue=50_000, newcomers=500),
    months=60,
    period="year",
    rate=0.12,
    timing="start",
    factor_decimals=3,
    conventions={"finance_rate": 0.06, "reinvestment_rate": 0.09, "roi": "undiscounted"},
)

STOCK = case(
    assumption("opening", 500, "user"),
    assumption("churn", 0.02, "%"),
    assumption("added", 30, "user", low=5, high=40),
    assumption("margin", 12, "GBP/user/month", growth=0.05),
    assumption("limit", 700, "user"),
    calculation("users", "min(previous(users, opening) * (1 - churn) + newcomers, limit)"),
    calculation("newcomers", "if(previous(users, opening) > 600 user, added / 2, added)"),
    calculation("earlier", "previous(users, 0)"),
    calculation("gain", "users - earlier"),
    # Undefined at the decision, where nothing flows.
    calculation("season", "1 + round(0.1 * (period - 4), 1) / year"),
    benefit("users_kept", "users * margin * 25%"),
    benefit("seasonal", "100 GBP/month * abs(season) ^ 0.5", starts=3),
    benefit("visits", "users * 3 / 1 month", non_monetary=True, realisation="50%"),
    investment("help", "max(0, gain) * 2 GBP/user/month", risk="period / 100"),
    investment("system", "3000 GBP * ceil(opening / 120 user)"),
    months=24,
)

UNDEFINED = case(
    SAVING,
    OUTLAY,
    assumption("nothing", 0),
    WORK,
    benefit("lost", "saving / nothing"),
    benefit("late", "saving / period", starts=2),
    SYSTEM,
)

# Every way in which a line can be a straight line in an assumption, and some in which it is not.
SLOPES = case(
    assumption("opening", 400, "user", low=300, high=450),
    assumption("churn", 0.02, "%", low=0.01, high=0.04),
    assumption("margin", 12, "GBP/user/month", growth=0.05, low=10, high=13),
    assumption("share", 0.6, "%", low=0.5, high=0.8),
    assumption("load", 1.2, "1", low=1.1, high=1.4),
    assumption("fee", 900, "GBP/year", values=(900, 1000, 1200), low=700, high=1300),
    assumption("twin", 700, "GBP", low=600, high=800),
    assumption("other_twin", 700, "GBP", low=600, high=800),
    assumption("idle", 5, "hour", low=4, high=6),
    replace(assumption("discount_rate", 300, "GBP", low=200, high=450), label="Fee of the bank"),
    calculation("users", "previous(users, opening) * (1 - churn)"),
    calculation("in_all", "sum_over_time(users * 1 GBP/user)"),
    calculation("both", "fee + fee"),
    benefit("kept", "users * margin", realisation="share", risk="1 - share / 2"),
    benefit("spared", "0 - (both - 100 GBP/year * load) / -2", starts=4, growth="3%"),
    investment("fees", "both * load", risk="10%"),
    investment("once", "in_all / 50 + max(twin, 10 GBP) + twin + discount_rate"),
    investment("upkeep", "twin + other_twin * 1"),
    months=24,
)

NOTHING = assumption("nothing", 0)
BELOW_ZERO = assumption("below_zero", -0.5, low=-0.6, high=-0.4)
SHARE = assumption("share", 0.4, low=0.3, high=0.5)


def with_parts(*parts: Part, months: int = 12) -> Case:
    """The plain case with more in it."""
    return case(SAVING, OUTLAY, WORK, SYSTEM, *parts, months=months)


# What is undefined somewhere, and what may or may not follow from it.
HAZARDS: dict[str, Case] = {
    "divided by zero in one period": with_parts(
        calculation("gap", "period - 4"),
        calculation("part", "1 / gap"),
        calculation("where_needed", "if(period > 4, 1 / gap, 0)"),
        benefit("after", "saving * part", starts=6),
        benefit("through", "saving / gap"),
        benefit("with_care", "saving * where_needed"),
    ),
    "smallest of what is undefined": with_parts(
        NOTHING,
        calculation("odd", "1 / (period - 4)"),
        calculation("bounded", "min(odd, 3)"),
        calculation("at_least", "max(1 / nothing, 3)"),
        calculation("over_it", "1 / (1 / nothing)"),
        benefit("some", "saving * bounded"),
        benefit("none", "saving * (at_least + over_it)"),
    ),
    "condition on what is undefined": with_parts(
        NOTHING,
        calculation("odd", "1 / (period - 4)"),
        calculation("chosen", "if(odd > 0.2, 1, 2)"),
        benefit("some", "saving * chosen"),
        benefit("none", "saving * if(1 / nothing > 1, 1, 2)"),
    ),
    "overflow below a bound": with_parts(
        calculation("grown", "if(period > 6, exp(200 * period), 1)"),
        benefit("bounded", "saving * min(grown, 5)"),
    ),
    "more decimals than there are": with_parts(
        SHARE,
        assumption("digits", 2.7),
        calculation("all", "round(share / 3, 400)"),
        calculation("none", "round(share, 0 - 400)"),
        calculation("some", "round(share / 3, digits)"),
        calculation("tens", "round(1234.5, -digits)"),
        benefit("kept", "saving * (all + none + some + tens)"),
    ),
    "roots of negative numbers": with_parts(
        BELOW_ZERO,
        calculation("third", "below_zero ^ (1 / 3)"),
        calculation("whole", "below_zero ^ period"),
        calculation("half_of_them", "below_zero ^ (period / 2)"),
        calculation("fifth", "(below_zero * period) ^ 0.2"),
        benefit("some", "saving * (whole + half_of_them)"),
        benefit("none", "saving * third", realisation="below_zero ^ 0.2"),
        benefit("late", "saving * fifth", starts=3),
    ),
    "growth that is undefined": with_parts(
        NOTHING,
        benefit("always", "saving", growth="1 / nothing"),
        benefit("once", "saving", growth="1 / (period - 3)"),
        benefit("before_it_starts", "saving", growth="1 / (period - 3)", starts=5),
        benefit("shrinking", "saving", growth="nothing - 1"),
        months=36,
    ),
    "haircuts that are undefined": with_parts(
        BELOW_ZERO,
        benefit("once", "saving", realisation="1 / (period - 4)"),
        benefit("always", "saving", risk="sqrt(below_zero)"),
        benefit("two", "saving", attribution="1 / period", risk="1 / (period + 1)"),
        investment("before_it_counts", "outlay", risk="1 / (period - 1)"),
    ),
    "previous of what is undefined": with_parts(
        NOTHING,
        calculation("odd", "1 / (period - 3)"),
        calculation("earlier", "previous(odd, 7)"),
        calculation("at_first", "previous(chain, 2)"),
        calculation(
            "chain",
            "if(period > 3, if(at_first > 5, if(previous(chain, 1) > 7, 1, at_first * 2), "
            "at_first + 2), 1 / nothing)",
        ),
        benefit("delayed", "saving * earlier"),
        benefit("chained", "saving * chain"),
    ),
    "infinities that cancel": with_parts(
        *(calculation(f"odd_{each}", f"1 / (period - {each})") for each in range(1, 7)),
        calculation("all", " + ".join(f"odd_{each}" for each in range(1, 7))),
        calculation("product", " * ".join(f"odd_{each}" for each in range(1, 7))),
        benefit("gain", "saving * all * product"),
    ),
    "amounts beyond words": with_parts(
        SHARE,
        calculation("huge", "10 ^ 100 * 10 ^ 100 * 10 ^ 100 * share"),
        benefit("gain", "saving * huge"),
    ),
}

LONG = "a_very_long_name_of_an_assumption_that_goes_on_and_on_to_the_end"
OTHER_LONG = "another_very_long_name_of_an_assumption_that_never_really_stops"
MANY = [assumption(f"rather_long_name_of_a_number_{each}", 100 + each, "GBP") for each in range(19)]
NAMES_OF_MANY = ", ".join(each.id for each in MANY)

LENGTHY: dict[str, Case] = {
    "long names": with_parts(
        assumption(LONG, 5, "user"),
        assumption(OTHER_LONG, 7, "GBP/user/month"),
        assumption(f"{LONG}_3", 0.5),
        calculation("larger", f"max({LONG}, {LONG} * 2)"),
        calculation("chosen", f"if({LONG} > 5 user, {OTHER_LONG}, {OTHER_LONG} * 2)"),
        benefit("two", f"{LONG} * {OTHER_LONG}"),
        benefit("three", f"{LONG} * {OTHER_LONG} * {LONG}_3", realisation=f"{LONG}_3 * {LONG}_3"),
    ),
    "smallest of many": with_parts(
        *MANY,
        calculation("least", f"min({NAMES_OF_MANY})"),
        investment("least_of_all", "least"),
        investment("most_of_all", f"max({NAMES_OF_MANY})"),
    ),
    "steps that wait for many": replace(
        case(SAVING, OUTLAY, benefit("work", "saving", starts="live"), SYSTEM, months=24),
        plan=Plan(
            start=date(2027, 1, 4),
            tasks=(
                *(Task(id=f"first_{n}", label=f"First {n}", days=3 + n % 7) for n in range(40)),
                Task(
                    id="join",
                    label="All come together",
                    days=4,
                    after=tuple(Predecessor(f"first_{n}", lag=n % 3) for n in range(40)),
                ),
                *(
                    Task(
                        id=f"then_{n}",
                        label=f"Then {n}",
                        days=2 + n,
                        after=(Predecessor("join", lag=n % 4), Predecessor("first_3")),
                    )
                    for n in range(30)
                ),
            ),
            milestones=(
                Milestone(
                    id="live",
                    label="Live",
                    after=tuple(Predecessor(f"then_{n}") for n in range(30)),
                ),
            ),
        ),
    ),
}

DRAWN = {"headline": "p10"}
# Amounts that are nothing but rounding in one program and zero in another, before all others.
CANCELLING = case(
    assumption("fee", -404.8, "GBP/year"),
    investment("nothing", "-previous(fee, fee) + min(2 GBP/day, fee)", starts=1),
    benefit("gain", "200 GBP/month", starts=4),
    investment("system", "1k GBP", starts=6),
    months=24,
    conventions={"payback_crossing": "first"},
)

HEADLINE = case(SAVING, OUTLAY, WORK, SYSTEM, scenario("poor", saving=700), conventions=DRAWN)

SPECIAL: dict[str, Case] = {
    "percentile headline": HEADLINE,
    "headline that cannot be drawn": case(
        replace(SAVING, distribution="normal"), OUTLAY, WORK, SYSTEM, conventions=DRAWN
    ),
    "quarterly": QUARTERLY,
    "rounding before all else": CANCELLING,
    "spent again but for rounding": spent_again(),
    "slopes": SLOPES,
    "yearly": YEARLY,
    "stock": STOCK,
    "undefined": UNDEFINED,
    "mid-month by days": case(SAVING, OUTLAY, WORK, SYSTEM, timing="mid", day_count="actual/365"),
    "start of the month": case(SAVING, OUTLAY, WORK, SYSTEM, timing="start"),
    "never pays": case(SAVING, OUTLAY, WORK, investment("system", "outlay * 9")),
    "no rate": case(SAVING, WORK),
    "two rates": yearly_flows([-1600, 10_000, -10_000]),
    "three rates": yearly_flows([-1000, 3600, -4310, 1716]),
    "one rate in spite of many signs": case(
        SAVING,
        OUTLAY,
        WORK,
        investment("system", "outlay / 2"),
        investment("renewal", "outlay / 4", starts=14),
        investment("another", "outlay / 4", starts=30),
    ),
    "break-even": case(
        replace(SAVING, value=1000 / 36), replace(OUTLAY, value=1000.0), WORK, SYSTEM
    ),
    "nothing": case(),
    "lost money": yearly_flows([-1000, 400, 300]),
    **HAZARDS,
    **LENGTHY,
}
