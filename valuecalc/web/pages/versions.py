"""The versions of a case: who changed what and when, what it did, and how to go back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.schemas.changes import load_changes
from valuecalc.services import comparison, saved_cases, versions
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.saved_case import Bar, version_number
from valuecalc.web.storage import store

PAGE = 30
LONGEST_NAME = 200

blueprint = Blueprint("case_versions", __name__, url_prefix="/cases/<uid>")


@blueprint.get("/versions")
def show_all(uid: str) -> str:
    """The newest versions, each with its changes."""
    before = lists.cursor(int)
    found = versions.page(store(), actor(), uid, PAGE, before[0] if before else None)
    saved = saved_cases.load(store(), actor(), uid)
    last = (found.rows[-1].number,) if found.rows else ()
    return render_template(
        "versions.html",
        bar=Bar(saved, "versions"),
        saved=saved,
        rows=[(each, load_changes(each.changes)) for each in found.rows],
        next=lists.next_address(found.has_more, *last),
    )


@blueprint.post("/versions/<version:number>/freeze")
def freeze(uid: str, number: int) -> Response:
    """Give a version its name."""
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    if name:
        versions.freeze(store(), actor(), uid, number, name)
    return redirect(url_for("case_versions.show_all", uid=uid, _anchor=f"v{number}"), code=303)


@blueprint.post("/versions/<version:number>/restore")
def restore(uid: str, number: int) -> Response:
    """Keep an earlier version as the newest one."""
    versions.restore(store(), actor(), uid, number, request.form.get("tag", ""))
    return redirect(url_for("case_versions.show_all", uid=uid), code=303)


@blueprint.get("/compare")
def compare(uid: str) -> str:
    """Two versions: what changed, and what that did to the result."""
    saved = saved_cases.load(store(), actor(), uid)
    last = version_number(request.args.get("to", "")) or saved.version.number
    first = version_number(request.args.get("from", "")) or max(1, last - 1)
    earlier, later = versions.two(store(), actor(), uid, first, last)
    return render_template(
        "compare.html",
        bar=Bar(saved, "versions"),
        saved=saved,
        earlier=earlier.version,
        later=later.version,
        compared=comparison.compare_documents(earlier.document, later.document),
    )
