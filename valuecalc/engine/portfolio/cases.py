"""One case of a portfolio, worked out: its figures, its draws and its bars.

A case with mistakes, or in a currency without a rate, is left out with the reason. One that
can be worked out and not simulated counts at its expected value, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from valuecalc.case import checks
from valuecalc.case.case import Case, Grade
from valuecalc.engine.calculate import calculate
from valuecalc.engine.model import compile_case
from valuecalc.engine.portfolio.common_drivers import movement_of, seed_of
from valuecalc.engine.portfolio.draws import CaseDraws, driver_normals
from valuecalc.engine.portfolio.ranking import Bar, CaseBars, Conversion
from valuecalc.engine.portfolio.request import Entry, PortfolioRequest, ReportingRate
from valuecalc.engine.result import Result
from valuecalc.engine.uncertainty import distributions
from valuecalc.engine.uncertainty.draws import ROUNDS
from valuecalc.engine.uncertainty.percentiles import Chance, certain_chance, chance, quantiles
from valuecalc.errors import CaseError, Problem

Series = NDArray[np.float64]

GAIN = "NPV above zero"

LARGEST = 1e30
"""Amounts beyond it are mistakes; below it even the squares of all sums are numbers."""


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """A case in the table of a portfolio; its amounts are in its own `currency`.

    `rate` is what one unit of that is in the currency of the report. `evidence` holds the
    benefits by grade, `finance_benefits` those that the case's finance view counts. `p10`, `p90`,
    `mean` and the chance of a `gain` are of the NPV over all draws, and None without any;
    `is_certain` says that nothing in the case has a range.
    """

    uid: str
    title: str
    customer: str
    version: int | None
    currency: str
    rate: float
    probability: float | None
    benefits: float
    investment: float
    value: float
    npv: float
    evidence: dict[str, float]
    finance_benefits: float
    finance_share: float | None
    p10: float | None = None
    p90: float | None = None
    mean: float | None = None
    gain: Chance | None = None
    is_certain: bool = False
    notes: tuple[str, ...] = ()

    @property
    def reported_value(self) -> float:
        """The value in the currency of the report."""
        return self.value * self.rate

    @property
    def reported_npv(self) -> float:
        """The NPV in the currency of the report."""
        return self.npv * self.rate


@dataclass(frozen=True, kw_only=True)
class CaseRemark:
    """A case that is not fully part of a portfolio, with the reason."""

    uid: str
    title: str
    customer: str
    version: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Worth:
    """Value and NPV over all draws, in the currency of the report: shape `(draws,)`."""

    value: Series
    npv: Series


@dataclass(frozen=True, kw_only=True)
class CaseOutcome:
    """A case that was worked out; `not_simulated` says why it counts at its expected value."""

    summary: CaseSummary
    worth: Worth
    bars: tuple[Bar, ...] = ()
    not_simulated: str = ""

    def remark(self) -> CaseRemark:
        """The case among those that were not simulated."""
        each = self.summary
        return CaseRemark(
            uid=each.uid,
            title=each.title,
            customer=each.customer,
            version=each.version,
            reason=self.not_simulated,
        )


class LeftOut(Exception):
    """A case that has no figures, with the reason."""


class NotSimulated(Exception):
    """A case that has figures and no draws, with the reason."""


def work_out(entry: Entry, request: PortfolioRequest) -> CaseOutcome | CaseRemark:
    """A case of a portfolio; of one that cannot be worked out, the reason."""
    try:
        return _CaseWork.of(entry, request).outcome()
    except LeftOut as reason:
        return CaseRemark(
            uid=entry.uid,
            title=entry.case.title if entry.case else entry.title,
            customer=entry.case.customer if entry.case else entry.customer,
            version=entry.version,
            reason=str(reason),
        )


def has_won(uid: str, probability: float, request: PortfolioRequest) -> NDArray[np.bool_]:
    """Whether a case is won, drawn for every draw."""
    numbers = np.random.Generator(np.random.PCG64(seed_of(request.seed, f"won:{uid}")))
    return numbers.random(request.total_draws) < probability


@dataclass(frozen=True)
class _CaseWork:
    """The steps from an entry to its outcome."""

    entry: Entry
    request: PortfolioRequest
    case: Case
    rate: ReportingRate

    @classmethod
    def of(cls, entry: Entry, request: PortfolioRequest) -> _CaseWork:
        if entry.case is None:
            raise LeftOut(reason_of(entry.problems))
        case = entry.case
        rate = request.rate_of(case.currency)
        if rate is None:
            raise LeftOut(
                f"No rate of {case.currency} to {request.currency} is known. Give the rate: "
                f"how much {request.currency} one {case.currency} is."
            )
        return cls(entry, request, case, rate)

    def outcome(self) -> CaseOutcome:
        summary = self.summary()
        try:
            return self.simulated(summary)
        except NotSimulated as reason:
            rates = self.rates()
            worth = Worth(value=summary.value * rates, npv=summary.npv * rates)
            return CaseOutcome(summary=summary, worth=worth, not_simulated=str(reason))

    def summary(self) -> CaseSummary:
        return CaseSummary(
            uid=self.entry.uid,
            title=self.case.title,
            customer=self.case.customer,
            version=self.entry.version,
            currency=self.case.currency,
            rate=self.rate.value,
            probability=self.case.probability,
            benefits=self.amount("total_benefits"),
            investment=self.amount("total_investment"),
            value=self.amount("value"),
            npv=self.amount("npv"),
            evidence={g.value: self.amount(f"evidence.{g.lower()}.total") for g in Grade},
            finance_benefits=self.amount("finance_view.benefits"),
            finance_share=self.result.value("finance_view.share"),
        )

    @cached_property
    def result(self) -> Result:
        """The case at expected values. Raises `LeftOut` with its mistakes."""
        mistakes = checks.errors(self.case)
        if mistakes:
            raise LeftOut(reason_of(mistakes))
        try:
            return calculate(self.case)
        except CaseError as error:
            raise LeftOut(reason_of(error.problems)) from None

    def amount(self, name: str) -> float:
        figure = self.result.figure(name)
        if figure.value is None:
            raise LeftOut(f"Its figure “{figure.label}” does not exist. {figure.note}")
        if not abs(figure.value * self.rate.value) <= LARGEST:
            raise LeftOut(f"Its figure “{figure.label}” is too large to be added up.")
        return figure.value

    def rates(self) -> Series:
        """What one unit of the case's currency is in the report, for every draw."""
        conversion = self.conversion()
        if conversion.distribution is None or conversion.movement is None:
            return np.full(self.request.total_draws, conversion.rate)
        movement = conversion.movement
        drawn = driver_normals(self.request.seed, self.request.total_draws, movement.driver)
        return conversion.distribution.from_normal(movement.direction * drawn)

    def conversion(self) -> Conversion:
        if self.rate.currency == self.request.currency:
            return Conversion(rate=1.0)
        assumption = self.rate.as_assumption(self.request.currency)
        return Conversion(
            rate=self.rate.value,
            distribution=distributions.of(assumption),
            movement=movement_of(assumption),
        )

    def simulated(self, summary: CaseSummary) -> CaseOutcome:
        try:
            draws = CaseDraws(
                self.case, self.entry.uid, self.request.seed, self.request.total_draws
            )
        except CaseError as error:
            raise NotSimulated(reason_of(error.problems)) from None
        value, npv = self.drawn(draws)
        p10, p90 = quantiles(np.sort(npv), (0.1, 0.9)).tolist()
        rates = self.rates()
        return CaseOutcome(
            summary=replace(
                summary,
                p10=p10,
                p90=p90,
                mean=float(npv.mean()),
                gain=self.gain(npv, is_certain=not draws.distributions),
                is_certain=not draws.distributions,
                notes=draws.notes,
            ),
            worth=Worth(value=value * rates, npv=npv * rates),
            bars=tuple(self.bars(draws)),
        )

    def gain(self, npv: Series, *, is_certain: bool) -> Chance:
        if is_certain:
            is_above = bool(npv[0] > 0)
            return certain_chance(
                GAIN, is_above, f"its NPV is {'' if is_above else 'not '}above zero"
            )
        return chance(GAIN, npv > 0, np.isfinite(npv), ROUNDS)

    def drawn(self, draws: CaseDraws) -> tuple[Series, Series]:
        """Value and NPV in the case's currency for every draw."""
        model = compile_case(self.case)
        value, npv = np.empty((2, self.request.total_draws))
        for block, values in draws.blocks():
            evaluation = model.evaluate(values)
            value[block], npv[block] = evaluation.value(), evaluation.npv()
        self.refuse_undefined(value, npv)
        return value, npv

    def refuse_undefined(self, value: Series, npv: Series) -> None:
        is_sound = (np.abs(value) <= LARGEST) & (np.abs(npv) <= LARGEST)
        undefined = int(np.count_nonzero(~is_sound))
        if undefined:
            raise NotSimulated(
                f"In {undefined:,} of {len(npv):,} draws its value is undefined: a formula divides "
                "by zero, overflows, or takes the root or logarithm of a negative number. "
                "Narrow the ranges of what it divides by."
            )

    def bars(self, draws: CaseDraws) -> Sequence[Bar]:
        probability = self.case.probability
        return CaseBars(
            uid=self.entry.uid,
            case=self.case,
            draws=draws,
            model=compile_case(self.case),
            conversion=self.conversion(),
            weight=1.0 if probability is None else probability,
        ).bars()


def reason_of(problems: Sequence[Problem]) -> str:
    """The first of several mistakes, and how many there are."""
    if not problems:
        return "Its document cannot be read as a case."
    first, count = problems[0], len(problems)
    mistakes = "A mistake" if count == 1 else f"{count} mistakes, the first"
    text = f"{mistakes} in {first.place}: {first.cause} {first.remedy}"
    return " ".join(text.split())
