"""The addresses of the editor: its page, and what its scripts ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import CaseError, DocumentError
from valuecalc.schemas.adding import added
from valuecalc.schemas.document import read_json
from valuecalc.schemas.parts import MAX_ITEMS
from valuecalc.schemas.renaming import renamed
from valuecalc.schemas.written import short_text, text_at
from valuecalc.services import (
    cases,
    editing,
    merging,
    proposals,
    saved_cases,
    suggestions,
    uncertainty,
)
from valuecalc.services.access import Action, require
from valuecalc.services.saved_cases import Saved
from valuecalc.services.unproven import evidence_of_row
from valuecalc.web.errors import read_by_scripts
from valuecalc.web.identity import actor
from valuecalc.web.pages.case import render_explanation, wanted_scenario
from valuecalc.web.pages.editor import live as answers
from valuecalc.web.pages.editor import sections
from valuecalc.web.pages.editor.functions import described
from valuecalc.web.pages.editor.page import newest_state
from valuecalc.web.pages.places import EditPlace
from valuecalc.web.pages.saved_case import version_number
from valuecalc.web.storage import store

blueprint = Blueprint("editor", __name__, url_prefix="/cases/<uid>/edit")
blueprint.add_app_template_global(text_at, "written_at")
blueprint.add_app_template_filter(short_text, "short_number")
sections.install(blueprint)


def _newest(uid: str) -> Saved:
    """The newest version of a case that the reader may change."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return saved


@blueprint.get("")
def show(uid: str) -> AnyResponse | str:
    """The editor; readers who may not change the case are sent to its page."""
    saved = saved_cases.load(store(), actor(), uid)
    if not actor().may(Action.EDIT, saved.head.team_id):
        return redirect(url_for("saved_case.show", uid=uid), code=303)
    document = editing.written_document(saved)
    scenario = wanted_scenario()
    found = editing.worked_out(saved.document, saved.document, scenario)
    page = answers.page_of(saved, document, found, EditPlace(uid, scenario))
    return render_template("editor.html", editor=page, page=page.worked, place=page.place)


@blueprint.post("/live")
@read_by_scripts
def live(uid: str) -> Response:
    """What the document comes to as it is typed; nothing is kept."""
    saved = _newest(uid)
    return Response(answers.answer(saved, answers.Asked.read(_body())), mimetype="text/html")


@blueprint.post("/save")
@read_by_scripts
def save(uid: str) -> Response:
    """Keep the document as it is typed, merged with what others have saved since."""
    body = _body()
    chosen = {side: _texts(body, side) for side in ("mine", "theirs")}
    note = body.get("note") if isinstance(body.get("note"), str) else ""
    try:
        kept = editing.save(
            store(), actor(), uid, _version(body), _document(body), note or "", **chosen
        )
    except merging.Collision as collision:
        return _collided(collision)
    return _as_json(
        {
            **newest_state(kept.saved),
            "left": [answers.problem_data(each) for each in kept.left],
            "merged": kept.merged_with,
        }
    )


def _collided(collision: merging.Collision) -> Response:
    conflicts = [
        {
            "place": each.place,
            "label": each.label,
            "field": each.field,
            "base": each.base_text,
            "mine": each.theirs_text,
            "theirs": each.ours_text,
        }
        for each in collision.conflicts
    ]
    return _as_json({**newest_state(collision.newest), "conflicts": conflicts}, 409)


@blueprint.get("/state")
@read_by_scripts
def state(uid: str) -> Response:
    """What others have saved since a version, and how many proposals of customers wait.

    Nothing where nobody has saved, and as many wait as the script knows of.
    """
    since = version_number(request.args.get("since", "").lstrip("0")) or 0
    found = editing.newest(store(), actor(), uid, since)
    waiting = proposals.count_waiting(store(), actor(), uid)
    is_known = request.args.get("waiting", str(waiting)) == str(waiting)
    if found is None and is_known:
        return Response(status=204)
    return _as_json({**(newest_state(found) if found else {}), "waiting": waiting})


@blueprint.post("/rename")
@read_by_scripts
def rename(uid: str) -> Response:
    """The document with another name for one of its rows, wherever it is named."""
    _newest(uid)
    body = _body()
    names = [body.get(key) for key in ("list", "from", "to")]
    document, count = renamed(_document(body), *(str(each or "") for each in names))
    return _as_json({"document": document, "count": count})


@blueprint.post("/suggest")
@read_by_scripts
def suggest(uid: str) -> Response:
    """The formulas that a new line could have."""
    saved = _newest(uid)
    body = _body()
    line = [str(body.get(key) or "") for key in ("list", "category", "label")]
    found = suggestions.formulas_in(_document(body), saved.document, *line)
    return _as_json({"suggestions": [asdict(each) for each in found]})


@blueprint.get("/functions")
@read_by_scripts
def functions(uid: str) -> Response:
    """The functions of the formula language, for the suggestions in formulas."""
    _newest(uid)
    return Response(orjson.dumps(described()), mimetype="application/json")


@blueprint.post("/add")
@read_by_scripts
def add(uid: str) -> Response:
    """What a cell shows that held one number and to which another one is added."""
    _newest(uid)
    body = _body()
    return _as_json({"text": added(*(str(body.get(key) or "") for key in ("from", "by")))})


@blueprint.post("/unproven")
@read_by_scripts
def unproven(uid: str) -> Response:
    """The evidence of the rows whose numbers have changed, where the old one does not hold."""
    _newest(uid)
    body = _body()
    currency, rows = str(body.get("currency") or ""), body.get("rows")
    found: dict[str, dict[str, str]] = {}
    for each in rows[:MAX_ITEMS] if isinstance(rows, list) else []:
        row, before = (each.get("row"), each.get("before")) if isinstance(each, dict) else (0, 0)
        if isinstance(row, dict) and isinstance(before, str):
            evidence = evidence_of_row(row, before, currency, actor().name, date.today())
            found |= {str(row.get("id")): evidence} if evidence else {}
    return _as_json({"evidence": found})


@blueprint.post("/explain/<figure>")
def explain(uid: str, figure: str) -> str:
    """How a figure of the document comes about, as it is typed."""
    saved = _newest(uid)
    document = read_json(request.form.get("document", "")).data
    # The address of each figure names the scenario that it stands in.
    found = editing.worked_out(document, saved.document, wanted_scenario())
    if found.case is None or found.result is None:
        raise CaseError(found.problems)
    shown = found.result.scenario
    alternative = request.args.get("alternative", "")
    if alternative:
        # The case of the result is in its scenario already.
        result, trace = uncertainty.explain_alternative(found.result.case, alternative, figure)
        return render_explanation(result, trace, EditPlace(uid, shown, alternative=alternative))
    trace = cases.explain(found.case, figure, shown)
    return render_explanation(found.result, trace, EditPlace(uid, shown))


def _as_json(data: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(data), status, mimetype="application/json")


# --------------------------------------------------------------------------- what is sent


def _body() -> dict[str, Any]:
    """The body of a request. Raises `DocumentError`."""
    return read_json(request.get_data(cache=False)).data


def _document(body: Mapping[str, Any]) -> dict[str, Any]:
    document = body.get("document")
    if not isinstance(document, dict):
        raise DocumentError("The request holds no document.", 'Send {"document": {…}, …}.')
    return document


def _version(body: Mapping[str, Any]) -> int:
    found = version_number(str(body.get("base", "")))
    if found is None:
        raise DocumentError(
            "It is not said which version the document was made from.", 'Send {"base": 1, …}.'
        )
    return found


def _texts(body: Mapping[str, Any], key: str) -> list[str]:
    value = body.get(key, [])
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
