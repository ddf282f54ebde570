"""Who may do what: the one place where it is decided.

| role | may |
|---|---|
| viewer | read cases, versions, comments, references; download |
| commenter | the same, and comment |
| editor | the same, and create, change, restore, bin, share, decide on proposals, publish |
| owner | the same, and manage people, read the audit log, export and import the team |

A role is held in a team, and every case, reference and share belongs to one team. Whoever has
no role in that team gets the same answer as for something that does not exist; whoever has too
small a role is told which one is needed. A token acts for its owner in one team, with the
smaller of the token's role and the owner's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from valuecalc.errors import Forbidden, InputError, NotFound, Unauthenticated, did_you_mean
from valuecalc.store.tables import User


class Role(StrEnum):
    """What somebody is in a team, from the smallest to the largest."""

    VIEWER = "viewer"
    COMMENTER = "commenter"
    EDITOR = "editor"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Its place in the order; a larger role may do everything that a smaller one may."""
        return list(Role).index(self)

    def covers(self, other: Role) -> bool:
        """Whether it may do all that `other` may."""
        return self.rank >= other.rank

    @property
    def with_article(self) -> str:
        """For sentences: an owner, a viewer."""
        return f"{'an' if self in (Role.EDITOR, Role.OWNER) else 'a'} {self}"

    @classmethod
    def read(cls, text: str) -> Role:
        """The role of a name. Raises `InputError`."""
        if text not in list(cls):
            raise InputError(f"There is no role “{text[:20]}”.", did_you_mean(text, list(cls)))
        return cls(text)


MEANS = {
    Role.VIEWER: "May read and download cases.",
    Role.COMMENTER: "May read cases and comment on them.",
    Role.EDITOR: "May make, change and share cases, and publish straw-men.",
    Role.OWNER: "May do everything, and manage people and tokens.",
}
"""What each role may do, for people."""


class Action(StrEnum):
    """What can be done with what belongs to a team; `NEEDS` says which role it takes."""

    READ = "read it"
    COMMENT = "comment"
    EDIT = "change it"
    SHARE = "share it with a customer"
    PUBLISH = "publish references"
    MANAGE = "manage the team"
    AUDIT = "read the audit log"
    MOVE = "export or import the team"


NEEDS = {
    Action.READ: Role.VIEWER,
    Action.COMMENT: Role.COMMENTER,
    Action.EDIT: Role.EDITOR,
    Action.SHARE: Role.EDITOR,
    Action.PUBLISH: Role.EDITOR,
    Action.MANAGE: Role.OWNER,
    Action.AUDIT: Role.OWNER,
    Action.MOVE: Role.OWNER,
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who is asking. `roles` has their role in each team, by the team's row number.

    `via` names the token that is used, `request_id` the request, both for the audit log.
    """

    user: User | None = None
    roles: Mapping[int, Role] = field(default_factory=dict)
    via: str = ""
    request_id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether somebody has signed in or shown a token."""
        return self.user is not None

    @property
    def account(self) -> User:
        """The account of somebody known. Raises `Unauthenticated`."""
        if self.user is None:
            raise Unauthenticated("You are not signed in.", "Sign in, or send a token.")
        return self.user

    @property
    def name(self) -> str:
        """How they are called in versions and in the log."""
        return self.account.name

    @property
    def is_program(self) -> bool:
        """Whether it is a program that acts for somebody."""
        return self.user is not None and bool(self.via)

    @property
    def owns_a_team(self) -> bool:
        """Whether they are the owner of any team."""
        return Role.OWNER in self.roles.values()

    def may(self, action: Action, team_id: int) -> bool:
        """Whether they may do something in a team."""
        role = self.roles.get(team_id)
        return role is not None and role.covers(NEEDS[action])

    def teams_for(self, action: Action) -> tuple[int, ...]:
        """The teams in which they may do something. Raises `Unauthenticated`."""
        _ = self.account
        return tuple(team_id for team_id in self.roles if self.may(action, team_id))


STRANGER = Actor()
"""Somebody who has not signed in."""


def require(actor: Actor, action: Action, team_id: int | None, kind: str) -> None:
    """Let pass who may; `team_id` is that of the `kind` of thing, None where there is none.

    Raises `Unauthenticated`, `NotFound` (also for what belongs to others) or `Forbidden`.
    """
    role = actor.roles.get(team_id) if actor.account and team_id is not None else None
    if role is None:
        raise NotFound(kind)
    needed = NEEDS[action]
    if not role.covers(needed):
        raise Forbidden(
            f"As {role.with_article} of this team you may not {action.value}.",
            f"Ask an owner of the team to make you {needed.with_article}.",
        )


def refuse_programs(actor: Actor, what: str) -> None:
    """Let pass only people who have signed in. Raises `Unauthenticated` or `Forbidden`."""
    _ = actor.account
    if actor.is_program:
        raise Forbidden(f"A token may not {what}.", "Sign in, and do it on the page for it.")
