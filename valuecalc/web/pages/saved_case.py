"""The pages of a case that is kept: the case, the explanation of its numbers, its files."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import CaseError, NotFound, Problem
from valuecalc.services import approvals, cases, exporting, saved_cases
from valuecalc.services.access import Action
from valuecalc.services.saved_cases import Saved
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.pages.case import render_explanation, wanted_scenario
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.places import SavedPlace
from valuecalc.web.pages.workbooks import in_background
from valuecalc.web.pages.worked_out import choose, scenarios_of_version
from valuecalc.web.storage import store

blueprint = Blueprint("saved_case", __name__, url_prefix="/cases/<uid>")

LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Bar:
    """What stands above a case that is kept: which version it is, and what can be done with it."""

    saved: Saved
    tab: str

    @property
    def may_edit(self) -> bool:
        """Whether the reader may change the case."""
        return actor().may(Action.EDIT, self.saved.head.team_id)

    @property
    def version(self) -> int | None:
        """The number of an earlier version, for addresses that stay with it."""
        return None if self.saved.is_newest else self.saved.version.number

    @property
    def may_comment(self) -> bool:
        """Whether the reader may comment on it."""
        return actor().may(Action.COMMENT, self.saved.head.team_id)

    @property
    def may_share(self) -> bool:
        """Whether the reader may share it with a customer."""
        return actor().may(Action.SHARE, self.saved.head.team_id)


def wanted_version() -> int | None:
    """The number of the version that the address asks for; None for the newest.

    Raises `NotFound` for what is no number of a version.
    """
    return version_number(request.args.get("version", ""))


def version_number(text: str) -> int | None:
    """The number of a version as it was sent; None for nothing. Raises `NotFound`."""
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
    if not 1 <= number <= LARGEST_NUMBER:
        raise NotFound("version")
    return number


def load(uid: str) -> Saved:
    """The case of the address, in the version that it asks for."""
    return saved_cases.load(store(), actor(), uid, wanted_version())


@blueprint.get("")
def show(uid: str) -> str:
    """The case, worked out; or, for a draft, what is left to be mended."""
    saved = load(uid)
    try:
        results = scenarios_of_version(saved)
    except CaseError as error:
        return draft(saved, error.problems)
    result = choose(results, wanted_scenario())
    page = CasePage(result, results, place_of(saved, result.scenario))
    page.approvals = approvals.of_case(store(), actor(), uid, saved.case) if page.plan else ()
    bar = Bar(saved, "case")
    return render_template("saved_case.html", page=page, place=page.place, bar=bar)


def draft(saved: Saved, problems: tuple[Problem, ...], tab: str = "case") -> str:
    """What is left to be mended before the case can be worked out."""
    return render_template("draft.html", bar=Bar(saved, tab), case=saved.case, mistakes=problems)


def place_of(saved: Saved, scenario: str) -> SavedPlace:
    """The addresses of a case; those of the newest version go on to the next one."""
    number = None if saved.is_newest and wanted_version() is None else saved.version.number
    return SavedPlace(saved.head.uid, scenario, number)


@blueprint.get("/explain/<figure>")
def explain(uid: str, figure: str) -> str:
    """How a figure of the case came about."""
    saved = load(uid)
    result = cases.calculate(saved.case, wanted_scenario())
    trace = cases.explain(saved.case, figure, result.scenario)
    return render_explanation(result, trace, place_of(saved, result.scenario))


@blueprint.get("/export.<kind>")
def download(uid: str, kind: str) -> AnyResponse:
    """The case as a file; a large workbook is written in the background first."""
    saved = load(uid)
    elsewhere = in_background(saved, kind, wanted_scenario())
    if elsewhere is not None:
        return elsewhere
    return as_download(exporting.export(store(), saved, actor(), kind, wanted_scenario()))
