"""What each step costs that comes later, and the reason in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.case.test_schedule import milestone, task
from tests.engine.test_delays import MONDAY, with_plan
from valuecalc.case.case import Case
from valuecalc.case.plan import Plan
from valuecalc.engine.calculate import calculate
from valuecalc.engine.delays import cost_of_delay
from valuecalc.errors import CaseError, InputError, UnknownName
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case
from valuecalc.services import delays


def words(found: delays.Delays) -> dict[str, str]:
    return {each.step.id: each.words for each in found.steps}


def test_each_task_and_decision_is_told_with_the_dearest_first() -> None:
    found = delays.delays_of(with_plan(), 25)
    assert [each.step.id for each in found.steps][:3] == ["survey", "build", "go"]
    assert found.steps[-1].step.id == "party"
    for each in found.steps:
        alone = cost_of_delay(with_plan(), each.step.id, 25)
        assert (each.delay.npv, each.delay.value) == (alone.npv, alone.value)


def test_a_week_is_meant_where_nothing_is_said() -> None:
    assert delays.delays_of(with_plan()).days == 5
    four_days = replace(with_plan().plan.calendar, weekdays=("mon", "tue", "wed", "thu"))
    assert delays.delays_of(with_plan(calendar=four_days)).days == 4


def test_the_words_say_what_moves_from_when_to_when_and_what_that_costs() -> None:
    [each] = delays.delays_of(with_plan(), 25, "build").steps
    assert each.words == (
        "When “build” takes 25 working days more, the plan ends 25 working days later. “live” is "
        "reached on 29 March 2027 instead of 22 February 2027. That moves “More”. NPV falls by "
        f"{quantity.show_short(-each.delay.npv, 'GBP')}; value falls by £1.00k."
    )
    assert each.lines == ("More",)


def test_the_words_say_why_nothing_changes() -> None:
    told = words(delays.delays_of(with_plan(), 4))
    assert "what starts or ends there still does so in the same period" in told["survey"]
    assert told["party"].endswith("No number changes: no milestone moves.")


def test_slack_is_said() -> None:
    plan = Plan(
        start=MONDAY,
        tasks=(task("short", 5), task("long", 30)),
        milestones=(milestone("live", None, "short", "long"),),
    )
    told = words(delays.delays_of(replace(with_plan(), plan=plan), 5))
    assert told["short"] == (
        "When “short” takes 5 working days more, the plan ends on the same day. "
        "No number changes: it has 25 working days of slack before anything else moves."
    )
    assert "the plan ends 5 working days later" in told["long"]


def test_less_time_is_a_gain_and_a_decision_comes_earlier() -> None:
    [build] = delays.delays_of(with_plan(), -25, "build").steps
    assert "takes 25 working days less" in build.words
    assert "value rises by £1.00k" in build.words
    [go] = delays.delays_of(with_plan(), 25, "go").steps
    assert "“go” comes 25 working days later" in go.words


def test_a_scenario_is_worked_in() -> None:
    found = delays.delays_of(with_plan(), 25, "build", "conservative")
    assert found.result.scenario == "conservative"
    assert found.result.value("npv") == calculate(with_plan(), "conservative").value("npv")


def test_too_many_days_and_steps_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="5,001 working days are too many"):
        delays.delays_of(with_plan(), 5_001)
    with pytest.raises(UnknownName, match="buidl"):
        delays.delays_of(with_plan(), 5, "buidl")
    with pytest.raises(CaseError):
        delays.delays_of(with_plan(tasks=(task("a", 1, "a"),)), 5)


def test_a_case_of_thousands_of_steps_and_periods_is_asked_step_by_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delays, "MOST_WORK", 100)
    with pytest.raises(InputError, match="Ask for one step at a time"):
        delays.delays_of(with_plan(), 5)
    assert delays.delays_of(with_plan(), 5, "build").steps


def test_the_answer_as_json_has_the_numbers_the_days_and_the_words() -> None:
    found = delays.dump(delays.delays_of(with_plan(), 25, "build"))
    [step] = found["steps"]
    assert step["moved"] == [
        {"id": "live", "label": "live", "before": "2027-02-22", "after": "2027-03-29"}
    ]
    assert (step["critical"], step["slack"], step["plan_days"]) == (True, 0, 25)
    assert "beginning of a month" in found["note"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (-12_000.0, "−£12.0k"),
        (3_000.0, "+£3.00k"),
        (0.0, "no change"),
        (-0.4, "no change"),
        (0.4, "no change"),
    ],
)
def test_a_change_is_written_with_its_sign(amount: float, text: str) -> None:
    assert delays.change_text(amount, "GBP") == text


# --------------------------------------------------------------------------- on pages


def test_what_a_week_costs_is_that_of_the_delays_of_all_steps() -> None:
    costs = delays.weekly_costs(calculate(with_plan()))
    assert costs == {each.step.id: each.delay for each in delays.delays_of(with_plan()).steps}


def test_what_a_week_costs_is_left_out_where_it_would_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delays, "MOST_STEPS", 2)
    assert delays.weekly_costs(calculate(with_plan())) is None


def test_a_plan_that_cannot_be_worked_out_costs_nothing_a_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: Case) -> tuple[delays.Delay, ...]:
        raise CaseError([])

    monkeypatch.setattr("valuecalc.engine.delays.one_week_later", refuse)
    assert delays.weekly_costs(calculate(with_plan())) == {}


def test_a_delay_is_worked_out_of_a_document_as_it_is_typed() -> None:
    document = dump_case(with_plan())
    found = delays.delay_of_typed(document, document, "build", 25)
    [told] = found.steps
    assert told == delays.delays_of(with_plan(), 25, "build").steps[0]
    assert found.result.value("value") == calculate(with_plan()).value("value")


def test_a_delay_of_a_document_with_mistakes_is_refused() -> None:
    document = dump_case(with_plan())
    broken = document | {"benefits": [{"id": "a", "label": "A", "formula": "nope"}]}
    with pytest.raises(CaseError):
        delays.delay_of_typed(broken, document, "build", 5)
    with pytest.raises(UnknownName):
        delays.delay_of_typed(document, document, "nothing", 5)
