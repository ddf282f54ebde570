"""What a formula is made of: its constants, functions, conditions and references.

Formulas of the same shape (`references`) share one `Shape`, so that a row of forty periods is
read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from valuecalc.documents.lint.references import Reference, read, split

COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))
ARITHMETIC = frozenset("+-*/^")
_ALLOWED = (0.0, 1.0)
_OF_ADDRESSES = frozenset(("ROW", "ROWS", "COLUMN", "COLUMNS"))
"""Functions that ask where a cell is and not what it holds."""
ROUNDING = frozenset(
    "ROUND ROUNDUP ROUNDDOWN MROUND CEILING CEILING.MATH FLOOR FLOOR.MATH INT TRUNC EVEN"
    " ODD".split()
)
_TO_DIGITS = frozenset("ROUND ROUNDUP ROUNDDOWN TRUNC".split())
"""Functions whose last argument says to how many decimals."""


@dataclass(frozen=True)
class Condition:
    """The first argument of an IF: what it compares, and whether the IF only gives 0 or 1."""

    references: tuple[Reference, ...]
    gives_flag: bool


@dataclass
class Facts:
    """What stands in a formula. `references` leaves out those that only ask where a cell is.

    `roundings` are the functions that round, but for those to decimals that stand in a cell.
    """

    constants: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    operators: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    roundings: list[str] = field(default_factory=list)
    if_depth: int = 0
    tables: bool = False
    unreadable: bool = False

    @property
    def is_arithmetic(self) -> bool:
        """Whether it works out a number by an operator."""
        return bool(self.operators & ARITHMETIC)


@dataclass
class Shape:
    """A formula as it reads from every cell that has it: texts and references in turn.

    `text` is how it was written in the first cell, at `row` and `column`.
    """

    text: str
    row: int
    column: int
    pieces: Sequence[str | Reference]

    def written(self, row: int, column: int) -> str:
        """As it is written in the cell at `row` and `column`, with its `=`."""
        if (row, column) == (self.row, self.column):
            return self.text
        return "".join(
            piece if isinstance(piece, str) else piece.written(row, column) for piece in self.pieces
        )

    @property
    def key(self) -> str:
        """The same for two formulas that are copies of each other."""
        return key(self.pieces)

    @cached_property
    def facts(self) -> Facts:
        """What stands in it."""
        try:
            tokens = [each for each in Tokenizer(self.text).items if each.type != Token.WSPACE]
        except (TokenizerError, IndexError):
            return Facts(unreadable=True)
        return _Reader(self, tokens).read()

    @cached_property
    def link(self) -> Reference | str | None:
        """The reference or the name that the formula is, if it is nothing else."""
        facts = self.facts
        if facts.unreadable or facts.functions or facts.operators or facts.constants:
            return None
        rest = self.text.removeprefix("=").strip()
        if rest in facts.names:
            return rest
        found = read(rest, self.row, self.column)
        return found if found is not None and found.last is None and not found.whole else None


def key(pieces: Iterable[str | Reference]) -> str:
    """The text of pieces in which references are told by where they lead from their cell."""
    return "".join(each if isinstance(each, str) else each.shape for each in pieces)


class Shapes:
    """All shapes of a workbook, each once."""

    def __init__(self) -> None:
        self._known: dict[str, Shape] = {}

    def of(self, text: str, row: int, column: int) -> Shape:
        """The shape of a formula, without its `=`, in the cell at `row` and `column`."""
        pieces = split(f"={text}", row, column)
        known = key(pieces)
        if known not in self._known:
            self._known[known] = Shape(f"={text}", row, column, pieces)
        return self._known[known]


@dataclass
class _Open:
    """A bracket that has not been closed yet; `function` is empty for one without."""

    function: str
    start: int
    argument: int = 0
    commas: list[int] = field(default_factory=list)


class _Reader:
    """Goes over the tokens of a formula once."""

    def __init__(self, shape: Shape, tokens: list[Token]) -> None:
        self.shape = shape
        self.tokens = tokens
        self.facts = Facts()
        self.open: list[_Open] = []

    def read(self) -> Facts:
        for place, token in enumerate(self.tokens):
            if token.subtype == Token.OPEN:
                self._opens(token, place)
            elif token.subtype == Token.CLOSE:
                self._closes(place)
            elif token.type == Token.SEP and self.open:
                self.open[-1].commas.append(place)
            elif token.type in (Token.OP_IN, Token.OP_PRE):
                self._operator(token)
            elif token.type == Token.OPERAND:
                self._operand(token, place)
        return self.facts

    def _opens(self, token: Token, place: int) -> None:
        name = token.value[:-1].upper() if token.type == Token.FUNC else ""
        name = name.removeprefix("_XLFN.").removeprefix("_XLWS.")
        self.open.append(_Open(name, place))
        if name:
            self.facts.functions.append(name)
        depth = sum(each.function == "IF" for each in self.open)
        self.facts.if_depth = max(self.facts.if_depth, depth if name == "IF" else 0)

    def _closes(self, place: int) -> None:
        if not self.open:
            return
        closed = self.open.pop()
        if closed.function == "IF":
            self.facts.conditions.append(self._condition(closed, place))
        if closed.function in ROUNDING and not self._has_digits_in_cell(closed, place):
            self.facts.roundings.append(closed.function)

    def _has_digits_in_cell(self, closed: _Open, end: int) -> bool:
        """Whether a rounding function is told its decimals by a cell, where they can be seen."""
        if closed.function not in _TO_DIGITS or not closed.commas:
            return False
        last = self.tokens[closed.commas[-1] + 1 : end]
        return len(last) == 1 and last[0].subtype == Token.RANGE

    def _condition(self, closed: _Open, end: int) -> Condition:
        first, *others = list(_arguments(self.tokens, closed, end))
        compares = any(each.value in COMPARISONS for each in first)
        references = [self._reference(each) for each in first] if compares else []
        results = {"".join(each.value for each in part) for part in others}
        return Condition(
            tuple(each for each in references if each is not None),
            gives_flag=results <= {"0", "1", "", "TRUE", "FALSE"},
        )

    def _operator(self, token: Token) -> None:
        # A minus before a number is part of it: -1 is a constant like any other.
        if token.type == Token.OP_IN or token.value == "-":
            self.facts.operators.add(token.value)

    def _operand(self, token: Token, place: int) -> None:
        if token.subtype == Token.NUMBER:
            self._number(token, place)
        elif token.subtype == Token.RANGE:
            self._range(token)

    def _number(self, token: Token, place: int) -> None:
        following = self.tokens[place + 1 : place + 2]
        percent = bool(following) and following[0].type == Token.OP_POST
        try:
            value = float(token.value) / (100 if percent else 1)
        except ValueError:
            return
        if value not in _ALLOWED:
            self.facts.constants.append(f"{token.value}{'%' * percent}")

    def _range(self, token: Token) -> None:
        reference = self._reference(token)
        if reference is None:
            self._name(token.value)
        elif not (self.open and self.open[-1].function in _OF_ADDRESSES):
            self.facts.references.append(reference)

    def _name(self, text: str) -> None:
        if "[" in text:
            self.facts.tables = True
        else:
            self.facts.names.append(text.rpartition("!")[2])

    def _reference(self, token: Token) -> Reference | None:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            return None
        return read(token.value, self.shape.row, self.shape.column)


def _arguments(tokens: list[Token], opened: _Open, end: int) -> Iterator[list[Token]]:
    """The tokens of each argument of a function."""
    for before, after in pairwise((opened.start, *opened.commas, end)):
        yield tokens[before + 1 : after]
