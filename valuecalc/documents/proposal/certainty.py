"""How sure the value is: what many draws of the assumptions say, and what moves it most."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from valuecalc.case.case import Case
from valuecalc.documents.charts import PAPER, risk
from valuecalc.documents.proposal import pictures, tables, wording
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
from valuecalc.phrases import capitalised, joined, phrase

HEADING = phrase("How sure the value is")
FIGURE = "value"
COLUMNS = ("p10", "p20", "p50", "p80", "p90", "mean")
_MEAN = phrase("Mean")
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
    draft.heading(2, phrase("The likely range"))
    draft.write("Normal", joined(" ", _sentences(drawn)))
    _histogram(draft, drawn)
    _percentiles(draft, drawn)
    _what_moves_it(draft, case, scenario)


_NOTHING_TO_DRAW = phrase(
    "No assumption has a range, so nobody can say yet how sure the value is. A low and a high "
    "for the assumptions that matter would tell."
)


def _case(draft: Draft) -> tuple[Case | None, str]:
    """The case as it is expected, which scenarios change, or why it cannot be drawn."""
    result = draft.result
    if result.scenario == EXPECTED:
        return result.case, ""
    if result.scenario in (CONSERVATIVE, STRETCH):
        return None, phrase(
            "This document shows the scenario “{scenario}”, in which every "
            "assumption stands at an end of its range. How sure the value is, the document of "
            "the expected scenario says.",
            scenario=result.scenario_label,
        )
    expected = next((each for each in draft.scenarios if each.scenario == EXPECTED), None)
    return (expected.case, "") if expected else (None, phrase("The expected case is not at hand."))


# --------------------------------------------------------------------------- in words


def _sentences(drawn: SimulationResult) -> Iterator[str]:
    value = drawn.figure(FIGURE)
    if math.isnan(value.mean):
        yield phrase("The value cannot be worked out in any draw.")
        yield value.note
        return
    low, high = (_short(value, name) for name in ("p10", "p90"))
    yield phrase(
        "Every assumption with a range was drawn from it many times, and the case worked out "
        "with each draw. In 8 of 10 draws the value lies between {low} and {high}. The chance "
        "of a gain is {gain}, that of a net present value above zero {npv_gain}, and that of "
        "paying back within {horizon} {payback}.",
        low=low,
        high=high,
        gain=drawn.value_gain.words,
        npv_gain=drawn.gain.words,
        horizon=drawn.case.timeline.horizon_text,
        payback=drawn.payback.words,
    )
    if drawn.reached is not None:
        yield phrase(
            "{reached}, in {share} of the draws.",
            reached=drawn.reached.label,
            share=drawn.reached.words,
        )
    if drawn.case.correlations:
        yield phrase("Assumptions that move together were drawn together.")


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
    if draft.chart_look is not None:
        from valuecalc.documents.proposal import native

        native.add_histogram(draft, drawn, FIGURE, made, height=HISTOGRAM_HEIGHT)
        return
    pictures.add_titled(draft, "histogram", made)


def _percentiles(draft: Draft, drawn: SimulationResult) -> None:
    figures = [drawn.figure(name) for name in ("value", "npv")]
    width = (TEXT_WIDTH_CM - LABEL_CM) / len(COLUMNS)
    heads = [name.upper() if name.startswith("p") else _MEAN for name in COLUMNS]
    draft.caption("Table", phrase("Value and net present value over all draws"))
    tables.table(
        draft,
        [Column("", LABEL_CM), *(Column(head, width, numeric=True) for head in heads)],
        [Row((figure.label, *(_short(figure, name) for name in COLUMNS))) for figure in figures],
        title=phrase("Percentiles of the value and of the net present value"),
        name="percentiles",
        notes=[[_how_drawn(drawn)], *([note] for note in _notes(drawn, figures))],
    )


def _how_drawn(drawn: SimulationResult) -> str:
    value = drawn.figure(FIGURE)
    return phrase(
        "P10 is the amount that 90% of the draws reach or exceed, P50 the middle one. "
        "{plan}. Standard error of the value: {p10} of P10, {mean} of the mean.",
        plan=capitalised(drawn.plan.words),
        p10=value.error_text_of("p10"),
        mean=value.error_text,
    )


def _notes(drawn: SimulationResult, figures: Sequence[Percentiles]) -> Iterator[str]:
    yield from dict.fromkeys(figure.note for figure in figures if figure.note)
    yield from drawn.notes


# --------------------------------------------------------------------------- what moves it


def _what_moves_it(draft: Draft, case: Case, scenario: str) -> None:
    moved = tornado(case, FIGURE, scenario)
    made = risk.tornado_picture(moved, palette=PAPER, chart_id="tornado", width=pictures.WIDTH)
    draft.heading(2, phrase("What moves it most"))
    if made is None:
        draft.write("Normal", moved.figure.note)
        return
    found = _found(case, moved)
    if found:
        draft.write("Normal", depends_on(*found[0], See("tornado", "break-evens")))
    _break_evens(draft, found)
    draft.write("Normal", joined(" ", [moved.words, *moved.notes]))
    if draft.chart_look is not None:
        from valuecalc.documents.proposal import native

        native.add_tornado(draft, moved, made)
        return
    pictures.add_titled(draft, "tornado", made)


def _in_a_sentence(draft: Draft, case: Case | None) -> Iterator[Content]:
    """What the result depends on most; the scenario at hand, where it is not the expected one."""
    shown = case or draft.result.case
    found = _found(shown, tornado(shown, FIGURE, draft.result.scenario)) if case else []
    if found:
        yield depends_on(*found[0])
    else:
        yield _case(draft)[1] or _NOTHING_TO_DRAW


def _found(case: Case, moved: Tornado) -> list[tuple[Bar, BreakEven]]:
    """The assumptions that move the value most, with where the value is zero."""
    widest = [bar for bar in moved.bars if bar.span is None or bar.span > 0][:BREAK_EVENS]
    return [(bar, break_even(case, bar.id, FIGURE, scenario=moved.scenario)) for bar in widest]


def depends_on(bar: Bar, found: BreakEven, see: See | None = None) -> str:
    """What the result depends on most and where it breaks even, and where to `see` it."""
    values: dict[str, object] = {
        "assumption": bar.label,
        "low": bar.low_text,
        "high": bar.high_text,
        "at_low": bar.at_low.text,
        "at_high": bar.at_high.text,
        "see": see or "",
    }
    if found.status in (ONE, SEVERAL) and not found.limit:
        return phrase(
            "The result depends most on “{assumption}”: from {low} to {high} it moves the value "
            "from {at_low} to {at_high}; it breaks even at {zero}{see}.",
            zero=_zero_at(found),
            **values,
        )
    return phrase(
        "The result depends most on “{assumption}”: from {low} to {high} it moves the value "
        "from {at_low} to {at_high}. {break_even}{see}.",
        break_even=wording.without_full_stop(found.words),
        **values,
    )


def _break_evens(draft: Draft, found: Sequence[tuple[Bar, BreakEven]]) -> None:
    """Where the value is zero, for the assumptions that move it most."""
    if not found:
        return
    words = phrase("Where the value is zero, one assumption at a time")
    draft.caption("Table", words, name="break-evens")
    tables.table(
        draft,
        [
            Column(phrase("Assumption"), 5.2),
            Column(phrase("Low to high"), 5.0),
            Column(phrase("Value is zero at"), 5.8),
        ],
        [Row((bar.label, _low_to_high(bar), _zero_at(each))) for bar, each in found],
        title=phrase("The break-even of the assumptions that move the value most"),
        name="break_even",
        notes=[[_OTHERS_AS_EXPECTED]],
    )


_OTHERS_AS_EXPECTED = phrase(
    "All others as expected. Low and high are the 10th and the 90th percentile."
)


def _low_to_high(bar: Bar) -> str:
    return phrase("{low} to {high}", low=bar.low_text, high=bar.high_text)


def _zero_at(found: BreakEven) -> str:
    if found.status not in (ONE, SEVERAL):
        return found.words
    if found.limit:
        return found.limit
    if not found.change:
        return found.text
    share = quantity.show(abs(found.change), "%", digits=0)
    if found.change < 0:
        return phrase("{value}, {share} below the expected value", value=found.text, share=share)
    return phrase("{value}, {share} above the expected value", value=found.text, share=share)
