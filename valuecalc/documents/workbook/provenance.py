"""Where a workbook comes from: who exported which version of which case, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is known of an export; what is not known stays empty.

    `revision` tells two states of one version apart, `export_id` two files of one state.
    """

    exported_by: str = ""
    company: str = ""
    exported: date | None = None
    case_id: str = ""
    version: str = ""
    revision: str = ""
    export_id: str = ""

    def properties(self) -> dict[str, str]:
        """What is kept with the file, under the names that people read."""
        found = {name: str(getattr(self, field)) for field, name in _KEPT.items()}
        return {name: value for name, value in found.items() if value}


CASE_ID, VERSION = "Case id", "Version"
"""The properties by which a workbook finds its case again."""

_KEPT = {
    "version": VERSION,
    "case_id": CASE_ID,
    "revision": "Revision",
    "export_id": "Export id",
}
NOTHING_KNOWN = Provenance()
"""An export of which nothing is known but its case."""
