"""Charts, drawn once as SVG text for the page, for paper and for Word.

Each chart is a pure function of plain numbers and texts. Its twins say the same in words
(`describe_...`) and as rows of text (`..._table`); `png` turns its SVG into a picture.
"""

from __future__ import annotations

from valuecalc.documents.charts.bars import (
    Share,
    describe_shares,
    shares,
    shares_table,
    whole_percent,
)
from valuecalc.documents.charts.bridge import (
    Bar,
    describe_waterfall,
    group_small,
    waterfall_table,
)
from valuecalc.documents.charts.cumulative import cumulative_cash
from valuecalc.documents.charts.gantt import GanttRow, describe_gantt, gantt, gantt_table
from valuecalc.documents.charts.histogram import (
    Bins,
    Mark,
    describe_histogram,
    histogram,
    histogram_table,
)
from valuecalc.documents.charts.likelihood import (
    describe_likelihood,
    likelihood,
    likelihood_table,
)
from valuecalc.documents.charts.palette import PAPER, SCREEN, Palette
from valuecalc.documents.charts.png import png
from valuecalc.documents.charts.ranking import Rank, describe_ranking, ranking, ranking_table
from valuecalc.documents.charts.scale import Money
from valuecalc.documents.charts.series import cumulative_table, describe_cumulative
from valuecalc.documents.charts.table import Table
from valuecalc.documents.charts.tornado import Swing, describe_tornado, tornado, tornado_table
from valuecalc.documents.charts.waterfall import waterfall, waterfall_rows

__all__ = [
    "PAPER",
    "SCREEN",
    "Bar",
    "Bins",
    "GanttRow",
    "Mark",
    "Money",
    "Palette",
    "Rank",
    "Share",
    "Swing",
    "Table",
    "cumulative_cash",
    "cumulative_table",
    "describe_cumulative",
    "describe_gantt",
    "describe_histogram",
    "describe_likelihood",
    "describe_ranking",
    "describe_shares",
    "describe_tornado",
    "describe_waterfall",
    "gantt",
    "gantt_table",
    "group_small",
    "histogram",
    "histogram_table",
    "likelihood",
    "likelihood_table",
    "png",
    "ranking",
    "ranking_table",
    "shares",
    "shares_table",
    "tornado",
    "tornado_table",
    "waterfall",
    "waterfall_rows",
    "waterfall_table",
    "whole_percent",
]
