"""The plan in the editor: the fields of its section, and what it costs when a step is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from valuecalc.case.case import Case
from valuecalc.case.plan import WEEKDAYS
from valuecalc.engine.result import Result
from valuecalc.errors import DocumentError
from valuecalc.formula import quantity
from valuecalc.schemas.document import read_json
from valuecalc.services import approvals, plans, saved_cases
from valuecalc.services.access import Action, require
from valuecalc.services.approvals import Approved
from valuecalc.services.plans import MOST_DAYS, Delay, Slip
from valuecalc.services.saved_cases import Saved
from valuecalc.web.errors import read_by_scripts
from valuecalc.web.identity import actor
from valuecalc.web.pages.editor.form import form
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.plan import day_text, working_days
from valuecalc.web.storage import store

blueprint = Blueprint("editor_plan", __name__, url_prefix="/cases/<uid>/edit")

WEEKDAY_CHOICES = tuple((each, each.capitalize()) for each in WEEKDAYS)
"""The days of a week with the words for them."""


TITLES = {
    "label": ["task", "task name", "name", "milestone", "decision", "activity"],
    "days": ["duration", "days", "work"],
    "after": ["predecessors", "after", "depends on"],
    "owner": ["resource names", "resource", "who", "responsible"],
    "earliest": ["from", "constraint date"],
    "done": ["% complete", "complete", "progress", "% done"],
    "date": ["date", "day", "by", "due", "deadline"],
    "passedOver": ["id", "wbs", "start", "finish", "end", "task mode", "%"],
}
"""What columns are called in other programs, by the field that they fill, in small letters."""


@dataclass(frozen=True)
class SlipPage:
    """What a delay of one step does, in words."""

    slip: Slip

    @property
    def delay(self) -> Delay:
        """The delay."""
        return self.slip.delay

    @property
    def result(self) -> Result:
        """The result without the delay."""
        return self.slip.result

    @property
    def lead(self) -> str:
        """What is asked: `If “Survey” takes 5 working days more:`."""
        days = self.delay.days
        step = self.result.plan.by_id[self.delay.step]
        count = working_days(abs(days)).replace(" day", " working day")
        if step.kind == "task":
            return f"If “{self.delay.label}” takes {count} {'more' if days >= 0 else 'less'}:"
        return f"If “{self.delay.label}” comes {count} {'later' if days >= 0 else 'earlier'}:"

    @property
    def npv(self) -> str:
        """The change of the net present value; empty for none."""
        return plans.change_text(self.delay.npv, self.result.case.currency)

    @property
    def value(self) -> str:
        """The change of the value; empty for none."""
        return plans.change_text(self.delay.value, self.result.case.currency)

    @property
    def npv_then(self) -> str:
        """The net present value with the delay."""
        return self._then("npv", self.delay.npv)

    @property
    def value_then(self) -> str:
        """The value with the delay."""
        return self._then("value", self.delay.value)

    def _then(self, figure: str, change: float) -> str:
        before = self.result.value(figure) or 0.0
        return quantity.show_short(before + change, self.result.case.currency)

    @property
    def end(self) -> str:
        """By how much the plan ends later."""
        days = self.delay.plan_days
        if not days:
            return "stays as it is"
        return f"{working_days(abs(days))} {'later' if days > 0 else 'earlier'}"

    @property
    def moved(self) -> list[tuple[str, str, str]]:
        """The milestones that move: label, day and day with the delay."""
        steps = self.result.plan.by_id
        return [
            (steps[id].label, day_text(steps[id].finish), day_text(day))
            for id, day in self.delay.moved.items()
            if id in steps
        ]

    @property
    def why(self) -> str:
        """Why it costs nothing, where it does not."""
        if self.npv or self.value or self.delay.days <= 0:
            return ""
        slack = self.result.plan.by_id[self.delay.step].free_slack
        if not self.delay.moved and slack >= self.delay.days:
            return f"It has {working_days(slack)} of slack before anything else moves."
        if not self.delay.moved:
            return "No milestone moves."
        return "No line starts or ends at these milestones in another period."


@blueprint.get("/plan")
def fields(uid: str) -> str:
    """The fields of the plan, without what stands in them."""
    _editable(uid)
    return render_template("editor/plan.html", form=form, weekdays=WEEKDAY_CHOICES, titles=TITLES)


@blueprint.post("/slip")
@read_by_scripts
def slip(uid: str) -> str:
    """What it costs when a step of the document is late, as it is typed; nothing is kept."""
    saved = _editable(uid)
    body: dict[str, Any] = read_json(request.get_data(cache=False)).data
    document, step = body.get("document"), body.get("step")
    if not isinstance(document, dict) or not isinstance(step, str):
        raise DocumentError(
            "The request holds no document, or names no step.",
            'Send {"document": {…}, "step": "survey", "days": 5}.',
        )
    scenario = body.get("scenario")
    found = plans.slipped(
        document,
        saved.document,
        step,
        _days(body.get("days")),
        scenario if isinstance(scenario, str) else EXPECTED,
    )
    return render_template("editor/slip.html", slip=SlipPage(found))


def plan_approvals(uid: str, case: Case) -> Sequence[Approved]:
    """The approvals of the plan of a case, beside the plan as it is typed."""
    return approvals.of_case(store(), actor(), uid, case)


blueprint.add_app_template_global(plan_approvals)


def _days(value: object) -> int:
    try:
        number = int(str(value).strip().replace("−", "-"))
    except ValueError:
        number = MOST_DAYS + 1
    if abs(number) > MOST_DAYS:
        raise DocumentError(
            "That is no number of working days.",
            f"Write a whole number of {MOST_DAYS:,} at most, such as 5.",
        )
    return number


def _editable(uid: str) -> Saved:
    """The newest version of a case that the reader may change."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return saved
