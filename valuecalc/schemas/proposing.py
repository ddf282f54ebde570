"""What a proposal shall be, in the body of a request."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from valuecalc.schemas.fields import Choice, InputField
from valuecalc.schemas.problems import mistake
from valuecalc.schemas.requests import (
    CaseField,
    RequestShape,
    language_of_request,
    scenario_of_request,
)
from valuecalc.schemas.saved import ResultQuery

LENGTHS = ("full", "short")
FORMATS = ("docx", "pdf")
CHARTS = ("pictures", "native")
MOST_SECTIONS = 100
LONGEST_ID = 100


class SectionIds(InputField):
    """The ids of sections in the order that is wanted."""

    openapi = {
        "type": "array",
        "maxItems": MOST_SECTIONS,
        "items": {"type": "string", "maxLength": LONGEST_ID},
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> tuple[str, ...]:
        is_list = isinstance(value, list) and len(value) <= MOST_SECTIONS
        if not is_list or not all(_is_id(each) for each in value):
            raise mistake(
                "sections", "This is no list of sections.", 'Write ["summary", "benefits"].'
            )
        return tuple(value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_ID


class FileText(InputField):
    """A file as text (base64)."""

    openapi = {"type": "string", "format": "byte"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> bytes:
        try:
            return b64decode(value, validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise mistake(
                "file", "This is no file in base64.", "Send the bytes of the file in base64."
            ) from None


class ProposalWishSchema(RequestShape):
    """How long a proposal is, which sections it has in which order, and in whose style."""

    example = "{length: short}"

    length = Choice(LENGTHS, load_default="full", about="The full document, or two pages.")
    sections = SectionIds(
        load_default=(),
        about="Only these sections, in this order; without them, all that the length has.",
    )
    template = FileText(
        load_default=None,
        about="A Word file (.docx, in base64) whose styles, page, header and footer are taken.",
    )
    language = language_of_request()
    charts = Choice(
        CHARTS,
        load_default="pictures",
        about="Pictures, or native charts of Word, whose numbers can be changed there.",
    )
    format = Choice(FORMATS, load_default="docx", about="A Word document, or a PDF.")


class UnkeptProposalSchema(ProposalWishSchema):
    """The same for the case in the body."""

    case = CaseField()
    scenario = scenario_of_request()


ProposalQuery = ResultQuery
"""Of which version, and in which scenario."""
