"""Publishing a delivered case as a straw-man of its team: the form, what others will read.

What is published is what was seen: when the form has changed since the preview, the preview
comes first again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Achievement
from valuecalc.errors import CaseError, InputError, Problem
from valuecalc.schemas.case import dump_case
from valuecalc.schemas.changes import Change, changes_between
from valuecalc.services import cases, references, saved_cases, versions
from valuecalc.services.access import Action, require
from valuecalc.services.references import Opened, Wish
from valuecalc.services.saved_cases import Saved
from valuecalc.store.tables import Version, sha256
from valuecalc.web.identity import actor
from valuecalc.web.pages.publishing_form import PublishForm
from valuecalc.web.pages.references import (
    ResultRow,
    driver_texts,
    own_straw_men,
    result_rows,
)
from valuecalc.web.pages.saved_case import Bar, version_number
from valuecalc.web.storage import store

MOST_VERSIONS = 100
LATELY = 50
NEW_BLOCKS = ("reference", "origin", "expected")
"""What every straw-man has anew; it is shown apart."""

blueprint = Blueprint("publishing", __name__, url_prefix="/cases/<uid>/publish")


class Preview:
    """What others will read, and what was taken out for that."""

    def __init__(self, saved: Saved, opened: Opened) -> None:
        self.case = opened.case
        self.document: dict[str, Any] = dump_case(opened.case)
        self.saved = saved

    @property
    def reference(self) -> Any:
        """The reference block."""
        return self.case.reference

    @property
    def rows(self) -> list[ResultRow]:
        """Planned and achieved."""
        return result_rows(self.case)

    @property
    def drivers(self) -> list[tuple[str, str]]:
        """The drivers, with their numbers."""
        return driver_texts(self.case)

    @cached_property
    def changes(self) -> list[Change]:
        """What stands in the case and is another thing, or nothing, in the straw-man."""
        found = changes_between(self.saved.document, self.document)
        return [each for each in found if each.place.split(".")[0] not in NEW_BLOCKS]

    @property
    def text(self) -> str:
        """The straw-man as a file."""
        return json.dumps(self.document, ensure_ascii=False, indent=2)

    @property
    def mark(self) -> str:
        """Names what was seen."""
        return sha256(saved_cases.canonical(self.document))


@dataclass(frozen=True)
class Delivered:
    """The version of the case that is to be published."""

    saved: Saved
    planned: tuple[Achievement, ...]
    mistakes: tuple[Problem, ...] = ()


@blueprint.get("")
def form(uid: str) -> Response:
    """The form, filled in from the case; the newest named version unless another is asked for."""
    delivered = _delivered(uid, request.args.get("version", ""))
    return _render(delivered, PublishForm.prefilled(delivered.saved, delivered.planned))


@blueprint.post("")
def publish(uid: str) -> Response | AnyResponse:
    """Show what others will read; or publish what was shown."""
    delivered = _delivered(uid, request.form.get("version", ""))
    sent = PublishForm.sent(delivered.saved, delivered.planned)
    found = _previewed(delivered.saved, sent)
    if found is None:
        return _render(delivered, sent)
    wish, preview = found
    if "publish" not in request.form or request.form.get("seen") != preview.mark:
        return _render(delivered, sent, preview)
    made = _published_before(delivered.saved, preview) or _publish(delivered.saved, wish)
    return redirect(url_for("reference_page.show", id=made), code=303)


def _delivered(uid: str, number: str) -> Delivered:
    """The version, and what was planned in it. Raises `NotFound` and `Forbidden`."""
    saved = saved_cases.load(store(), actor(), uid, _number(uid, number))
    require(actor(), Action.PUBLISH, saved.head.team_id, saved_cases.KIND)
    try:
        plan = references.preview(store(), actor(), uid, saved.version.number, Wish())
    except CaseError as error:
        return Delivered(saved, (), error.problems)
    assert plan.case.reference is not None
    return Delivered(saved, plan.case.reference.results)


def _number(uid: str, text: str) -> int | None:
    """The version that was asked for, else the newest one with a name."""
    return version_number(text) or next((each.number for each in _versions(uid) if each.name), None)


def _versions(uid: str) -> Sequence[Version]:
    """The newest versions, the newest one first."""
    return versions.page(store(), actor(), uid, MOST_VERSIONS).rows


def _previewed(saved: Saved, sent: PublishForm) -> tuple[Wish, Preview] | None:
    """The wish and what would come of it; None when the form has mistakes."""
    try:
        wish = sent.read()
        if not sent.form.is_sound:
            return None
        opened = references.preview(store(), actor(), saved.head.uid, saved.version.number, wish)
        cases.calculate(opened.case)
    except InputError as error:
        sent.note(error)
        return None
    return wish, Preview(saved, opened)


def _published_before(saved: Saved, preview: Preview) -> str | None:
    """The id of the same straw-man, made by the same button a moment ago."""
    for each in own_straw_men(LATELY, words=preview.case.title).rows:
        row = each.row
        if row is None or row.from_case_id != saved.head.id:
            continue
        if row.from_version == saved.version.number and _mark_of(each.id) == preview.mark:
            return each.id
    return None


def _mark_of(id: str) -> str:
    opened = references.load(store(), actor(), id)
    return sha256(saved_cases.canonical(dump_case(opened.case)))


def _publish(saved: Saved, wish: Wish) -> str:
    made = references.publish(store(), actor(), saved.head.uid, saved.version.number, wish)
    return made.about.id


def _render(delivered: Delivered, sent: PublishForm, preview: Preview | None = None) -> Response:
    page = render_template(
        "publish.html",
        bar=Bar(delivered.saved, "publish"),
        saved=delivered.saved,
        versions=_versions(delivered.saved.head.uid),
        mistakes=delivered.mistakes,
        sheet=sent,
        form=sent.form,
        preview=preview,
    )
    return make_response(page, sent.form.status)
