from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from valuecalc.case.case import Case
from valuecalc.case.plan import Milestone, Plan, Predecessor, Task
from valuecalc.engine.calculate import calculate
from valuecalc.errors import CaseError, UnknownName
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import plans


def case(days: int = 10) -> Case:
    """A case whose benefit starts when a build is over."""
    made = load_case(
        {
            "format": "valuecalc/1",
            "title": "Planned",
            "currency": "GBP",
            "timeline": {"start": "2027-01", "years": 2, "period": "month"},
            "discounting": {"rate": 0.1},
            "benefits": [
                {"id": "less", "label": "Less", "formula": "1000 GBP/month", "starts": "live"}
            ],
        }
        | {"plan": {"milestones": [{"id": "live", "label": "Live", "date": "2027-01-04"}]}}
    )
    plan = Plan(
        start=date(2027, 1, 4),
        tasks=(
            Task(id="build", label="Build", days=days),
            Task(id="manual", label="Manual", days=1),
        ),
        milestones=(Milestone(id="live", label="Live", after=(Predecessor("build"),)),),
    )
    return replace(made, plan=plan)


class TestWhatAWeekCosts:
    def test_is_told_for_each_task(self) -> None:
        found = plans.weekly_costs(calculate(case(days=18)))
        assert found is not None
        assert plans.cost_text(found["manual"], case()) == ""
        # From 27 January to 3 February: benefits begin a month later.
        assert found["build"].value == -1000

    def test_is_left_out_where_it_would_take_long(self) -> None:
        made = case()
        many = tuple(Task(id=f"t{n}", label=f"T{n}", days=1) for n in range(plans.MOST_STEPS + 1))
        plan = replace(made.plan, tasks=(*made.plan.tasks, *many))
        assert plans.weekly_costs(calculate(replace(made, plan=plan))) is None

    @pytest.mark.parametrize(
        ("amount", "text"),
        [(-12_000.0, "−£12.0k"), (3_000.0, "+£3.00k"), (0.0, ""), (-0.4, ""), (0.4, "")],
    )
    def test_is_written_with_its_sign(self, amount: float, text: str) -> None:
        assert plans.change_text(amount, "GBP") == text


class TestADelay:
    def document(self) -> dict[str, Any]:
        return dump_case(case(days=18))

    def test_is_worked_out_of_a_document_as_it_is_typed(self) -> None:
        document = self.document()
        found = plans.slipped(document, document, "build", 5)
        assert found.delay.moved == {"live": date(2027, 2, 3)}
        assert found.delay.value == -1000
        assert found.result.value("value") == 23_000

    def test_of_a_step_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(UnknownName):
            plans.slipped(self.document(), self.document(), "nothing", 5)

    def test_of_a_case_with_mistakes_is_refused(self) -> None:
        broken = self.document() | {"benefits": [{"id": "a", "label": "A", "formula": "nope"}]}
        with pytest.raises(CaseError):
            plans.slipped(broken, self.document(), "build", 5)
