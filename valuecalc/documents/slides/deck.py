"""The four slides: the value, how it comes about, when it pays back, and what it depends on."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import islice
from typing import Any

from valuecalc.case.case import Case
from valuecalc.documents import languages
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
from valuecalc.documents.charts.series import DISCOUNTED
from valuecalc.documents.charts.series import TITLE as CUMULATIVE
from valuecalc.documents.charts.text import clean, shorten
from valuecalc.documents.charts.words import one_by_one, sentence
from valuecalc.documents.languages import Language, spoken
from valuecalc.documents.native_charts.settled import settled
from valuecalc.documents.slides import native, template
from valuecalc.documents.slides.texts import Box, Paragraph, fill, fit, put, tidy
from valuecalc.engine.result import Figure, LineResult, Result
from valuecalc.engine.scenarios import CONSERVATIVE, EXPECTED, STRETCH
from valuecalc.engine.sensitivity.tornado import Tornado, tornado
from valuecalc.formula import quantity
from valuecalc.phrases import SHORT, day, joined, phrase, plural

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

_SOURCES = phrase("Where the numbers come from")
_NO_CHART = phrase("Why there is no chart")
_NO_AMOUNTS = phrase("There are no amounts to draw yet.")
_UNDEFINED = phrase("The charts cannot be drawn while an amount is undefined.")


def write(
    result: Result,
    scenarios: Sequence[Result] = (),
    approvals: Sequence[str] = (),
    language: Language | None = None,
) -> bytes:
    """The slides of a result as a PowerPoint file; the same result, the same bytes.

    `scenarios` are the results of `engine.compare`, in which the expected case is looked for when
    another scenario is shown. `approvals` say who of the customer has approved the plan.
    Without a `language` it is the one that is spoken, English if there is none.
    """
    with languages.speaking(language or languages.current()):
        return _written(result, scenarios, approvals)


def _written(result: Result, scenarios: Sequence[Result], approvals: Sequence[str]) -> bytes:
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
    of = joined(" · ", filter(None, (case.title, case.customer, _scenario(result))))
    put(slide, phrase("Case"), _FOOT, [Paragraph(of, colour=PAPER.muted)], (11,))
    return slide


def _scenario(result: Result) -> str:
    if result.scenario == EXPECTED:
        return ""
    return phrase("scenario {label}", label=result.scenario_label)


def _title(slide: Any, text: str) -> None:
    """The message of a slide, which its outline and screen readers know as its title."""
    _, _, width, height = template.TITLE
    shown = Paragraph(text, bold=True, colour=PAPER.total)
    fill(slide.shapes.title, fit([shown], width, height, (28, 24, 20, 18)))


def _subtitle(slide: Any, text: str) -> None:
    put(slide, phrase("Subtitle"), _SUBTITLE, [Paragraph(text, colour=PAPER.muted)], (16, 14, 12))


def _note(slide: Any, sources: Iterable[str]) -> None:
    lines = [_SOURCES, *sources]
    slide.notes_slide.notes_text_frame.text = "\n".join(map(tidy, lines))


def _properties(deck: Any, case: Case) -> None:
    """Title, subject and language. No author is known, and no time: it would change the bytes."""
    subject = (
        phrase("Value proposition for {customer}", customer=case.customer)
        if case.customer
        else phrase("Value proposition")
    )
    known = deck.core_properties
    known.title = clean(case.title)[:LONGEST_PROPERTY]
    known.subject = clean(subject)[:LONGEST_PROPERTY]
    known.author = known.last_modified_by = known.keywords = known.comments = ""
    known.language = languages.current().office_tag
    known.created = known.modified = _EPOCH
    known.revision = 1


# --------------------------------------------------------------------------- the value


def _value(slide: Any, result: Result) -> None:
    case, lead = result.case, result.lead
    title: str = case.title
    if lead.value is not None:
        horizon = case.timeline.horizon_text
        title = phrase("A value of {value} over {horizon}", value=lead.short, horizon=horizon)
    _title(slide, title)
    _subtitle(slide, _of(case))
    _equation(slide, result)
    _tiles(slide, result)
    parts, box = list(_statement(result)), (_LEFT, 318, _WIDTH, 184)
    put(slide, phrase("Value proposition"), box, parts, (15, 14, 13, 12, 11), gap=0.35)
    shown = dict.fromkeys((lead, *result.equation, *result.tiles))
    _note(slide, map(_source, shown))


def _of(case: Case) -> str:
    if not case.customer:
        return phrase("{case}: the value proposition", case=case.title)
    return phrase(
        "{case}: the value proposition for {customer}", case=case.title, customer=case.customer
    )


def _equation(slide: Any, result: Result) -> None:
    """Value = total benefits − total investment."""
    width, sign = 250.0, 65.0
    left = float(_LEFT)
    for figure, before in zip(result.equation, ("", "=", "\u2212"), strict=True):
        if before:
            box = (left, 132.0, sign, 48.0)
            shown = Paragraph(before, colour=PAPER.muted, align="ctr")
            put(slide, phrase("Sign"), box, [shown], (30,))
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
    named = phrase("{figure}, label", figure=figure.label)
    put(slide, named, (left, top + above, width, below), [label], (13, 12, 11))


def _statement(result: Result) -> Iterator[Paragraph]:
    statement = result.statement
    for lead, text in statement.parts[:-1]:
        yield Paragraph(text, lead)
    listed = statement.based_on
    yield Paragraph(_first_of(listed, MOST_BASED_ON), statement.parts[-1][0])


def _first_of(texts: Sequence[str], most: int) -> str:
    """So many of the texts, and how many more there are."""
    told, more = one_by_one(texts[:most]), len(texts) - most
    if more <= 0:
        return told
    number = quantity.shown_as(str(more), more)
    return plural(
        "{items}; and {number} more", "{items}; and {number} more", more, items=told, number=number
    )


def _source(figure: Figure) -> str:
    """A figure with what it is, how it is counted, and why it may be missing."""
    more = map(spoken, filter(None, (figure.definition, figure.convention, figure.note)))
    return phrase(
        "{label}: {amount}. {told}",
        label=figure.label,
        amount=figure.text,
        told=joined(". ", [each.rstrip(".") for each in more]),
    )


# --------------------------------------------------------------------------- how it comes about


def _waterfall(slide: Any, result: Result) -> None:
    benefits, investment = (result.figure(f"total_{name}") for name in ("benefits", "investment"))
    title = phrase(
        "{benefits} of benefits for {investment} of investment",
        benefits=benefits.short,
        investment=investment.short,
    )
    _title(slide, title)
    horizon = result.case.timeline.horizon_text
    _subtitle(slide, phrase("From benefits to value over {horizon}, undiscounted", horizon=horizon))
    lines = [*result.benefits, *result.investments]
    _note(slide, [_line_source(result, each) for each in lines])
    reason = _why_no_charts(result)
    if reason:
        put(slide, _NO_CHART, _CONTENT, [Paragraph(reason)], (18,))
        return
    bars = [*_bars(result), Bar(phrase("Value"), result.value(VALUE) or 0.0, "total")]
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
    return phrase(
        "{label}: {amount}. {formula}. Evidence: {grade}",
        label=line.label,
        amount=total.text,
        formula=line.worked,
        grade=line.grade.label,
    )


def _why_no_charts(result: Result) -> str:
    """Why the charts of a result cannot be drawn; nothing if they can."""
    if not (result.benefits or result.investments):
        return _NO_AMOUNTS
    totals = [result.value(name) for name in (VALUE, *(f"{x.prefix}.total" for x in result.lines))]
    cash = (result.series[name].tolist() for name in ("cumulative", "cumulative_discounted"))
    amounts = [*totals, *(amount for series in cash for amount in series)]
    if all(each is not None and _is_drawable(each) for each in amounts):
        return ""
    return _UNDEFINED


def _is_drawable(amount: float) -> bool:
    return math.isfinite(amount) and abs(amount) <= LARGEST_AMOUNT


# --------------------------------------------------------------------------- when it pays back


def _cumulative(slide: Any, result: Result) -> None:
    payback, npv = result.figure("payback"), result.figure("npv")
    title = _when_it_pays_back(result)
    _title(slide, title)
    subtitle = phrase(
        "Cumulative cash; discounted at {rate} a year it ends at {npv}",
        rate=quantity.show(result.case.discounting.rate, "%"),
        npv=npv.short,
    )
    _subtitle(slide, subtitle)
    _note(slide, map(_source, (payback, npv, result.figure(VALUE))))
    reason = _why_no_charts(result)
    if reason:
        put(slide, _NO_CHART, _CONTENT, [Paragraph(reason)], (18,))
        return
    months = result.axis.months.tolist()
    cash, discounted = (
        result.series[name].tolist() for name in ("cumulative", "cumulative_discounted")
    )
    short = risk.amounts_of(npv)
    points, others = (list(zip(months, each, strict=True)) for each in (cash, discounted))
    words = describe_cumulative(points, short, discounted=others, payback_label=title)
    lines = ((CUMULATIVE, cash), (DISCOUNTED, discounted))
    native.cumulative(slide, _CONTENT, months, lines, payback.value, short, words)


def _when_it_pays_back(result: Result) -> str:
    payback = result.figure("payback")
    if payback.value is None:
        return phrase("No payback within {horizon}", horizon=result.case.timeline.horizon_text)
    return phrase("It pays back after {payback}", payback=payback.text)


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
    _title(slide, title or phrase("What it depends on, and what comes next"))
    subtitle = phrase("What moves the value most, one assumption at a time; and the next steps")
    _subtitle(slide, subtitle)
    _tornado(slide, chart, found)
    steps = list(_next(result, approvals))
    put(slide, phrase("Next steps"), side, steps, (15, 14, 13, 12, 11), gap=0.4)
    _note(slide, _assumption_sources(result))


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
    return phrase("The value depends most on “{label}”", label=label)


def _tornado(slide: Any, box: Box, found: Tornado | None) -> None:
    swings = risk.swings(found, MOST_SWINGS) if found else []
    expected = found.figure.value if found else None
    if found is None or expected is None or not _is_drawable(expected) or not swings:
        reason = (
            phrase("Every assumption of this scenario stands at an end of its range.")
            if found is None
            else found.figure.note or phrase("No assumption has a range yet.")
        )
        put(slide, _NO_CHART, box, [Paragraph(reason)], (16,))
        return
    short: Money = risk.amounts_of(found.figure)
    words = describe_tornado(swings, expected, short)
    native.tornado(slide, box, swings, expected, short, words)


def _next(result: Result, approvals: Sequence[str]) -> Iterator[Paragraph]:
    """The next decisions, milestones and tasks; else what is left to be mended."""
    steps = [each for each in result.plan.in_order if getattr(each.step, "done", 0.0) < 1]
    decisions = sorted(steps, key=lambda each: each.kind == "task")[:MOST_STEPS]
    title = phrase("Decisions and next steps") if steps else phrase("Open points")
    yield Paragraph(title, bold=True)
    for each in sorted(decisions, key=lambda each: each.finish):
        named = joined(", ", filter(None, (each.step.label, each.owner)))
        yield Paragraph(named, day(each.finish, SHORT))
    for text in islice(approvals, 2):
        yield Paragraph(sentence(text), colour=PAPER.muted)
    if not steps:
        yield from _open_points(result)


def _open_points(result: Result) -> Iterator[Paragraph]:
    for each in result.open_points[:MOST_POINTS]:
        yield Paragraph(each.cause)
    if not result.open_points:
        yield Paragraph(phrase("None: the case passes every check, and has no plan yet."))


def _assumption_sources(result: Result) -> Iterator[str]:
    for each in result.assumptions:
        figure = result.figure(f"assumptions.{each.assumption.id}")
        evidence = each.assumption.evidence
        where = phrase("no evidence yet")
        if evidence:
            grade = evidence.grade.label
            where = phrase("{source} ({grade})", source=evidence.source or grade, grade=grade)
        yield phrase(
            "{label}: {amount}. Source: {source}",
            label=each.assumption.label,
            amount=figure.text,
            source=where,
        )
