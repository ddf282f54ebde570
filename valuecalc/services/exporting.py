"""Files of cases that are kept: they say which version they show, and who exported it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuecalc.engine.scenarios import EXPECTED
from valuecalc.services import cases, exchange
from valuecalc.services.access import Actor
from valuecalc.services.cases import Export
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shared import Visit
from valuecalc.store.tables import StoredCase, Version

if TYPE_CHECKING:
    from valuecalc.documents.workbook import Provenance

REVISION_LENGTH = 12
"""So many signs of its fingerprint tell a version's document from all others."""


def provenance_of(saved: Saved, actor: Actor) -> Provenance:
    """Who exports which version of which case."""
    return _provenance(saved.head, saved.version, actor.user.name if actor.user else "")


def _provenance(head: StoredCase, version: Version, exported_by: str = "") -> Provenance:
    from valuecalc.documents.workbook import Provenance

    return Provenance(
        exported_by=exported_by,
        case_id=head.uid,
        version=str(version.number),
        revision=version.sha[:REVISION_LENGTH],
    )


def export(saved: Saved, actor: Actor, format: str, scenario: str = EXPECTED) -> Export:
    """A version of a case as a file. Raises `CaseError` for a draft, with every mistake."""
    return exchange.export(saved.case, format, scenario, provenance_of(saved, actor))


def export_shared(visit: Visit, format: str, scenario: str = EXPECTED) -> Export:
    """The version that a customer was shown as a file, which finds its case when it comes back.

    Raises `CaseError`. The name of the case in it opens nothing by itself.
    """
    return cases.export(visit.case, format, scenario, _provenance(visit.head, visit.version))


def export_unfinished(saved: Saved, actor: Actor) -> Export:
    """A draft as a workbook that lists its mistakes."""
    return cases.export_unfinished(saved.case, provenance_of(saved, actor))
