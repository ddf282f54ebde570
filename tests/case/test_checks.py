"""Each warning about a case: a case that has it, and the same case mended."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import assumption, benefit, calculation, case, investment, milestone, scenario
from valuecalc.case import checks
from valuecalc.case.case import (
    Achievement,
    Alternative,
    Benefit,
    Case,
    Driver,
    Evidence,
    Goal,
    Grade,
    Person,
    Proposition,
    Reference,
)
from valuecalc.case.checks import check, errors, warnings
from valuecalc.case.plan import Decision, Milestone, Plan, Predecessor, Task
from valuecalc.case.risk import Correlation
from valuecalc.case.travel import Rounding, Travel
from valuecalc.engine import warnings as engine_warnings
from valuecalc.engine.calculate import calculate
from valuecalc.errors import Problem, Severity


def sound(*more: Any, **settings: Any) -> Case:
    """A case that nothing is to be said about."""
    return case(
        assumption("users", 100, "user", grade="A", low=90, high=110),
        assumption("margin", 0.5, "%", grade="A"),
        benefit("sales", "users * margin * 5 GBP/user/month", category="revenue"),
        investment("licence", "2000 GBP"),
        investment("training", "100 GBP", category="internal_effort"),
        *more,
        **settings,
    )


def with_assumption(**changes: Any) -> Case:
    plain = sound()
    users, *others = plain.assumptions
    return replace(plain, assumptions=(replace(users, **changes), *others))


def test_a_sound_case_has_no_problems() -> None:
    assert check(sound()) == ()
    assert calculate(sound()).warnings == ()


def waiting(formula: str) -> Alternative:
    """Doing nothing, at a running cost."""
    upkeep = investment("upkeep", formula)
    return Alternative(id="wait", label="Wait", kind="do_nothing", investments=(upkeep,))


WARNINGS: list[tuple[str, str, Case]] = [
    ("no_benefits", "benefits", replace(sound(), benefits=())),
    ("no_investment", "investments", replace(sound(), investments=())),
    ("no_evidence", "assumptions.users", with_assumption(evidence=None)),
    (
        "no_source",
        "assumptions.users.evidence.source",
        with_assumption(evidence=Evidence(grade=Grade.B)),
    ),
    ("range", "assumptions.users.low", with_assumption(low=101.0)),
    ("range", "assumptions.users.high", with_assumption(high=99.0)),
    ("range", "assumptions.users.low", with_assumption(low=120.0, high=80.0)),
    ("unused", "assumptions.spare", sound(assumption("spare", 1, grade="A"))),
    ("unused", "calculations.spare", sound(calculation("spare", "users * 2"))),
    (
        "no_margin",
        "benefits.more",
        sound(benefit("more", "users * 5 GBP/user/month", category="revenue")),
    ),
    (
        "many_benefits",
        "benefits",
        sound(*(benefit(f"b{n}", "1 GBP/month", category="cost_reduction") for n in range(5))),
    ),
    (
        "same_saving",
        "benefits.second",
        sound(
            assumption("time_saved", 2, "hour/user/month", grade="A", low=1, high=3),
            calculation("hours", "time_saved * users"),
            benefit("first", "hours * 10 GBP/hour", category="cost_reduction"),
            benefit("second", "hours * 5 GBP/hour", category="cost_reduction"),
        ),
    ),
    (
        "mirrored_inaction",
        "alternatives.wait.investments.upkeep",
        sound(
            assumption("support", 3, "GBP/user/month", grade="A", low=2, high=4),
            benefit("spared", "users * support", category="cost_reduction"),
            alternatives=(waiting("users * support"),),
        ),
    ),
    (
        "mirrored_inaction",
        "alternatives.wait.investments.upkeep",
        sound(alternatives=(waiting("users * 3 GBP/user/month"),)),
    ),
    (
        "own_effort",
        "investments",
        replace(sound(), investments=(investment("licence", "2000 GBP"),)),
    ),
    ("outside_horizon", "benefits.late.starts", sound(benefit("late", "5 GBP/month", starts=99))),
    (
        "soft_share",
        "benefits",
        sound(benefit("time", "9000 GBP/month", category="productivity")),
    ),
    ("signs", "discounting.rate", sound(investment("dear", "6500 GBP"), rate=1.0)),
    (
        "irr",
        "investments",
        case(
            benefit("back", "230 GBP", starts=1),
            investment("out", "100 GBP"),
            investment("again", "132 GBP", starts=2),
            period="year",
        ),
    ),
    ("payback", "timeline", sound(investment("dear", "20000 GBP"))),
    ("undefined", "benefits.odd.formula", sound(benefit("odd", "1 GBP / (margin - margin)"))),
    ("expected", "expected.npw", replace(sound(), expected={"npw": 5.0})),
    ("expected", "expected.value", replace(sound(), expected={"value": 3.0})),
    (
        "haircut",
        "benefits.sure.realisation",
        sound(benefit("sure", "5 GBP/month", realisation="120%")),
    ),
    ("haircut", "benefits.odd.risk", sound(benefit("odd", "5 GBP/month", risk="150%"))),
    ("percentage", "assumptions.share.value", sound(assumption("share", 62.0, "%", grade="A"))),
    ("rate", "discounting.rate", sound(rate=10.0)),
    (
        "rounding",
        "assumptions.margin.travel.to",
        replace(
            sound(),
            assumptions=tuple(
                replace(each, travel=Travel(scale_with="users", round=Rounding.UP))
                for each in sound().assumptions
            ),
        ),
    ),
    (
        "not_counted",
        "investments.late.spread",
        sound(investment("late", "100 GBP", spread=60)),
    ),
    (
        "not_counted",
        "benefits.mid.starts",
        sound(benefit("mid", "5 GBP/month", starts=date(2027, 2, 1)), period="year"),
    ),
    (
        "not_counted",
        "benefits.mid.ends",
        sound(benefit("mid", "5 GBP/month", ends=date(2029, 11, 30)), period="year"),
    ),
]


@pytest.mark.parametrize(
    ("code", "place", "odd"), WARNINGS, ids=[f"{code} at {place}" for code, place, _ in WARNINGS]
)
def test_an_oddity_is_warned_about_with_place_cause_and_remedy(
    code: str, place: str, odd: Case
) -> None:
    found = [each for each in calculate(odd).warnings if each.code == code]
    assert [each.place for each in found] == [place]
    (warning,) = found
    assert warning.severity is Severity.WARNING
    assert warning.cause.endswith((".", "!"))
    assert warning.remedy.endswith(".")
    assert code not in {each.code for each in calculate(sound()).warnings}


def test_every_warning_that_the_code_knows_is_tested() -> None:
    sources = inspect.getsource(checks) + inspect.getsource(engine_warnings)
    known = set(re.findall(r"_warning\(\s*\"(\w+)\"", sources))
    assert known | {"outside_horizon", "not_counted"} == {code for code, _, _ in WARNINGS}


def test_warnings_do_not_stop_the_calculation_and_errors_do() -> None:
    odd = replace(sound(), benefits=())
    assert errors(odd) == ()
    assert {warning.code for warning in warnings(odd)} >= {"no_benefits"}
    assert calculate(odd).value("value") == -2100


def test_errors_come_before_warnings() -> None:
    broken = sound(calculation("wrong", "1 +"), assumption("bare", 1))
    found = check(broken)
    assert found[0].is_error
    assert [each.is_error for each in found] == sorted((e.is_error for e in found), reverse=True)


def test_nothing_is_called_unused_while_formulas_cannot_be_read() -> None:
    broken = sound(assumption("spare", 1, grade="A"), calculation("wrong", "1 +"))
    assert "unused" not in {problem.code for problem in check(broken)}


def test_what_the_statement_names_is_not_unused() -> None:
    named = sound(assumption("before", 1, grade="A"), assumption("after", 2, grade="A"))
    told = replace(named, proposition=Proposition(source="before", target="after"))
    assert "unused" not in {problem.code for problem in check(told)}


def test_a_grade_of_our_own_needs_no_source() -> None:
    own = with_assumption(evidence=Evidence(grade=Grade.E))
    assert check(own) == ()


@pytest.mark.parametrize(
    ("id", "is_a_saving"),
    [
        ("time_saved", True),
        ("calls_avoided", True),
        ("cost_reduction", True),
        ("fewer_visits", True),
        ("executives", False),
        ("wireless_sites", False),
        ("flower_shops", False),
    ],
)
def test_a_saving_is_told_by_the_beginning_of_its_words(id: str, is_a_saving: bool) -> None:
    twice = sound(
        assumption(id, 2, grade="A", low=1, high=3),
        benefit("first", f"{id} * 1 GBP/month", category="cost_reduction"),
        benefit("second", f"{id} * 2 GBP/month", category="cost_reduction"),
    )
    assert ("same_saving" in {problem.code for problem in check(twice)}) is is_a_saving


# --------------------------------------------------------------------------- references


def only(odd: Case) -> Problem:
    (found,) = errors(odd)
    return found


@pytest.mark.parametrize(
    ("odd", "place", "cause", "remedy"),
    [
        (
            sound(scenario("low", usres=5.0)),
            "scenarios.low.set.usres",
            "There is no assumption “usres”.",
            "Did you mean users?",
        ),
        (
            replace(sound(), goals=(Goal(id="grow", label="Grow", owner="boss"),)),
            "goals.grow.owner",
            "There is no person “boss”.",
            "There are none yet: add one first.",
        ),
        (
            replace(sound(), goals=(Goal(id="grow", label="Grow", parent="growth"),)),
            "goals.grow.parent",
            "There is no goal “growth”.",
            "Did you mean grow?",
        ),
        (
            sound(benefit("more", "1 GBP", goal="grow")),
            "benefits.more.goal",
            "There is no goal “grow”.",
            "There are none yet: add one first.",
        ),
        (
            replace(
                sound(),
                plan=Plan(
                    milestones=(
                        Milestone(
                            id="go",
                            label="Go",
                            date=milestone("x", sound().timeline.start).date,
                            owner="anna",
                        ),
                    )
                ),
                people=(Person(id="anne", name="Anne"),),
            ),
            "plan.milestones.go.owner",
            "There is no person “anna”.",
            "Did you mean anne? Or add “anna” to the people of the case.",
        ),
        (
            replace(sound(), proposition=Proposition(source="user")),
            "proposition.from",
            "There is no assumption or calculation “user”.",
            "Did you mean users?",
        ),
        (
            replace(sound(), proposition=Proposition(target="user")),
            "proposition.to",
            "There is no assumption or calculation “user”.",
            "Did you mean users?",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_reference_that_leads_nowhere_is_an_error(
    odd: Case, place: str, cause: str, remedy: str
) -> None:
    problem = only(odd)
    assert (problem.code, problem.place) == ("reference", place)
    assert (problem.cause, problem.remedy) == (cause, remedy)


USERS = Driver(id="users", label="Users", value=100, unit="user")


def with_reference(travel: Travel, *results: Achievement) -> Case:
    reference = Reference(drivers=(USERS,), results=results)
    return replace(with_assumption(travel=travel), reference=reference)


@pytest.mark.parametrize("key", ["scale_with", "driver"])
def test_a_driver_that_is_not_there_is_an_error(key: str) -> None:
    problem = only(with_reference(Travel(**{key: "user"})))
    assert problem.place == f"assumptions.users.travel.{key}"
    assert problem.cause == "There is no driver “user”."
    assert problem.remedy == "Did you mean users?"
    assert errors(with_reference(Travel(**{key: "users"}))) == ()


def test_a_case_that_is_no_reference_keeps_how_its_numbers_travelled() -> None:
    assert errors(with_assumption(travel=Travel(driver="user"))) == ()


def test_a_result_of_a_line_that_is_not_there_is_an_error() -> None:
    problem = only(with_reference(Travel(), Achievement(line="sale", planned=1, achieved=1)))
    assert problem.place == "reference.results.sale.line"
    assert problem.remedy == "Did you mean sales?"


def task(id: str, *after: str, **more: Any) -> Task:
    before = tuple(map(Predecessor, after))
    return Task(id=id, label=id, after=before, **{"days": 5, **more})


def planned(*tasks: Task, **more: Any) -> Case:
    return replace(sound(), plan=Plan(tasks=tasks, **more))


def test_a_task_after_nothing_known_is_an_error() -> None:
    go = Decision(id="go", label="Go", date=date(2027, 1, 15))
    live = milestone("live", date(2027, 2, 1))
    assert (
        errors(
            planned(task("a"), task("b", "a", "go", "live"), milestones=(live,), decisions=(go,))
        )
        == ()
    )
    problem = only(planned(task("a", "gone"), decisions=(go,)))
    assert (problem.code, problem.place) == ("reference", "plan.tasks.a.after")
    assert problem.cause == "There is no task, milestone or decision “gone”."


def test_owners_of_tasks_and_decisions_are_people() -> None:
    go = Decision(id="go", label="Go", date=date(2027, 1, 15), owner="boss")
    found = errors(planned(task("a", owner="me"), decisions=(go,)))
    assert [each.place for each in found] == ["plan.tasks.a.owner", "plan.decisions.go.owner"]


def test_tasks_that_wait_for_each_other_are_an_error_that_names_them() -> None:
    problem = only(planned(task("a", "c"), task("b", "a"), task("c", "b"), task("d", "a")))
    assert problem.code == "circle"
    assert problem.place == "plan.tasks.a.after"
    assert problem.cause == "These come after each other in a circle: a → b → c → a."
    alone = only(planned(task("a", "a")))
    assert (alone.place, alone.cause) == ("plan.tasks.a.after", "“a” comes after itself.")
    assert alone.remedy


def test_a_long_chain_of_tasks_is_no_circle() -> None:
    chain = [task("t0"), *(task(f"t{n}", f"t{n - 1}") for n in range(1, 500))]
    assert errors(planned(*chain)) == ()


# --------------------------------------------------------------------------- alternatives


def with_alternative(*lines: Any, **settings: Any) -> Case:
    other = Alternative(
        id="rival",
        label="Rival",
        kind="next_best",
        benefits=tuple(each for each in lines if isinstance(each, Benefit)),
        investments=tuple(each for each in lines if not isinstance(each, Benefit)),
        set=settings.pop("set", {}),
    )
    return sound(*settings.pop("more", ()), alternatives=(other,), **settings)


def only_problem(case: Case) -> Problem:
    (problem,) = check(case)
    return problem


def test_a_sound_alternative_is_no_problem_and_may_use_the_ids_of_the_case() -> None:
    rival = with_alternative(
        benefit("sales", "users * 2 GBP/user/month"), investment("licence", "sales * 2 month")
    )
    assert check(rival) == ()


@pytest.mark.parametrize(
    ("line", "place", "cause"),
    [
        (
            benefit("b", "users *"),
            "benefits.b.formula",
            "too early",
        ),
        (benefit("b", "user * 2 GBP"), "benefits.b.formula", "“user” is no assumption"),
        (benefit("b", "users * 2"), "benefits.b.formula", "not as £ or £ per time"),
        (benefit("b", "5 GBP/month", realisation="80"), "benefits.b.realisation", "8,000%"),
        (investment("i", "5 GBP", starts="go_live"), "investments.i.starts", "no milestone"),
        (investment("i", "licence * 2"), "investments.i.formula", "belongs to the case"),
        (benefit("b", "b * 2"), "benefits.b.formula", "need"),
    ],
)
def test_a_mistake_in_an_alternative_is_told_with_its_place(
    line: Any, place: str, cause: str
) -> None:
    problem = only_problem(with_alternative(line))
    assert problem.place == f"alternatives.rival.{place}"
    assert cause in problem.cause
    assert problem.is_error


def test_a_calculation_on_a_line_that_the_alternative_lacks_belongs_to_the_case() -> None:
    fee = calculation("fee", "licence * 10%")
    using = benefit("more", "fee", category="cost_reduction")
    problem = only_problem(with_alternative(investment("i", "fee"), more=(fee, using)))
    assert problem.place == "alternatives.rival.investments.i.formula"
    assert "“fee” belongs to the case" in problem.cause


def test_a_calculation_that_does_not_fit_the_line_of_the_alternative_is_told_there() -> None:
    fee = calculation("fee", "licence * 10%", unit="GBP")
    using = benefit("more", "fee", category="cost_reduction")
    running = investment("licence", "5 GBP/month")
    problem = only_problem(with_alternative(running, more=(fee, using)))
    assert problem.place == "alternatives.rival"
    assert "“fee” does not fit this alternative" in problem.cause


def test_a_mistake_of_the_case_is_not_told_again_for_each_alternative() -> None:
    wrong = calculation("wrong", "1 +")
    assert [each.place for each in errors(with_alternative(more=(wrong,)))] == [
        "calculations.wrong.formula"
    ]


def test_what_an_alternative_sets_has_to_be_an_assumption() -> None:
    problem = only_problem(with_alternative(set={"user": 5.0}))
    assert problem.place == "alternatives.rival.set.user"
    assert problem.remedy == "Did you mean users?"


def test_the_goal_of_a_benefit_of_an_alternative_has_to_exist() -> None:
    problem = only_problem(with_alternative(benefit("b", "5 GBP", goal="growth")))
    assert problem.place == "alternatives.rival.benefits.b.goal"


def test_what_only_an_alternative_uses_is_not_unused() -> None:
    spare = assumption("spare", 2, "GBP", grade="A")
    assert check(with_alternative(investment("i", "spare"), more=(spare,))) == ()


def test_what_an_alternative_only_sets_is_unused() -> None:
    spare = assumption("spare", 2, "GBP", grade="A")
    problem = only_problem(with_alternative(set={"spare": 3.0}, more=(spare,)))
    assert problem.code == "unused"


def test_doing_nothing_may_cost_what_no_benefit_counts() -> None:
    fines = assumption("fines", 3, "GBP/month", grade="A", low=2, high=4)
    assert check(sound(fines, alternatives=(waiting("fines"),))) == ()
    per_user = assumption("support", 3, "GBP/user/month", grade="A", low=2, high=4)
    assert check(sound(per_user, alternatives=(waiting("users * support"),))) == ()


def test_only_doing_nothing_can_mirror_a_benefit() -> None:
    rival = replace(waiting("users * 3 GBP/user/month"), kind="next_best")
    assert check(sound(alternatives=(rival,))) == ()


# --------------------------------------------------------------------------- risk


def test_a_correlation_is_between_assumptions() -> None:
    odd = sound(correlations=(Correlation(between=("users", "sales"), rank=0.5),))
    problem = next(each for each in check(odd) if each.is_error)
    assert problem.place == "correlations.sales~users.between"
    assert problem.cause == "There is no assumption “sales”."


def test_what_cannot_be_simulated_is_calculated_with_a_warning() -> None:
    odd = with_assumption(distribution="lognormal", low=-5.0)
    found = [each for each in calculate(odd).warnings if each.code == "distribution"]
    assert [each.place for each in found] == ["assumptions.users.distribution"]
    assert found[0].severity is Severity.WARNING


def test_a_range_in_the_wrong_order_is_warned_about_once() -> None:
    found = calculate(with_assumption(low=101.0)).warnings
    assert [each.place for each in found] == ["assumptions.users.low"]


def test_a_scenario_may_go_beyond_the_ranges() -> None:
    odd = sound(scenario("many", users=500.0))
    assert "distribution" not in {each.code for each in calculate(odd, "many").warnings}
