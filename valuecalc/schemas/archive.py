"""What an import of an archive has brought."""

from __future__ import annotations

from typing import Any

from valuecalc.schemas.result import Count, OutputShape


class ImportedSchema(OutputShape):
    """What an import has brought, and how many cases were there already."""

    cases = Count(about="Cases that are new.", example="12")
    versions = Count(about="Versions that came with them.", example="240")
    references = Count(about="Straw-men of the team’s own that are new.", example="3")
    passed_over = Count(about="Cases that the team had already.", example="0")


def dump_imported(cases: int, versions: int, references: int, passed_over: int) -> dict[str, Any]:
    """The answer to an import."""
    return {
        "cases": cases,
        "versions": versions,
        "references": references,
        "passed_over": passed_over,
    }
