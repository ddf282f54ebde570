"""The tables, each a class whose objects serve as plain records once they are read.

Rows have a number of their own (`id`), used inside the database only, and a `uid`, a random
name that is shown outside. Moments are in UTC. Whatever is secret is kept as a hash. Nothing
points from one object to another: what is wanted together is asked for together.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

UID_LENGTH = 16
SHA_LENGTH = 64
NAME_LENGTH = 300


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def new_uid() -> str:
    """A random name for a row: 96 bits, safe in an address."""
    return secrets.token_urlsafe(12)


def new_secret() -> str:
    """A secret for a link or a token: 256 bits."""
    return secrets.token_urlsafe(32)


def sha256(text: str) -> str:
    """What is kept of a secret, or of a document: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, whatever the zone."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Packed(TypeDecorator[str]):
    """A long text, compressed: a case takes a tenth of its size."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Compressed."""
        return None if value is None else zlib.compress(value.encode(), 6)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """The text again."""
        return None if value is None else zlib.decompress(value).decode()


class Table(DeclarativeBase):
    """Base of all tables; names of constraints are fixed, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment}


# SQLite numbers rows by itself in a column of this very type only.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


def _number() -> Mapped[int]:
    return mapped_column(RowNumber, primary_key=True)


def _uid() -> Mapped[str]:
    return mapped_column(String(UID_LENGTH), unique=True, default=new_uid)


def _of(table: str, *, nullable: bool = False, index: bool = False) -> Any:
    """A column that points at a row of another table."""
    column = f"{table}.id"
    return mapped_column(RowNumber, ForeignKey(column), nullable=nullable, index=index)


def _partial_index(name: str, only: str, *columns: str) -> Index:
    """An index of the rows for which `only`, a condition in SQL, holds."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


# --------------------------------------------------------------------------- people


class User(Table):
    """Somebody who can sign in. `session_epoch` goes up to end all sessions."""

    __tablename__ = "user_account"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    email: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    password_hash: Mapped[str | None] = mapped_column(Text)
    oidc_subject: Mapped[str | None] = mapped_column(String(NAME_LENGTH), unique=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime | None]


class Team(Table):
    """Those who work on the same cases."""

    __tablename__ = "team"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Table):
    """What somebody may do in a team; `role` is one of `valuecalc.services.access.Role`."""

    __tablename__ = "membership"

    team_id: Mapped[int] = mapped_column(RowNumber, ForeignKey("team.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("user_account.id"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime] = mapped_column(default=now)


class Invitation(Table):
    """A link that makes its reader a member, once."""

    __tablename__ = "invitation"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    team_id: Mapped[int] = _of("team", index=True)
    role: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    secret_sha: Mapped[str] = mapped_column(String(SHA_LENGTH), unique=True)
    invited_by: Mapped[int] = _of("user_account")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_by: Mapped[int | None] = _of("user_account", nullable=True)
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Token(Table):
    """A key for programs: acts in one team for its owner, with at most `role`."""

    __tablename__ = "api_token"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    user_id: Mapped[int] = _of("user_account", index=True)
    team_id: Mapped[int] = _of("team", index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    role: Mapped[str] = mapped_column(String(16))
    secret_sha: Mapped[str] = mapped_column(String(SHA_LENGTH))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedAttempt(Table):
    """Wrong passwords and code words, counted here because every server process must see them.

    `subject` is a hash: of an e-mail address, or of a share and an address on the network.
    """

    __tablename__ = "failed_attempt"

    subject: Mapped[str] = mapped_column(String(SHA_LENGTH), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(default=now)


# --------------------------------------------------------------------------- cases


class StoredCase(Table):
    """The head of a case: what lists show and filters ask for; its document is a version.

    `version` is the number of the newest one. The figures are those of the expected scenario
    when it was saved, None where the case cannot be calculated. `search`, `customer_key` and
    `sector_key` are folded (`valuecalc.store.search`), to be compared and not to be shown.
    """

    __tablename__ = "value_case"
    __table_args__ = (
        # PostgreSQL takes a list in the order of an index that holds nothing else.
        _partial_index("ix_value_case_listed", "deleted_at IS NULL", "team_id", "updated_at", "id"),
        _partial_index("ix_value_case_deleted_at", "deleted_at IS NOT NULL", "deleted_at"),
    )

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    team_id: Mapped[int] = _of("team")
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    customer: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    sector: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    customer_key: Mapped[str] = mapped_column(Text, default="")
    sector_key: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(8))
    value: Mapped[float | None]
    npv: Mapped[float | None]
    evidence_share: Mapped[float | None]
    version: Mapped[int]
    created_by: Mapped[int] = _of("user_account")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[int] = _of("user_account")
    updated_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None] = _of("user_account", nullable=True)


class CaseMilestone(Table):
    """A milestone in the plan of a case's newest version; `number` is its place by day.

    All of them are kept, and not the next one alone, because days pass while nobody saves.
    """

    __tablename__ = "case_milestone"

    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date]
    label: Mapped[str] = mapped_column(Text)


class Version(Table):
    """One state of a case, never changed; only its name can be given, once.

    `document` is the canonical JSON of the case. `changes` are the values that differ from
    the version before. `author` is the name at that time; `on_behalf_of` the customer who
    proposed the change. A named version is frozen: it stays when others are thinned out.
    """

    __tablename__ = "case_version"

    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Packed)
    sha: Mapped[str] = mapped_column(String(SHA_LENGTH))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = _of("user_account")
    author: Mapped[str] = mapped_column(String(NAME_LENGTH))
    on_behalf_of: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    restored_from: Mapped[int | None]
    name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    frozen_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    frozen_at: Mapped[datetime | None]
    value: Mapped[float | None]
    npv: Mapped[float | None]


