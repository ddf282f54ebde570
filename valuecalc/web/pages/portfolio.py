"""Portfolios: choose cases of a team, have them worked out together, and read the answer."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.errors import NotFound
from valuecalc.formula.known_units import CURRENCIES
from valuecalc.services import jobs, portfolio, teams
from valuecalc.store.pages import Slice
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.jobs import JobShown
from valuecalc.web.pages.portfolio_form import PortfolioForm, Selection, team_asked_for
from valuecalc.web.pages.portfolio_result import FIGURES, PortfolioPage
from valuecalc.web.storage import store

EARLIER = 20

blueprint = Blueprint("portfolio", __name__, url_prefix="/portfolios")


@blueprint.get("")
def show_all() -> Response:
    """The form for a new portfolio, and the earlier ones of the team."""
    team = team_asked_for()
    if team is None:
        return make_response(render_template("portfolio_nowhere.html"))
    return _render(PortfolioForm.empty(Selection.asked_for(team)))


@blueprint.post("")
def start() -> Response | AnyResponse:
    """Begin to work out a portfolio."""
    team = team_asked_for()
    if team is None:
        raise NotFound("team")
    form = PortfolioForm.sent(Selection.asked_for(team))
    job = form.submit()
    return _to(job.uid) if job is not None else _render(form)


@blueprint.get("/<uid:job>")
def show(job: str) -> str:
    """How far a portfolio is; or its answer."""
    shown = JobShown(_portfolio_job(job))
    if not shown.is_done:
        return render_template("portfolio_job.html", job=shown)
    found = jobs.result(store(), actor(), job)
    figure = request.args.get("figure", "")
    page = PortfolioPage(found, figure if figure in FIGURES else "npv")
    shows_all = request.args.get("cases") == "all"
    return render_template("portfolio.html", job=shown, page=page, shows_all=shows_all)


@blueprint.post("/<uid:job>/cancel")
def cancel(job: str) -> AnyResponse:
    """End a portfolio that is being worked out; nothing when it has ended already."""
    _portfolio_job(job)
    jobs.cancel(store(), actor(), job)
    return _to(job)


def _portfolio_job(uid: str) -> jobs.Job:
    """Raises `NotFound` for a job of another team, or of another kind."""
    found = jobs.read(store(), actor(), uid)
    if found.kind != portfolio.NAME:
        raise NotFound(jobs.KIND)
    return found


def _to(uid: str) -> AnyResponse:
    return redirect(url_for("portfolio.show", job=uid), code=303)


def _render(form: PortfolioForm) -> Response:
    selection = form.selection
    found = _earlier(selection.team.team.uid)
    last = (found.rows[-1].number,) if found.rows else ()
    shown = [JobShown(each) for each in found.rows if each.kind == portfolio.NAME]
    # The address of a form that was refused is not one to go on from.
    has_more = found.has_more and request.method == "GET"
    page = render_template(
        "portfolios.html",
        page=form,
        form=form.form,
        selection=selection,
        teams=teams.mine(store(), actor()).rows,
        currencies=sorted(CURRENCIES),
        earlier=shown,
        next=lists.next_address(has_more, *last),
        is_first=lists.AFTER not in request.args,
    )
    return make_response(page, form.form.status)


def _earlier(team: str) -> Slice[jobs.Job]:
    before = lists.cursor(int)
    return jobs.page(store(), actor(), team, EARLIER, before[0] if before else None)
