"""Teams: who is in them, who is invited, whose tokens act there, and what has been done."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from valuecalc.schemas.people import AuditQuery, InvitationSchema, RoleSchema, TeamSchema
from valuecalc.services import audit_log, invitations, teams, tokens
from valuecalc.services.access import MEANS, Action, Role
from valuecalc.services.teams import OwnTeam
from valuecalc.web.identity import actor
from valuecalc.web.links import outside
from valuecalc.web.pages import lists
from valuecalc.web.pages.forms import Form
from valuecalc.web.storage import store

NAME = ("name",)
INVITATION = ("email", "role")
FILTERS = ("action", "subject")
EVENTS = 50

blueprint = Blueprint("team", __name__, url_prefix="/teams")


# --------------------------------------------------------------------------- all teams


@blueprint.get("")
def show_all() -> Response:
    """The teams that one is in, and a form for another one."""
    return _render_all(Form.empty(*NAME))


@blueprint.post("")
def create() -> Response | AnyResponse:
    """A new team."""
    form = Form.sent(*NAME)
    with form.told():
        made = teams.create(store(), actor(), form.read(TeamSchema)["name"])
        return _to(made.team.uid)
    return _render_all(form)


def _render_all(form: Form) -> Response:
    own = teams.mine(store(), actor()).rows
    page = render_template(
        "teams.html", form=form, teams=own, means=MEANS, may_create=actor().owns_a_team
    )
    return make_response(page, form.status)


# --------------------------------------------------------------------------- one team


@blueprint.get("/<uid:team>")
def show(team: str) -> Response:
    """Members; and for owners invitations, tokens and the name."""
    return _render(team)


@blueprint.post("/<uid:team>/name")
def rename(team: str) -> Response | AnyResponse:
    """Another name for the team."""
    form = Form.sent(*NAME)
    with form.told():
        teams.rename(store(), actor(), team, form.read(TeamSchema)["name"])
        return _to(team, "name")
    return _render(team, name=form)


@blueprint.post("/<uid:team>/members/<uid:member>/role")
def change_role(team: str, member: str) -> Response | AnyResponse:
    """Another role for a member."""
    form = Form.sent("role")
    with form.told():
        role = Role(form.read(RoleSchema)["role"])
        teams.change_role(store(), actor(), team, member, role)
        return _to(team, "members")
    return _render(team, members=form)


@blueprint.post("/<uid:team>/members/<uid:member>/remove")
def remove(team: str, member: str) -> Response | AnyResponse:
    """Take a member out."""
    form = Form.sent()
    with form.told():
        teams.remove(store(), actor(), team, member)
        return _to(team, "members")
    return _render(team, members=form)


@blueprint.post("/<uid:team>/leave")
def leave(team: str) -> Response | AnyResponse:
    """Go out of the team."""
    form = Form.sent()
    with form.told():
        teams.leave(store(), actor(), team)
        return redirect(url_for("team.show_all"), code=303)
    return _render(team, members=form)


@blueprint.post("/<uid:team>/invitations")
def invite(team: str) -> Response:
    """A new invitation; its link is shown this once."""
    form = Form.sent(*INVITATION)
    link = None
    with form.told(conflict="email"):
        read = form.read(InvitationSchema)
        _, secret = invitations.invite(store(), actor(), team, Role(read["role"]), read["email"])
        link = outside(url_for("invitation.show", secret=secret))
        form = _empty_invitation()
    return _render(team, invitation=form, link=link)


@blueprint.post("/<uid:team>/invitations/<uid:invitation>/withdraw")
def withdraw(team: str, invitation: str) -> Response | AnyResponse:
    """Make the link of an invitation useless."""
    form = Form.sent()
    with form.told():
        invitations.withdraw(store(), actor(), team, invitation)
        return _to(team, "invitations")
    return _render(team, invitation=form)


@blueprint.post("/<uid:team>/tokens/<uid:token>/revoke")
def revoke_token(team: str, token: str) -> AnyResponse:
    """End a token of a member."""
    tokens.revoke(store(), actor(), token, team)
    return _to(team, "tokens")


def _to(team: str, part: str = "") -> AnyResponse:
    return redirect(url_for("team.show", team=team, _anchor=part or None), code=303)


def _empty_invitation() -> Form:
    return Form.empty(*INVITATION, role="editor")


def _render(
    uid: str,
    name: Form | None = None,
    members: Form | None = None,
    invitation: Form | None = None,
    link: str | None = None,
) -> Response:
    who = actor()
    own = teams.load(store(), who, uid)
    forms = {
        "name": name or Form.empty(*NAME, name=own.team.name),
        "members": members or Form.empty(),
        "invitation": invitation or _empty_invitation(),
    }
    page = render_template(
        "team.html",
        own=own,
        who=who.account,
        forms=forms,
        members=teams.members(store(), who, uid).rows,
        link=link,
        roles=list(Role),
        means=MEANS,
        **_for_owners(own),
    )
    response = make_response(page, max(form.status for form in forms.values()))
    if link is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


def _for_owners(own: OwnTeam) -> dict[str, object]:
    shown = actor().may(Action.MANAGE, own.team.id)
    return {
        "may_manage": shown,
        "sent": invitations.sent_by(store(), actor(), own.team.uid).rows if shown else (),
        "tokens": tokens.of_team(store(), actor(), own.team.uid).rows if shown else (),
    }


# --------------------------------------------------------------------------- audit log


@blueprint.get("/<uid:team>/log")
def show_log(team: str) -> str:
    """What has been done in the team: who, when, what, with which token."""
    texts = {name: request.args.get(name, "") for name in FILTERS}
    form = Form(FILTERS, texts)
    read = {"subject": "", "action": ""}
    with form.told():
        read = form.read(AuditQuery)
    before = lists.cursor(int)
    found_in, found = audit_log.page(
        store(),
        actor(),
        team,
        EVENTS,
        before[0] if before else None,
        read["subject"],
        read["action"],
    )
    last = (found.rows[-1].id,) if found.rows else ()
    return render_template(
        "log.html",
        form=form,
        team=found_in,
        events=found.rows,
        next=lists.next_address(found.has_more, *last),
    )
