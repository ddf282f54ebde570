"""Brings the cases, comments and references of a team's archive into a team.

The whole archive is read and checked before anything is kept. Then each case is kept with all
its versions in one transaction; one that the team has already, by its id, is passed over, so
an import that was cut short can be repeated. Shares are not brought back: their links are
dead, and whoever wants them makes new ones. Nor are the approvals of plans: only the customer gives
them, on a shared page, and whoever can edit a file could put another name into it. The archive
goes on saying who had approved which version.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from valuecalc.case.case import Case
from valuecalc.errors import CaseError, DocumentError, InputError
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.changes import changes_between, dump_changes
from valuecalc.schemas.document import MAX_BYTES, read_json
from valuecalc.services import audit, references
from valuecalc.services.access import Action, Actor
from valuecalc.services.archive import FORMAT, Contents
from valuecalc.services.saved_cases import Draft, canonical
from valuecalc.services.teams import team_for
from valuecalc.store import cases as stored
from valuecalc.store import holdings
from valuecalc.store.database import Database, Session
from valuecalc.store.tables import Comment, StoredCase, Team, Version, now

MAX_ENTRIES = 500_000
MAX_ENTRY_BYTES = 2 * MAX_BYTES
MAX_TOTAL_BYTES = 4_000_000_000
MAX_RATIO = 200
_RATIO_MATTERS_FROM = 100_000

_VERSION = re.compile(r"cases/([A-Za-z0-9_-]{1,16})/versions/(\d{5,9})\.json")
_REFERENCE = re.compile(r"references/([a-z0-9-]{1,200})\.json")
_LONGEST_NAME = 300
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Imported:
    """What an import has brought, and how many cases were there already."""

    brought: Contents
    passed_over: int


@dataclass(frozen=True)
class ArchivedVersion:
    """A version as it is in an archive, read and checked."""

    case: Case
    details: dict[str, Any]


@dataclass(frozen=True)
class ReadCase:
    """All that an archive holds of one case."""

    versions: tuple[ArchivedVersion, ...]
    comments: list[Comment]
    is_binned: bool


@dataclass(frozen=True)
class ArchivedCase:
    """A case of an archive: the names of its entries, in order."""

    uid: str
    versions: tuple[str, ...]


def check_rights(store: Database, actor: Actor, team_uid: str | None) -> Team:
    """The team, if `actor` may bring something into it; before a large file is received.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    with store.read() as session:
        return team_for(session, actor, team_uid, Action.MOVE)


def read_archive(
    store: Database, actor: Actor, team_uid: str | None, source: IO[bytes]
) -> Imported:
    """Bring an archive into a team.

    Raises `InputError` with the entry that cannot be read, before anything is kept, and
    `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    team = check_rights(store, actor, team_uid)
    with store.read() as session:
        there = holdings.case_uids(session, team.id)
        known = {each.document for each in holdings.references(session, team.id)}
    with _opened(source) as archive:
        listed = _cases_in(archive)
        new = [each for each in listed if each.uid not in there]
        straw_men = [each for each in _references_in(archive) if _text_of(each) not in known]
        for each in new:
            _read_case(archive, each)
        for each in new:
            _keep_case(store, actor, team, each.uid, _read_case(archive, each))
        kept = [references.keep(store, actor, case, team.uid) for case in straw_men]
    brought = Contents(len(new), sum(len(each.versions) for each in new), len(kept))
    _note(store, actor, team, brought)
    return Imported(brought, len(listed) - len(new))


def _text_of(case: Case) -> str:
    return canonical(dump_case(case))


def _note(store: Database, actor: Actor, team: Team, brought: Contents) -> None:
    def work(session: Session) -> None:
        audit.record(
            session,
            actor,
            "team.imported",
            team_id=team.id,
            subject=team.uid,
            cases=brought.cases,
            versions=brought.versions,
        )

    store.run(work)


# --------------------------------------------------------------------------- the file


def _opened(source: IO[bytes]) -> zipfile.ZipFile:
    """The archive, unless it is none, or one that is made to harm."""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused("The file", "it is no zip file") from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _refused("The file", f"it has more than {MAX_ENTRIES:,} entries")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise _refused("The file", f"it unpacks to more than {MAX_TOTAL_BYTES:,} bytes")
    if len({entry.filename for entry in entries}) < len(entries):
        raise _refused("The file", "it has two entries of one name")
    if "manifest.json" not in archive.namelist():
        raise _refused("The file", "it has no manifest.json")
    found = _read_json(archive, "manifest.json")
    if found.get("format") != FORMAT:
        raise _refused("manifest.json", f"it does not say format {FORMAT}")
    return archive


def _read_json(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """The document of an entry, as strictly as a request's."""
    entry = archive.getinfo(name)
    is_bomb = entry.file_size > max(_RATIO_MATTERS_FROM, MAX_RATIO * entry.compress_size)
    if entry.file_size > MAX_ENTRY_BYTES or is_bomb or entry.flag_bits & 1:
        raise _refused(name, "it is too large, packed too tightly, or encrypted")
    try:
        with archive.open(entry) as content:
            # The size in the list may be a lie.
            text = content.read(MAX_ENTRY_BYTES + 1)
        if len(text) > MAX_ENTRY_BYTES:
            raise _refused(name, "it is too large")
        return dict(read_json(text).data)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise _refused(name, "it is damaged") from error
    except DocumentError as error:
        raise _refused(name, error.cause.rstrip(".")) from error


