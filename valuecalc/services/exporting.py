"""Files of cases: each says which version it shows and who exported it, and that is recorded.

Every export of a case that is kept has an id of its own. It stands on the About sheet and in
the audit log, which tells of any copy that turns up who has made it, when, and of which version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from valuecalc.case.case import Case
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.services import approvals, audit, cases, exchange, versions
from valuecalc.services.access import Actor
from valuecalc.services.approvals import Approved
from valuecalc.services.cases import Export
from valuecalc.services.proposing import USUAL, Wish
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shared import Visit
from valuecalc.services.sittings import Sitting
from valuecalc.store.database import Database
from valuecalc.store.tables import StoredCase, Version, new_uid

if TYPE_CHECKING:
    from valuecalc.documents.workbook import Progress, Provenance
    from valuecalc.documents.workbook.provenance import Entry

REVISION_LENGTH = 12
"""So many signs of its fingerprint tell a version's document from all others."""

HISTORY = 12
"""So many entries has the version history of a workbook; what was earlier is counted."""

MOST_NAMED = 3
"""So many of the things that a version changed are named."""

LONGEST_WHAT = 400
"""So many signs of what is noted of a version are told: a list is no place to read a report."""

EXPORTED = "case.exported"
"""How an export is called in the audit log."""

UNFINISHED = "unfinished workbook"
FILLED = "document of one’s own"


# --------------------------------------------------------------------------- kept cases


def export(
    store: Database,
    saved: Saved,
    actor: Actor,
    format: str,
    scenario: str = EXPECTED,
    wish: Wish = USUAL,
) -> Export:
    """A version of a case as a file. Raises `CaseError` for a draft, with every mistake."""
    known = provenance_of(store, saved, actor)
    made = exchange.export(saved.case, format, scenario, known, wish)
    _record(store, actor, _Recorded(saved.head, saved.version, known, format, scenario))
    return made


def propose(
    store: Database,
    saved: Saved,
    actor: Actor,
    wish: Wish,
    format: str = "docx",
    scenario: str = EXPECTED,
) -> Export:
    """A proposal for a version of a case, as somebody wishes it.

    Raises `CaseError` for a draft, `InputError` for a section that does not exist, and
    `FileRefused` for a template that is not safe.
    """
    known = provenance_of(store, saved, actor)
    made = cases.export(saved.case, format, scenario, known, wish=wish)
    _record(store, actor, _Recorded(saved.head, saved.version, known, format, scenario))
    return made


def begun(store: Database, saved: Saved, actor: Actor, scenario: str = EXPECTED) -> Provenance:
    """What a workbook says of itself that is written in the background; its export is recorded."""
    known = replace(provenance_of(store, saved, actor), exported=date.today())
    _record(store, actor, _Recorded(saved.head, saved.version, known, "xlsx", scenario))
    return known


def export_unfinished(store: Database, saved: Saved, actor: Actor) -> Export:
    """A draft as a workbook that lists its mistakes."""
    known = provenance_of(store, saved, actor)
    made = cases.export_unfinished(saved.case, known)
    _record(store, actor, _Recorded(saved.head, saved.version, known, UNFINISHED))
    return made


def record_filled(store: Database, saved: Saved, actor: Actor, scenario: str = EXPECTED) -> None:
    """Note that somebody has filled a document of their own with a version of a case."""
    team = saved.team.name if saved.team else ""
    known = _provenance(saved.head, saved.version, team)
    _record(store, actor, _Recorded(saved.head, saved.version, known, FILLED, scenario))


def export_shared(
    store: Database, visit: Visit, actor: Actor, format: str, scenario: str = EXPECTED
) -> Export:
    """The version that a customer was shown as a file, which finds its case when it comes back.

    Raises `CaseError`. The name of the case in it opens nothing by itself. What the team has
    noted of its versions is not in it.
    """
    known = replace(
        _provenance(visit.head, visit.version, visit.team),
        approvals=_in_force(approvals.of_visit(store, visit)),
    )
    made = cases.export(visit.case, format, scenario, known)
    recorded = _Recorded(visit.head, visit.version, known, format, scenario, visit.share.uid)
    _record(store, actor, recorded, visit.customer)
    return made


