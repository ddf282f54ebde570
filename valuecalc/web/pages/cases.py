"""The cases of one's teams: the list, and the bin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.formula import quantity
from valuecalc.services import home, saved_cases, teams
from valuecalc.services.access import Action
from valuecalc.services.home import WEAK_EVIDENCE
from valuecalc.services.saved_cases import Listed
from valuecalc.store.pages import Slice
from valuecalc.store.tables import CaseMilestone, StoredCase, Team
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.case_filters import AFTER, ORDERS, CaseFilters
from valuecalc.web.pages.opening import case_address, editor_address
from valuecalc.web.storage import store

PAGE = 50
LONGEST_SEARCH = 200

blueprint = Blueprint("case_list", __name__, url_prefix="/cases")


@dataclass(frozen=True)
class Row:
    """One case in the list; `waiting` is how many proposals nobody has decided on."""

    listed: Listed
    waiting: int = 0

    @property
    def head(self) -> StoredCase:
        """What it is called, and its figures."""
        return self.listed.head

    @property
    def team(self) -> Team:
        """Whose it is."""
        return self.listed.team

    @property
    def updated_by(self) -> str:
        """The name of who saved it last."""
        return self.listed.updated_by

    @property
    def milestone(self) -> CaseMilestone | None:
        """What its plan says comes next."""
        return self.listed.milestone

    @property
    def may_edit(self) -> bool:
        """Whether the reader may change it, and so share it, copy it and put it into the bin."""
        return actor().may(Action.EDIT, self.head.team_id)

    @property
    def address(self) -> str:
        """Where it is opened."""
        return case_address(self.head.uid, self.may_edit)

    @property
    def value(self) -> str:
        """The value, in three digits."""
        return self._money(self.head.value)

    @property
    def npv(self) -> str:
        """The net present value, in three digits."""
        return self._money(self.head.npv)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither benefits nor costs that come to anything, as a new one has."""
        return self.head.value == 0 and self.head.evidence_share is None

    def _money(self, amount: float | None) -> str:
        if amount is None or self.is_empty:
            return quantity.UNDEFINED
        return quantity.show_short(amount, self.head.currency)

    @property
    def evidence(self) -> str:
        """The share of the benefits that counts in the finance view."""
        share = self.head.evidence_share
        return quantity.UNDEFINED if share is None else quantity.show(share, "%", digits=0)

    @property
    def evidence_width(self) -> float:
        """The same as the length of a bar, of 100."""
        return round(100 * min(1.0, max(0.0, self.head.evidence_share or 0.0)), 1)

    @property
    def is_weak(self) -> bool:
        """Whether the case needs evidence."""
        share = self.head.evidence_share
        return share is None or share < WEAK_EVIDENCE

    @property
    def goes_on(self) -> datetime | None:
        """When it leaves the bin for good."""
        if self.head.deleted_at is None:
            return None
        return self.head.deleted_at + timedelta(days=current_app.config["BIN_DAYS"])


@blueprint.get("")
def show_all() -> str:
    """The cases of the reader's teams, searched, filtered and ordered by what the address says."""
    filters = CaseFilters.of_address()
    found = home.page(store(), actor(), PAGE, filters.cursor, **filters.wanted)
    return render_template(
        "cases.html",
        rows=[Row(each.listed, each.waiting) for each in found.rows],
        next=filters.after(found.rows[-1].cursor) if found.has_more else None,
        filters=filters,
        orders=ORDERS,
        choices=home.choices(store(), actor()),
        teams=teams.mine(store(), actor()).rows,
        may_create=bool(actor().teams_for(Action.EDIT)),
        is_first=AFTER not in request.args,
    )


@blueprint.get("/bin")
def show_bin() -> str:
    """The cases in the bin, and when each of them goes."""
    found = saved_cases.page(store(), actor(), PAGE, lists.cursor(datetime, int), in_bin=True)
    return render_template(
        "bin.html",
        rows=[Row(each) for each in found.rows],
        next=_next(found),
        days=current_app.config["BIN_DAYS"],
    )


def _next(found: Slice[Listed]) -> str | None:
    last = saved_cases.cursor_after(found.rows[-1]) if found.rows else ()
    return lists.next_address(found.has_more, *last)


@blueprint.post("/<uid>/duplicate")
def duplicate(uid: str) -> Response:
    """A copy of a case, opened at once."""
    copy = home.duplicate(store(), actor(), uid)
    return redirect(editor_address(copy.head.uid), code=303)


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
