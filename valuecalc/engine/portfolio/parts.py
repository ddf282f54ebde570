"""One part of a portfolio: worked out anywhere, sent back as bytes, read again.

The bytes are a length, a JSON head and NumPy's own format for the arrays, so that reading
them cannot run anything. They are the same wherever the part was worked out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuecalc.engine.portfolio.cases import (
    CaseOutcome,
    CaseRemark,
    CaseSummary,
    has_won,
    work_out,
)
from valuecalc.engine.portfolio.ranking import Bar, Ranking
from valuecalc.engine.portfolio.request import Part, PortfolioRequest
from valuecalc.engine.uncertainty.percentiles import Chance
from valuecalc.errors import InputError

Series = NDArray[np.float64]

LENGTH = 8
ALL_WON = ("value", "npv")
WEIGHTED = ("weighted_value", "weighted_npv")


class BrokenPart(InputError):
    """Bytes that are no part of a portfolio, or of another one."""

    code = "part"


@dataclass
class Sums:
    """Value and NPV of several cases over all draws, in the currency of the report.

    `series` holds `value` and `npv`, as if all were won, and where a case has a chance of
    winning `weighted_value` and `weighted_npv`, which count it only in the draws that win it.
    Cases are added one after the other, because the last digit depends on the order.
    """

    draws: int
    series: dict[str, Series] = field(default_factory=dict)

    def add(self, outcome: CaseOutcome, request: PortfolioRequest) -> None:
        """Add one case, in every draw."""
        amounts = (outcome.worth.value, outcome.worth.npv)
        for name, amount in zip(ALL_WON, amounts, strict=True):
            self._add(name, amount)
        probability = outcome.summary.probability
        if probability is None:
            return
        won = has_won(outcome.summary.uid, probability, request)
        for name, amount in zip(WEIGHTED, amounts, strict=True):
            self._add(name, np.where(won, amount, 0.0))

    def join(self, other: Sums) -> None:
        """Add the sums of cases that come later."""
        for name, amount in other.series.items():
            self._add(name, amount)

    def _add(self, name: str, amount: Series) -> None:
        if name not in self.series:
            self.series[name] = np.zeros(self.draws)
        self.series[name] += amount


@dataclass
class PartResult:
    """What is known of some cases: their summaries, their sums, and their largest bars."""

    sums: Sums
    cases: list[CaseSummary] = field(default_factory=list)
    left_out: list[CaseRemark] = field(default_factory=list)
    not_simulated: list[CaseRemark] = field(default_factory=list)
    ranking: Ranking = field(default_factory=Ranking)

    def add(self, outcome: CaseOutcome | CaseRemark, request: PortfolioRequest) -> None:
        """Take in the next case."""
        if isinstance(outcome, CaseRemark):
            self.left_out.append(outcome)
            return
        self.cases.append(outcome.summary)
        self.sums.add(outcome, request)
        self.ranking.add(outcome.bars)
        if outcome.not_simulated:
            self.not_simulated.append(outcome.remark())

    def join(self, other: PartResult) -> None:
        """Take in the part that comes next."""
        self.cases += other.cases
        self.left_out += other.left_out
        self.not_simulated += other.not_simulated
        self.sums.join(other.sums)
        self.ranking.join(other.ranking)


def work(part: Part) -> bytes:
    """Work a part out: a pure function, which needs neither a database nor the web.

    Memory holds the sums, and the draws of one case at a time.
    """
    result = PartResult(Sums(part.request.total_draws))
    for entry in part.entries:
        result.add(work_out(entry, part.request), part.request)
    return pack(result)


def pack(result: PartResult) -> bytes:
    """A part as bytes: the length of the head in eight bytes, the head, the arrays."""
    head = {
        "draws": result.sums.draws,
        "series": list(result.sums.series),
        "cases": [asdict(each) for each in result.cases],
        "left_out": [asdict(each) for each in result.left_out],
        "not_simulated": [asdict(each) for each in result.not_simulated],
        "bars": [asdict(each) for each in result.ranking.own],
        "drivers": [asdict(each) for each in result.ranking.drivers.values()],
        "bars_total": result.ranking.total,
        "bars_count": result.ranking.count,
    }
    text = json.dumps(head, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    arrays = BytesIO()
    for series in result.sums.series.values():
        np.save(arrays, series, allow_pickle=False)
    return len(text).to_bytes(LENGTH, "big") + text + arrays.getvalue()


def unpack(content: bytes, draws: int) -> PartResult:
    """The part that `pack` wrote, of so many draws. Raises `BrokenPart`."""
    try:
        length = int.from_bytes(content[:LENGTH], "big")
        head = json.loads(content[LENGTH : LENGTH + length])
        arrays = dict(_arrays(head, BytesIO(content[LENGTH + length :])))
        found = _read(head, arrays)
    except (ValueError, TypeError, KeyError, AttributeError, EOFError) as error:
        raise BrokenPart("A part of the portfolio cannot be read.", _AGAIN) from error
    if found.sums.draws != draws or any(len(each) != draws for each in arrays.values()):
        raise BrokenPart("A part of the portfolio is of another number of draws.", _AGAIN)
    return found


_AGAIN = "Work the portfolio out again."


def _arrays(head: dict[str, Any], file: BytesIO) -> Iterator[tuple[str, Series]]:
    for name in head["series"]:
        yield name, np.load(file, allow_pickle=False)


def _read(head: dict[str, Any], arrays: dict[str, Series]) -> PartResult:
    return PartResult(
        sums=Sums(head["draws"], arrays),
        cases=[_summary(each) for each in head["cases"]],
        left_out=[CaseRemark(**each) for each in head["left_out"]],
        not_simulated=[CaseRemark(**each) for each in head["not_simulated"]],
        ranking=Ranking(
            own=[Bar(**each) for each in head["bars"]],
            drivers={each["driver"]: Bar(**each) for each in head["drivers"]},
            total=head["bars_total"],
            count=head["bars_count"],
        ),
    )


def _summary(head: dict[str, Any]) -> CaseSummary:
    gain = Chance(**head["gain"]) if head["gain"] else None
    return CaseSummary(**{**head, "gain": gain, "notes": tuple(head["notes"])})
