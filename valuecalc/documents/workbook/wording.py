"""Numbers inside sentences, live: what stands before and after a number, and the number as text.

`TEXT()` reads its format in the language of the program, so a thousands separator would turn
into a decimal one somewhere. `FIXED()` has no format: it writes a number with so many decimals
as the program writes all others.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from valuecalc.case import statement
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.cells import Cell, Sheet
from valuecalc.documents.workbook.draft import Draft
from valuecalc.engine.result import Result
from valuecalc.formula import quantity

MISSING = "…"
_NUMBER = re.compile(r"[\d,]*\d(?:\.\d+)?")
_EXPONENT = re.compile(r"e\+(\d+)")
_MINUS = "\u2212"
_HEADS = ("Number in a sentence", "In words", "Number", "Times", "Decimals", "Before", "After")
LABEL, WORDS, NUMBER, TIMES, DECIMALS, BEFORE, AFTER = range(1, 8)
_FIRST_PIECE = 2
_MARK = re.compile("\x01(\\d+)\x02")


@dataclass(frozen=True)
class _Spoken:
    """A number of a sentence: `name` is what formulas call it, `text` how it reads now."""

    name: str
    label: str
    value: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the statement, as it reads now.

    `lead` is that of its part, empty where it goes on; `name` what the cell with its words is
    called, if they hold a number.
    """

    lead: str
    text: str
    name: str = ""


