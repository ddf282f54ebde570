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
from valuecalc.services import approvals, delays, saved_cases
from valuecalc.services.access import Action, require
from valuecalc.services.approvals import Approved
from valuecalc.services.delays import MOST_DAYS, NO_CHANGE, Delays, StepDelay
from valuecalc.services.saved_cases import Saved
from valuecalc.web.errors import read_by_scripts
from valuecalc.web.identity import actor
from valuecalc.web.pages.editor.form import form
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.plan import day_text
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

    found: Delays

    @property
    def told(self) -> StepDelay:
        """The delay, with its words."""
        return self.found.steps[0]

    @property
    def result(self) -> Result:
        """The result without the delay."""
        return self.found.result

    @property
    def figures(self) -> tuple[tuple[str, str, str], ...]:
        """The figures that it may change: what each is called, its change, and what it becomes."""
        delay = self.told.delay
        return (
            ("Net present value", *self._changed("npv", delay.npv)),
            ("Value", *self._changed("value", delay.value)),
        )

    def _changed(self, figure: str, change: float) -> tuple[str, str]:
        currency = self.result.case.currency
        text = delays.change_text(change, currency)
        if text == NO_CHANGE:
            return text, ""
        before = self.result.value(figure) or 0.0
        return text, quantity.show_short(before + change, currency)

    @property
    def moved(self) -> list[tuple[str, str, str]]:
        """The milestones that move: label, day and day with the delay."""
        steps = self.result.plan.by_id
        return [
            (steps[id].label, day_text(steps[id].finish), day_text(day))
            for id, day in self.told.delay.moved.items()
            if id in steps
        ]


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
    found = delays.delay_of_typed(
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
