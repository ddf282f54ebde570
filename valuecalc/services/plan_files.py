"""Plans from other programs into a case: MS Project XML, workbooks, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valuecalc.case.case import Case
from valuecalc.engine.result import Result
from valuecalc.errors import DocumentError, Problem
from valuecalc.schemas import plan_reading as shapes
from valuecalc.schemas.case import dump_case
from valuecalc.schemas.written import written
from valuecalc.services import cases, comparison, editing, plan_merging, saved_cases
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


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the plan of a file makes of a case as it is typed.

    `before` and `after` are the results, None for a case that cannot be worked out; `problems`
    are those of the case with the plan.
    """

    found: Merged
    before: Result | None
    after: Result | None
    problems: tuple[Problem, ...]

    @property
    def written_parts(self) -> dict[str, Any]:
        """The plan, and the people who are new, as they are typed."""
        case = self.found.case
        known = {each.id for each in self.found.before.people}
        document = written(dump_case(case))
        people = [each for each in document.get("people", ()) if each["id"] not in known]
        return {"plan": document.get("plan", {}), "people": people}


def preview(
    document: Mapping[str, Any], base: Mapping[str, Any], content: bytes, name: str = ""
) -> Preview:
    """What a file makes of a document as it is typed; nothing is kept.

    `base` is the document that it was made from. What cannot be read in the document stays out.
    Raises what `merge` does.
    """
    read_plan = read(content, name)
    typed = editing.worked_out(document, base)
    found = plan_merging.merged(typed.sound, read_plan)
    problems = tuple(cases.check(found.case))
    is_sound = not any(each.is_error for each in problems)
    after = cases.calculate(found.case) if is_sound else None
    return Preview(found=found, before=typed.result, after=after, problems=problems)


def note(found: Merged, name: str = "") -> str:
    """What the new version says of itself."""
    return f"Plan from {name[-LONGEST_NAME:] or 'a file'}: {found.counts}."


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
