"""What goes out of an edited workbook that was held against its case, and what may be asked."""

from __future__ import annotations

from typing import Any, cast

from valuecalc.schemas.comparison import EffectsSchema
from valuecalc.schemas.fields import Flag, Note, Part, Text
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Count, Items, Number, OutputShape, ProblemSchema, Texts, Words

NEW, CONFLICT, SAME = "new", "conflict", "same"


class WorkbookQuery(RequestShape):
    """What to do with the numbers of a workbook."""

    example = "?apply=true&leave=assumptions.uplift.low"
    apply = Flag(load_default=False, about="Keep them as a new version; If-Match is needed then.")
    file_name = Text(
        load_default="",
        about="The name of the file, for the new version and its evidence.",
        example="model v3.xlsx",
    )
    take = Note(
        load_default="",
        about="Names, with commas: numbers that the case has changed as well, and of which the "
        "file’s is to be taken.",
    )
    leave = Note(load_default="", about="Names, with commas: numbers that stay as in the case.")


class WorkbookNumberSchema(OutputShape):
    """A number that was changed in the file."""

    name = Words(about="Its name, by which it is chosen.", example="assumptions.uplift.expected")
    label = Words(about="What it is called.", example="Uplift")
    part = Words(about="Which part of that; empty for the only one.", example="Expected")
    unit = Words(
        about="The unit of all three numbers; percentages are fractions. A `date` is the number "
        "that spreadsheets have for the day; 0 is no day.",
        example="%",
    )
    exported = Number(about="As it was exported.")
    file = Number(about="As it stands in the file.")
    now = Number(about="As the case has it now.")
    exported_text = Words(about="As it was exported, for people.")
    file_text = Words(about="As it stands in the file, for people.")
    now_text = Words(about="As the case has it now, for people.")
    status = Words(
        about="new: only the file has changed it. conflict: the case has as well, differently. "
        "same: the case has this number already.",
        example=NEW,
    )
    doubts = Texts(
        about="Questions about what looks like a slip, such as 700% where 7% may be meant. They "
        "stop nothing."
    )


class WorkbookChangesSchema(OutputShape):
    """What a workbook changes in a case, or has changed."""

    version = Count(
        allow_none=True, about="The version that was compared; after `apply`, the new one."
    )
    exported_version = Words(about="The version that was exported; empty if not known.")
    changes = Items(WorkbookNumberSchema, about="The changed numbers, as the sheet has them.")
    taken = Texts(about="The names of those that are taken, as far as it is decided.")
    undecided = Texts(about="The names of conflicts about which nothing is said yet.")
    widened = Texts(about="The labels of assumptions whose range grows to hold the number taken.")
    not_imported = Items(ProblemSchema, about="What else was changed, and why it is left out.")
    warnings = Items(ProblemSchema, about="What should be known of the file itself.")
    effects = Part(EffectsSchema, about="What the taken numbers do to the result.")


def dump_incoming(found: Any, choice: Any, version: int | None = None) -> dict[str, Any]:
    """What `services.taking_in` has found as JSON; `version` is that of a kept case."""
    document = {
        "version": version,
        "exported_version": found.edits.version,
        "changes": [_number(each) for each in (*found.rows, *found.same)],
        "taken": [each.name for each in found.taken(choice)],
        "undecided": [each.name for each in found.undecided(choice)],
        "widened": found.widened(choice),
        "not_imported": found.not_imported,
        "warnings": found.warnings,
        "effects": found.effect(choice).effects,
    }
    return cast(dict[str, Any], _CHANGES.dump(document))


def _number(row: Any) -> dict[str, Any]:
    given = row.change.given
    exported, file, now = row.texts
    return {
        "name": row.name,
        "label": given.label,
        "part": given.part,
        "unit": given.unit,
        "exported": given.value,
        "file": row.change.after,
        "now": row.now,
        "exported_text": exported,
        "file_text": file,
        "now_text": now,
        "doubts": row.doubts,
        "status": SAME if row.is_same else CONFLICT if row.is_conflict else NEW,
    }


_CHANGES = WorkbookChangesSchema()
