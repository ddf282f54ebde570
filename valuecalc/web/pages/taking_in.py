"""An edited workbook taken into its case: what it changes first, then the new version.

The preview keeps nothing; its form carries what was read from the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import CaseError, Conflict, InputError, PreconditionFailed, Problem
from valuecalc.services import charts
from valuecalc.services.comparison import Comparison
from valuecalc.services.saved_cases import Saved
from valuecalc.services.starting_from_file import LARGEST_FILE
from valuecalc.web.errors import problems_of
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.pages.saved_case import Bar
from valuecalc.web.pages.versions import BridgeShown
from valuecalc.web.storage import store

if TYPE_CHECKING:
    from valuecalc.services.returning import Edits
    from valuecalc.services.taking_in import Choice, Incoming

MOST_SHOWN = 100
"""So many problems; whoever has more begins with these."""

ROOM_FOR_FORM = 100_000
"""Bytes of a request beside its file."""

FILE, CASE = "file", "case"
"""Whose number counts where both have changed it."""

ENDS = ("The case now", "With these numbers")
BRIDGED = "npv"

blueprint = Blueprint("taking_in", __name__, url_prefix="/cases/<uid>/workbook")


@blueprint.get("")
def form(uid: str) -> str:
    """The form: a file."""
    return _render_form(_service().opened(store(), actor(), uid))


@blueprint.post("")
@takes_files(LARGEST_FILE + ROOM_FOR_FORM)
def preview(uid: str) -> Response:
    """What the file changes; or the form with what is wrong."""
    saved = _service().opened(store(), actor(), uid)
    try:
        found = _read(saved)
    except InputError as error:
        return make_response(_render_form(saved, problems_of(error, "file")), 422)
    return _render_preview(saved, found, _choice(found))


@blueprint.post("/take")
def take(uid: str) -> Response | AnyResponse:
    """Keep what was chosen as a new version; or the preview with what is left to be decided."""
    saved = _service().opened(store(), actor(), uid)
    try:
        found = _read(saved)
    except InputError as error:
        return make_response(_render_form(saved, problems_of(error, "file")), 422)
    choice = _choice(found)
    try:
        _service().save(store(), actor(), saved, found, choice, request.form.get("tag", ""))
    except (Conflict, PreconditionFailed, CaseError) as error:
        problems = problems_of(error, "workbook") if isinstance(error, CaseError) else ()
        refusal = "" if isinstance(error, CaseError) else str(error.cause)
        return _render_preview(saved, found, choice, refusal, problems)
    return redirect(url_for("case_versions.show_all", uid=uid), code=303)


def _service() -> Any:
    # Loaded only when somebody brings a workbook: the libraries behind it are slow to start.
    from valuecalc.services import taking_in

    return taking_in


def _read(saved: Saved) -> Incoming:
    edits, name = _sent()
    found: Incoming = _service().compare(saved, edits, name)
    return found


def _sent() -> tuple[Edits, str]:
    """What the file has changed, from the file or from the form of the preview, and its name."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return _service().read(file.read()), file.filename
    try:
        document = json.loads(request.form.get("sent", ""))
    except (ValueError, RecursionError):
        document = None
    return _service().from_document(document), request.form.get("file_name", "")


def _choice(found: Incoming) -> Choice:
    """What the form says; without a form, what only the file has changed and looks like no slip."""
    shown, ticked = set(request.form.getlist("shown")), set(request.form.getlist("take"))
    sides = {each.name: request.form.get(f"decide-{each.name}") for each in found.conflicts}
    left = {
        each.name
        for each in found.rows
        if not each.is_conflict and each.name not in ticked and (each.name in shown or each.doubts)
    }
    choice: Choice = _service().Choice(
        take=frozenset(name for name, side in sides.items() if side == FILE),
        leave=frozenset(left | {name for name, side in sides.items() if side == CASE}),
    )
    return choice


def _render_form(saved: Saved, problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "take_workbook.html",
        bar=Bar(saved, "workbook"),
        problems=problems[:MOST_SHOWN],
        max_size=f"{LARGEST_FILE / 1e6:g} MB",
    )


def _render_preview(
    saved: Saved,
    found: Incoming,
    choice: Choice,
    refusal: str = "",
    problems: Sequence[Problem] = (),
) -> Response:
    compared, mistakes = _effect(found, choice)
    page = render_template(
        "take_workbook_preview.html",
        bar=Bar(saved, "workbook"),
        saved=saved,
        found=found,
        choice=choice,
        taken={each.name for each in found.taken(choice)},
        undecided=found.undecided(choice),
        refusal=refusal,
        problems=(problems or mistakes)[:MOST_SHOWN],
        notes=(*found.warnings, *found.not_imported)[:MOST_SHOWN],
        more_notes=max(0, len(found.warnings) + len(found.not_imported) - MOST_SHOWN),
        compared=compared,
        bridge=_bridge(compared),
        widened=found.widened(choice) if compared else (),
        ends=ENDS,
        sent=json.dumps(_service().as_document(found.edits), ensure_ascii=False),
    )
    return make_response(page, 409 if refusal else 422 if problems or mistakes else 200)


def _effect(found: Incoming, choice: Choice) -> tuple[Comparison | None, Sequence[Problem]]:
    """What the chosen numbers do; or what is wrong with them."""
    try:
        return found.effect(choice), ()
    except CaseError as error:
        return None, problems_of(error, "workbook")


def _bridge(compared: Comparison | None) -> BridgeShown | None:
    bridge = compared.bridge(BRIDGED) if compared else None
    if bridge is None:
        return None
    return BridgeShown(bridge, charts.bridge(bridge, "bridge-by-change", ENDS))
