"""The sheet Slopes: how the NPV moves with each assumption, which Sensitivity is read off.

Only assumptions in which the NPV is a straight line stand here, the most important ones first,
as long as the workbook stays of a size that opens quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from valuecalc.documents.workbook.cells import Sheet
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.rows import LABEL, Block, Gap, Heading, place
from valuecalc.documents.workbook.size import LARGE, formula_cells
from valuecalc.documents.workbook.slope_trees import SlopeTrees, is_straight, ones, per, trees_of
from valuecalc.documents.workbook.timeaxis import HEIGHT, TOP, look_over_time, repeat_header
from valuecalc.engine.sensitivity.tornado import Bar, Tornado, tornado

TITLE = "Slopes"
MOST_CELLS = 20_000
"""So many cells with formulas are spent on slopes; assumptions beyond have dated values."""
MOST_LIVE = 100
"""So many assumptions are live at most."""
MOST_OF_BOOK = LARGE
"""So many cells with formulas may the whole workbook have, with its slopes."""
_LABEL_WIDTH = 78
_NOTE = (
    "Benefits and investments are both positive; NPV = benefits − investments. "
    "Each row says how much one unit more of the assumption above adds."
)
_NONE_IS_STRAIGHT = "The NPV is a straight line in no assumption that has a range."
_NONE_FITS = "The workbook would grow too large with slopes: Sensitivity has values as exported."


@dataclass(frozen=True)
class Slopes:
    """The slopes of the NPV of a draft, by the assumptions of its tornado."""

    draft: Draft
    language: Language

    @cached_property
    def tornado(self) -> Tornado:
        """The tornado of the NPV in the scenario in force, as our engine has it."""
        scenario = self.draft.scenario_of_given
        return tornado(self.draft.given, "npv", scenario=scenario, others=True)

    @cached_property
    def live(self) -> dict[str, SlopeTrees]:
        """The slopes that are written, by the id of their assumption."""
        found: dict[str, SlopeTrees] = {}
        room = min(MOST_CELLS, MOST_OF_BOOK - formula_cells(self.draft.given))
        for bar in self.tornado.bars:
            trees = self._trees(bar) if room > 0 and len(found) < MOST_LIVE else None
            if trees is not None and trees.size <= room:
                found[bar.id] = trees
                room -= trees.size
        return found

    def _trees(self, bar: Bar) -> SlopeTrees | None:
        assumption = bar.assumption
        return None if assumption is None else trees_of(self.draft, self.language, assumption)

    def _is_straight(self, bar: Bar) -> bool:
        return bar.assumption is not None and is_straight(self.draft, bar.assumption)

    @cached_property
    def left_out(self) -> list[str]:
        """The labels of assumptions whose slopes would have made the workbook too large."""
        return [
            bar.label
            for bar in self.tornado.bars
            if bar.id not in self.live and self._is_straight(bar)
        ]


def sheet(slopes: Slopes) -> Sheet:
    """The sheet, assumption by assumption."""
    heading = "What one unit more of an assumption adds to the NPV"
    made = Sheet(title=TITLE, heading=heading, colour="calculation", workings=True)
    made.note = _NOTE
    repeat_header(made, slopes.draft)
    place(made, slopes.language.once.settled(_blocks(slopes)), TOP + HEIGHT + 1)
    look_over_time(made, slopes.draft)
    made.widths[LABEL] = _LABEL_WIDTH
    # Names are for what people look for, not for every step.
    made.spots = {name: replace(spot, defined=False) for name, spot in made.spots.items()}
    return made


def _blocks(slopes: Slopes) -> Iterator[Block]:
    if slopes.draft.result.lines:
        yield Heading(text="What an amount of 1 comes to, after haircuts")
        yield from ones(slopes.draft)
        yield Gap()
    if not slopes.live:
        yield Heading(text=_NONE_FITS if slopes.left_out else _NONE_IS_STRAIGHT)
        return
    yield Heading(text="Slopes, assumption by assumption")
    for trees in slopes.live.values():
        yield from _of_assumption(trees)


def _of_assumption(trees: SlopeTrees) -> Iterable[Block]:
    note = per("", trees.assumption).strip() if trees.lines else "It moves no line in money."
    yield Heading(text=trees.assumption.label, note=note, section=False)
    yield from trees.blocks
    yield trees.total()
    yield Gap()
