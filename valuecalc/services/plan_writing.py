"""The plan of a worked-out case as a file for planners (MS Project XML) or calendars."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from valuecalc.case.case import Case
from valuecalc.engine.result import Result
from valuecalc.errors import InputError

if TYPE_CHECKING:
    from valuecalc.documents.plan_formats.calendar_file import Edition
    from valuecalc.documents.workbook import Provenance

PROJECT_XML, CALENDAR = "project-xml", "ics"
MEDIA_TYPES = {PROJECT_XML: "application/xml", CALENDAR: "text/calendar"}
ENDINGS = {PROJECT_XML: "-plan.xml", CALENDAR: "-plan.ics"}


def write(result: Result, case: Case, format: str, provenance: Provenance | None = None) -> bytes:
    """The plan in one of the formats of `MEDIA_TYPES`; the same bytes for the same version.

    Raises `InputError` for a case without a plan.
    """
    # Loaded only when a plan is exported: the library behind it is slow to start.
    from valuecalc.documents.plan_formats import calendar_file, project_xml

    if not result.plan.steps:
        raise InputError(
            "The case has no plan to write.", "Add tasks, milestones or decisions to it first."
        )
    if format == PROJECT_XML:
        return project_xml.write(case, result.plan)
    return calendar_file.write(case, result.plan, edition_of(case, provenance))


def edition_of(case: Case, provenance: Provenance | None = None) -> Edition:
    """Which state of a case a calendar shows; one that is not kept is known by its title."""
    from valuecalc.documents.plan_formats.calendar_file import Edition

    if provenance is None or not provenance.case_id:
        return Edition(case_id=_id_of(case))
    history = provenance.history
    saved = datetime.combine(history[0].when, time(), UTC) if history else None
    number = provenance.version
    version = int(number) if number.isdigit() else 0
    return Edition(case_id=provenance.case_id, version=version, saved=saved)


def _id_of(case: Case) -> str:
    named = f"{case.title}\n{case.customer}"
    return f"case-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
