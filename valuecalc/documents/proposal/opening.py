"""What a reader in a hurry reads: the value in one message, its figures, and the statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

from valuecalc.case.statement import money_figure
from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal import tables, wording
from valuecalc.documents.proposal.draft import Content, Draft, See, Styled, Tagged
from valuecalc.documents.proposal.tables import Column, Line, Row
from valuecalc.engine.result import Figure, Result
from valuecalc.engine.uncertainty.headline_names import DRAWN
from valuecalc.phrases import Phrase, phrase

TILES_A_ROW = 4
LISTED_ASSUMPTIONS = 12
LISTED_IN_SHORT = 4

HEADING = phrase("Executive summary")

# Each size of the numbers in a strip, and how many characters fit into a cell in it.
_SIZES_OF_EQUATION = ((20, 12), (15, 16), (11, 22))
_SIZES_OF_TILE = ((15, 13), (11, 18))
_SMALLEST_SIZE = 8


def key_message(draft: Draft) -> None:
    """The value in one message, with the equation and the headline figures."""
    result = draft.result
    if not draft.is_short:
        draft.heading(1, HEADING)
    value = result.lead.value
    is_loss = value is None or value < 0
    message = Tagged("text.key_message", wording.key_message(result))
    draft.write("KeyMessageLoss" if is_loss else "KeyMessage", message)
    if result.has_percentile:
        _lead(draft)
    _equation(draft)
    _tiles(draft)
    if result.case.summary and not draft.is_short:
        draft.write("Summary", Tagged("text.summary", result.case.summary))


def _lead(draft: Draft) -> None:
    """The percentile that the case chose, before the figures at expected values."""
    figures = [draft.result.leading(name) for name in DRAWN]
    style = _fitting(draft, figures, _SIZES_OF_EQUATION)
    tables.table(
        draft,
        [Column("", 8), Column("", 8)],
        [Row([_tile(figure, style) for figure in figures])],
        title=phrase("The figures that this document leads with"),
        look=tables.STRIP,
        notes=[[_how_drawn(figures[0])]],
    )


def _how_drawn(figure: Figure) -> str:
    return phrase(
        "{convention}. Below: every assumption at its expected value.",
        convention=figure.convention,
    )


def _equation(draft: Draft) -> None:
    figures = draft.result.equation
    style = _fitting(draft, figures, _SIZES_OF_EQUATION)
    value, benefits, investment = (_tile(figure, style) for figure in figures)
    signs = ([Line([sign], "StripSign")] for sign in ("=", "\u2212"))
    cells = (value, next(signs), benefits, next(signs), investment)
    widths = (4.7, 0.9, 4.7, 0.9, 4.8)
    tables.table(
        draft,
        [Column("", width) for width in widths],
        [Row(cells)],
        title=phrase("Value is total benefits less total investment"),
        look=tables.STRIP,
    )


def _tiles(draft: Draft) -> None:
    leading = [draft.result.leading(name) for name in DRAWN] if draft.result.has_percentile else []
    figures = [figure for figure in draft.result.tiles if figure not in leading]
    style = _fitting(draft, figures, _SIZES_OF_TILE)
    rows = [
        Row([*(_tile(figure, style) for figure in some), *[""] * (TILES_A_ROW - len(some))])
        for some in _batches(figures, TILES_A_ROW)
    ]
    tables.table(
        draft,
        [Column("", 16 / TILES_A_ROW)] * TILES_A_ROW,
        rows,
        title=phrase("Headline figures"),
        look=tables.STRIP,
        notes=wording.notes(draft.result.headline),
    )


def _batches(figures: Sequence[Figure], size: int) -> Iterator[Sequence[Figure]]:
    for start in range(0, len(figures), size):
        yield figures[start : start + size]


def _fitting(draft: Draft, figures: Sequence[Figure], sizes: Sequence[tuple[int, int]]) -> str:
    """The style of the largest size in which every figure fits its cell."""
    longest = max((len(spoken(figure.text)) for figure in figures), default=0)
    size = next((size for size, room in sizes if longest <= room * draft.room), _SMALLEST_SIZE)
    return f"Number{size}"


def _tile(figure: Figure, style: str) -> list[Line]:
    return [Line([figure], style), Line([figure.label], "StripLabel")]


def statement(draft: Draft) -> None:
    """The value proposition in its five parts."""
    draft.heading(1, phrase("Value proposition"))
    *told, (takes, price), (based_on, _) = draft.result.statement.parts
    investment = draft.result.figure("total_investment")
    rows = [
        Row((lead, Tagged(tag, _with_figure(draft.result, text))))
        for tag, (lead, text) in zip(_TOLD, told, strict=True)
    ]
    rows.append(Row((takes, investment if price == investment.text else price)))
    rows.append(Row((based_on, list(_based_on(draft)))))
    tables.table(
        draft,
        [Column("", 3.6), Column("", 12.4)],
        rows,
        title=phrase("The value proposition in its five parts"),
        look=tables.STATEMENT_SHORT if draft.is_short else tables.STATEMENT,
    )


_TOLD = ("text.belief", "text.capability", "text.delivery")
"""The tags of the parts that are told in words: new figures may ask for other ones."""


def _with_figure(result: Result, text: str) -> str:
    """A part of the statement with its figure as one, where the text says what it comes to."""
    figure = result.figures.get(money_figure(result.case, result.shown_text))
    return _with_money(text, figure) if figure else text


def _with_money(text: str, figure: Figure) -> str:
    """The text with the figure itself in the place of the money that it names."""
    if not isinstance(text, Phrase):
        return text
    made = copy(text)
    made.values = {
        name: figure if name == "money" and value == figure.text else _with_money(value, figure)
        for name, value in text.values.items()
    }
    return made


def _based_on(draft: Draft) -> Iterator[Line]:
    """The lines of the investment and the drivers, as the statement lists them."""
    listed = draft.result.statement.based_on
    most = LISTED_IN_SHORT if draft.is_short else LISTED_ASSUMPTIONS
    shown = listed if len(listed) <= most else listed[: most - (1 if draft.is_short else 2)]
    figures = {f"{label}: {figure.text}": (label, figure) for label, figure in _given(draft.result)}
    for text in shown:
        label, figure = figures.get(text, (text, None))
        content = phrase("{label}: {amount}", label=label, amount=figure) if figure else text
        yield Line([content])
    left = len(listed) - len(shown)
    if left:
        yield Line(_others(draft, left))


def _others(draft: Draft, left: int) -> list[Content]:
    """How many there are besides, and where: a document of two pages has no table of them."""
    if draft.is_short:
        return [Styled(phrase("{more}, in the full document", more=_more(left)), "Muted")]
    return [Styled(_more(left), "Muted"), See("assumptions")]


def _more(left: int) -> str:
    return phrase("and {number} more, each with its evidence", number=left)


def _given(result: Result) -> Iterator[tuple[str, Figure]]:
    for line in result.investments:
        yield line.label, result.figure(f"{line.prefix}.total")
    for each in result.assumptions:
        name = f"assumptions.{each.assumption.id}"
        yield each.assumption.label, result.figure(name)
