"""A plan of another program in the editor: what it changes, before it is taken into the document.

Nothing is kept here: the script takes the plan into the form as if it had been typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from valuecalc.engine.result import Result
from valuecalc.errors import InputError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.document import MAX_BYTES, read_json
from valuecalc.services import delays, plan_files, saved_cases
from valuecalc.services.access import Action, require
from valuecalc.services.delays import NO_CHANGE
from valuecalc.services.plan_files import LARGEST_FILE, Preview
from valuecalc.services.plan_merging import Merged
from valuecalc.services.saved_cases import Saved
from valuecalc.web.errors import problems_of, read_by_scripts
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.pages.plan import day_text
from valuecalc.web.storage import store

blueprint = Blueprint("editor_plan_file", __name__, url_prefix="/cases/<uid>/edit")

ROOM_FOR_DOCUMENT = MAX_BYTES + 100_000
"""Bytes of a request beside its file."""

MOST_SHOWN = 20
"""So many steps or remarks of one kind; the others are counted."""

A_TABLE = "the table"

FIGURES = (("Net present value", "npv"), ("Value", "value"))


@dataclass(frozen=True)
class PreviewPage:
    """What a plan makes of the case as it is typed, in words."""

    preview: Preview
    name: str

    @property
    def found(self) -> Merged:
        """The case with the plan, and what became of the steps."""
        return self.preview.found

    @property
    def lead(self) -> str:
        """How many steps are new, kept and taken out."""
        return f"Of its steps, {self.found.counts}."

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """What each figure is called, how it changes, and what it becomes."""
        return [*(self._figure(*each) for each in FIGURES), self._end]

    def _figure(self, label: str, name: str) -> tuple[str, str, str]:
        before, after = _value(self.preview.before, name), _value(self.preview.after, name)
        if after is None:
            return label, "", "cannot be worked out until the case is mended"
        currency = self.found.case.currency
        then = quantity.show_short(after, currency)
        if before is None:
            return label, "", then
        change = delays.change_text(after - before, currency)
        return label, change, "" if change == NO_CHANGE else then

    @property
    def _end(self) -> tuple[str, str, str]:
        label = "End of the plan"
        before, after = _finish(self.preview.before), _finish(self.preview.after)
        if after is None:
            return label, "", "–"
        if before is None or before == after:
            return label, "", day_text(after)
        return label, "", f"{day_text(before)} → {day_text(after)}"

    @cached_property
    def mistakes(self) -> Sequence[Problem]:
        """What is wrong with the case then; what several lines have in common is said once."""
        found = {each.cause: each for each in self.preview.problems if each.is_error}
        return list(found.values())

    @cached_property
    def notes(self) -> Sequence[Problem]:
        """What was read otherwise, and what is odd about the plan then."""
        odd = [
            each
            for each in self.preview.problems
            if not each.is_error and each.place.startswith("plan")
        ]
        return [*self.found.remarks, *odd]

    @property
    def taken(self) -> dict[str, Any]:
        """What the script takes into the document, and what it says then."""
        parts = self.preview.written_parts
        return {**parts, "words": f"The plan is taken in: {self.found.counts}."}


def _value(result: Result | None, name: str) -> float | None:
    return None if result is None else result.value(name)


def _finish(result: Result | None) -> date | None:
    return None if result is None else result.plan.finish


@blueprint.get("/plan-file")
def form(uid: str) -> str:
    """The form: a file, or a table."""
    _editable(uid)
    return _form(uid)


@blueprint.post("/plan-file")
@read_by_scripts
@takes_files(LARGEST_FILE + ROOM_FOR_DOCUMENT)
def preview(uid: str) -> Response:
    """What a plan changes in the document as it is typed; or the form with what is wrong."""
    saved = _editable(uid)
    document = read_json(request.form.get("document", "")).data
    content, name = _sent()
    try:
        found = plan_files.preview(document, saved.document, content, name)
    except InputError as error:
        table = "" if name else content.decode(errors="replace")
        return make_response(_form(uid, problems_of(error, "file"), table), 422)
    page = PreviewPage(found, name or A_TABLE)
    return make_response(
        render_template("editor/take_plan.html", preview=page, uid=uid, most=MOST_SHOWN)
    )


def _sent() -> tuple[bytes, str]:
    """The plan, and the name of its file; none for a table that was pasted."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read(), file.filename
    return request.form.get("table", "").encode(), ""


def _form(uid: str, problems: Sequence[Problem] = (), table: str = "") -> str:
    return render_template(
        "editor/take_plan.html",
        preview=None,
        uid=uid,
        problems=problems,
        table=table,
        most=MOST_SHOWN,
        largest=LARGEST_FILE,
        max_size=f"{LARGEST_FILE / 1e6:g} MB",
    )


def _editable(uid: str) -> Saved:
    """The newest version of a case that the reader may change."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return saved
