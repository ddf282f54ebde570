"""Cases to and from other programs: the open format of value models, beside our own files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from valuecalc.case.case import Case
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import UnknownName
from valuecalc.schemas import value_models
from valuecalc.schemas.case import dump_case
from valuecalc.schemas.result import dump_problems
from valuecalc.services import cases
from valuecalc.services.cases import Export
from valuecalc.services.proposing import USUAL, Wish

if TYPE_CHECKING:
    from valuecalc.documents.workbook import Provenance

VALUE_MODELS = "value-models"
JSON = "application/json"
FORMATS = {**cases.MEDIA_TYPES, VALUE_MODELS: JSON}


def read_value_model(data: object) -> dict[str, Any]:
    """The case that a value-models document describes, with notes on what differs, as JSON.

    Raises `CaseError` with every mistake.
    """
    imported = value_models.read_value_model(data)
    return {"case": dump_case(imported.case), "notes": dump_problems(imported.notes)}


def export(
    case: Case,
    format: str,
    scenario: str = EXPECTED,
    provenance: Provenance | None = None,
    wish: Wish = USUAL,
) -> Export:
    """A case as a workbook, as a document, or as a value model (the formats of `FORMATS`).

    `provenance` says who exports which version of it, where that is known, and `wish` what a
    document has.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    if format != VALUE_MODELS:
        return cases.export(case, format, scenario, provenance, wish=wish)
    document = value_models.write_value_model(case, cases.calculate(case, scenario))
    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return Export(content, f"{cases.file_stem(case)}.value-model.json", JSON)