@dataclass
class Statement:
    """The value proposition as lines whose numbers are formulas.

    `place` writes them onto a sheet, and says what another sheet has to show of them.
    """

    draft: Draft
    width: int
    spoken: list[_Spoken] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    @property
    def result(self) -> Result:
        """The result that it is about."""
        return self.draft.result

    def parts(self) -> list[tuple[str, str]]:
        """Lead and text of each part but the last, with a mark for each number."""
        found = statement.compose(self.draft.case, self._figure, self._shown())
        return [(lead, _MARK.sub(self._known, text)) for lead, text in found.parts if text]

    def _known(self, found: re.Match[str]) -> str:
        """A mark of ours; what looks like one in somebody's text goes."""
        place = int(found[1])
        if place >= len(self.spoken):
            return ""
        self.used.add(place)
        return found[0]

    def _figure(self, name: str) -> str | None:
        text = self.result.shown_text(name)
        if text is None:
            return None
        figure = self.result.figure(name)
        return self._marked(name, figure.label, figure.value or 0.0, text)

    def _shown(self) -> Mapping[str, str]:
        case = self.draft.case
        # No set: its order differs from run to run, and so would the file.
        wanted = dict.fromkeys((case.proposition.source, case.proposition.target))
        found: dict[str, str] = {}
        for id in (each for each in wanted if each in self.draft.labels):
            names = (f"{group}.{id}" for group in ("assumptions", "calculations"))
            figure = next(filter(None, map(self.result.figures.get, names)), None)
            if figure is not None and figure.value is not None:
                text, tail = figure.text, quantity.unit_tail(figure.unit, figure.value)
                # What follows the number stays outside, so that a unit is named once for two.
                number = text.removesuffix(tail) if " per " in tail else text
                marked = self._marked(figure.name, figure.label, figure.value, number)
                found[id] = marked + text[len(number) :]
        return found

    def _marked(self, name: str, label: str, value: float, text: str) -> str:
        spoken = _Spoken(name, label, value, text)
        if spoken not in self.spoken:
            self.spoken.append(spoken)
        return f"\x01{self.spoken.index(spoken)}\x02"

    # ------------------------------------------------------------------ on a sheet

    def place(self, made: Sheet, top: int) -> list[Line]:
        """Write the numbers and the lines from row `top` down."""
        parts = [
            (lead if number == 0 else "", line)
            for lead, text in self.parts()
            for number, line in enumerate(self._wrapped(text))
        ]
        row = self._place_numbers(made, top)
        pieces = [[piece for piece in _pieces(line) if piece != ""] for _, line in parts]
        reads = _FIRST_PIECE + max(map(len, pieces), default=1)
        heads = ["Line of the statement", "Its pieces", *[""] * (reads - _FIRST_PIECE - 1)]
        made.texts(row, [*heads, "As it reads"], "header_line")
        lines = []
        for (lead, _), each in zip(parts, pieces, strict=True):
            if len(each) > 1:
                row += 1
            lines.append(self._line(made, row, lead, each, reads))
        return lines

    def _line(
        self, made: Sheet, row: int, lead: str, pieces: Sequence[str | int], reads: int
    ) -> Line:
        """A line: put together from its pieces, or just the one that it has."""
        if len(pieces) > 1:
            return self._place_line(made, row, lead, pieces, reads)
        [piece] = pieces or [""]
        if isinstance(piece, str):
            return Line(lead, piece)
        spoken = self.spoken[piece]
        return Line(lead, spoken.text, f"words.{spoken.name}")

    def _wrapped(self, text: str) -> list[str]:
        """Lines of about one width, each number as long as it is now and in one piece."""
        stand_ins: dict[str, str] = {}

        def stand_in(found: re.Match[str]) -> str:
            spoken = self.spoken[int(found[1])]
            made = chr(0xE100 + len(stand_ins)) * max(1, len(spoken.text))
            stand_ins[made] = found[0]
            return made

        lines = textwrap.wrap(_MARK.sub(stand_in, text), self.width, break_long_words=False)
        for made, mark in stand_ins.items():
            lines = [line.replace(made, mark) for line in lines]
        return lines or [""]

    def _place_numbers(self, made: Sheet, top: int) -> int:
        if not self.used:
            return top
        made.texts(top, _HEADS, "header")
        made.texts(top, _HEADS[NUMBER - 1 : DECIMALS], "header_right", NUMBER)
        for row, place in enumerate(sorted(self.used), top + 1):
            self._place_number(made, row, self.spoken[place])
        return top + len(self.used) + 2

    def _place_number(self, made: Sheet, row: int, spoken: _Spoken) -> None:
        before, times, decimals, after = _taken_apart(spoken)
        figure = self.result.figure(spoken.name)
        form = formats.figure(figure.unit, spoken.value)
        made.text(row, LABEL, spoken.label, "label")
        formula = (
            f'IFERROR(REPT("{_MINUS}",1*($C{row}<0))&$F{row}'
            f'&FIXED(ABS($C{row})*$D{row},$E{row})&$G{row},"{MISSING}")'
        )
        words = Cell(value=spoken.text, formula=formula, style="words")
        made.put(row, WORDS, words, f"words.{spoken.name}", defined=False)
        link = Cell(value=spoken.value, formula=f"[{spoken.name}]", style="link", format=form)
        made.put(row, NUMBER, link)
        made.put(row, TIMES, Cell(value=times, style="fixed", format=formats.COUNT))
        made.put(row, DECIMALS, Cell(value=decimals, style="fixed", format=formats.COUNT))
        made.text(row, BEFORE, before, "piece")
        made.text(row, AFTER, after, "piece")

    def _place_line(
        self, made: Sheet, row: int, lead: str, pieces: Sequence[str | int], reads: int
    ) -> Line:
        made.text(row, LABEL, lead or "… goes on", "label")
        for column, piece in enumerate(pieces, _FIRST_PIECE):
            self._place_piece(made, row, column, piece)
        columns = range(_FIRST_PIECE, _FIRST_PIECE + len(pieces))
        text = "".join(str(made.cells[row, column].value) for column in columns)
        formula = "&".join(f"${get_column_letter(column)}{row}" for column in columns)
        name = f"statement.{row}"
        made.put(row, reads, Cell(value=text, formula=formula, style="words"), name, defined=False)
        return Line(lead, text, name)

    def _place_piece(self, made: Sheet, row: int, column: int, piece: str | int) -> None:
        if isinstance(piece, str):
            made.text(row, column, piece, "piece")
            return
        spoken = self.spoken[piece]
        cell = Cell(value=spoken.text, formula=f"[words.{spoken.name}]", style="words")
        made.put(row, column, cell)


def _pieces(line: str) -> list[str | int]:
    """A line cut at its marks: texts, and the places of numbers."""
    found = _MARK.split(line)
    return [int(piece) if place % 2 else piece for place, piece in enumerate(found)]


def _taken_apart(spoken: _Spoken) -> tuple[str, float, float, str]:
    """What stands before a number, its scale, its decimals, and what stands after it."""
    text = spoken.text.removeprefix(_MINUS)
    found = _NUMBER.search(text)
    if found is None:
        return text, 1.0, 0.0, ""
    before, after = text[: found.start()], text[found.end() :]
    decimals = float(len(found[0].partition(".")[2]))
    return before, _times(after), decimals, after


def _times(after: str) -> float:
    """What a number is multiplied by to be shown, by what follows it."""
    exponent = _EXPONENT.match(after)
    if exponent is not None:
        return float(f"1e-{exponent[1]}")
    return 100.0 if after.startswith("%") else 1.0
