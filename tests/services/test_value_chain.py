"""The value chain with its amounts: what each goal gains, and what is in it for whom."""

from __future__ import annotations

from typing import Any

from valuecalc.schemas.case import load_case
from valuecalc.services import cases
from valuecalc.services.value_chain import GoalServed, ValueChain, value_chain

YEARS = 3


def chain_of(**parts: Any) -> ValueChain:
    """The chain of a case over three years, whose benefits are the same in each of them."""
    document = {
        "format": "valuecalc/1",
        "title": "Case",
        "timeline": {"start": "2027-01", "years": YEARS, "period": "year"},
        "investments": [{"id": "licence", "label": "Licence", "formula": "9000 GBP"}],
        **parts,
    }
    return value_chain(cases.calculate(load_case(document)))


def benefit(id: str, goal: str = "", amount: int = 100, **more: Any) -> dict[str, Any]:
    formula = f"{amount} GBP/year"
    return {"id": id, "label": id.capitalize(), "formula": formula, "goal": goal, **more}


def goal(id: str, parent: str = "", owner: str = "") -> dict[str, Any]:
    return {"id": id, "label": id.capitalize(), "parent": parent, "owner": owner}


def ids(served: Any) -> list[str]:
    return [each.line.id for each in served]


def amount(node: Any) -> float | None:
    return node.total.value if node.total else None


def shape(goals: tuple[GoalServed, ...]) -> dict[str, Any]:
    """The goals below each other, by their ids."""
    return {each.goal.id: shape(each.below) for each in goals}


class TestTheChain:
    def test_goals_stand_below_those_that_they_are_part_of(self) -> None:
        found = chain_of(goals=[goal("leads", "growth"), goal("growth"), goal("calls", "leads")])
        assert shape(found.goals) == {"growth": {"leads": {"calls": {}}}}

    def test_a_goal_gains_what_serves_it_and_the_goals_below(self) -> None:
        found = chain_of(
            goals=[goal("growth"), goal("leads", "growth")],
            benefits=[benefit("direct", "growth", 10), benefit("calls", "leads", 200)],
        )
        [top] = found.goals
        assert amount(top) == (10 + 200) * YEARS
        assert amount(top.below[0]) == 200 * YEARS
        assert ids(top.benefits) == ["direct"]

    def test_what_is_not_money_is_shown_and_never_added(self) -> None:
        counted = benefit("calls", "growth", non_monetary=True) | {"formula": "5 call/year"}
        found = chain_of(
            goals=[goal("growth")], benefits=[counted, benefit("direct", "growth", 10)]
        )
        [top] = found.goals
        assert ids(top.benefits) == ["direct", "calls"] or ids(top.benefits) == ["calls", "direct"]
        assert amount(top) == 10 * YEARS

    def test_a_goal_that_nothing_serves_has_no_amount(self) -> None:
        [top] = chain_of(goals=[goal("growth")]).goals
        assert top.total is None
        assert top.benefits == ()

    def test_an_amount_that_is_undefined_stays_so(self) -> None:
        broken = benefit("odd", "growth") | {"formula": "1 GBP/year / (1 - 1)"}
        found = chain_of(goals=[goal("growth")], benefits=[broken, benefit("direct", "growth", 10)])
        total = found.goals[0].total
        assert total is not None
        assert total.value is None
        assert total.text == "–"

    def test_benefits_without_a_goal_are_listed(self) -> None:
        found = chain_of(
            goals=[goal("growth")], benefits=[benefit("direct", "growth"), benefit("stray")]
        )
        assert ids(found.without_goal) == ["stray"]

    def test_goals_in_a_circle_are_there_exactly_once(self) -> None:
        found = chain_of(goals=[goal("hen", "egg"), goal("egg", "hen"), goal("alone")])
        every = [each.goal.id for top in found.goals for each in top.with_below]
        assert sorted(every) == ["alone", "egg", "hen"]

    def test_a_goal_that_is_part_of_itself_stands_at_the_top(self) -> None:
        assert shape(chain_of(goals=[goal("loop", "loop")]).goals) == {"loop": {}}

    def test_a_chain_of_two_hundred_goals_holds(self) -> None:
        goals = [goal(f"g{at}", f"g{at - 1}" if at else "") for at in range(200)]
        found = chain_of(goals=goals, benefits=[benefit("direct", "g199", 10)])
        assert amount(found.goals[0]) == 10 * YEARS


class TestWhatIsInItForWhom:
    def test_a_person_gains_what_serves_the_own_goals_and_those_below(self) -> None:
        found = chain_of(
            people=[{"id": "ceo", "name": "Ann"}, {"id": "cmo", "name": "Bob"}],
            goals=[goal("growth", owner="ceo"), goal("leads", "growth", "cmo")],
            benefits=[benefit("direct", "growth", 10), benefit("calls", "leads", 200)],
        )
        assert [amount(each) for each in found.stakes] == [210 * YEARS, 200 * YEARS]

    def test_a_benefit_counts_once_for_who_owns_both_goals(self) -> None:
        found = chain_of(
            people=[{"id": "ceo", "name": "Ann"}],
            goals=[goal("growth", owner="ceo"), goal("leads", "growth", "ceo")],
            benefits=[benefit("calls", "leads", 200)],
        )
        [ann] = found.stakes
        assert amount(ann) == 200 * YEARS
        assert ids(ann.benefits) == ["calls"]
        assert [each.id for each in ann.goals] == ["growth", "leads"]

    def test_who_owns_no_goal_has_nothing_in_it(self) -> None:
        [ann] = chain_of(people=[{"id": "ceo", "name": "Ann", "side": "vendor"}]).stakes
        assert (ann.goals, ann.benefits, ann.total) == ((), (), None)
        assert ann.side == "Our team"
