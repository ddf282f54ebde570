"""The sheet Calculations: time, assumptions over time, calculations, and when each line flows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.given import sections
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.lines import Workings
from valuecalc.documents.workbook.rows import Block, Gap, Heading, Single, place
from valuecalc.documents.workbook.timeaxis import (
    HEIGHT,
    TOP,
    look_over_time,
    place_header,
    time_rows,
)

TITLE = "Calculations"
_LINK = re.compile(r"\[[^\[\]]+\]")


def sheet(draft: Draft, language: Language) -> Sheet:
    """The sheet, row by row."""
    made = Sheet(title=TITLE, heading="Calculations", colour="calculation", workings=True)
    made.note = signs(draft)
    place_header(made, draft)
    place(made, language.once.settled(_blocks(draft, language)), TOP + HEIGHT + 1)
    look_over_time(made, draft)
    return made


def signs(draft: Draft) -> str:
    """How the signs and the flows of a sheet over time are to be read."""
    when = {"end": "end", "mid": "middle", "start": "start"}[draft.case.discounting.timing]
    return (
        "Benefits and investments are both positive; net = benefits − investments. "
        f"Money flows at the {when} of a period; the decision is not discounted."
    )


def _derived(draft: Draft, language: Language) -> Iterator[Block]:
    """What follows from the numbers of the inputs alone."""
    rows = [each for _, listed in sections(draft, language) for each in listed if each.formula]
    calculated = [each for each in rows if each.style == "calculation"]
    if not calculated:
        return
    yield Heading(text="Derived from the inputs", caption="Value")
    for each in calculated:
        assert isinstance(each.value, int | float)
        yield Single(
            name=each.name,
            label=each.label,
            unit=each.unit,
            value=float(each.value),
            formula=each.formula,
            style="link" if _LINK.fullmatch(each.formula) else "calculation",
            format=each.format,
        )
    yield Gap()


def _blocks(draft: Draft, language: Language) -> Iterator[Block]:
    result, workings = draft.result, Workings(draft, language)
    yield from time_rows(draft, has_openings=language.has_openings)
    yield from _derived(draft, language)
    yield from workings.assumptions()
    yield from workings.calculations()
    for title, lines in (
        ("Benefits: amounts and timing", result.benefits),
        ("Investments: amounts and timing", result.investments),
        ("Outcomes in their own unit: amounts and timing", result.outcomes),
    ):
        if lines:
            yield Heading(text=title, caption="Total")
            for line in lines:
                yield from workings.amounts(line)
