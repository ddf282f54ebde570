"""Everything that a team owns, as one file that people and programs can read.

```
manifest.json                      what this is, of which team, when, how much
cases/UID/head.json                when it was made; whether it lies in the bin
cases/UID/case.json                the newest state, as `valuecalc calc` reads it
cases/UID/versions/00001.json      each version: who, when, why, and the case
cases/UID/comments.json            what was said about it
cases/UID/shares.json              for whom it was shared, when it was opened, what was proposed
references/SLUG.json               the team's own straw-men
members.json                       who is in the team
audit.jsonl                        the audit log, one entry a line
```

Secrets are not in it: neither passwords nor the links of shares.
`valuecalc.services.archive_reading` brings cases, comments and references back.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from valuecalc.services import audit
from valuecalc.services.access import Action, Actor
from valuecalc.services.teams import team_for
from valuecalc.store import approvals, holdings, people
from valuecalc.store import cases as stored
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import (
    Approval,
    Comment,
    Event,
    Opening,
    Proposal,
    ProposedValue,
    Share,
    StoredCase,
    Team,
    Version,
    now,
)

FORMAT = "valuecalc-archive/1"

Put = Callable[[str, Any], None]
"""Puts a JSON document into the archive under a name."""


@dataclass(frozen=True)
class Contents:
    """How much of what an archive holds."""

    cases: int
    versions: int
    references: int


def write_archive(
    store: Database, actor: Actor, team_uid: str | None, target: IO[bytes]
) -> Contents:
    """Write everything that a team owns into `target`, as it is at this moment.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    with store.read() as session:
        team = team_for(session, actor, team_uid, Action.MOVE)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            contents = _write(session, team, archive)
    store.run(
        lambda session: audit.record(
            session, actor, "team.exported", team_id=team.id, subject=team.uid
        )
    )
    return contents


def _write(session: Session, team: Team, archive: zipfile.ZipFile) -> Contents:
    def put(name: str, content: Any) -> None:
        archive.writestr(name, json.dumps(content, ensure_ascii=False, indent=1))

    heads = holdings.cases(session, team.id)
    versions = sum(_write_case(session, head, put) for head in heads)
    references = holdings.references(session, team.id)
    for each in references:
        put(f"references/{each.slug}.json", json.loads(each.document))
    put("members.json", _members(session, team))
    _write_events(session, team, archive)
    contents = Contents(len(heads), versions, len(references))
    put("manifest.json", _manifest(team, contents))
    return contents


def _manifest(team: Team, contents: Contents) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "team": {"id": team.uid, "name": team.name},
        "made_at": _moment(now()),
        "cases": contents.cases,
        "versions": contents.versions,
        "references": contents.references,
    }


def _write_case(session: Session, head: StoredCase, put: Put) -> int:
    """Everything about one case; how many versions it has."""
    folder = f"cases/{head.uid}"
    versions = stored.all_versions(session, head)
    for version in versions:
        put(f"{folder}/versions/{version.number:05}.json", of_version(version))
    put(f"{folder}/case.json", json.loads(versions[-1].document))
    put(f"{folder}/head.json", _of_head(head))
    put(f"{folder}/comments.json", _comments(session, head))
    put(f"{folder}/shares.json", _shares(session, head))
    # Only the next case is needed from here on; a team may have thousands.
    session.expunge_all()
    return len(versions)


def _of_head(head: StoredCase) -> dict[str, Any]:
    return {
        "id": head.uid,
        "title": head.title,
        "version": head.version,
        "created_at": _moment(head.created_at),
        "updated_at": _moment(head.updated_at),
        "deleted_at": _moment(head.deleted_at),
    }


def of_version(version: Version) -> dict[str, Any]:
    """A version as it stands in the archive."""
    return {
        "number": version.number,
        "author": version.author,
        "on_behalf_of": version.on_behalf_of,
        "at": _moment(version.at),
        "note": version.note,
        "name": version.name,
        "frozen_by": version.frozen_by,
        "frozen_at": _moment(version.frozen_at),
        "restored_from": version.restored_from,
        "case": json.loads(version.document),
    }


def _comments(session: Session, head: StoredCase) -> dict[str, Any]:
    return {"comments": [_of_comment(each) for each in holdings.comments(session, head.id)]}


def _of_comment(comment: Comment) -> dict[str, Any]:
    return {
        "version": comment.version,
        "place": comment.place,
        "text": comment.text,
        "author": comment.author,
        "at": _moment(comment.at),
        "by_customer": comment.share_id is not None and comment.author_id is None,
        "resolved_by": comment.resolved_by,
        "resolved_at": _moment(comment.resolved_at),
    }


def _shares(session: Session, head: StoredCase) -> dict[str, Any]:
    return {
        "shares": [
            {**_of_share(each), "opened": [_of_opening(o) for o in _opened(session, each)]}
            for each in holdings.shares(session, head.id)
        ],
        "proposals": [
            _of_proposal(each, holdings.proposed_values(session, each.id))
            for each in holdings.proposals(session, head.id)
        ],
        "plan_approvals": [_of_approval(each) for each in approvals.of_team_case(session, head.id)],
    }


def _of_approval(approval: Approval) -> dict[str, Any]:
    return {
        "version": approval.version,
        "name": approval.name,
        "at": _moment(approval.at),
        "taken_back_by": approval.taken_back_by,
        "taken_back_at": _moment(approval.taken_back_at),
    }


def _opened(session: Session, share: Share) -> Any:
    return holdings.openings(session, share.id)


def _of_share(share: Share) -> dict[str, Any]:
    return {
        "id": share.uid,
        "version": share.version,
        "label": share.label,
        "has_code_word": share.code_word_hash is not None,
        "may_comment": share.may_comment,
        "may_change": share.may_change,
        "created_at": _moment(share.created_at),
        "expires_at": _moment(share.expires_at),
        "withdrawn_at": _moment(share.withdrawn_at),
    }


def _of_opening(opening: Opening) -> dict[str, Any]:
    return {"at": _moment(opening.at), "name": opening.name}


def _of_proposal(proposal: Proposal, values: Any) -> dict[str, Any]:
    return {
        "id": proposal.uid,
        "version": proposal.version,
        "name": proposal.name,
        "note": proposal.note,
        "at": _moment(proposal.at),
        "values": [_of_value(each) for each in values],
    }


def _of_value(value: ProposedValue) -> dict[str, Any]:
    return {
        "assumption": value.assumption,
        "ours": value.ours,
        "theirs": value.theirs,
        "source": value.source,
        "state": value.state,
        "decided_by": value.decided_by,
        "decided_at": _moment(value.decided_at),
        "decided_in": value.decided_in,
    }


def _members(session: Session, team: Team) -> list[dict[str, Any]]:
    return [
        {"name": user.name, "email": user.email, "role": each.role, "since": _moment(each.since)}
        for user, each in people.members(session, team.id)
    ]


def _write_events(session: Session, team: Team, archive: zipfile.ZipFile) -> None:
    with archive.open("audit.jsonl", "w") as target:
        for event in holdings.events(session, team.id):
            target.write(json.dumps(_of_event(event), ensure_ascii=False).encode() + b"\n")


def _of_event(event: Event) -> dict[str, Any]:
    return {
        "at": _moment(event.at),
        "actor": event.actor,
        "via": event.via,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        "request_id": event.request_id,
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="seconds")
