"""The four slides: the value, how it comes about, when it pays back, and what it depends on."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import date, datetime
from itertools import islice
from typing import Any

from valuecalc.case.case import Case
from valuecalc.documents.charts import (
    PAPER,
    Bar,
    Money,
    describe_cumulative,
    describe_tornado,
    describe_waterfall,
    group_small,
    risk,
)
from valuecalc.documents.charts.scale import LARGEST_AMOUNT
from valuecalc.documents.charts.text import clean, shorten
from valuecalc.documents.slides import native, template
from valuecalc.documents.slides.settled import settled
from valuecalc.documents.slides.texts import Box, Paragraph, fill, fit, put, tidy
from valuecalc.engine.result import Figure, LineResult, Result
from valuecalc.engine.scenarios import CONSERVATIVE, EXPECTED, STRETCH
from valuecalc.engine.sensitivity.tornado import Tornado, tornado
from valuecalc.formula import quantity

VALUE = "value"
TILES = 5
MOST_SWINGS = 7
MOST_STEPS = 7
MOST_POINTS = 5
MOST_BASED_ON = 4
LONGEST_PROPERTY = 250

_LEFT, _WIDTH = template.MARGIN, template.WIDTH - 2 * template.MARGIN
_SUBTITLE: Box = (_LEFT, 94, _WIDTH, 24)
_CONTENT: Box = (_LEFT, 128, _WIDTH, 376)
_FOOT: Box = (_LEFT, template.HEIGHT - 30, _WIDTH - 80, 18)
_EPOCH = datetime(2000, 1, 1)
_LONGEST_IN_TITLE = 1100
"""Points in the largest size of a title: two lines have room for it and what stands before."""


def write(result: Result, scenarios: Sequence[Result] = (), approvals: Sequence[str] = ()) -> bytes:
    """The slides of a result as a PowerPoint file; the same result, the same bytes.

    `scenarios` are the results of `engine.compare`, in which the expected case is looked for when
    another scenario is shown. `approvals` say who of the customer has approved the plan.
    """
    deck = template.blank()
    _value(_new(deck, result), result)
    _waterfall(_new(deck, result), result)
    _cumulative(_new(deck, result), result)
    _depends(_new(deck, result), result, scenarios, approvals)
    _properties(deck, result.case)
    file = io.BytesIO()
    deck.save(file)
    return settled(file.getvalue())


def _new(deck: Any, result: Result) -> Any:
    """A slide with its number and what it is of, but no title yet."""
    layout = deck.slide_layouts[0]
    slide = deck.slides.add_slide(layout)
    for each in layout.placeholders:
        if each.placeholder_format.type.name == "SLIDE_NUMBER":
            slide.shapes._spTree.append(deepcopy(each._element))
    case = result.case
    of = " · ".join(filter(None, (case.title, case.customer, _scenario(result))))
    put(slide, "Case", _FOOT, [Paragraph(of, colour=PAPER.muted)], (11,))
    return slide


def _scenario(result: Result) -> str:
    return "" if result.scenario == EXPECTED else f"scenario {result.scenario_label}"


def _title(slide: Any, text: str) -> None:
    """The message of a slide, which its outline and screen readers know as its title."""
    _, _, width, height = template.TITLE
    shown = Paragraph(text, bold=True, colour=PAPER.total)
    fill(slide.shapes.title, fit([shown], width, height, (28, 24, 20, 18)))


def _subtitle(slide: Any, text: str) -> None:
    put(slide, "Subtitle", _SUBTITLE, [Paragraph(text, colour=PAPER.muted)], (16, 14, 12))


def _note(slide: Any, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = "\n".join(map(tidy, lines))


def _properties(deck: Any, case: Case) -> None:
    """Title, subject and language. No author is known, and no time: it would change the bytes."""
    subject = f"Value proposition for {case.customer}" if case.customer else "Value proposition"
    known = deck.core_properties
    known.title = clean(case.title)[:LONGEST_PROPERTY]
    known.subject = clean(subject)[:LONGEST_PROPERTY]
    known.author = known.last_modified_by = known.keywords = known.comments = ""
    known.language = template.LANGUAGE
    known.created = known.modified = _EPOCH
    known.revision = 1


# --------------------------------------------------------------------------- the value


def _value(slide: Any, result: Result) -> None:
    horizon = result.case.timeline.horizon_text
    lead = result.lead
    _title(
        slide,
        f"A value of {lead.short} over {horizon}" if lead.value is not None else result.case.title,
    )
    customer = f" for {result.case.customer}" if result.case.customer else ""
    _subtitle(slide, f"{result.case.title}: the value proposition{customer}")
    _equation(slide, result)
    _tiles(slide, result)
    parts = list(_statement(result))
    put(
        slide, "Value proposition", (_LEFT, 318, _WIDTH, 184), parts, (15, 14, 13, 12, 11), gap=0.35
    )
    shown = dict.fromkeys((lead, *result.equation, *result.tiles))
    _note(slide, ["Where the numbers come from", *map(_source, shown)])


def _equation(slide: Any, result: Result) -> None:
    """Value = total benefits − total investment."""
    width, sign = 250.0, 65.0
    left = float(_LEFT)
    for figure, before in zip(result.equation, ("", "=", "\u2212"), strict=True):
        if before:
            box = (left, 132.0, sign, 48.0)
            put(slide, "Sign", box, [Paragraph(before, colour=PAPER.muted, align="ctr")], (30,))
            left += sign
        _tile(slide, figure, (left, 132.0, width, 76.0), (32, 26, 20, 16))
        left += width


def _tiles(slide: Any, result: Result) -> None:
    figures = result.tiles[:TILES]
    width = _WIDTH / max(1, len(figures))
    for number, figure in enumerate(figures):
        _tile(slide, figure, (_LEFT + number * width, 228.0, width - 12, 66.0), (22, 18, 14, 11))


def _tile(slide: Any, figure: Figure, box: Box, sizes: Sequence[float]) -> None:
    left, top, width, height = box
    above, below = height * 0.6, height * 0.4
    is_loss = figure.value is not None and figure.value < 0
    colour = PAPER.negative if is_loss else PAPER.total
    number = Paragraph(figure.text, bold=True, colour=colour, align="ctr")
    put(slide, figure.label, (left, top, width, above), [number], sizes, is_middle=True)
    label = Paragraph(figure.label, colour=PAPER.muted, align="ctr")
    put(slide, f"{figure.label}, label", (left, top + above, width, below), [label], (13, 12, 11))


def _statement(result: Result) -> Iterator[Paragraph]:
    statement = result.statement
    for lead, text in statement.parts[:-1]:
        yield Paragraph(text, lead)
    listed = statement.based_on
    more = len(listed) - MOST_BASED_ON
    rest = f"; and {more} more" if more > 0 else ""
    yield Paragraph("; ".join(listed[:MOST_BASED_ON]) + rest, statement.parts[-1][0])


def _source(figure: Figure) -> str:
    """A figure with what it is, how it is counted, and why it may be missing."""
    more = (figure.definition, figure.convention, figure.note)
    told = ". ".join(each.rstrip(".") for each in more if each)
    return f"{figure.label}: {figure.text}. {told}".strip()


# --------------------------------------------------------------------------- how it comes about


def _waterfall(slide: Any, result: Result) -> None:
    benefits, investment = (result.figure(f"total_{name}") for name in ("benefits", "investment"))
    _title(slide, f"{benefits.short} of benefits for {investment.short} of investment")
    _subtitle(
        slide, f"From benefits to value over {result.case.timeline.horizon_text}, undiscounted"
    )
    lines = [*result.benefits, *result.investments]
    _note(slide, ["Where the numbers come from", *(_line_source(result, each) for each in lines)])
    reason = _why_no_charts(result)
    if reason:
        put(slide, "Why there is no chart", _CONTENT, [Paragraph(reason)], (18,))
        return
    bars = [*_bars(result), Bar("Value", result.value(VALUE) or 0.0, "total")]
    short = risk.amounts_of(benefits)
    words = describe_waterfall(bars, short)
    native.waterfall(slide, _CONTENT, group_small(bars), short, words)


def _bars(result: Result) -> Iterator[Bar]:
    for line in result.benefits:
        yield Bar(line.label, result.value(f"{line.prefix}.total") or 0.0, "benefit")
    for line in result.investments:
        yield Bar(line.label, result.value(f"{line.prefix}.total") or 0.0, "investment")


def _line_source(result: Result, line: LineResult) -> str:
    total = result.figure(f"{line.prefix}.total")
    return f"{line.label}: {total.text}. {line.worked}. Evidence: {line.grade.label}"


def _why_no_charts(result: Result) -> str:
    """Why the charts of a result cannot be drawn; nothing if they can."""
    if not (result.benefits or result.investments):
        return "There are no amounts to draw yet."
    totals = [result.value(name) for name in (VALUE, *(f"{x.prefix}.total" for x in result.lines))]
    cash = (result.series[name].tolist() for name in ("cumulative", "cumulative_discounted"))
    amounts = [*totals, *(amount for series in cash for amount in series)]
    if all(each is not None and _is_drawable(each) for each in amounts):
        return ""
    return "The charts cannot be drawn while an amount is undefined."


def _is_drawable(amount: float) -> bool:
    return math.isfinite(amount) and abs(amount) <= LARGEST_AMOUNT


# --------------------------------------------------------------------------- when it pays back


def _cumulative(slide: Any, result: Result) -> None:
    payback, horizon = result.figure("payback"), result.case.timeline.horizon_text
    pays = payback.value is not None
    title = f"It pays back after {payback.text}" if pays else f"No payback within {horizon}"
    _title(slide, title)
    rate = quantity.show(result.case.discounting.rate, "%")
    npv = result.figure("npv")
    _subtitle(slide, f"Cumulative cash; discounted at {rate} a year it ends at {npv.short}")
    _note(
        slide, ["Where the numbers come from", *map(_source, (payback, npv, result.figure(VALUE)))]
    )
    reason = _why_no_charts(result)
    if reason:
        put(slide, "Why there is no chart", _CONTENT, [Paragraph(reason)], (18,))
        return
    months = result.axis.months.tolist()
    cash, discounted = (
        result.series[name].tolist() for name in ("cumulative", "cumulative_discounted")
    )
    short = risk.amounts_of(npv)
    points, others = (list(zip(months, each, strict=True)) for each in (cash, discounted))
    words = describe_cumulative(points, short, discounted=others, payback_label=title)
    lines = (("Cumulative cash", cash), ("Discounted", discounted))
    native.cumulative(slide, _CONTENT, months, lines, payback.value, short, words)


# --------------------------------------------------------------------------- what it depends on


def _depends(
    slide: Any, result: Result, scenarios: Sequence[Result], approvals: Sequence[str]
) -> None:
    left, top, width, height = _CONTENT
    chart: Box = (left, top, width * 0.64, height)
    side: Box = (left + width * 0.67, top, width * 0.33, height)
    case = _expected_case(result, scenarios)
    found = tornado(case, VALUE, result.scenario) if case else None
    title = _most(found) if found else ""
    _title(slide, title or "What it depends on, and what comes next")
    _subtitle(slide, "What moves the value most, one assumption at a time; and the next steps")
    _tornado(slide, chart, found)
    put(slide, "Next steps", side, list(_next(result, approvals)), (15, 14, 13, 12, 11), gap=0.4)
    _note(slide, ["Where the numbers come from", *_assumption_sources(result)])


def _expected_case(result: Result, scenarios: Sequence[Result]) -> Case | None:
    """The case as it is expected, whose ranges are shown; none for an end of all ranges."""
    if result.scenario == EXPECTED:
        return result.case
    if result.scenario in (CONSERVATIVE, STRETCH):
        return None
    return next((each.case for each in scenarios if each.scenario == EXPECTED), None)


def _most(found: Tornado) -> str:
    moving = risk.swings(found, 1)
    if not moving:
        return ""
    label = shorten(clean(moving[0].label), _LONGEST_IN_TITLE, 28)
    return f"The value depends most on “{label}”"


def _tornado(slide: Any, box: Box, found: Tornado | None) -> None:
    swings = risk.swings(found, MOST_SWINGS) if found else []
    expected = found.figure.value if found else None
    if found is None or expected is None or not _is_drawable(expected) or not swings:
        reason = (
            "Every assumption of this scenario stands at an end of its range."
            if found is None
            else found.figure.note or "No assumption has a range yet."
        )
        put(slide, "Why there is no chart", box, [Paragraph(reason)], (16,))
        return
    short: Money = risk.amounts_of(found.figure)
    words = describe_tornado(swings, expected, short)
    native.tornado(slide, box, swings, expected, short, words)


def _next(result: Result, approvals: Sequence[str]) -> Iterator[Paragraph]:
    """The next decisions, milestones and tasks; else what is left to be mended."""
    steps = [each for each in result.plan.in_order if getattr(each.step, "done", 0.0) < 1]
    decisions = sorted(steps, key=lambda each: each.kind == "task")[:MOST_STEPS]
    yield Paragraph("Decisions and next steps" if steps else "Open points", bold=True)
    for each in sorted(decisions, key=lambda each: each.finish):
        by = f", {each.owner}" if each.owner else ""
        yield Paragraph(f"{each.step.label}{by}", _day(each.finish))
    for text in islice(approvals, 2):
        yield Paragraph(f"{text}.", colour=PAPER.muted)
    if not steps:
        yield from _open_points(result)


def _open_points(result: Result) -> Iterator[Paragraph]:
    for each in result.warnings[:MOST_POINTS]:
        yield Paragraph(each.cause)
    if not result.warnings:
        yield Paragraph("None: the case passes every check, and has no plan yet.")


def _day(when: date) -> str:
    return f"{when.day}\u00a0{when:%b}\u00a0{when.year}"


def _assumption_sources(result: Result) -> Iterator[str]:
    for each in result.assumptions:
        figure = result.figure(f"assumptions.{each.assumption.id}")
        evidence = each.assumption.evidence
        where = (
            f"{evidence.source or evidence.grade.label} ({evidence.grade.label})"
            if evidence
            else "no evidence yet"
        )
        yield f"{each.assumption.label}: {figure.text}. Source: {where}"
