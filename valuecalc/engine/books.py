"""The cash flow of a case: one row per line, worked out from an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from valuecalc.case.binding import RUNNING
from valuecalc.case.case import Assumption, Benefit, Calculation, Case, Grade
from valuecalc.case.timeline import months_text
from valuecalc.engine.finance import cumulative_flows, delayed, largest_flow
from valuecalc.engine.model import Evaluation, Model, ModelLine
from valuecalc.engine.result import (
    AssumptionResult,
    Axis,
    CalculationResult,
    Factor,
    LineResult,
    Series,
)
from valuecalc.formula import known_units, numbers, quantity, units, words
from valuecalc.formula.tree import Number, names, previous_of, walk
from valuecalc.formula.units import Unit
from valuecalc.phrases import joined, phrase

SIDES = {
    "net": ("benefits", "investment"),
    "discounted": ("discounted_benefits", "discounted_investment"),
}
"""The rows that a row of the cash flow is the difference of."""

FACTOR_LABELS = {
    "realisation": phrase("Realisation"),
    "attribution": phrase("Attribution"),
    "risk": phrase("Risk"),
}


@dataclass(frozen=True)
class Books:
    """Everything per line and per period, before any figure is drawn from it."""

    case: Case
    axis: Axis
    assumptions: tuple[AssumptionResult, ...]
    calculations: tuple[CalculationResult, ...]
    lines: tuple[LineResult, ...]
    series: Mapping[str, Series]
    shown: Mapping[str, str]

    def of(self, kind: str) -> list[LineResult]:
        """The lines in money of one kind, `benefit` or `investment`."""
        return [line for line in self.lines if line.kind == kind and not line.non_monetary]

    def scale(self, row: str) -> float:
        """The largest of what a row is the difference of: what its rounding is measured by."""
        return largest_flow(*(self.series[side] for side in SIDES[row]))


def keep(evaluation: Evaluation) -> Books:
    """Write the books of one evaluation (one set of numbers, no alternatives)."""
    return _Keeper(evaluation).books()


class _Keeper:
    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.model: Model = evaluation.model
        self.case = self.model.case
        self.binding = self.model.binding
        self.axis = axis(evaluation)
        self.units: dict[str, Unit] = dict(self.binding.units)
        self.values = evaluation.named()
        self.over_time = {
            name: evaluation.grid.series(value) for name, value in self.values.items()
        }
        self.users = self.all_users()
        self.evidence = {
            each.id: each.evidence.grade if each.evidence else Grade.E
            for each in self.case.assumptions
        }

    def books(self) -> Books:
        lines = tuple(map(self.line, self.model.lines))
        return Books(
            case=self.case,
            axis=self.axis,
            assumptions=tuple(map(self.assumption, self.case.assumptions)),
            calculations=tuple(map(self.calculation, self.case.calculations)),
            lines=lines,
            series=self.rows(lines),
            shown={name: self.shown_with_unit(name) for name in self.over_time},
        )

    def all_users(self) -> dict[str, list[str]]:
        """What uses each name directly, in the order of the case."""
        found: dict[str, list[str]] = {}
        for each in self.case.computed:
            for name in self.binding.uses(each.id):
                found.setdefault(name, []).append(each.id)
        return found

    def varies(self, name: str) -> bool:
        return self.evaluation.grid.varies(self.values[name])

    def assumption(self, assumption: Assumption) -> AssumptionResult:
        return AssumptionResult(
            assumption=assumption,
            unit=str(self.units[assumption.id]),
            values=self.over_time[assumption.id],
            varies=self.varies(assumption.id),
            used_by=tuple(self.users.get(assumption.id, ())),
        )

    def calculation(self, calculation: Calculation) -> CalculationResult:
        shown = min(1, self.axis.periods)
        return CalculationResult(
            calculation=calculation,
            unit=str(self.units[calculation.id]) if calculation.id in self.units else "1",
            values=self.over_time[calculation.id],
            varies=self.varies(calculation.id),
            shown=shown,
            worked=self.worked(calculation.id, shown),
            grade=self.grade(calculation.id),
        )

    def line(self, line: ModelLine) -> LineResult:
        evaluation, case_line = self.evaluation, line.line
        share, length = line.timing.share, line.timing.length
        growth = evaluation.grid.series(evaluation.growth(line))
        profile = np.where(share != 0, share * length * growth, 0.0)
        amount = self.over_time[case_line.id]
        active = np.flatnonzero(share)
        first, last = (int(active[0]), int(active[-1])) if len(active) else (0, -1)
        with np.errstate(all="ignore"):
            gross = np.where(share != 0, amount * profile, 0.0)
        shown = first if len(active) else min(line.flow.first, self.axis.periods)
        return LineResult(
            line=case_line,
            kind="benefit" if isinstance(case_line, Benefit) else "investment",
            unit=str(line.flow.unit),
            flow=line.flow.kind,
            amount=amount,
            profile=profile,
            ramp=share,
            growth=growth,
            length=length,
            gross=gross,
            factors=tuple(self.factors(line, shown)),
            net=evaluation.net(line),
            first=first,
            last=last,
            shown=shown,
            worked=self.worked(case_line.id, shown),
            grade=self.grade(case_line.id),
            timing_text=self.timing_text(line, first, last),
            non_monetary=not line.monetary,
        )

    def factors(self, line: ModelLine, shown: int) -> list[Factor]:
        found = []
        for name, multiplier in self.evaluation.multipliers(line).items():
            share = self.evaluation.values[line.line.id, name]
            values = self.evaluation.grid.series(multiplier)
            found.append(
                Factor(
                    name=name,
                    label=FACTOR_LABELS[name],
                    formula=line.line.formulas[name],
                    share=float(self.evaluation.grid.series(share)[shown]),
                    multiplier=float(values[shown]),
                    values=values,
                )
            )
        return found

    def worked(self, id: str, period: int) -> str:
        """A formula with the numbers of one period put in."""
        tree = self.binding.formulas[id, "formula"].tree
        used = names(tree)
        if period <= 1:
            before = self.initial_values(id)
        else:
            before = {name: self.shown(name, period - 1) for name in used}
        text = words.with_numbers(
            tree,
            {name: self.shown(name, period) for name in used},
            times={"period": str(period), "year": str(int(self.axis.years[period]))},
            before=before,
        )
        return joined("", ("= ", text))

    def initial_values(self, id: str) -> dict[str, str]:
        """What `previous` gives in the first period: its second argument, worked out."""
        initials = previous_of(self.binding.formulas[id, "formula"].tree)
        found = {}
        for name, initial in initials.items():
            values = {each: float(self.over_time[each][1]) for each in names(initial)}
            number = numbers.evaluate(initial, values)
            found[name] = quantity.show(number, self.unit_text(name))
        return found

    def unit_text(self, name: str) -> str:
        return str(self.units.get(name, Unit()))

    def shown(self, name: str, period: int) -> str:
        return quantity.show(float(self.over_time[name][period]), self.unit_text(name))

    def shown_with_unit(self, name: str) -> str:
        value = float(self.over_time[name][min(1, self.axis.periods)])
        return quantity.show_with_unit(value, self.unit_text(name))

    def grade(self, id: str) -> Grade:
        """The weakest evidence of all that a line rests on; bare numbers are our assumption."""
        rests_on = self.binding.rests_on(id) | {id}
        grades = [self.evidence[each] for each in rests_on if each in self.evidence]
        has_bare_numbers = not self.on_bare_numbers.isdisjoint(rests_on)
        return Grade.E if has_bare_numbers else max(grades, default=Grade.E)

    @cached_property
    def on_bare_numbers(self) -> set[str]:
        """The calculations and lines whose own formula holds numbers that nothing stands for."""
        computed = (each.id for each in self.case.computed)
        return {id for id in computed if not self.binding.uses(id) or self.has_bare_money(id)}

    def has_bare_money(self, id: str) -> bool:
        """Whether a formula holds an amount of money that no assumption stands for.

        One of something, as in `users * 1 GBP/user`, only says its unit.
        """
        numbers_in = (
            node
            for node in walk(self.binding.formulas[id, "formula"].tree)
            if isinstance(node, Number)
        )
        named = (units.nouns(each.unit or "") for each in numbers_in if each.value not in (0, 1))
        return any(nouns & known_units.CURRENCIES for nouns in named)

    def timing_text(self, line: ModelLine, first: int, last: int) -> str:
        label = self.axis.labels
        if last < first:
            return phrase("outside the horizon")
        if line.flow.kind != RUNNING:
            return self.amount_timing(line, first)
        when = phrase("from {first}", first=label[first])
        if last < self.axis.periods:
            when = phrase("from {first} to {last}", first=label[first], last=label[last])
        ramp = line.line.ramp
        if ramp.months:
            rise = months_text(ramp.months)
            return phrase("{when}, ramping up over {months}", when=when, months=rise)
        if ramp.years:
            shares = joined(" / ", [quantity.show(share, "%") for share in ramp.years])
            return phrase("{when}, {shares} by year", when=when, shares=shares)
        return when

    def amount_timing(self, line: ModelLine, first: int) -> str:
        label = self.axis.labels[first]
        if line.line.spread:
            months = months_text(line.line.spread)
            return phrase("over {months} from {first}", months=months, first=label)
        if first == 0:
            return phrase("once, at the decision")
        return phrase("once, in {period}", period=label)

    @np.errstate(all="ignore")
    def rows(self, lines: tuple[LineResult, ...]) -> dict[str, Series]:
        """The rows of the cash flow by name, totals first."""
        factor = self.axis.discount_factor
        zero = np.zeros(len(factor))
        benefits = sum((each.net for each in lines if _counts(each, "benefit")), zero)
        investment = sum((each.net for each in lines if _counts(each, "investment")), zero)
        net = benefits - investment
        gained, spent = benefits * factor, investment * factor
        discounted_net = cumulative_flows(net * factor, largest_flow(gained, spent))
        delayed_benefits = delayed(benefits, 1, self.axis.months_per_period)
        rows = {
            "benefits": benefits,
            "investment": investment,
            "net": net,
            "cumulative": cumulative_flows(net, largest_flow(benefits, investment)),
            "discount_factor": factor,
            "discounted_benefits": gained,
            "discounted_investment": spent,
            "discounted": net * factor,
            "cumulative_discounted": discounted_net,
            "delayed_benefits": delayed_benefits,
            "net_delayed": delayed_benefits - investment,
        }
        for line in lines:
            rows |= _line_rows(line)
        return rows


def _counts(line: LineResult, kind: str) -> bool:
    return line.kind == kind and not line.non_monetary


def _line_rows(line: LineResult) -> dict[str, Series]:
    rows = {
        f"{line.prefix}.amount": line.amount,
        f"{line.prefix}.timing": line.profile,
        f"{line.prefix}.gross": line.gross,
    }
    rows |= {f"{line.prefix}.{factor.name}": factor.values for factor in line.factors}
    return rows | {f"{line.prefix}.net": line.net}


def axis(evaluation: Evaluation) -> Axis:
    """The time axis of an evaluation."""
    case = evaluation.model.case
    timeline = case.timeline
    periods = range(timeline.periods + 1)
    return Axis(
        labels=tuple(map(timeline.label, periods)),
        dates=tuple(map(timeline.first_day, periods)),
        months=np.arange(timeline.periods + 1, dtype=float) * timeline.period.months,
        years=evaluation.model.years,
        times=evaluation.model.times,
        discount_factor=evaluation.discount_factor(),
        months_per_period=timeline.period.months,
        report_years=timeline.years,
    )