class Comment(Table):
    """A remark on a case, or on one `place` in it such as `assumptions.subscribers`."""

    __tablename__ = "comment"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    place: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = _of("user_account", nullable=True)
    author: Mapped[str] = mapped_column(String(NAME_LENGTH))
    share_id: Mapped[int | None] = mapped_column(
        RowNumber, ForeignKey("share.id", ondelete="CASCADE")
    )
    at: Mapped[datetime] = mapped_column(default=now)
    resolved_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    resolved_at: Mapped[datetime | None]


class IdempotencyKey(Table):
    """An answer that was given, kept so that a repeated request gets the same."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_at", "at"),)

    user_id: Mapped[int] = mapped_column(RowNumber, ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(SHA_LENGTH))
    uid: Mapped[str] = mapped_column(String(UID_LENGTH))
    at: Mapped[datetime] = mapped_column(default=now)


# --------------------------------------------------------------------------- customers


class Share(Table):
    """A link for a customer to one frozen version.

    `may_change` are the ids of the assumptions for which the customer may enter own numbers.
    """

    __tablename__ = "share"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    label: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    secret_sha: Mapped[str] = mapped_column(String(SHA_LENGTH), unique=True)
    code_word_hash: Mapped[str | None] = mapped_column(Text)
    may_comment: Mapped[bool] = mapped_column(default=False)
    may_change: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_by: Mapped[int] = _of("user_account")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Opening(Table):
    """That a shared page was opened, and when; nothing about who, except a given name."""

    __tablename__ = "share_opening"

    id: Mapped[int] = _number()
    share_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("share.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")


class Proposal(Table):
    """The numbers that a customer proposes for a shared version."""

    __tablename__ = "proposal"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    share_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("share.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(default=now)


class ProposedValue(Table):
    """One number of a proposal, and what became of it: open, accepted or declined.

    `decided_in` is the number of the version that holds it, `reason` why it was declined.
    """

    __tablename__ = "proposed_value"
    __table_args__ = (UniqueConstraint("proposal_id", "assumption"),)

    id: Mapped[int] = _number()
    proposal_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("proposal.id", ondelete="CASCADE")
    )
    assumption: Mapped[str] = mapped_column(String(NAME_LENGTH))
    ours: Mapped[float]
    theirs: Mapped[float]
    source: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="open")
    decided_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    decided_at: Mapped[datetime | None]
    decided_in: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class Approval(Table):
    """That a customer has approved the plan of a shared version: who, when, and of which one.

    It is never taken away: one that was taken back says by whom, and when.
    """

    __tablename__ = "plan_approval"

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    share_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("share.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[int] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    at: Mapped[datetime] = mapped_column(default=now)
    taken_back_by: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    taken_back_at: Mapped[datetime | None]


# --------------------------------------------------------------------------- library, log


class StoredReference(Table):
    """A straw-man of a team: a case with its `reference` block. `slug` is unique in the team.

    `search`, `sector_key` and `region_key` are folded, as those of `StoredCase` are.
    """

    __tablename__ = "reference"
    __table_args__ = (UniqueConstraint("team_id", "slug"),)

    id: Mapped[int] = _number()
    uid: Mapped[str] = _uid()
    team_id: Mapped[int] = _of("team")
    slug: Mapped[str] = mapped_column(String(NAME_LENGTH))
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    sector: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    region: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    year: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(8), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    sector_key: Mapped[str] = mapped_column(Text, default="")
    region_key: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[str] = mapped_column(Packed)
    from_case_id: Mapped[int | None] = mapped_column(
        RowNumber, ForeignKey("value_case.id", ondelete="SET NULL")
    )
    from_version: Mapped[int | None]
    published_by: Mapped[int] = _of("user_account")
    published_at: Mapped[datetime] = mapped_column(default=now)


class Event(Table):
    """One entry of the audit log, written in the transaction of what it tells; never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_team_id_id", "team_id", "id"),)

    id: Mapped[int] = _number()
    at: Mapped[datetime] = mapped_column(default=now)
    team_id: Mapped[int | None] = _of("team", nullable=True)
    user_id: Mapped[int | None] = _of("user_account", nullable=True)
    actor: Mapped[str] = mapped_column(String(NAME_LENGTH))
    via: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    request_id: Mapped[str] = mapped_column(String(64), default="")
