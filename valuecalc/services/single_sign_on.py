"""From what an identity provider says about somebody to an account.

An account is found by the provider's own name for the person, or the first time by the e-mail
address that the provider has verified. Then its password is dropped: whoever chose it has
never shown that the address is theirs, the provider has.
"""

from __future__ import annotations

from dataclasses import dataclass

from valuecalc.errors import Conflict, Forbidden
from valuecalc.schemas.people import email_or_nothing
from valuecalc.services import accounts, audit, invitations
from valuecalc.services.access import Actor
from valuecalc.store import people
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import User, sha256

LONGEST_SUBJECT = 255


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the provider vouches for. `email` counts only where it is verified."""

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False
    name: str = ""

    @property
    def key(self) -> str:
        """The name of the person that is unique among all providers."""
        return f"{sha256(self.issuer)[:16]} {self.subject}"

    @property
    def verified_email(self) -> str:
        """The address in the form in which it is kept; empty if it is not verified."""
        return email_or_nothing(self.email) if self.is_verified else ""


def sign_in(store: Database, claims: Claims, invitation: str = "", request_id: str = "") -> User:
    """The account of whoever the provider speaks of.

    Who has none gets one with `invitation`, the secret of a link. Raises `Forbidden` for
    somebody without either, and what accepting an invitation raises.
    """
    if not 0 < len(claims.subject) <= LONGEST_SUBJECT or not claims.subject.isprintable():
        raise Forbidden("The provider did not say who you are.", "Tell its operator.")

    def work(session: Session) -> User:
        people.one_at_a_time(session)
        user = people.user_by_subject(session, claims.key) or _connected(session, claims)
        if user is None:
            user = _made(session, claims, invitation, request_id)
        return accounts.note_sign_in(session, user, request_id, how="single sign-on")

    return store.run(work)


def _connected(session: Session, claims: Claims) -> User | None:
    """The account with the verified address, from now on known by the provider's name."""
    email = claims.verified_email
    user = people.user_by_email(session, email) if email else None
    if user is None:
        return None
    if user.oidc_subject is not None:
        raise Conflict(
            f"The account of {email} belongs to somebody else at the provider.",
            "Tell the operator of this service.",
        )
    user.oidc_subject = claims.key
    user.password_hash = None
    user.session_epoch += 1
    audit.record(session, Actor(user=user), "account.connected", subject=user.uid)
    return user


def _made(session: Session, claims: Claims, invitation: str, request_id: str) -> User:
    email = claims.verified_email
    if not email:
        raise Forbidden(
            "The provider has not verified your e-mail address.",
            "Verify it there, then sign in again.",
        )
    if not invitation:
        raise Forbidden(
            f"There is no account for {email} here.",
            "Ask an owner of a team for an invitation, and open its link.",
        )
    name = "".join(each for each in claims.name if each.isprintable()).strip()[:100]
    user = accounts.add_account(session, name or email, email, oidc_subject=claims.key)
    invitations.join(session, user, invitation, request_id)
    return user
