"""What reference customers achieved of what was planned becomes the haircut of the new case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from valuecalc.case.case import Benefit, Case, Evidence, Grade, Line
from valuecalc.case.journey import Journey, Step
from valuecalc.engine.journey.travelling import Road
from valuecalc.errors import QuantityError
from valuecalc.formula import quantity

AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass(frozen=True)
class Record:
    """What was planned and what was achieved, in the target's currency."""

    planned: float = 0.0
    achieved: float = 0.0
    unit: str = "1"

    @property
    def ratio(self) -> float:
        """Achieved ÷ planned."""
        return self.achieved / self.planned

    def __add__(self, other: Record) -> Record:
        return Record(self.planned + other.planned, self.achieved + other.achieved, self.unit)

    @property
    def words(self) -> str:
        """The ratio for people: `£4,200,000 achieved ÷ £5,000,000 planned = 84%`."""
        achieved = quantity.show_with_unit(self.achieved, self.unit)
        planned = quantity.show_with_unit(self.planned, self.unit)
        return f"{achieved} achieved ÷ {planned} planned = {quantity.show(self.ratio, '%')}"


def realised(case: Case, roads: Sequence[Road]) -> tuple[Case, tuple[Journey, ...]]:
    """The case with haircuts from what the references achieved, and a journey for each.

    Achieved ÷ planned replaces the `realisation` of its benefit; other benefits count no more
    than the ratio of all. More than planned is not carried over. What an investment cost beyond
    its plan replaces its `risk`; less than planned is not carried over either.
    """
    records = _records(case, roads)
    if not records:
        return case, ()
    benefits = {each.id for each in case.benefits if not each.non_monetary}
    monetary = [record for id, record in records.items() if id in benefits]
    overall = sum(monetary[1:], monetary[0]) if monetary else None
    source = _sources(roads)
    cut = [_benefit(each, records.get(each.id), overall, source) for each in case.benefits]
    raised = [_investment(each, records.get(each.id), source) for each in case.investments]
    changed = replace(
        case,
        benefits=tuple(line for line, _ in cut),
        investments=tuple(line for line, _ in raised),
    )
    journeys = [journey for _, journey in (*cut, *raised) if journey is not None]
    return changed, tuple(journeys)


def _records(case: Case, roads: Sequence[Road]) -> Mapping[str, Record]:
    """The sums over all references by line: so each counts with what was planned there."""
    counted = {each.id for each in case.benefits if each.non_monetary}
    found: dict[str, Record] = {}
    for road in roads:
        # A ratio needs no exchange: only those of several customers are added up.
        is_alone = len(roads) == 1
        currency = road.exchange.currency if is_alone else case.currency
        rate = 1.0 if is_alone else road.exchange.factor(road.exchange.currency)
        for result in road.reference.results:
            if result.planned is None or result.achieved is None or result.planned <= 0:
                continue
            is_money = result.line not in counted
            factor, unit = (rate, currency) if is_money else (1.0, "1")
            record = Record(result.planned * factor, result.achieved * factor, unit)
            found[result.line] = found.get(result.line, Record(unit=unit)) + record
    lines = {each.id for each in case.lines}
    return {id: record for id, record in found.items() if id in lines}


def _sources(roads: Sequence[Road]) -> str:
    named = [road.name for road in roads if road.reference.results]
    return "; ".join(named)[:300]


def _benefit(
    line: Benefit, own: Record | None, overall: Record | None, source: str
) -> tuple[Benefit, Journey | None]:
    if own is not None:
        return _cut(line, "realisation", min(1.0, own.ratio), _benefit_words(own), source)
    if overall is None:
        return line, None
    words = f"over all benefits with a record, {_benefit_words(overall)}"
    share = min(1.0, overall.ratio)
    planned = _number(line.realisation) if line.realisation else 1.0
    # What others achieved is no reason to expect more of this one than was planned.
    if planned is not None and planned <= share:
        plan = quantity.show(planned, "%")
        words += f"; no more than the {plan} of the reference’s plan is counted"
        return line, _journey(line, "realisation", planned, words, source)
    return _cut(line, "realisation", share, words, source)


def _benefit_words(record: Record) -> str:
    return record.words + ("; more than planned is not carried over" if record.ratio > 1 else "")


def _investment(
    line: AnyLine, record: Record | None, source: str
) -> tuple[AnyLine, Journey | None]:
    if record is None or (record.ratio <= 1 and not line.risk):
        return line, None
    if record.ratio > 1:
        words = f"{record.words}: the excess is the risk"
    else:
        words = f"{record.words}; less than planned is not carried over"
    return _cut(line, "risk", record.ratio - 1, words, source)


def _cut(
    line: AnyLine, name: str, share: float, words: str, source: str
) -> tuple[AnyLine, Journey | None]:
    label = {"realisation": "Realisation", "risk": "Risk"}[name]
    share = max(0.0, round(share, 4))
    if getattr(line, name):
        words += f"; stands for the {getattr(line, name)} of the reference’s plan"
    note = f"{line.note} {label}: {words} ({source}).".strip()[:5_000]
    changes: dict[str, Any] = {name: f"{quantity.show_plain(round(share * 100, 2))}%", "note": note}
    return replace(line, **changes), _journey(line, name, share, words, source)


def _journey(line: Line, name: str, share: float | None, words: str, source: str) -> Journey:
    text = getattr(line, name)
    none = 0.0 if name == "risk" else 1.0
    after = none if share is None else share
    return Journey(
        id=f"{line.id}.{name}",
        label=f"{line.label}: {name}",
        before=none if text is None else _number(text),
        before_unit="%",
        after=after,
        after_unit="%",
        steps=(Step(rule="achieved", words=words, value=after),),
        evidence=Evidence(grade=Grade.C, source=source),
    )


def _number(formula: str) -> float | None:
    """A haircut that is a plain number; None for a formula."""
    try:
        return quantity.read(formula).value
    except QuantityError:
        return None
