"""How sure the value is: what many draws of the assumptions say, and what moves it most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from valuecalc.case.case import Case
from valuecalc.documents.charts import PAPER, risk
from valuecalc.documents.proposal import pictures, tables
from valuecalc.documents.proposal.draft import Content, Draft, See
from valuecalc.documents.proposal.styles import TEXT_WIDTH_CM
from valuecalc.documents.proposal.tables import Column, Row
from valuecalc.engine.scenarios import CONSERVATIVE, EXPECTED, STRETCH
from valuecalc.engine.sensitivity.break_even import ONE, SEVERAL, BreakEven, break_even
from valuecalc.engine.sensitivity.tornado import Bar, Tornado, tornado
from valuecalc.engine.uncertainty import headline
from valuecalc.engine.uncertainty.percentiles import Percentiles
from valuecalc.engine.uncertainty.simulate import SimulationResult, simulate
from valuecalc.errors import InputError
from valuecalc.formula import quantity

HEADING = "How sure the value is"
FIGURE = "value"
COLUMNS = ("p10", "p20", "p50", "p80", "p90", "mean")
LABEL_CM = 4.6
BREAK_EVENS = 3
HISTOGRAM_HEIGHT = 230


def certainty(draft: Draft) -> None:
    """The section, or the sentence that says why there is nothing to say."""
    draft.heading(1, HEADING)
    case, reason = _case(draft)
    if draft.is_short:
        draft.write("Normal", *_in_a_sentence(draft, case))
        return
    if case is None:
        draft.write("Normal", reason)
        return
    scenario = draft.result.scenario
    try:
        drawn = simulate(case, headline.plan_of(case), figures=(), scenario=scenario)
    except InputError as error:
        draft.write("Normal", headline.why_not(error))
        return
    if drawn.is_certain:
        draft.write("Normal", _NOTHING_TO_DRAW)
        return
    draft.heading(2, "The likely range")
    draft.write("Normal", *_sentences(drawn))
    _histogram(draft, drawn)
    _percentiles(draft, drawn)
    _what_moves_it(draft, case, scenario)


_NOTHING_TO_DRAW = (
    "No assumption has a range, so nobody can say yet how sure the value is. A low and a high "
    "for the assumptions that matter would tell."
)


def _case(draft: Draft) -> tuple[Case | None, str]:
    """The case as it is expected, which scenarios change, or why it cannot be drawn."""
    result = draft.result
    if result.scenario == EXPECTED:
        return result.case, ""
    if result.scenario in (CONSERVATIVE, STRETCH):
        return None, (
            f"This document shows the scenario “{result.scenario_label}”, in which every "
            "assumption stands at an end of its range. How sure the value is, the document of "
            "the expected scenario says."
        )
    expected = next((each for each in draft.scenarios if each.scenario == EXPECTED), None)
    return (expected.case, "") if expected else (None, "The expected case is not at hand.")


# --------------------------------------------------------------------------- in words


def _sentences(drawn: SimulationResult) -> Iterator[str]:
    value = drawn.figure(FIGURE)
    if math.isnan(value.mean):
        yield f"The value cannot be worked out in any draw. {value.note}"
        return
    low, high = (_short(value, name) for name in ("p10", "p90"))
    yield (
        "Every assumption with a range was drawn from it many times, and the case worked out "
        f"with each draw. In 8 of 10 draws the value lies between {low} and {high}. The chance "
        f"of a gain is {drawn.value_gain.words}, that of a net present value above zero "
        f"{drawn.gain.words}, and that of paying back within "
        f"{drawn.case.timeline.horizon_text} {drawn.payback.words}."
    )
    if drawn.reached is not None:
        yield f" {drawn.reached.label} in {drawn.reached.words} of the draws."
    if drawn.case.correlations:
        yield " Assumptions that move together were drawn together."


def _short(figure: Percentiles, name: str) -> str:
    amount = figure.at(name)
    return risk.amounts_of(figure)(amount) if math.isfinite(amount) else quantity.UNDEFINED


# --------------------------------------------------------------------------- the draws


def _histogram(draft: Draft, drawn: SimulationResult) -> None:
    made = risk.histogram_picture(
        drawn,
        FIGURE,
        palette=PAPER,
        chart_id="histogram",
        width=pictures.WIDTH,
        height=HISTOGRAM_HEIGHT,
    )
    pictures.add(draft, "histogram", made.svg, f"{made.title}.", made.words)


def _percentiles(draft: Draft, drawn: SimulationResult) -> None:
    figures = [drawn.figure(name) for name in ("value", "npv")]
    width = (TEXT_WIDTH_CM - LABEL_CM) / len(COLUMNS)
    heads = [name.upper() if name.startswith("p") else name.capitalize() for name in COLUMNS]
    draft.caption("Table", "Value and net present value over all draws")
    tables.table(
        draft,
        [Column("", LABEL_CM), *(Column(head, width, numeric=True) for head in heads)],
        [Row((figure.label, *(_short(figure, name) for name in COLUMNS))) for figure in figures],
        title="Percentiles of the value and of the net present value",
        notes=[[_how_drawn(drawn)], *([note] for note in _notes(drawn, figures))],
    )


def _how_drawn(drawn: SimulationResult) -> str:
    value = drawn.figure(FIGURE)
    return (
        "P10 is the amount that 90% of the draws reach or exceed, P50 the middle one. "
        f"{drawn.plan.words[:1].upper()}{drawn.plan.words[1:]}. Standard error of the value: "
        f"{value.error_text_of('p10')} of P10, {value.error_text} of the mean."
    )


def _notes(drawn: SimulationResult, figures: Sequence[Percentiles]) -> Iterator[str]:
    yield from dict.fromkeys(figure.note for figure in figures if figure.note)
    yield from drawn.notes


# --------------------------------------------------------------------------- what moves it


def _what_moves_it(draft: Draft, case: Case, scenario: str) -> None:
    moved = tornado(case, FIGURE, scenario)
    made = risk.tornado_picture(moved, palette=PAPER, chart_id="tornado", width=pictures.WIDTH)
    draft.heading(2, "What moves it most")
    if made is None:
        draft.write("Normal", moved.figure.note)
        return
    found = _found(case, moved)
    if found:
        draft.write("Normal", depends_on(*found[0]), See("tornado"), See("break-evens"), ".")
    _break_evens(draft, found)
    draft.write("Normal", moved.words, *(f" {note}" for note in moved.notes))
    pictures.add(draft, "tornado", made.svg, f"{made.title}.", made.words)


def _in_a_sentence(draft: Draft, case: Case | None) -> Iterator[Content]:
    """What the result depends on most; the scenario at hand, where it is not the expected one."""
    shown = case or draft.result.case
    found = _found(shown, tornado(shown, FIGURE, draft.result.scenario)) if case else []
    if found:
        yield f"{depends_on(*found[0])}."
    else:
        yield _case(draft)[1] or _NOTHING_TO_DRAW


def _found(case: Case, moved: Tornado) -> list[tuple[Bar, BreakEven]]:
    """The assumptions that move the value most, with where the value is zero."""
    widest = [bar for bar in moved.bars if bar.span is None or bar.span > 0][:BREAK_EVENS]
    return [(bar, break_even(case, bar.id, FIGURE, scenario=moved.scenario)) for bar in widest]


def depends_on(bar: Bar, found: BreakEven) -> str:
    """What the result depends on most and where it breaks even, without a full stop."""
    between = f"from {bar.low_text} to {bar.high_text} it moves the value "
    moved = f"from {bar.at_low.text} to {bar.at_high.text}"
    lead = f"The result depends most on “{bar.label}”: {between}{moved}"
    if found.status in (ONE, SEVERAL) and not found.limit:
        return f"{lead}; it breaks even at {_zero_at(found)}"
    return f"{lead}. {found.words.rstrip('.')}"


def _break_evens(draft: Draft, found: Sequence[tuple[Bar, BreakEven]]) -> None:
    """Where the value is zero, for the assumptions that move it most."""
    if not found:
        return
    words = "Where the value is zero, one assumption at a time"
    draft.caption("Table", words, name="break-evens")
    tables.table(
        draft,
        [Column("Assumption", 5.2), Column("Low to high", 5.0), Column("Value is zero at", 5.8)],
        [
            Row((bar.label, f"{bar.low_text} to {bar.high_text}", _zero_at(each)))
            for bar, each in found
        ],
        title="The break-even of the assumptions that move the value most",
        notes=[["All others as expected. Low and high are the 10th and the 90th percentile."]],
    )


def _zero_at(found: BreakEven) -> str:
    if found.status not in (ONE, SEVERAL):
        return found.words
    if found.limit:
        return found.limit
    if not found.change:
        return found.text
    side = "below" if found.change < 0 else "above"
    share = quantity.show(abs(found.change), "%", digits=0)
    return f"{found.text}, {share} {side} the expected value"
