"""The cases of one's teams: the list, and the bin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.formula import quantity
from valuecalc.services import saved_cases, teams
from valuecalc.services.access import Action
from valuecalc.services.saved_cases import Listed
from valuecalc.store.pages import Slice
from valuecalc.store.tables import StoredCase, Team
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.storage import store

PAGE = 50
LONGEST_SEARCH = 200

blueprint = Blueprint("case_list", __name__, url_prefix="/cases")


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    head: StoredCase
    team: Team
    updated_by: str
    may_edit: bool

    @property
    def value(self) -> str:
        """The value, in three digits."""
        return self._money(self.head.value)

    @property
    def npv(self) -> str:
        """The net present value, in three digits."""
        return self._money(self.head.npv)

    def _money(self, amount: float | None) -> str:
        if amount is None:
            return quantity.UNDEFINED
        return quantity.show_short(amount, self.head.currency)

    @property
    def evidence(self) -> str:
        """The share of the benefits that counts in the finance view."""
        share = self.head.evidence_share
        return quantity.UNDEFINED if share is None else quantity.show(share, "%", digits=0)

    @property
    def goes_on(self) -> datetime | None:
        """When it leaves the bin for good."""
        if self.head.deleted_at is None:
            return None
        return self.head.deleted_at + timedelta(days=current_app.config["BIN_DAYS"])


@blueprint.get("")
def show_all() -> str:
    """The cases that changed last, searched and filtered by what the address says."""
    found = _listed(in_bin=False)
    return render_template(
        "cases.html",
        rows=_rows(found),
        next=_next(found),
        words=_words(),
        team=request.args.get("team", ""),
        teams=teams.mine(store(), actor()).rows,
        may_create=bool(actor().teams_for(Action.EDIT)),
        is_first=lists.AFTER not in request.args,
    )


@blueprint.get("/bin")
def show_bin() -> str:
    """The cases in the bin, and when each of them goes."""
    found = _listed(in_bin=True)
    return render_template(
        "bin.html", rows=_rows(found), next=_next(found), days=current_app.config["BIN_DAYS"]
    )


def _words() -> str:
    return request.args.get("q", "").strip()[:LONGEST_SEARCH]


def _listed(*, in_bin: bool) -> Slice[Listed]:
    return saved_cases.page(
        store(),
        actor(),
        PAGE,
        lists.cursor(datetime, int),
        team_uid=request.args.get("team") or None,
        words=_words(),
        in_bin=in_bin,
    )


def _rows(found: Slice[Listed]) -> list[Row]:
    return [
        Row(each.head, each.team, each.updated_by, actor().may(Action.EDIT, each.team.id))
        for each in found.rows
    ]


def _next(found: Slice[Listed]) -> str | None:
    last = saved_cases.cursor_after(found.rows[-1]) if found.rows else ()
    return lists.next_address(found.has_more, *last)


@blueprint.post("/<uid>/delete")
def delete(uid: str) -> Response:
    """Put a case into the bin."""
    saved_cases.delete(store(), actor(), uid)
    return redirect(url_for("case_list.show_bin", _anchor=uid), code=303)


@blueprint.post("/<uid>/put-back")
def put_back(uid: str) -> Response:
    """Take a case out of the bin."""
    saved_cases.put_back(store(), actor(), uid)
    return redirect(url_for("saved_case.show", uid=uid), code=303)
