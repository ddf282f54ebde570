"""Where a workbook comes from: who exported which version of which case, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the version history: which versions (`14` or `14–31`), when, by whom, what for."""

    versions: str
    when: date
    author: str
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is known of an export; what is not known stays empty.

    `revision` tells two states of one version apart, `export_id` two files of one state; a case
    that is not kept has a `source` instead: the words for where it was read. `history` are the
    versions up to this one, the newest first, and `earlier` is how many came before those.
    `approvals` say who of the customer has approved the plan, and when.
    """

    exported_by: str = ""
    company: str = ""
    exported: date | None = None
    case_id: str = ""
    version: str = ""
    revision: str = ""
    export_id: str = ""
    source: str = ""
    history: tuple[Entry, ...] = ()
    earlier: int = 0
    approvals: tuple[str, ...] = ()

    def properties(self) -> dict[str, str]:
        """What is kept with the file, under the names that people read."""
        found = {name: str(getattr(self, field)) for field, name in _KEPT.items()}
        return {name: value for name, value in found.items() if value}

    @property
    def facts(self) -> dict[str, str]:
        """The same for people; a case that is not kept says where it was read."""
        version = {VERSION: f"not kept: exported from {self.source or 'a file'}"}
        approved = {"Plan": "; ".join(self.approvals)} if self.approvals else {}
        return version | self.properties() | approved


CASE_ID, VERSION, SCENARIO = "Case id", "Version", "Scenario"
"""The properties by which a workbook finds its case again, and the scenario that it shows."""

_KEPT = {
    "version": VERSION,
    "case_id": CASE_ID,
    "revision": "Revision",
    "export_id": "Export id",
}
NOTHING_KNOWN = Provenance()
"""An export of which nothing is known but its case."""
