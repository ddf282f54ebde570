"""Content controls: where a figure stands, so that it can be found and filled again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from valuecalc.documents.languages import current, spoken
from valuecalc.documents.proposal.text import runs
from valuecalc.documents.proposal.xml import Element, one_line, qualified, w
from valuecalc.engine.result import Figure
from valuecalc.phrases import phrase

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
        w("alias", val=one_line(spoken(figure.label), LONGEST_NAME)),
        w("tag", val=figure.name),
        w("id", val=number),
        w("text"),
    )
    return [w("sdt", properties, w("sdtContent", *shown))]


_TITLES = {
    "text.title": phrase("Title of the case"),
    "text.customer": phrase("Customer"),
    "text.summary": phrase("Summary"),
    "text.scenario": phrase("Scenario"),
    "text.currency": phrase("Currency"),
    "text.horizon": phrase("Horizon"),
    "text.decision_date": phrase("Day of the decision"),
    "text.key_message": phrase("The value in one message"),
    "text.belief": phrase("Value proposition"),
    "text.capability": phrase("Value proposition"),
    "text.delivery": phrase("Value proposition"),
    "text.open_points": phrase("Open points"),
    "text.plan_start": phrase("First day of the plan"),
    "text.plan_finish": phrase("Last day of the plan"),
    "text.critical_path": phrase("Critical path"),
    "image.waterfall": phrase("Waterfall"),
    "image.cumulative_cash": phrase("Cumulative cash"),
    "image.histogram": phrase("Histogram"),
    "image.tornado": phrase("Tornado"),
    "plan.gantt": phrase("Plan"),
}
"""What the controls of texts and charts are called, by their tags."""

_LINE_BREAK, _SDT = qualified("w:br"), qualified("w:sdt")


def words(tag: str, content: Sequence[Element], number: int) -> Element:
    """A control around the words that stand behind a tag.

    Word takes no control inside one for plain text, so one with figures in it is for rich text.
    """
    inside = {inner.tag for each in content for inner in each.iter()}
    if _SDT in inside:
        return _around(tag, content, number, None)
    lines = {"multiLine": 1} if _LINE_BREAK in inside else {}
    return _around(tag, content, number, w("text", **lines))


def picture(tag: str, line: Element, number: int, *, is_chart: bool = False) -> Element:
    """A control around a line with a picture; a chart that Word draws takes one for rich text."""
    return _around(tag, [line], number, None if is_chart else w("picture"))


def _around(tag: str, content: Iterable[Element], number: int, kind: Element | None) -> Element:
    properties = w(
        "sdtPr",
        w("alias", val=one_line(spoken(_TITLES[tag]), LONGEST_NAME)),
        w("tag", val=tag),
        w("id", val=number),
        kind,
    )
    return w("sdt", properties, w("sdtContent", *content))


BLANK = "\u2002" * 14
"""What stands in a control that waits to be filled in: room to click, and nothing in print."""


def blank(label: str, kind: str, number: int) -> list[Element]:
    """A control to fill in: a text, or a `date` that Word offers a calendar for.

    Its tag is the label in English, by which it is found in a document of any language.
    """
    own = w("text")
    if kind == "date":
        own = w(
            "date",
            w("dateFormat", val=_date_format()),
            w("lid", val=current().office_tag),
            w("storeMappedDataAs", val="dateTime"),
            w("calendar", val="gregorian"),
        )
    properties = w(
        "sdtPr",
        w("alias", val=one_line(spoken(label), LONGEST_NAME)),
        w("tag", val=one_line(label, LONGEST_NAME)),
        w("id", val=number),
        w("showingPlcHdr"),
        own,
    )
    return [w("sdt", properties, w("sdtContent", *runs(BLANK)))]


def _date_format() -> str:
    """How Word writes a day that somebody chooses: `d MMMM yyyy`, as the language has it."""
    pattern = current().locale.date_formats["long"].pattern
    return re.sub("y+", "yyyy", pattern)
