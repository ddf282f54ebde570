"""What cases depend on, worked out once: neither straw-men nor versions of cases ever change.

What is kept is what is shown, never the draws; see `valuecalc.services.insights`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from valuecalc.case.case import Case
from valuecalc.services import charts, insights
from valuecalc.services.charts import Chart
from valuecalc.services.insights import Alternatives, Bridged, Certainty, Dependence, TwoWay

KEPT = 32
"""Answers of each kind that are kept: one takes up to half a megabyte."""

KEPT_TABLES = 64


@dataclass(frozen=True)
class Source:
    """A case and what tells it from every other one."""

    key: str
    case: Case = field(compare=False, repr=False)

    @classmethod
    def of(cls, document: str, case: Case) -> Source:
        """The case of a document."""
        return cls(hashlib.sha256(document.encode()).hexdigest(), case)


@dataclass(frozen=True, kw_only=True)
class CertaintyShown:
    """How sure a case is, with its charts; those that cannot be drawn are None."""

    found: Certainty
    histogram: Chart
    likelihood: Chart
    cash_band: Chart | None
    information: Chart | None


@lru_cache(maxsize=KEPT)
def certainty(
    source: Source, scenario: str, draws: int | None, seed: int | None, method: str | None
) -> CertaintyShown:
    """How sure a case is. Raises what `insights.certainty` raises."""
    plan = insights.plan_for_readers(source.case, draws, seed, method)
    found = insights.certainty(source.case, plan, scenario)
    simulation, information = found.simulation, found.information
    has_ranks = information is not None and any(each.evppi > 0 for each in information.items)
    return CertaintyShown(
        found=found,
        histogram=charts.histogram(simulation),
        likelihood=charts.likelihood(simulation),
        cash_band=charts.cash_band(simulation),
        information=charts.information(information) if information and has_ranks else None,
    )


@dataclass(frozen=True, kw_only=True)
class DependenceShown:
    """What a figure depends on, with its tornado."""

    found: Dependence
    tornado: Chart | None


@lru_cache(maxsize=KEPT)
def dependence(source: Source, scenario: str, figure: str, wanted: float) -> DependenceShown:
    """What a figure depends on. Raises what `insights.dependence` raises."""
    found = insights.dependence(source.case, figure, scenario, wanted)
    return DependenceShown(found=found, tornado=charts.tornado(found.tornado))


@dataclass(frozen=True, kw_only=True)
class BridgeShown:
    """What leads from one result to another, with its charts."""

    found: Bridged
    by_line: Chart | None
    by_assumption: Chart | None


@lru_cache(maxsize=KEPT)
def bridge(source: Source, start: str, end: str, figure: str) -> BridgeShown:
    """What leads from one result to another. Raises what `insights.bridged` raises."""
    found = insights.bridged(source.case, start, end, figure)
    by_assumption = found.by_assumption
    ends = (found.by_line.before_label, found.by_line.after_label)
    return BridgeShown(
        found=found,
        by_line=charts.bridge(found.by_line),
        by_assumption=charts.bridge(by_assumption, "bridge-by-assumption", ends)
        if by_assumption
        else None,
    )


@lru_cache(maxsize=KEPT_TABLES)
def two_way(source: Source, scenario: str, first: str, second: str, figure: str) -> TwoWay:
    """A figure over two assumptions. Raises what `insights.two_way` raises."""
    return insights.two_way(source.case, first, second, figure, scenario)


@lru_cache(maxsize=KEPT)
def alternatives(source: Source, scenario: str) -> Alternatives:
    """A case beside what else the customer could do. Raises `CaseError`."""
    return insights.alternatives(source.case, scenario)
