"""What goes out about many draws of one figure: percentiles, chances, histograms, curves.

They are the same for a single case and for a portfolio of many.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_dump

from valuecalc.schemas.result import ByName, Count, Number, OutputShape, Row, Words


class PercentilesSchema(OutputShape):
    """One figure over all draws."""

    name = Words(about="The name of the figure.", example="npv")
    label = Words(about="The figure for people.")
    unit = Words(about="Its unit.", example="GBP")
    expected = Number(about="At the expected values; null where it does not exist.")
    mean = Number(about="The mean of the draws.")
    sd = Number(about="Their standard deviation.")
    percentiles = ByName(Number(), about="p10 is what 10 % of the draws stay below.")
    errors = ByName(Number(), about="Standard errors of the mean, the sd and each percentile.")
    undefined = Count(about="In how many draws the figure does not exist; they are left out.")
    why = ByName(Count(), about="How many of those for which reason.")
    note = Words(about="The same in words; empty where every draw has the figure.")


class ChanceSchema(OutputShape):
    """A share of the draws."""

    label = Words(about="Of what.")
    share = Number(about="The share, a fraction.")
    error = Number(about="Its standard error.")
    low = Number(about="What it is at least, with a confidence of 95 %.")
    high = Number(about="What it is at most, with a confidence of 95 %.")
    words = Words(about="The share for people; never none, and never all.")


class HistogramSchema(OutputShape):
    """How the draws are spread."""

    edges = Row(about="The edges of the bins, one more than there are bins.")
    counts = fields.List(Count(), metadata={"description": "The draws in each bin."})
    below = Count(about="The draws below the first bin.")
    above = Count(about="The draws above the last bin.")

    @pre_dump
    def _plain(self, histogram: Any, **_: Any) -> dict[str, Any]:
        return {
            "edges": [float(each) for each in histogram.edges],
            "counts": [int(each) for each in histogram.counts],
            "below": int(histogram.below),
            "above": int(histogram.above),
        }


class CumulativeSchema(OutputShape):
    """The cumulative curve of the draws."""

    values = Row(about="Amounts, rising.")
    shares = Row(about="The share of the draws that is at most each of them.")
