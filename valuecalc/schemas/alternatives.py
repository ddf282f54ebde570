"""What else the customer could do, in the document of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from valuecalc.case.case import ALTERNATIVES, Alternative
from valuecalc.schemas.fields import Choice, Identifier, Many, Note, Part, Table, Text, Unread
from valuecalc.schemas.parts import (
    MAX_ITEMS,
    BenefitSchema,
    InvestmentSchema,
    items_of,
    refuse_duplicates,
)
from valuecalc.schemas.problems import Flaw, shown
from valuecalc.schemas.reading import read_identifier
from valuecalc.schemas.shape import Shape

MAX_ALTERNATIVES = 10
RESERVED_ALTERNATIVES: Mapping[str, str] = {
    "case": "“case” stands for the case itself beside its alternatives"
}
LINE_LISTS = ("benefits", "investments")


class AlternativeSchema(Shape):
    """Something else that the customer could do, with lines of its own."""

    makes = Alternative
    example = "{id: wait, label: Carry on as today, kind: do_nothing}"

    id = Identifier(required=True, reserved=RESERVED_ALTERNATIVES, example="wait")
    label = Text(required=True, about="The alternative for people.", example="Carry on as today")
    kind = Choice(ALTERNATIVES, about="Doing nothing, the next best alternative, or another.")
    benefits = Many(Part(BenefitSchema), most=MAX_ITEMS, about="What it brings.")
    investments = Many(Part(InvestmentSchema), most=MAX_ITEMS, about="What it takes.")
    # Their units are those of the assumptions, so the case reads them.
    set = Table(
        Unread(required=True, example="1250"),
        read_key=read_identifier,
        most=MAX_ITEMS,
        about="Other values of assumptions in it, by their ids.",
    )
    note = Note(about="Anything else about it.")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        refuse_duplicates(original, LINE_LISTS)


def refuse_taken_ids(document: object) -> None:
    """Refuse lines of alternatives that are called like an assumption or a calculation.

    They may be called like the lines of the case, with which they are then compared.
    `document` is a raw mapping. Raises `ValidationError`.
    """
    taken = dict(_taken(document))
    flaws: dict[int, Any] = {}
    for index, alternative in enumerate(items_of(document, "alternatives")):
        for key in LINE_LISTS:
            for position, line in enumerate(items_of(alternative, key)):
                id = _id_of(line)
                if id is not None and id.lower() in taken:
                    flaw = _is_taken(id, taken[id.lower()])
                    below = flaws.setdefault(index, {}).setdefault(key, {})
                    below[position] = {"id": [flaw]}
    if flaws:
        raise ValidationError({"alternatives": flaws})


def _taken(document: object) -> Iterator[tuple[str, str]]:
    for key in ("calculations", "assumptions"):
        for item in items_of(document, key):
            id = _id_of(item)
            if id is not None:
                yield id.lower(), f"{key}.{shown(id)}"


def _id_of(item: object) -> str | None:
    id = item.get("id") if isinstance(item, Mapping) else None
    return id.strip() if isinstance(id, str) and id.strip() else None


def _is_taken(id: str, earlier: str) -> Flaw:
    cause = f"“{shown(id)}” is already the id of {earlier}."
    return Flaw("duplicate", cause, f"Use another one, such as {shown(id)}_2.")
