"""What a pilot has found takes the place of an assumption, and says what stood there."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.builders import assumption, benefit, case, investment
from valuecalc.case.case import Assumption, Case, Evidence, Grade
from valuecalc.case.risk import Outcome, Pilot
from valuecalc.engine.calculate import calculate
from valuecalc.engine.uncertainty.pilots import PilotResult, with_pilot
from valuecalc.errors import CaseError, UnknownName

DAY = date(2027, 5, 31)


def doubtful(**more: Any) -> Case:
    price = assumption(
        "price",
        22,
        "GBP/user/month",
        low=20,
        high=25,
        distribution="pert",
        range="percentiles",
        pilot=Pilot(cost=20_000, note="One region"),
        common="demand",
        evidence=Evidence(grade=Grade.E, source="Our estimate", date=date(2027, 1, 3), url="x"),
        note="What users pay",
        **more,
    )
    return case(price, benefit("gain", "price * 100 user"), investment("cost", "1k GBP"))


def result(**more: Any) -> PilotResult:
    return PilotResult(
        **{
            "assumption": "price",
            "value": 24.5,
            "low": 24,
            "high": 25,
            "source": "Pilot in Leeds",
            "date": DAY,
            "owner": "Head of billing",
            "note": "412 users over six weeks.",
            **more,
        }
    )


def after_pilot(**more: Any) -> Assumption:
    found = with_pilot(doubtful(), result(**more)).assumption("price")
    assert found is not None
    return found


def test_the_result_replaces_the_number_and_its_range() -> None:
    price = after_pilot()
    assert (price.value, price.low, price.high) == (24.5, 24, 25)
    assert (price.distribution, price.range, price.outcomes, price.pilot) == ("", "", (), None)


def test_it_is_the_customers_measured_data_tested_by_a_pilot() -> None:
    evidence = after_pilot().evidence
    assert evidence == Evidence(
        grade=Grade.A,
        source="Pilot in Leeds",
        date=DAY,
        owner="Head of billing",
        tested="pilot",
        note="412 users over six weeks. Was £22 per user per month (£20 to £25; E, "
        "Our estimate, 3 January 2027) before the pilot.",
    )
    assert after_pilot(grade=Grade.C).evidence.grade is Grade.C  # type: ignore[union-attr]


def test_what_the_assumption_is_stays() -> None:
    price, before = after_pilot(), doubtful().assumption("price")
    assert before is not None
    assert (price.label, price.unit, price.common, price.note) == (
        before.label,
        before.unit,
        before.common,
        before.note,
    )


def test_without_a_range_the_number_is_certain() -> None:
    assert after_pilot(low=None, high=None).is_certain


def test_outcomes_are_replaced_too() -> None:
    outcomes = (Outcome(value=20, chance=0.5), Outcome(value=24, chance=0.5))
    found = with_pilot(doubtful(outcomes=outcomes), result()).assumption("price")
    assert found is not None and found.outcomes == ()


def test_yearly_values_move_in_proportion() -> None:
    found = with_pilot(doubtful(values=(22.0, 44.0)), result()).assumption("price")
    assert found is not None and found.values == pytest.approx((24.5, 49))


def test_a_number_without_evidence_was_our_own_assumption() -> None:
    bare = case(assumption("price", 22), benefit("gain", "price * 1 GBP"))
    found = with_pilot(bare, result(low=None, high=None, note="")).assumption("price")
    assert found is not None and found.evidence is not None
    assert found.evidence.note == "Was 22 (E) before the pilot."


def test_the_case_is_worked_out_with_it_and_its_lines_are_better_grounded() -> None:
    before, after = calculate(doubtful()), calculate(with_pilot(doubtful(), result()))
    gain = after.value("benefits.gain.total")
    assert gain == pytest.approx(24.5 * 100 * 36)
    assert before.lines[0].grade is Grade.E
    assert doubtful() == doubtful()


def test_a_long_note_is_cut_and_what_stood_there_is_kept() -> None:
    evidence = after_pilot(note="word " * 2_000).evidence
    assert evidence is not None
    assert len(evidence.note) <= 5_000
    assert evidence.note.endswith("3 January 2027) before the pilot.")


@pytest.mark.parametrize(
    ("wrong", "place", "cause"),
    [
        ({"source": " "}, "pilot.source", "names no source"),
        ({"source": "x" * 301}, "pilot.source", "301 characters"),
        ({"date": None}, "pilot.date", "has no date"),
        ({"low": 26, "high": 24}, "pilot.low", "Low, £26 per user per month, is above high"),
        ({"low": 24.6}, "pilot.low", "is above the value, £24.50"),
        ({"high": 24.4}, "pilot.high", "is below the value"),
        ({"value": math.nan}, "pilot.value", "no number"),
        ({"high": math.inf}, "pilot.high", "no number"),
    ],
)
def test_a_result_that_proves_nothing_is_refused(
    wrong: dict[str, Any], place: str, cause: str
) -> None:
    with pytest.raises(CaseError) as refused:
        with_pilot(doubtful(), result(**wrong))
    (problem,) = refused.value.problems
    assert problem.place == place
    assert cause in problem.cause
    assert problem.remedy


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(CaseError) as refused:
        with_pilot(doubtful(), result(source="", date=None, low=30))
    assert [each.place for each in refused.value.problems] == [
        "pilot.source",
        "pilot.date",
        "pilot.low",
    ]


def test_an_unknown_assumption_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean price"):
        with_pilot(doubtful(), replace(result(), assumption="prices"))