def _refused(name: str, why: str) -> InputError:
    return InputError(
        f"{name} of the archive cannot be used: {why}.", "Export it again; nothing was changed."
    )


# --------------------------------------------------------------------------- its cases


def _cases_in(archive: zipfile.ZipFile) -> list[ArchivedCase]:
    found: dict[str, list[tuple[int, str]]] = {}
    for name in archive.namelist():
        match = _VERSION.fullmatch(name)
        if match:
            found.setdefault(match[1], []).append((int(match[2]), name))
    listed = []
    for uid, entries in found.items():
        entries.sort()
        if [number for number, _ in entries] != list(range(1, len(entries) + 1)):
            raise _refused(f"cases/{uid}/versions", "a version is missing")
        listed.append(ArchivedCase(uid, tuple(name for _, name in entries)))
    return listed


def _read_case(archive: zipfile.ZipFile, wanted: ArchivedCase) -> ReadCase:
    versions = tuple(_read_version(archive, name) for name in wanted.versions)
    comments = _comments(archive, wanted.uid, len(versions))
    return ReadCase(versions, comments, _is_binned(archive, wanted.uid))


def _is_binned(archive: zipfile.ZipFile, uid: str) -> bool:
    name = f"cases/{uid}/head.json"
    content = _read_json(archive, name) if name in archive.namelist() else {}
    return content.get("deleted_at") is not None


def _read_version(archive: zipfile.ZipFile, name: str) -> ArchivedVersion:
    content = _read_json(archive, name)
    try:
        case = load_case(content.get("case"))
    except CaseError as error:
        raise _refused(name, str(error.problems[0])) from error
    return ArchivedVersion(case, _details(content, name))


def _details(content: dict[str, Any], name: str) -> dict[str, Any]:
    restored_from = content.get("restored_from")
    if restored_from is not None and not isinstance(restored_from, int):
        raise _refused(name, "restored_from is no number")
    return {
        "author": _text(content, "author", name) or "unknown",
        "on_behalf_of": _text(content, "on_behalf_of", name),
        "note": _text(content, "note", name, _LONGEST_TEXT),
        "at": _moment(content.get("at"), name) or now(),
        "name": _text(content, "name", name) or None,
        "frozen_by": _text(content, "frozen_by", name) or None,
        "frozen_at": _moment(content.get("frozen_at"), name),
        "restored_from": restored_from,
    }


def _text(content: dict[str, Any], key: str, name: str, longest: int = _LONGEST_NAME) -> str:
    value = content.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise _refused(name, f"{key} is no text of at most {longest} characters")
    return value


def _moment(value: Any, name: str) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone()
    except (ValueError, TypeError, OverflowError) as error:
        raise _refused(name, f"“{str(value)[:40]}” is no moment") from error


def _keep_case(store: Database, actor: Actor, team: Team, uid: str, read: ReadCase) -> None:
    user = actor.account
    drafts = [Draft.of(each.case) for each in read.versions]

    def work(session: Session) -> None:
        versions = _versions(actor, read.versions, drafts)
        head = StoredCase(
            team_id=team.id,
            version=len(versions),
            created_by=user.id,
            created_at=versions[0].at,
            updated_by=user.id,
            updated_at=versions[-1].at,
        )
        if stored.by_uid(session, uid) is None:
            head.uid = uid
        if read.is_binned:
            head.deleted_at, head.deleted_by = now(), user.id
        drafts[-1].put_on(head)
        holdings.add_case(session, head, versions, read.comments)
        drafts[-1].keep_plan(session, head)

    store.run(work)


def _versions(
    actor: Actor, read: tuple[ArchivedVersion, ...], drafts: list[Draft]
) -> list[Version]:
    documents = [dump_case(each.case) for each in read]
    versions = []
    for number, (draft, archived) in enumerate(zip(drafts, read, strict=True), start=1):
        version = draft.version(actor, number)
        if number > 1:
            changes = changes_between(documents[number - 2], documents[number - 1])
            version.changes = dump_changes(changes)
        for name, value in archived.details.items():
            setattr(version, name, value)
        versions.append(version)
    return versions


def _comments(archive: zipfile.ZipFile, uid: str, newest: int) -> list[Comment]:
    name = f"cases/{uid}/comments.json"
    if name not in archive.namelist():
        return []
    content = _read_json(archive, name).get("comments")
    if not isinstance(content, list):
        raise _refused(name, "it holds no list of comments")
    return [_comment(each, name, newest) for each in content]


def _comment(content: Any, name: str, newest: int) -> Comment:
    if not isinstance(content, dict):
        raise _refused(name, "it holds something else than comments")
    version = content.get("version")
    if not isinstance(version, int) or not 1 <= version <= newest:
        raise _refused(name, f"“{str(version)[:20]}” is none of the case’s versions")
    return Comment(
        version=version,
        place=_text(content, "place", name),
        text=_text(content, "text", name, _LONGEST_TEXT),
        author=_text(content, "author", name) or "unknown",
        at=_moment(content.get("at"), name) or now(),
        resolved_by=_text(content, "resolved_by", name) or None,
        resolved_at=_moment(content.get("resolved_at"), name),
    )


def _references_in(archive: zipfile.ZipFile) -> list[Case]:
    names = [name for name in archive.namelist() if _REFERENCE.fullmatch(name)]
    found = []
    for name in names:
        try:
            found.append(load_case(_read_json(archive, name)))
        except CaseError as error:
            raise _refused(name, str(error.problems[0])) from error
    return found
