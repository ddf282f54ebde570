"""Numbers that are the same in every scenario: those in formulas, of timing and of the grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from valuecalc.case.case import Assumption, Evidence
from valuecalc.case.plan import Task
from valuecalc.documents.workbook import formats, plan
from valuecalc.documents.workbook.draft import Draft
from valuecalc.documents.workbook.formats import Format
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.serials import DAY_UNIT
from valuecalc.engine.finance import NOISE
from valuecalc.engine.plan import StepResult
from valuecalc.engine.result import LineResult

NO_SOURCE = "None named"
"""The source of an assumption that has none."""
_TIMING = "Timing of the line in this case"
_PLAN = "Plan of this case"
_SPARE_HOLIDAYS = 5
_WHOLE_DECIMALS = 9
"""As `floor` and `ceil` of the formula language look at a number."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One row of the inputs with one value.

    `style` is `input` for what may be changed, `fixed` for what only a new export changes.
    The first of several rows that are used together has their `range_name` and `height`.
    `source` says where the number was laid down, for what nobody has named evidence for.
    """

    name: str
    label: str
    value: float | date | None
    unit: str
    format: Format
    style: str = "input"
    formula: str = ""
    note: str = ""
    whole: bool = False
    least: float | None = None
    range_name: str = ""
    height: int = 1
    source: str = "Convention of this case"
    evidence: Evidence | None = None


def sections(draft: Draft, language: Language) -> Iterator[tuple[str, list[Given]]]:
    """The sections below the assumptions, each with its rows."""
    yield "Assumptions by year", list(_yearly(draft))
    yield "Growth of assumptions", list(_growth(draft))
    yield "Numbers inside formulas", list(_constants(language))
    yield "Timing of benefits and investments", list(_timing(draft))
    yield "Plan", list(_plan(draft))
    yield "Conventions", list(_conventions(draft))
    yield "Timeline (changed only by a new export)", list(_timeline(draft, language))
    yield "Unit conversions (fixed)", list(_conversions(language))


def _yearly(draft: Draft) -> Iterator[Given]:
    for each in draft.given.assumptions:
        if each.values:
            yield from _values(each)
            yield from _movement(draft, each)


def _values(each: Assumption) -> Iterator[Given]:
    form = formats.amount(each.unit, each.values)
    for year, value in enumerate(each.values, 1):
        yield Given(
            name=f"assumptions.{each.id}.year_{year}",
            label=f"{each.label}, year {year}",
            value=value,
            unit=each.unit,
            format=form,
            note="Carried on in the years after." if year == len(each.values) else "",
            range_name=f"years.{each.id}" if year == 1 else "",
            height=len(each.values) if year == 1 else 1,
            source=NO_SOURCE,
            evidence=each.evidence,
        )


def _movement(draft: Draft, each: Assumption) -> Iterator[Given]:
    """How another first value than the expected one moves all years."""
    in_use = draft.case.assumption(each.id)
    assert in_use is not None
    name = f"[assumptions.{each.id}]"
    expected = f"[assumptions.{each.id}.expected]"
    ratio = in_use.value / each.value if each.value else 0.0
    scale = 1.0 if in_use.value == each.value else ratio
    yield Given(
        name=f"ratio.{each.id}",
        label=f"Value in use ÷ expected value (0 if that is 0): {each.label}",
        value=ratio,
        unit="1",
        format=formats.FACTOR,
        style="calculation",
        formula=f"IFERROR({name}/{expected},0)",
    )
    yield Given(
        name=f"scale.{each.id}",
        label=f"Factor on the yearly values: {each.label}",
        value=scale,
        unit="1",
        format=formats.FACTOR,
        style="calculation",
        formula=f"IF({name}={expected},1,[ratio.{each.id}])",
        note="Other first values move the later years in proportion.",
    )
    yield Given(
        name=f"shift.{each.id}",
        label=f"Added to the yearly values (if 0 is expected): {each.label}",
        value=0.0 if each.value else in_use.value,
        unit=each.unit,
        format=formats.amount(each.unit, each.values),
        style="calculation",
        formula=f"IF({expected}=0,{name},0)",
    )


def _growth(draft: Draft) -> Iterator[Given]:
    for each in draft.given.assumptions:
        if each.growth:
            yield Given(
                name=f"growth.{each.id}",
                label=f"{each.label}, growth a year",
                value=each.growth,
                unit="%",
                format=formats.amount("%", [each.growth]),
                note="From the second year on.",
                source=NO_SOURCE,
                evidence=each.evidence,
            )


def _constants(language: Language) -> Iterator[Given]:
    for each in language.constants.values():
        yield Given(
            name=each.name,
            label=each.label,
            value=each.value,
            unit=each.unit,
            format=formats.amount(each.unit, [each.value]),
            note=each.note,
            source="A formula of this case",
        )


def _timing(draft: Draft) -> Iterator[Given]:
    yield from _milestones(draft)
    for line in draft.result.lines:
        yield from _start_and_end(draft, line)
        yield from _ramp(line)


def _start_and_end(draft: Draft, line: LineResult) -> Iterator[Given]:
    flow, running = draft.binding.flows[line.id], line.flow == "running"
    least = 1 if running or line.line.spread else 0
    start, end = line.line.starts, line.line.ends
    first = _whole(line, "first", "First period", flow.first, "no.", least, _start_note(line))
    if isinstance(start, str):
        formula = f"[{_period_at(start, _way_of_start(line))}]"
        first = replace(first, style="calculation", formula=formula)
    yield first
    if running:
        last = _whole(line, "last", "Last period", flow.last, "no.", 0, _end_note(line))
        if isinstance(end, str):
            formula = f"[{_period_at(end, _TO)}]"
            last = replace(last, style="calculation", formula=formula)
        yield last
    if line.line.spread:
        yield _whole(line, "spread", "Spread over", line.line.spread, "month", 1)


_RUNS, _ONCE, _SPREAD, _TO = "runs", "once", "spread", "to"
"""How a line hangs on a milestone: it runs from there, falls there once, is spread, or ends."""

_WHOLE_PERIODS = {
    _RUNS: "Whole periods to the next whole month",
    _ONCE: "Whole periods to the month",
    _TO: "Whole periods to the end",
}
_PERIODS_AT = {
    _RUNS: "First period of lines that run from it",
    _ONCE: "Period of amounts due at it",
    _SPREAD: "First period of amounts spread from it",
    _TO: "Last period of lines that run to it",
}
_PERIOD_FORMULAS = {
    # What runs and what is spread begins after the decision.
    _RUNS: "MAX(1,[milestones.{id}.runs.whole]+1)",
    _ONCE: "[milestones.{id}.once.whole]+1",
    _SPREAD: "MAX(1,[milestones.{id}.once.whole]+1)",
    _TO: "MIN([timeline.periods],[milestones.{id}.to.whole])",
}


def _way_of_start(line: LineResult) -> str:
    return _RUNS if line.flow == "running" else _SPREAD if line.line.spread else _ONCE


def _period_at(milestone: str, way: str) -> str:
    """What the cell is called that holds the period of a milestone."""
    return f"milestones.{milestone}.{way}"


def _milestones(draft: Draft) -> Iterator[Given]:
    """The periods of the milestones at which lines start or end, each worked out once."""
    ways: dict[tuple[str, str], int] = {}
    for line in draft.result.lines:
        flow, start, end = draft.binding.flows[line.id], line.line.starts, line.line.ends
        if isinstance(start, str):
            ways[start, _way_of_start(line)] = flow.first
        if isinstance(end, str) and line.flow == "running":
            ways[end, _TO] = flow.last
    for id, way in dict.fromkeys((id, _ONCE if way == _SPREAD else way) for id, way in ways):
        yield _whole_periods(draft, id, way)
    for (id, way), period in ways.items():
        formula = _PERIOD_FORMULAS[way].format(id=id)
        yield _of_milestone(draft, id, way, _PERIODS_AT[way], formula, period)


def _whole_periods(draft: Draft, id: str, way: str) -> Given:
    ending = {_RUNS: "months_to_first", _ONCE: "months", _TO: "months_to_end"}[way]
    months = plan.months_to(draft, draft.result.plan.by_id[id])[ending]
    length = draft.axis.months_per_period
    periods = f"[plan.milestones.{id}.{ending}]/[timeline.months_per_period]"
    formula = f"-INT(-{periods})" if way == _RUNS else f"INT({periods})"
    value = -(-months // length) if way == _RUNS else months // length
    return _of_milestone(draft, id, f"{way}.whole", _WHOLE_PERIODS[way], formula, value)


def _of_milestone(draft: Draft, id: str, name: str, label: str, formula: str, value: int) -> Given:
    return Given(
        name=_period_at(id, name),
        label=f"{label}: {draft.result.plan.by_id[id].label}",
        value=float(value),
        unit="no.",
        format=formats.COUNT,
        style="calculation",
        formula=formula,
    )


def _start_note(line: LineResult) -> str:
    start = line.line.starts
    told = f"; milestone {start} of the sheet Plan" if isinstance(start, str) else ""
    return f"{line.timing_text[:1].upper()}{line.timing_text[1:]}{told}"


def _end_note(line: LineResult) -> str:
    end = line.line.ends
    return f"Milestone {end} of the sheet Plan" if isinstance(end, str) else ""


def _whole(
    line: LineResult, parameter: str, what: str, value: int, unit: str, least: int, note: str = ""
) -> Given:
    return Given(
        name=f"timing.{line.id}.{parameter}",
        label=f"{what}: {line.label}",
        value=float(value),
        unit=unit,
        format=formats.COUNT,
        whole=True,
        least=least,
        note=note,
        source=_TIMING,
    )


def _ramp(line: LineResult) -> Iterator[Given]:
    ramp = line.line.ramp
    if ramp.years:
        for year, share in enumerate(ramp.years, 1):
            yield Given(
                name=f"timing.{line.id}.year_{year}",
                label=f"Ramp in year {year}: {line.label}",
                value=share,
                unit="%",
                format=formats.amount("%", ramp.years),
                range_name=f"ramps.{line.id}" if year == 1 else "",
                height=len(ramp.years) if year == 1 else 1,
                source=_TIMING,
            )
    elif ramp.months:
        shape = "Linear" if ramp.shape == "linear" else "S-curve: x²(3 − 2x)"
        yield _whole(line, "ramp", "Ramp", ramp.months, "month", 1, shape)


def _plan(draft: Draft) -> Iterator[Given]:
    """What the dates of the sheet Plan follow from."""
    result = draft.result.plan
    if not result.steps or result.start is None:
        return
    yield _day("plan.start", "First day of the plan", result.start)
    for step in result.in_order:
        yield from _of_step(step)
    yield from _waits(draft)
    yield from _holidays(draft)


def _of_step(step: StepResult) -> Iterator[Given]:
    name = plan.name_of(step)
    own = plan.own_day(step)
    if isinstance(step.step, Task):
        yield Given(
            name=f"{name}.days",
            label=f"Working days: {step.label}",
            value=float(step.days),
            unit="working day",
            format=formats.COUNT,
            whole=True,
            least=0,
            source=_PLAN,
        )
        yield Given(
            name=f"{name}.done",
            label=f"Done: {step.label}",
            value=step.step.done,
            unit="%",
            format=formats.PART,
            least=0,
            source=_PLAN,
        )
    if own is not None:
        told = "Not before" if isinstance(step.step, Task) else "Day"
        yield _day(f"{name}.day", f"{told}: {step.label}", own)


def _waits(draft: Draft) -> Iterator[Given]:
    """The working days between two steps, where there are any."""
    steps = draft.result.plan.by_id
    for (before, after), lag in plan.waits(draft).items():
        yield Given(
            name=plan.wait(before, after),
            label=f"Wait from “{steps[before].label}” to “{steps[after].label}”",
            value=float(lag),
            unit="working day",
            format=formats.COUNT,
            whole=True,
            least=0,
            source=_PLAN,
        )


def _holidays(draft: Draft) -> Iterator[Given]:
    spare: list[tuple[date | None, str]] = [(None, "another one")] * _SPARE_HOLIDAYS
    listed = [*plan.holidays(draft), *spare]
    for number, (day, label) in enumerate(listed, 1):
        yield replace(
            _day(f"plan.holiday_{number}", f"Nobody works, {number}: {label}", day),
            format=formats.DATE_OR_NONE,
            range_name="plan.holidays" if number == 1 else "",
            height=len(listed) if number == 1 else 1,
        )


def _day(name: str, label: str, day: date | None) -> Given:
    return Given(
        name=name, label=label, value=day, unit=DAY_UNIT, format=formats.DATE, source=_PLAN
    )


def _conventions(draft: Draft) -> Iterator[Given]:
    conventions, rate = draft.case.conventions, draft.case.discounting.rate
    for name, label, value in (
        ("finance_rate", "Finance rate, for the modified IRR", conventions.finance_rate),
        ("reinvestment_rate", "Reinvestment rate", conventions.reinvestment_rate),
    ):
        yield Given(
            name=f"conventions.{name}",
            label=label,
            value=rate if value is None else value,
            unit="%",
            format=formats.amount("%", [rate if value is None else value]),
            style="link" if value is None else "input",
            formula="[discounting.rate]" if value is None else "",
            note="The discount rate" if value is None else "",
        )
    decimals = draft.case.discounting.factor_decimals
    if decimals is not None:
        yield Given(
            name="discounting.factor_decimals",
            label="Decimals of the discount factors",
            value=float(decimals),
            unit="1",
            format=formats.COUNT,
            whole=True,
            least=0,
        )


def _timeline(draft: Draft, language: Language) -> Iterator[Given]:
    timeline, axis = draft.case.timeline, draft.axis
    yield _fixed("start", "Day of the decision", timeline.start, DAY_UNIT, formats.DATE)
    numbers: Iterable[tuple[str, str, float, str]] = (
        ("months", "Horizon", timeline.months, "month"),
        ("periods", "Periods after the decision", axis.periods, "no."),
        ("months_per_period", "Length of a period", axis.months_per_period, "month"),
        ("months_per_year", "Months of a year", 12, "month"),
    )
    for name, label, value, unit in numbers:
        yield _fixed(name, label, float(value), unit, formats.COUNT)
    days = {"actual/365": 365.0, "actual/360": 360.0}.get(draft.case.discounting.day_count)
    if days:
        yield _fixed("days_per_year", "Days of a year, to discount", days, "day", formats.COUNT)
    yield Given(
        name="timeline.periods_per_year",
        label="Periods of a year",
        value=12 / axis.months_per_period,
        unit="no.",
        format=formats.COUNT,
        style="calculation",
        formula="[timeline.months_per_year]/[timeline.months_per_period]",
    )
    yield Given(
        name="horizon_years",
        label="Horizon in years",
        value=timeline.months / 12,
        unit="year",
        format=formats.amount("1", [timeline.months / 12]),
        style="calculation",
        formula="[timeline.months]/[timeline.months_per_year]",
    )
    note = "Smaller parts of the largest benefit or investment of a period count as zero."
    yield _fixed("rounding", "Rounding", NOISE, "1", formats.TINY, note)
    if language.counts_wholes:
        note = "A number that falls short of a whole one by less than these decimals show is whole."
        label = "Decimals looked at before whole numbers are counted"
        yield _fixed("whole_decimals", label, _WHOLE_DECIMALS, "no.", formats.COUNT, note)


def _fixed(
    name: str, label: str, value: float | date, unit: str, form: Format, note: str = ""
) -> Given:
    return Given(
        name=f"timeline.{name}",
        label=label,
        value=value,
        unit=unit,
        format=form,
        style="fixed",
        note=note,
        source="Timeline of this case",
    )


def _conversions(language: Language) -> Iterator[Given]:
    for each in language.conversions.values():
        yield Given(
            name=each.name,
            label=each.label,
            value=each.value,
            unit=each.unit,
            format=formats.GENERAL,
            style="fixed",
            source="Definition of the units",
        )
