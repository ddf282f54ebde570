"""The waterfall from benefits over investments to net value, as columns or as rows.

Columns are for a page's full width and for Word; rows stay readable in a side panel and on a
phone, and take over wherever columns would be too narrow for their texts.
"""

from __future__ import annotations

from collections.abc import Sequence

from valuecalc.documents.charts.bridge import Bar, describe_waterfall, group_small
from valuecalc.documents.charts.columns import draw_columns, lay_out_columns
from valuecalc.documents.charts.palette import SCREEN, Palette
from valuecalc.documents.charts.rows import draw_rows, lay_out_rows
from valuecalc.documents.charts.scale import Money
from valuecalc.documents.charts.svg import Drawing
from valuecalc.phrases import phrase

TITLE = phrase("From benefits to net value")
NARROWEST_COLUMNS = 500
LINES_A_SIDE = 4

_NOTHING = phrase("No benefits or investments yet")


def waterfall(
    bars: Sequence[Bar],
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 680,
    height: float = 300,
    title: str = TITLE,
    description: str | None = None,
    axis_short: Money | None = None,
    keep: int = LINES_A_SIDE,
) -> str:
    """A waterfall in columns, as SVG text.

    `short` writes the amounts and `axis_short`, if given, those of the axis. More than `keep`
    lines a side are grouped, see `group_small`. If a word or an amount would not fit its
    column, the same waterfall is drawn in rows, and its height follows from their number.

    Raises ValueError if `width` is not more than 500 pixels: use `waterfall_rows`.
    """
    if width <= NARROWEST_COLUMNS:
        raise ValueError(
            f"waterfall: {width} pixels are too narrow for columns. "
            f"Use waterfall_rows up to {NARROWEST_COLUMNS} pixels."
        )
    shown = group_small(bars, keep)
    spoken = describe_waterfall(shown, short) if description is None else description
    layout = lay_out_columns(shown, short, axis_short or short, width, height)
    if layout is None:
        return _rows(shown, short, palette, chart_id, width, title, spoken)
    drawing = Drawing(
        width, height, palette=palette, chart_id=chart_id, title=title, description=spoken
    )
    draw_columns(drawing, layout)
    return drawing.markup()


def waterfall_rows(
    bars: Sequence[Bar],
    short: Money,
    *,
    palette: Palette = SCREEN,
    chart_id: str,
    width: float = 340,
    title: str = TITLE,
    description: str | None = None,
    keep: int = LINES_A_SIDE,
) -> str:
    """A waterfall in rows, from top to bottom, as SVG text; its height follows from the rows.

    `short` writes the amounts. More than `keep` lines a side are grouped, see `group_small`.
    """
    shown = group_small(bars, keep)
    spoken = describe_waterfall(shown, short) if description is None else description
    return _rows(shown, short, palette, chart_id, width, title, spoken)


def _rows(
    shown: Sequence[Bar],
    short: Money,
    palette: Palette,
    chart_id: str,
    width: float,
    title: str,
    description: str,
) -> str:
    layout = lay_out_rows(shown, short, width)
    drawing = Drawing(
        width,
        layout.height,
        palette=palette,
        chart_id=chart_id,
        title=title,
        description=description,
    )
    if shown:
        draw_rows(drawing, layout)
    else:
        drawing.note(_NOTHING)
    return drawing.markup()
