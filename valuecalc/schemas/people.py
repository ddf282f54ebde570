"""What may come in and go out about people: accounts, teams, invitations and tokens.

Forms and the API are read by the same schemas, so both refuse the same things with the same
words. A refusal is one `CaseError` with every mistake; its places are the names of the fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError, pre_dump

from valuecalc.schemas.fields import Choice, InputField, Text
from valuecalc.schemas.paging import Cursor, Integer, Moment, SliceQuery, Uid, next_field, or_null
from valuecalc.schemas.problems import mistake, shown
from valuecalc.schemas.reading import read_text
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Items, OutputShape, Words

ROLES = ("viewer", "commenter", "editor", "owner")
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
LONGEST_LIFE_DAYS = 365
EMAIL_LENGTH = 254
ACTION_PATTERN = "[a-z_.]{1,64}"

_LOCAL_PART = re.compile(r"[^\s@\"(),:;<>\[\\\]]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")


# --------------------------------------------------------------------------- what comes in


class OneLine(Text):
    """A name of somebody or something."""

    limit = 100

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        text = read_text(value, self.limit)
        if not text.isprintable():
            raise mistake("text", "The name holds a line break or an unseen character.", _ONE_LINE)
        return text


_ONE_LINE = "Write it in one line, in letters that can be seen."


class Email(InputField):
    """An e-mail address, in small letters."""

    openapi = {"type": "string", "maxLength": EMAIL_LENGTH}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return read_email(value)


def read_email(value: object) -> str:
    """An e-mail address in the form in which it is kept. Raises `ValidationError`."""
    text = read_text(value, EMAIL_LENGTH)
    local, _, domain = text.rpartition("@")
    is_whole = _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_whole or not text.isprintable():
        raise mistake(
            "email", f"“{shown(text)}” is no e-mail address.", "Write one such as ann@example.com."
        )
    # A Kelvin sign, for one, becomes a k: then one address could pass for another.
    if unicodedata.normalize("NFKC", text) != text:
        raise mistake(
            "email",
            f"“{shown(text)}” holds a character that stands for another one.",
            "Type the address anew, in plain letters.",
        )
    return text.lower()


def email_or_nothing(text: str) -> str:
    """An e-mail address in the form in which it is kept; empty for what is none."""
    try:
        return read_email(text)
    except ValidationError:
        return ""


class Password(InputField):
    """A password, with every character as it was typed."""

    openapi = {"type": "string", "maxLength": LONGEST_PASSWORD}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str):
            raise mistake("text", "The password is no text.", "Write it in quotes.")
        if len(value) > LONGEST_PASSWORD:
            raise mistake(
                "password",
                f"The password has {len(value):,} characters; {LONGEST_PASSWORD} are allowed.",
                "Shorten it.",
            )
        return value


class ActionName(InputField):
    """What an entry of the audit log tells of, or the beginning of it."""

    # What is blank counts as missing.
    openapi = {"type": "string", "pattern": f"^({ACTION_PATTERN})?$"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(ACTION_PATTERN, value, re.ASCII):
            raise mistake(
                "action", f"“{shown(value)}” is no action.", "Write one such as case.saved."
            )
        return value


@dataclass(frozen=True)
class NewAccount:
    """Somebody who is to have an account."""

    name: str
    email: str
    password: str = field(repr=False)


def _person(**options: Any) -> OneLine:
    return OneLine(required=True, about="The name of the person.", example="Ann Lee", **options)


def _email(**options: Any) -> Email:
    about = "The e-mail address to sign in with."
    return Email(required=True, about=about, example="ann@example.com", **options)


def _team_name() -> OneLine:
    return OneLine(required=True, about="What the team is called.", example="North accounts")


def _role(**options: Any) -> Choice:
    about = "What the person may do; each role may do what those before it may."
    return Choice(ROLES, about=about, example="editor", **options)


class NewAccountSchema(RequestShape):
    """Somebody who is to have an account."""

    makes = NewAccount

    name = _person()
    email = _email()
    password = Password(required=True, about="At least ten characters.")


class SetUpSchema(RequestShape):
    """The first account, and the team that it owns."""

    name = _person()
    email = _email()
    password = Password(required=True, about="At least ten characters.")
    team = _team_name()


class PersonNameSchema(RequestShape):
    """What somebody is called."""

    name = _person()


class NewPasswordSchema(RequestShape):
    """A password for an account that is there."""

    password = Password(required=True, about="At least ten characters.")


class PasswordChangeSchema(RequestShape):
    """Another password, and the one before it as a proof."""

    current = Password(required=True, about="The password so far.")
    password = Password(required=True, about="At least ten characters.")


class TeamSchema(RequestShape):
    """A team that is to be made or renamed."""

    name = _team_name()


class RoleSchema(RequestShape):
    """What a member is to be."""

    role = _role(required=True)


class InvitationSchema(RequestShape):
    """Somebody who is to join a team."""

    role = or_null(_role(load_default="viewer"))
    email = or_null(
        Email(
            load_default="",
            about="The only address that may accept it; without one, whoever has the link may.",
            example="ann@example.com",
        )
    )


class NewTokenSchema(RequestShape):
    """A key for a program."""

    name = OneLine(required=True, about="What it is for.", example="Nightly export")
    team = Uid(load_default=None, about="The id of its team; not needed with only one team.")
    role = or_null(_role(load_default="viewer"))
    expires_in_days = Integer(
        least=1,
        most=LONGEST_LIFE_DAYS,
        load_default=90,
        allow_none=True,
        about="The days until it ends; null for never.",
    )


class PeopleListQuery(SliceQuery):
    """How much of a list of teams, members, invitations or tokens to send."""

    cursor = Cursor(int, load_default=None)


class AuditQuery(PeopleListQuery):
    """Which entries of the audit log to list."""

    team = Uid(load_default=None, about="The id of the team; not needed for who owns only one.")
    subject = Uid(load_default="", about="Those about the thing or account with this id.")
    action = ActionName(load_default="", about="Those that begin so.", example="case.saved")


# --------------------------------------------------------------------------- what goes out


class TeamOutSchema(OutputShape):
    """A team, as one of its members sees it."""

    id = Words(about="Its id.")
    name = Words(about="What it is called.")
    role = _role()

    @pre_dump
    def _flat(self, own: Any, **_: Any) -> dict[str, Any]:
        return {"id": own.team.uid, "name": own.team.name, "role": own.role.value}


class MeSchema(OutputShape):
    """Whom a session or a token speaks for."""

    id = Words(about="The id of the account.")
    name = Words(about="The name of the person.")
    email = Words(about="The e-mail address.")
    via = Words(about="The token that is used; empty for a session.")
    teams = Items(TeamOutSchema, about="The teams, and the role in each.")


class MemberSchema(OutputShape):
    """Somebody in a team."""

    id = Words(about="The id of the account.")
    name = Words(about="The name of the person.")
    email = Words(about="The e-mail address.")
    role = _role()
    since = Moment(about="When they joined.")

    @pre_dump
    def _flat(self, member: Any, **_: Any) -> dict[str, Any]:
        return {
            "id": member.user.uid,
            "name": member.user.name,
            "email": member.user.email,
            "role": member.role.value,
            "since": member.since,
        }


class InvitationOutSchema(OutputShape):
    """An invitation; its link is in the answer that makes it, and nowhere else."""

    id = Words(about="Its id.")
    role = _role()
    email = Words(about="The only address that may accept it; empty for anybody.")
    state = Choice(("open", "accepted", "withdrawn", "expired"), about="What became of it.")
    invited_by = Words(about="Who sent it.")
    created_at = Moment(about="When it was made.")
    expires_at = Moment(about="Until when it can be accepted.")
    accepted_at = Moment(allow_none=True, about="When it was accepted.")

    @pre_dump
    def _flat(self, sent: Any, **_: Any) -> dict[str, Any]:
        return _sent(sent)


def _sent(sent: Any) -> dict[str, Any]:
    row = sent.invitation
    return {
        "id": row.uid,
        "role": row.role,
        "email": row.email,
        "state": sent.state,
        "invited_by": sent.invited_by,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "accepted_at": row.accepted_at,
    }


class NewInvitationOutSchema(InvitationOutSchema):
    """A new invitation with its link, which is shown this once."""

    link = Words(about="What to send to the person.")

    @pre_dump
    def _flat(self, made: Any, **_: Any) -> dict[str, Any]:
        sent, link = made
        return {**_sent(sent), "link": link}


class TokenSchema(OutputShape):
    """A token; its secret is in the answer that makes it, and nowhere else."""

    id = Words(about="Its id.")
    name = Words(about="What it is for.")
    team = Words(about="The id of the team that it acts in.")
    role = _role()
    owner = Words(about="Whose token it is.")
    created_at = Moment(about="When it was made.")
    expires_at = Moment(allow_none=True, about="When it ends; null for never.")
    last_used_at = Moment(allow_none=True, about="When it was used last, to the minute.")
    revoked_at = Moment(allow_none=True, about="When it was revoked.")

    @pre_dump
    def _flat(self, owned: Any, **_: Any) -> dict[str, Any]:
        return _owned(owned)


def _owned(owned: Any) -> dict[str, Any]:
    row = owned.token
    copied = "name role created_at expires_at last_used_at revoked_at".split()
    return {
        **{name: getattr(row, name) for name in copied},
        "id": row.uid,
        "team": owned.team.uid,
        "owner": owned.owner.name,
    }


class NewTokenOutSchema(TokenSchema):
    """A new token with its secret, which is shown this once."""

    token = Words(about="What to send: Authorization: Bearer …")

    @pre_dump
    def _flat(self, made: Any, **_: Any) -> dict[str, Any]:
        owned, text = made
        return {**_owned(owned), "token": text}


class EventSchema(OutputShape):
    """One entry of the audit log."""

    id = Words(about="The number of the entry, rising.")
    at = Moment(about="When.")
    actor = Words(about="Who.")
    via = Words(about="The token that was used; empty for a session.")
    action = Words(about="What was done.", example="case.saved")
    subject = Words(about="The id of what it was done to.")
    detail = InputField(about="More about it, by name.")
    request_id = Words(about="The number of the request, as in the log of the service.")

    @pre_dump
    def _flat(self, event: Any, **_: Any) -> dict[str, Any]:
        copied = "at actor via action subject detail request_id".split()
        return {**{name: getattr(event, name) for name in copied}, "id": str(event.id)}


def _listing(name: str, rows: type[OutputShape]) -> type[OutputShape]:
    """The shape of some rows under their name, and of what says where the list goes on."""
    kind = f"{name.capitalize()}Schema"
    fields = {name: Items(rows, about="The rows."), "next": next_field()}
    return type(kind, (OutputShape,), {"__doc__": f"Some {name}.", **fields})


TeamsSchema = _listing("teams", TeamOutSchema)
MembersSchema = _listing("members", MemberSchema)
InvitationsSchema = _listing("invitations", InvitationOutSchema)
TokensSchema = _listing("tokens", TokenSchema)
EventsSchema = _listing("events", EventSchema)


def dump(schema: type[OutputShape], thing: object) -> dict[str, Any]:
    """Something as JSON."""
    return dict(schema().dump(thing))


def dump_list(
    schema: type[OutputShape], name: str, rows: Iterable[object], next: str | None
) -> dict[str, Any]:
    """Some rows as JSON under their name, and where the list goes on."""
    return {name: list(schema().dump(list(rows), many=True)), "next": next}
