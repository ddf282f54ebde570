"""The colours of the charts: variables of the page's style sheet, or fixed ones for paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Palette:
    """One colour for each part that a chart draws, as SVG writes colours.

    `positive`, `negative` and `total` fill bars; `bar` fills bars without a sign; `line` and
    `band` draw series; `surface` is what lies behind the chart.
    """

    ink: str
    muted: str
    grid: str
    axis: str
    surface: str
    positive: str
    negative: str
    total: str
    bar: str
    line: str
    band: str


SCREEN = Palette(
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--grid)",
    axis="var(--axis)",
    surface="var(--surface)",
    positive="var(--c-pos)",
    negative="var(--c-neg)",
    total="var(--c-tot)",
    bar="var(--c-bar)",
    line="var(--c-line)",
    band="var(--c-band)",
)
"""Colours of the page, which follow its light and dark theme."""

# On a black and white printer the three kinds of bar stay apart: each is about twice as dark
# as the one before it, and the lightest still has a contrast of three to one with the paper.
PAPER = Palette(
    ink="#1b2430",
    muted="#566375",
    grid="#e4e8ee",
    axis="#8592a3",
    surface="#ffffff",
    positive="#3c9a75",
    negative="#a8391f",
    total="#16345f",
    bar="#6f90bf",
    line="#16345f",
    band="#d3e0f1",
)
"""Colours for paper, PDF and Word."""
