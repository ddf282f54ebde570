"""The document of a case that its workbook carries, so that the workbook can come back as a case.

Workbooks go to customers, by hand and by link; what is the team's own is left out.
"""

from __future__ import annotations

import json
from dataclasses import replace

from valuecalc.case.case import Case
from valuecalc.schemas.case import dump_case, load_sound_case
from valuecalc.schemas.document import read_document


def for_others(case: Case) -> Case:
    """The case without what stays with the team.

    The chance of winning is nobody else's business. Where a case comes from tells one customer
    of another, and no page that a customer sees shows it; so does the record of a permission.
    """
    reference = case.reference
    if reference is not None:
        reference = replace(reference, permission="")
    return replace(case, probability=None, origin=None, reference=reference)


def document_of(case: Case) -> str:
    """What a workbook carries of a case, as JSON."""
    return json.dumps(dump_case(for_others(case)), separators=(",", ":"))


def case_of(text: str) -> Case:
    """The case that a workbook carries; it comes from outside, as any upload.

    Raises `DocumentError` or `CaseError`.
    """
    document = read_document(text)
    return load_sound_case(document.data)
