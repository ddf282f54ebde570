"""Plans from other programs into a case: MS Project XML, workbooks, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valuecalc.case.case import Case
from valuecalc.errors import DocumentError
from valuecalc.schemas import plan_reading as shapes
from valuecalc.schemas.case import dump_case
from valuecalc.services import cases, comparison, plan_merging, saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.plan_merging import Merged
from valuecalc.services.saved_cases import Expected, Saved
from valuecalc.store.database import Database

if TYPE_CHECKING:
    from valuecalc.documents.plan_formats.rows import ReadPlan

_ZIP, _OLD = b"PK", b"\xd0\xcf\x11\xe0"
LARGEST_FILE = 10_000_000
"""Bytes of a file that is taken."""

LONGEST_NAME = 100


# --------------------------------------------------------------------------- in


def read(content: bytes, name: str = "") -> ReadPlan:
    """The plan in a file: MS Project XML, a workbook, or a table as text.

    Raises `FileRefused`, `DocumentError`, and `CaseError` with every mistake of a table.
    """
    # Loaded only when a plan is read: the libraries behind it are slow to start.
    from valuecalc.documents.plan_formats import project_xml_in, table_in

    is_mpp = content.startswith(_OLD) and name.casefold().endswith((".mpp", ".mpt"))
    if is_mpp or _is_xml(content):
        return project_xml_in.read(content)
    if content.startswith((_ZIP, _OLD)):
        return _of_workbook(content)
    try:
        return table_in.read_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DocumentError(
            "The file is neither XML, nor a workbook, nor a text in UTF-8.",
            "Save it as XML in Project, as .xlsx, or as text in UTF-8.",
        ) from None


def _is_xml(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _of_workbook(content: bytes) -> ReadPlan:
    """The plan of the first sheet that has one."""
    from valuecalc.documents import sheets
    from valuecalc.documents.plan_formats import table_in

    for sheet in sheets.read(content):
        if table_in.is_plan(sheet.rows):
            return table_in.read(sheet.rows)
    raise table_in.NO_HEADINGS


def merge(case: Case, content: bytes, name: str = "") -> Merged:
    """The case with the plan of a file. Raises what `read` does, and `CaseError` for the plan."""
    return plan_merging.merged(case, read(content, name))


def save(
    store: Database, actor: Actor, saved: Saved, found: Merged, expected: Expected, name: str = ""
) -> Saved:
    """Keep the case with the plan of a file as a new version; its note names the file.

    Raises `PreconditionRequired` and `PreconditionFailed`.
    """
    return saved_cases.save(store, actor, saved.head.uid, found.case, expected, note(found, name))


def note(found: Merged, name: str = "") -> str:
    """What the new version says of itself."""
    counts = (("new", found.added), ("kept", found.kept), ("taken out", found.removed))
    told = ", ".join(f"{len(labels):,} {what}" for what, labels in counts if labels)
    return f"Plan from {name[-LONGEST_NAME:] or 'a file'}: {told}."


def as_answer(found: Merged, version: int | None = None) -> dict[str, Any]:
    """What a file makes of a case, as the API tells it."""
    before, after = dump_case(found.before), dump_case(found.case)
    return shapes.dump_plan_read(
        found,
        version=version,
        plan=after.get("plan") or {},
        problems=cases.check_document(after),
        comparison=comparison.compare_documents(before, after),
    )
