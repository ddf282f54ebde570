"""Starting a case from a file or a pasted table: what it would become, then the new case.

The preview keeps nothing; its form carries the document of the case that was read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Assumption, Case
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.services import cases, saved_cases, starting_from_file
from valuecalc.services.starting_from_file import FromFile
from valuecalc.store.tables import new_uid
from valuecalc.web.errors import problems_of
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.pages.forms import Form
from valuecalc.web.pages.opening import new_case_address
from valuecalc.web.pages.own_teams import editable_teams, key_of
from valuecalc.web.storage import store

TITLE, CUSTOMER, CURRENCY, DOCUMENT = "title", "customer", "currency", "document"
NAMES = (TITLE, CUSTOMER, CURRENCY)
MOST_SHOWN = 100
"""So many problems; whoever has more begins with these."""

ROOM_FOR_FORM = 100_000
"""Bytes of a request beside its file."""

blueprint = Blueprint("starting_from_file", __name__, url_prefix="/start/file")


# --------------------------------------------------------------------------- the form


@blueprint.get("")
def form() -> str:
    """The form: a file, or a text to be pasted."""
    _ = actor().account
    return _render_form()


def _render_form(text: str = "", problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "start_file.html",
        text=text,
        problems=problems[:MOST_SHOWN],
        max_size=f"{starting_from_file.LARGEST_FILE / 1e6:g} MB",
    )


@blueprint.post("")
@takes_files(starting_from_file.LARGEST_FILE + ROOM_FOR_FORM)
def preview() -> Response:
    """What the case would be; or the form with what is wrong."""
    _ = actor().account
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        read = _read(text)
    except InputError as error:
        return make_response(_render_form(text, problems_of(error, "file")), 422)
    case = read.case
    texts = {TITLE: case.title, CUSTOMER: case.customer, CURRENCY: case.currency}
    return _render_preview(read, Form.empty(*NAMES, **texts))


def _read(text: str) -> FromFile:
    """The case in the file, if one was chosen, else in the text."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return starting_from_file.read_text(text)
    return starting_from_file.read_file(file.read(), file.filename)


# --------------------------------------------------------------------------- the preview


@dataclass(frozen=True)
class Row:
    """One assumption of the preview."""

    assumption: Assumption

    @property
    def value(self) -> str:
        """Its expected value."""
        return self._text(self.assumption.value)

    @property
    def range(self) -> str:
        """Its low and high, or nothing."""
        each = self.assumption
        if each.is_certain:
            return ""
        ends = (each.value if end is None else end for end in (each.low, each.high))
        return " – ".join(self._text(end) for end in ends)

    @property
    def unit(self) -> str:
        """What the value does not show of its unit."""
        return "" if self.assumption.unit in ("1", "%") else self.assumption.unit

    def _text(self, value: float) -> str:
        return quantity.show(value, self.assumption.unit)


def _render_preview(read: FromFile, form: Form) -> Response:
    page = render_template(
        "start_file_preview.html",
        read=read,
        case=read.case,
        rows=[Row(each) for each in read.case.assumptions],
        value=_value(read.case),
        notes=read.notes[:MOST_SHOWN],
        more_notes=max(0, len(read.notes) - MOST_SHOWN),
        form=form,
        document=json.dumps(dump_case(read.case), ensure_ascii=False),
        teams=editable_teams(),
        team=request.form.get("team", ""),
        key=request.form.get("key") or new_uid(),
    )
    return make_response(page, form.status)


def _value(case: Case) -> str:
    """The value of a case that has something to be worked out, in three digits."""
    if not case.benefits and not case.investments:
        return ""
    try:
        return cases.calculate(case).figures["value"].short
    except CaseError:
        return ""


# --------------------------------------------------------------------------- the case


@blueprint.post("/create")
def create() -> Response | AnyResponse:
    """Keep the case and open it in the editor; or the preview with the mistakes of its form."""
    _ = actor().account
    form = Form.sent(*NAMES)
    team = request.form.get("team") or None
    key = key_of(request.form.get("key", ""), "file", team)
    read = FromFile(load_case(_sent_document()))
    with form.told():
        case = load_case(_with_texts(dump_case(read.case), form))
        saved, _ = saved_cases.create(store(), actor(), case, team, "Started from a file.", key)
        return redirect(new_case_address(saved), code=303)
    return _render_preview(read, form)


def _sent_document() -> Any:
    """What the preview has sent back. Raises `CaseError` for what is no case of ours."""
    try:
        return json.loads(request.form.get(DOCUMENT, ""))
    except (ValueError, RecursionError):
        return None


def _with_texts(document: dict[str, Any], form: Form) -> dict[str, Any]:
    texts = {name: text.strip() for name, text in form.texts.items()}
    kept = {name: value for name, value in document.items() if name != CUSTOMER}
    return kept | {name: text for name, text in texts.items() if text}
