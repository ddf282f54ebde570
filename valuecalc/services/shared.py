"""What a customer does with a link: open it, show the code word, read, comment.

Nobody signs in here: whoever has the secret is let in, to one version of one case. A link that
never was, was withdrawn, has expired, or whose case lies in the bin, all get one answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache

from valuecalc.case.case import Case
from valuecalc.errors import Conflict, Forbidden, NotFound, TooMany
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import read_comment
from valuecalc.services import audit
from valuecalc.services.access import Action, Actor
from valuecalc.services.saved_cases import version_of
from valuecalc.services.shares import KIND, State, sender_of, state_of
from valuecalc.store import people
from valuecalc.store import shares as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Comment, Opening, Share, StoredCase, Version, now, sha256

MOST_COMMENTS = 500
POSTS_FROM_ONE_ADDRESS = 30
POSTS_WINDOW = timedelta(minutes=15)
SAME_WITHIN = timedelta(minutes=10)
"""What is sent twice in so short a time is one thing: a double click, or a page sent again."""


@dataclass(frozen=True)
class Visit:
    """What a link leads to. `team` and `sender` say who has sent it."""

    share: Share
    head: StoredCase
    version: Version
    team: str
    sender: str

    @cached_property
    def case(self) -> Case:
        """The case in the shared version."""
        return _case_in(self.version.document)

    @property
    def needs_code_word(self) -> bool:
        """Whether the link alone does not suffice."""
        return self.share.code_word_hash is not None

    @property
    def mark(self) -> str:
        """What a visitor keeps who has shown the code word.

        Worth nothing once the code word or the secret has changed.
        """
        share = self.share
        return sha256(f"{share.uid} {share.secret_sha} {share.code_word_hash}")

    @property
    def customer(self) -> str:
        """What the customer is called."""
        return self.share.label or self.head.customer

    def is_ours(self, actor: Actor) -> bool:
        """Whether it is one of the team who looks, and so no opening by the customer."""
        return actor.is_known and actor.may(Action.READ, self.head.team_id)


@lru_cache(maxsize=32)
def _case_in(document: str) -> Case:
    """The case of a document: a shared version is read far more often than it changes."""
    return load_case(json.loads(document))


def open_link(store: Database, secret: str) -> Visit:
    """What a link leads to. Raises `NotFound`, whatever the reason."""
    with store.read() as session:
        share, head = alive(session, sha256(secret))
        team = people.teams(session, [head.team_id])[0]
        return Visit(
            share=share,
            head=head,
            version=version_of(session, head, share.version),
            team=team.name,
            sender=sender_of(session, share),
        )


def alive(session: Session, secret_sha: str, *, lock: bool = False) -> tuple[Share, StoredCase]:
    """The share of a secret and its case, while the link works. Raises `NotFound`."""
    share = stored.by_secret(session, secret_sha, lock=lock)
    head = stored.case_of(session, share) if share else None
    is_shut = share is None or state_of(share) is not State.OPEN
    if is_shut or head is None or head.deleted_at is not None:
        raise NotFound(KIND)
    assert share is not None
    return share, head


def note_opening(store: Database, visit: Visit) -> None:
    """Note that the page was opened, and when; nothing about who."""
    store.run(lambda session: stored.add_row(session, Opening(share_id=visit.share.id)))


def count_post(session: Session, share: Share, address: str) -> None:
    """Count something that is sent from an address. Raises `TooMany`."""
    subject = sha256(f"post {share.uid} {address}")
    counted = people.count_attempt(session, subject, now(), POSTS_WINDOW)
    if counted.count > POSTS_FROM_ONE_ADDRESS:
        seconds = int(POSTS_WINDOW.total_seconds())
        raise TooMany(
            "Too much was sent from your address in a short time.",
            f"Wait {seconds // 60} minutes, then try again.",
            retry_after=seconds,
        )


# --------------------------------------------------------------------------- comments


def comments(store: Database, visit: Visit) -> Sequence[Comment]:
    """What was said on this link, by the customer and by the team; nothing else of the case."""
    with store.read() as session:
        return stored.comments(session, [visit.share.id])


def comment(
    store: Database, visit: Visit, name: str, text: str, place: str, address: str
) -> Comment:
    """A remark of the customer, on the whole case or on one `place` of it.

    Raises `CaseError` with every mistake in what was entered, `Forbidden`, `Conflict` when
    there are too many, `TooMany`.
    """
    if not visit.share.may_comment:
        raise Forbidden("With this link you can read and not comment.", _ASK)
    said = read_comment(name, text, place, visit.case)

    def work(session: Session) -> Comment:
        share, head = alive(session, visit.share.secret_sha, lock=True)
        earlier = _same_comment(session, share, said.name, said.text, said.place)
        if earlier is not None:
            return earlier
        if stored.count_comments(session, share.id) >= MOST_COMMENTS:
            raise Conflict("There are too many comments on this page.", _ASK)
        count_post(session, share, address)
        found = Comment(
            case_id=head.id,
            version=share.version,
            place=said.place,
            text=said.text,
            author=said.name,
            share_id=share.id,
        )
        stored.add_row(session, found)
        audit.record(
            session,
            Actor(),
            "comment.received",
            team_id=head.team_id,
            subject=head.uid,
            name=said.name,
            share=share.uid,
            comment=found.uid,
        )
        return found

    return store.run(work)


_ASK = "Ask the person who sent you the link."


def _same_comment(
    session: Session, share: Share, name: str, text: str, place: str
) -> Comment | None:
    since = now() - SAME_WITHIN
    for each in reversed(stored.comments(session, [share.id])):
        if each.at < since:
            return None
        if (each.author, each.text, each.place) == (name, text, place):
            return each
    return None
