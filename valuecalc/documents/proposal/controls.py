"""Content controls: where a figure stands, so that it can be found and filled again."""

from __future__ import annotations

from valuecalc.documents.proposal.styles import LANGUAGE
from valuecalc.documents.proposal.text import runs
from valuecalc.documents.proposal.xml import Element, one_line, w
from valuecalc.engine.result import Figure

LONGEST_NAME = 64
"""Word takes no longer tag and no longer title of a content control."""


def control(figure: Figure, number: int, style: str = "") -> list[Element]:
    """The text of a figure in a content control tagged with its name.

    `number` tells it from all others. A figure whose name is too long for a tag, or that has
    none, stands there as plain text.
    """
    shown = runs(figure.text, style)
    if not figure.name or len(figure.name) > LONGEST_NAME:
        return shown
    properties = w(
        "sdtPr",
        w("alias", val=one_line(figure.label, LONGEST_NAME)),
        w("tag", val=figure.name),
        w("id", val=number),
        w("text"),
    )
    return [w("sdt", properties, w("sdtContent", *shown))]


BLANK = "\u2002" * 14
"""What stands in a control that waits to be filled in: room to click, and nothing in print."""


def blank(label: str, kind: str, number: int) -> list[Element]:
    """A control to fill in: a text, or a `date` that Word offers a calendar for."""
    own = w("text")
    if kind == "date":
        own = w(
            "date",
            w("dateFormat", val="d MMMM yyyy"),
            w("lid", val=LANGUAGE),
            w("storeMappedDataAs", val="dateTime"),
            w("calendar", val="gregorian"),
        )
    properties = w(
        "sdtPr",
        w("alias", val=one_line(label, LONGEST_NAME)),
        w("tag", val=one_line(label, LONGEST_NAME)),
        w("id", val=number),
        w("showingPlcHdr"),
        own,
    )
    return [w("sdt", properties, w("sdtContent", *runs(BLANK)))]
