"""The pages of a team's own straw-man, and the list of all that one's teams have published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.case.case import Achievement, Case
from valuecalc.formula import quantity
from valuecalc.services import cases, exporting, references
from valuecalc.services.access import Action
from valuecalc.services.references import Cursor, Opened, StrawMan
from valuecalc.store.pages import Slice
from valuecalc.web.downloads import as_download
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.case import render_explanation, wanted_scenario
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.worked_out import choose
from valuecalc.web.storage import store

BEFORE_OWN: Cursor = (1, 2**31 - 1)
"""Where the list of the program's straw-men has ended and that of the teams begins."""

MOST_SECTORS_FROM = 200

blueprint = Blueprint("reference_page", __name__, url_prefix="/references/<straw_man:id>")


# --------------------------------------------------------------------------- the list


def own_straw_men(limit: int, after: Cursor | None = None, **filters: Any) -> Slice[StrawMan]:
    """The newest straw-men of the reader's teams; none for a stranger."""
    if not actor().is_known:
        return Slice((), False)
    start = after if after and after[0] == 1 else BEFORE_OWN
    return references.page(store(), actor(), limit, start, **filters)


def next_after(found: Slice[StrawMan]) -> str | None:
    """The address of the straw-men after these; None at the end."""
    last = references.cursor_after(found, None) if found.rows else ()
    return lists.next_address(found.has_more, *last)


def sectors_of_own() -> set[str]:
    """The sectors of the newest straw-men of the reader's teams."""
    return {each.sector for each in own_straw_men(MOST_SECTORS_FROM).rows}


# --------------------------------------------------------------------------- one of them


@dataclass(frozen=True)
class ReferencePlace:
    """The addresses of a team's own straw-man; it is called `slug` as those of the program."""

    slug: str
    scenario: str = EXPECTED
    document: ClassVar[None] = None

    def show(self, scenario: str) -> str:
        """The page of the straw-man in a scenario."""
        return self._address("reference_page.show", scenario)

    def explain(self, figure: str) -> str:
        """The page that explains a figure."""
        return self._address("reference_page.explain", self.scenario, figure=figure)

    def download(self, kind: str) -> str:
        """The address of the file."""
        return self._address("reference_page.download", self.scenario, kind=kind)

    def _address(self, endpoint: str, scenario: str, **parts: Any) -> str:
        wanted = None if scenario == EXPECTED else scenario
        return url_for(endpoint, id=self.slug, scenario=wanted, **parts)


@dataclass(frozen=True)
class ResultRow:
    """Planned and achieved of one line, for people."""

    label: str
    planned: str
    achieved: str
    ratio: str
    note: str


def result_rows(case: Case) -> list[ResultRow]:
    """What was planned for each line of a straw-man, and what came of it."""
    labels = {each.id: each.label for each in case.lines}
    results = case.reference.results if case.reference else ()
    return [
        _result_row(each, labels.get(each.line, each.line), unit_of(case, each.line))
        for each in results
    ]


def unit_of(case: Case, line: str) -> str:
    """The currency of a case; `1` for a benefit that is counted in a unit of its own."""
    counted = {each.id for each in case.benefits if each.non_monetary}
    return "1" if line in counted else case.currency


def _result_row(each: Achievement, label: str, unit: str) -> ResultRow:
    return ResultRow(
        label=label,
        planned=_amount(each.planned, unit),
        achieved=_amount(each.achieved, unit),
        ratio=ratio(each.planned, each.achieved),
        note=each.note,
    )


def _amount(amount: float | None, unit: str) -> str:
    return quantity.UNDEFINED if amount is None else quantity.show(amount, unit)


def ratio(planned: float | None, achieved: float | None) -> str:
    """Achieved ÷ planned, for people; a dash where there is none."""
    if achieved is None or not planned or planned <= 0:
        return quantity.UNDEFINED
    return quantity.show(round(achieved / planned, 4), "%")


def driver_texts(case: Case) -> list[tuple[str, str]]:
    """The drivers of a straw-man for people: their labels and numbers."""
    drivers = case.reference.drivers if case.reference else ()
    return [(each.label, quantity.show_with_unit(each.value, each.unit)) for each in drivers]


@blueprint.get("")
def show(id: str) -> str | AnyResponse:
    """A team's own straw-man, worked out; those of the program have pages of their own."""
    opened = references.load(store(), actor(), id)
    if opened.about.team is None:
        return redirect(url_for("case.show", slug=id), code=301)
    results = cases.compare(opened.case)
    result = choose(results, wanted_scenario())
    page = CasePage(result, results, ReferencePlace(id, result.scenario))
    return render_template(
        "reference.html",
        page=page,
        place=page.place,
        opened=opened,
        rows=result_rows(opened.case),
        drivers=driver_texts(opened.case),
        may_take_out=actor().may(Action.PUBLISH, opened.about.team.id),
    )


@blueprint.get("/explain/<figure>")
def explain(id: str, figure: str) -> str:
    """How a figure of the straw-man came about."""
    case = _of_team(id).case
    result = cases.calculate(case, wanted_scenario())
    trace = cases.explain(case, figure, result.scenario)
    return render_explanation(result, trace, ReferencePlace(id, result.scenario))


@blueprint.get("/export.<kind>")
def download(id: str, kind: str) -> Response:
    """The straw-man as a file."""
    opened = _of_team(id)
    source, team = f"the straw-man {id}", opened.about.team
    made = exporting.export_unkept(
        opened.case, actor(), kind, wanted_scenario(), source, team.name if team else ""
    )
    return as_download(made)


def _of_team(id: str) -> Opened:
    return references.load(store(), actor(), id)


@blueprint.post("/take-out")
def take_out(id: str) -> AnyResponse:
    """Take the straw-man out of the library; cases that were made from it stay."""
    references.delete(store(), actor(), id)
    return redirect(url_for("library.show_straw_men"), code=303)
