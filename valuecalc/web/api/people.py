"""The people's part of the API: teams, members, invitations, tokens and the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, url_for

from valuecalc.schemas import people as shapes
from valuecalc.schemas.paging import next_cursor
from valuecalc.services import audit_log, invitations, teams, tokens
from valuecalc.services.access import Role
from valuecalc.web.api.blueprint import Blueprint, Body, as_json, nothing
from valuecalc.web.identity import actor
from valuecalc.web.links import outside
from valuecalc.web.storage import store

blueprint = Blueprint("people", __name__, description="Teams and who is in them")


def _before(query: Body) -> int | None:
    """The number of the row that the list goes on behind."""
    return None if query["cursor"] is None else int(query["cursor"][0])


def _next(has_more: bool, ids: Sequence[int]) -> str | None:
    return next_cursor(has_more, ids[-1:])


# --------------------------------------------------------------------------- oneself


@blueprint.route("/me", methods=["GET"])
@blueprint.response(200, shapes.MeSchema, description="Account and teams")
def show_me() -> Response:
    """Whom the token speaks for."""
    who = actor()
    user = who.account
    own = teams.mine(store(), who).rows
    me = {"id": user.uid, "name": user.name, "email": user.email, "via": who.via, "teams": own}
    return as_json(shapes.dump(shapes.MeSchema, me))


# --------------------------------------------------------------------------- teams


@blueprint.route("/teams", methods=["GET"])
@blueprint.arguments(shapes.PeopleListQuery, location="query")
@blueprint.response(200, shapes.TeamsSchema, description="Teams, by name")
def list_teams(query: Body) -> Response:
    """List the teams that you are in."""
    found = teams.mine(store(), actor(), query["limit"], _before(query))
    goes_on = _next(found.has_more, [each.team.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.TeamOutSchema, "teams", found.rows, goes_on))


@blueprint.route("/teams", methods=["POST"])
@blueprint.arguments(shapes.TeamSchema)
@blueprint.response(201, shapes.TeamOutSchema, description="The team")
@blueprint.alt_response(409, "CONFLICT")
def make_team(body: Body) -> Response:
    """Make a team, which you own. Only who owns one may, and not with a token."""
    made = teams.create(store(), actor(), body["name"])
    address = url_for("people.show_team", team=made.team.uid)
    return as_json(shapes.dump(shapes.TeamOutSchema, made), 201, Location=address)


@blueprint.route("/teams/<uid:team>", methods=["GET"])
@blueprint.response(200, shapes.TeamOutSchema, description="The team")
def show_team(team: str) -> Response:
    """Show one team."""
    return as_json(shapes.dump(shapes.TeamOutSchema, teams.load(store(), actor(), team)))


@blueprint.route("/teams/<uid:team>", methods=["PATCH"])
@blueprint.arguments(shapes.TeamSchema)
@blueprint.response(200, shapes.TeamOutSchema, description="The team")
def rename_team(body: Body, team: str) -> Response:
    """Call a team something else."""
    renamed = teams.rename(store(), actor(), team, body["name"])
    return as_json(shapes.dump(shapes.TeamOutSchema, renamed))


# --------------------------------------------------------------------------- members


@blueprint.route("/teams/<uid:team>/members", methods=["GET"])
@blueprint.arguments(shapes.PeopleListQuery, location="query")
@blueprint.response(200, shapes.MembersSchema, description="Members, by name")
def list_members(query: Body, team: str) -> Response:
    """List who is in a team."""
    found = teams.members(store(), actor(), team, query["limit"], _before(query))
    goes_on = _next(found.has_more, [each.user.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.MemberSchema, "members", found.rows, goes_on))


@blueprint.route("/teams/<uid:team>/members/<uid:member>", methods=["PATCH"])
@blueprint.arguments(shapes.RoleSchema)
@blueprint.response(200, shapes.MemberSchema, description="The member")
@blueprint.alt_response(409, "CONFLICT")
def change_role(body: Body, team: str, member: str) -> Response:
    """Give a member another role. The last owner has to stay one."""
    changed = teams.change_role(store(), actor(), team, member, Role(body["role"]))
    return as_json(shapes.dump(shapes.MemberSchema, changed))


@blueprint.route("/teams/<uid:team>/members/<uid:member>", methods=["DELETE"])
@blueprint.response(204, description="Done")
@blueprint.alt_response(409, "CONFLICT")
def remove_member(team: str, member: str) -> Response:
    """Take a member out of a team, or leave it yourself. The last owner has to stay."""
    who = actor()
    if member == who.account.uid and not who.is_program:
        teams.leave(store(), who, team)
    else:
        teams.remove(store(), who, team, member)
    return nothing()


# --------------------------------------------------------------------------- invitations


@blueprint.route("/teams/<uid:team>/invitations", methods=["GET"])
@blueprint.arguments(shapes.PeopleListQuery, location="query")
@blueprint.response(200, shapes.InvitationsSchema, description="Invitations, newest first")
def list_invitations(query: Body, team: str) -> Response:
    """List the invitations to a team, with what became of them."""
    found = invitations.sent_by(store(), actor(), team, query["limit"], _before(query))
    goes_on = _next(found.has_more, [each.invitation.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.InvitationOutSchema, "invitations", found.rows, goes_on))


@blueprint.route("/teams/<uid:team>/invitations", methods=["POST"])
@blueprint.arguments(shapes.InvitationSchema)
@blueprint.response(201, shapes.NewInvitationOutSchema, description="The invitation and its link")
@blueprint.alt_response(409, "CONFLICT")
def invite(body: Body, team: str) -> Response:
    """Invite somebody. The link is in this answer alone; it works once, within seven days."""
    sent, secret = invitations.invite(store(), actor(), team, Role(body["role"]), body["email"])
    link = outside(url_for("invitation.show", secret=secret))
    return as_json(shapes.dump(shapes.NewInvitationOutSchema, (sent, link)), 201)


@blueprint.route("/teams/<uid:team>/invitations/<uid:invitation>", methods=["DELETE"])
@blueprint.response(204, description="Done")
@blueprint.alt_response(409, "CONFLICT")
def withdraw_invitation(team: str, invitation: str) -> Response:
    """Make the link of an invitation useless."""
    invitations.withdraw(store(), actor(), team, invitation)
    return nothing()


# --------------------------------------------------------------------------- tokens


@blueprint.route("/tokens", methods=["GET"])
@blueprint.arguments(shapes.PeopleListQuery, location="query")
@blueprint.response(200, shapes.TokensSchema, description="Tokens, newest first")
def list_tokens(query: Body) -> Response:
    """List your tokens; with a token, those of its team."""
    found = tokens.mine(store(), actor(), query["limit"], _before(query))
    goes_on = _next(found.has_more, [each.token.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.TokenSchema, "tokens", found.rows, goes_on))


@blueprint.route("/tokens", methods=["POST"])
@blueprint.arguments(shapes.NewTokenSchema)
@blueprint.response(201, shapes.NewTokenOutSchema, description="The token and its secret")
@blueprint.alt_response(409, "CONFLICT")
def make_token(body: Body) -> Response:
    """Make a token, with at most your role. Its secret is in this answer alone.

    A token can make another one only if it may manage the team.
    """
    made = tokens.create(
        store(),
        actor(),
        body["name"],
        body["team"],
        Role(body["role"]),
        body["expires_in_days"],
    )
    return as_json(shapes.dump(shapes.NewTokenOutSchema, made), 201)


@blueprint.route("/tokens/<uid:token>", methods=["DELETE"])
@blueprint.response(204, description="Done")
def revoke_token(token: str) -> Response:
    """End a token: one of yours, or one of a team that you own."""
    tokens.revoke(store(), actor(), token)
    return nothing()


@blueprint.route("/teams/<uid:team>/tokens", methods=["GET"])
@blueprint.arguments(shapes.PeopleListQuery, location="query")
@blueprint.response(200, shapes.TokensSchema, description="Tokens, newest first")
def list_tokens_of_team(query: Body, team: str) -> Response:
    """List the tokens of everybody in a team."""
    found = tokens.of_team(store(), actor(), team, query["limit"], _before(query))
    goes_on = _next(found.has_more, [each.token.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.TokenSchema, "tokens", found.rows, goes_on))


# --------------------------------------------------------------------------- audit log


@blueprint.route("/audit", methods=["GET"])
@blueprint.arguments(shapes.AuditQuery, location="query")
@blueprint.response(200, shapes.EventsSchema, description="Entries, newest first")
def list_events(query: Body) -> Response:
    """Read the audit log of a team: who has done what, when, and with which token."""
    _, found = audit_log.page(
        store(),
        actor(),
        query["team"],
        query["limit"],
        _before(query),
        query["subject"],
        query["action"],
    )
    goes_on = _next(found.has_more, [each.id for each in found.rows])
    return as_json(shapes.dump_list(shapes.EventSchema, "events", found.rows, goes_on))
