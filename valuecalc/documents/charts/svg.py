"""The drawing surface of the charts: SVG text without style attributes.

A page with the content security policy ``style-src 'self'`` ignores every ``style=``, so
shapes carry presentation attributes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from valuecalc.documents.charts.palette import Palette
from valuecalc.documents.charts.text import REGULAR, SEMIBOLD, Fitted, isolate, markup, shorten

FONT_FAMILY = "Inter Chart, Inter, Segoe UI, Helvetica Neue, Arial, Liberation Sans, sans-serif"

LINE_HEIGHT = 1.2
"""Distance of two base lines, in sizes of the text."""

# From the middle of a line of text down to its base line, in sizes of the text.
_MIDDLE_TO_BASE = 0.36

_CHART_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

Point = tuple[float, float]


class Drawing:
    """Collects the shapes of one chart and writes them as SVG.

    Coordinates are pixels from the top left corner. `title` and `description` are read out by
    screen readers instead of the picture.
    """

    def __init__(
        self,
        width: float,
        height: float,
        *,
        palette: Palette,
        chart_id: str,
        title: str,
        description: str,
    ) -> None:
        if not _CHART_ID.fullmatch(chart_id):
            raise ValueError(
                f"chart_id {chart_id!r} cannot be part of an XML id. "
                "Use letters, digits, hyphens and underscores, beginning with a letter."
            )
        self.width = width
        self.height = height
        self.palette = palette
        self._chart_id = chart_id
        self._title = title
        self._description = description
        self._shapes: list[str] = []

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        tip: str = "",
        radius: float = 2,
    ) -> None:
        """A filled rectangle, at least one pixel wide and high; `tip` shows on hovering."""
        self._add(
            "rect",
            x=x,
            y=y,
            width=max(width, 1.0),
            height=max(height, 1.0),
            rx=min(radius, max(width, 1.0) / 2, max(height, 1.0) / 2),
            fill=fill,
            **_hover(tip),
        )

    def frame(
        self, x: float, y: float, width: float, height: float, colour: str, *, tip: str = ""
    ) -> None:
        """A rectangle outlined in a colour and tinted with it, at least two pixels wide."""
        self._add(
            "rect",
            x=x + 0.5,
            y=y + 0.5,
            width=max(width - 1, 1.0),
            height=max(height - 1, 1.0),
            rx=min(2, max(width - 1, 1.0) / 2),
            fill=colour,
            fill_opacity="0.3",
            stroke=colour,
            **_hover(tip),
        )

    def hover_area(self, x: float, y: float, width: float, height: float, tip: str) -> None:
        """An invisible rectangle that shows `tip` on hovering."""
        area = {"fill": "none", "pointer_events": "all", **_hover(tip)}
        self._add("rect", x=x, y=y, width=width, height=height, **area)

    def line(
        self, start: Point, end: Point, stroke: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line; level and upright ones are kept sharp."""
        self._add(
            "line",
            x1=start[0],
            y1=start[1],
            x2=end[0],
            y2=end[1],
            stroke=stroke,
            stroke_width=width,
            stroke_dasharray=dash,
            shape_rendering="crispEdges",
        )

    def curve(
        self, points: Iterable[Point], stroke: str, *, width: float = 2, dash: str = ""
    ) -> None:
        """An open line through the points."""
        self._add(
            "path",
            d="M" + _path(points),
            fill="none",
            stroke=stroke,
            stroke_width=width,
            stroke_dasharray=dash,
            stroke_linejoin="round",
            stroke_linecap="round",
        )

    def area(self, points: Iterable[Point], fill: str, *, tip: str = "") -> None:
        """A filled outline through the points; `tip` shows on hovering."""
        self._add("path", d=f"M{_path(points)}Z", fill=fill, **_hover(tip))

    def disc(self, centre: Point, radius: float, fill: str, *, tip: str = "") -> None:
        """A filled circle; `tip` shows on hovering."""
        self._add("circle", cx=centre[0], cy=centre[1], r=radius, fill=fill, **_hover(tip))

    def ring(self, centre: Point, stroke: str) -> None:
        """A small marker through which the surface shows."""
        self._add(
            "circle",
            cx=centre[0],
            cy=centre[1],
            r=4.5,
            fill=self.palette.surface,
            stroke=stroke,
            stroke_width=2.5,
        )

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        fill: str = "",
        anchor: str = "start",
        size: float = 12,
        weight: int = REGULAR,
        full: str = "",
        halo: bool = False,
    ) -> None:
        """One line of text on the base line `y`.

        `full` is the whole text of one that was cut, shown on hovering; `halo` keeps lines
        that run behind the text away from its letters.
        """
        attributes: dict[str, str | float] = {
            "x": x,
            "y": y,
            "fill": fill or self.palette.ink,
            "text_anchor": "" if anchor == "start" else anchor,
            "font_size": size,
            "font_weight": weight if weight >= SEMIBOLD else "",
        }
        if halo:
            attributes |= {"paint_order": "stroke", "stroke": self.palette.surface}
            attributes |= {"stroke_width": 3, "stroke_linejoin": "round"}
        title = f"<title>{markup(full)}</title>" if full else ""
        self._add("text", title + markup(isolate(content)), **attributes)

    def label(
        self,
        x: float,
        middle: float,
        fitted: Fitted,
        full: str,
        *,
        anchor: str = "start",
        size: float = 12,
        weight: int = REGULAR,
    ) -> None:
        """Lines of text around the height `middle`; `full` shows on hovering if they are cut."""
        pitch = size * LINE_HEIGHT
        first = middle + size * _MIDDLE_TO_BASE - pitch * (len(fitted.lines) - 1) / 2
        for number, line in enumerate(fitted.lines):
            self.text(
                x,
                first + pitch * number,
                line,
                anchor=anchor,
                size=size,
                weight=weight,
                full=full if fitted.cut else "",
            )

    def note(self, message: str) -> None:
        """A quiet sentence in the middle, where a chart has nothing to show."""
        shown = shorten(message, self.width - 16, 12)
        middle = self.height / 2 + 12 * _MIDDLE_TO_BASE
        self.text(self.width / 2, middle, shown, fill=self.palette.muted, anchor="middle")

    def markup(self) -> str:
        """The whole picture as SVG text."""
        width, height = _number(self.width), _number(self.height)
        name = self._chart_id
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" class="chart" direction="ltr" '
            f'font-family="{FONT_FAMILY}" font-size="12" '
            f'role="img" aria-labelledby="{name}-title {name}-desc">'
            f'<title id="{name}-title">{markup(self._title)}</title>'
            f'<desc id="{name}-desc">{markup(self._description)}</desc>'
            f"{''.join(self._shapes)}</svg>"
        )

    def _add(self, tag: str, content: str = "", **attributes: str | float) -> None:
        written = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
            for name, value in attributes.items()
            if value != ""
        )
        self._shapes.append(
            f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"
        )


def _hover(tip: str) -> dict[str, str]:
    return {"class_": "hit", "data_tip": tip} if tip else {}


def _path(points: Iterable[Point]) -> str:
    return "L".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _value(value: str | float) -> str:
    return markup(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    """A coordinate to a tenth of a pixel, in as few characters as it takes."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