def provenance_of(store: Database, saved: Saved, actor: Actor) -> Provenance:
    """Who exports which version of which case, and what came before it."""
    team = saved.team.name if saved.team else ""
    entries, earlier = history(store, actor, saved)
    return replace(
        _provenance(saved.head, saved.version, team),
        exported_by=_name(actor),
        history=entries,
        earlier=earlier,
        approvals=_in_force(approvals.of_case(store, actor, saved.head.uid, saved.case)),
    )


def _in_force(found: Sequence[Approved]) -> tuple[str, ...]:
    """Who has approved the plan of this version, in words."""
    return tuple(each.words for each in found if each.is_in_force)


def _provenance(head: StoredCase, version: Version, company: str) -> Provenance:
    from valuecalc.documents.workbook import Provenance

    return Provenance(
        company=company,
        case_id=head.uid,
        version=str(version.number),
        revision=version.sha[:REVISION_LENGTH],
        export_id=new_uid(),
    )


@dataclass(frozen=True)
class _Recorded:
    """What the audit log says of an export; `share` is the id of the link that it came by."""

    head: StoredCase
    version: Version
    known: Provenance
    format: str
    scenario: str = ""
    share: str = ""


def _record(store: Database, actor: Actor, found: _Recorded, name: str = "") -> None:
    detail = {"share": found.share, "scenario": found.scenario}
    store.run(
        lambda session: audit.record(
            session,
            actor,
            EXPORTED,
            team_id=found.head.team_id,
            subject=found.head.uid,
            name=name,
            version=found.version.number,
            format=found.format,
            export_id=found.known.export_id,
            **{key: text for key, text in detail.items() if text},
        )
    )


# --------------------------------------------------------------------------- cases not kept


def export_unkept(
    case: Case,
    by: Actor | str,
    format: str,
    scenario: str,
    source: str,
    company: str = "",
    progress: Progress | None = None,
    wish: Wish = USUAL,
) -> Export:
    """A case that is not kept here, such as a straw-man, as a file.

    `by` is who exports it, or the name of that person; `source` says in words where it was read.
    """
    known = _unkept(by, source, company)
    return cases.export(case, format, scenario, known, progress, wish)


def export_unfinished_unkept(case: Case, by: Actor | str, source: str) -> Export:
    """A case that is not kept here, and has mistakes, as a workbook that lists them."""
    return cases.export_unfinished(case, _unkept(by, source))


def _unkept(by: Actor | str, source: str, company: str = "") -> Provenance:
    from valuecalc.documents.workbook import Provenance

    name = by if isinstance(by, str) else _name(by)
    return Provenance(exported_by=name, company=company, source=source)


def _name(actor: Actor) -> str:
    return actor.user.name if actor.user else ""


# --------------------------------------------------------------------------- history


def history(store: Database, actor: Actor, saved: Saved) -> tuple[tuple[Entry, ...], int]:
    """The versions up to one of them, the newest first, sitting by sitting; and how many more.

    What somebody did in one go is one entry, or a morning's typing would fill the list.
    """
    before = saved.version.number + 1
    found = versions.sittings(store, actor, saved.head.uid, HISTORY, before)
    first = found.rows[-1].first if found.rows else 1
    return tuple(map(_entry, found.rows)), first - 1


def _entry(sitting: Sitting) -> Entry:
    from valuecalc.documents.workbook.provenance import Entry

    is_one = sitting.saves == 1
    return Entry(
        versions=str(sitting.last) if is_one else f"{sitting.first}–{sitting.last}",
        when=sitting.end.date(),
        author=sitting.author,
        what=_shortened(" ".join(_what(sitting))),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_WHAT else f"{text[:LONGEST_WHAT].rstrip()} …"


def _what(sitting: Sitting) -> Iterator[str]:
    """What a sitting was for, in sentences: its name and notes, or else what it changed."""
    newest = sitting.newest
    if newest.name:
        yield f"“{newest.name}”."
    if newest.restored_from:
        yield f"Back to version {newest.restored_from}."
    if newest.on_behalf_of:
        yield f"Numbers of {newest.on_behalf_of}."
    notes = list(dict.fromkeys(each.note for each in reversed(sitting.versions) if each.note))
    yield from notes
    if not notes and sitting.first > 1:
        yield from _changed(list(dict.fromkeys(each.label for each in sitting.changes)))


def _changed(labels: Sequence[str]) -> Iterator[str]:
    if labels:
        more = len(labels) - MOST_NAMED
        named = ", ".join(labels[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        yield f"Changed: {named}."
