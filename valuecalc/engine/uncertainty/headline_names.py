"""Which figures lead: on the panel, in documents, and where scenarios are compared."""

from __future__ import annotations

HEADLINE = (
    "value",
    "total_benefits",
    "total_investment",
    "value_year_1",
    "npv",
    "roi",
    "roi_discounted",
    "roi_annual",
    "benefit_cost_ratio",
    "irr",
    "mirr",
    "payback",
    "payback_discounted",
    "peak_funding",
    "peak_funding_month",
    "cost_of_delay",
    "pv_benefits",
    "pv_investment",
)
"""The order of the first figures of a result, whatever their group."""

EQUATION = ("value", "total_benefits", "total_investment")
"""Value = total benefits − total investment: the figures that everything begins with."""

_NOT_COMPARED = (
    *("mirr", "payback_discounted", "peak_funding_month", "cost_of_delay"),
    *("pv_benefits", "pv_investment"),
)

COMPARED = tuple(name for name in HEADLINE if name not in _NOT_COMPARED)
"""What scenarios are compared by, as far as it stands in the headline."""

DRAWN = ("value", "npv")
"""The figures of which a case may show a percentile instead of the expected one."""


def percentile_name(figure: str, convention: str) -> str:
    """The name of a percentile of a figure: `value_p10`."""
    return f"{figure}_{convention}"
