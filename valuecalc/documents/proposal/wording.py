"""The sentences of a proposal that are not the customer's: with figures where numbers stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from valuecalc import phrases
from valuecalc.case.case import Case
from valuecalc.documents.languages import spoken
from valuecalc.documents.proposal.draft import Content, See
from valuecalc.engine.result import Figure, LineResult, Result
from valuecalc.engine.uncertainty.headline import reached_in
from valuecalc.formula import quantity
from valuecalc.phrases import Day, Phrase, joined, listed, phrase, plural

_NEVER_PAYS = "Not within"
_LISTED = 3
_AFTER_ANOTHER = phrase("; ")

_SECTION_NOUNS = {
    "assumptions": phrase("Assumptions"),
    "benefits": phrase("Benefits"),
    "calculations": phrase("Intermediate steps"),
    "conventions": phrase("Conventions"),
    "discounting": phrase("Discounting"),
    "expected": phrase("Expected figures"),
    "goals": phrase("Goals"),
    "investments": phrase("Investment"),
    "people": phrase("People"),
    "plan": phrase("Plan"),
    "proposition": phrase("Value proposition"),
    "scenarios": phrase("Scenarios"),
    "sources": phrase("Public sources"),
    "timeline": phrase("Timeline"),
}


def key_message(result: Result) -> str:
    """What the investment brings, in two sentences."""
    value = result.figure("value")
    if value.value is None:
        return joined(" ", [phrase("The value cannot be worked out yet."), value.note])
    return joined(
        " ",
        [*_chosen(result), _brings(result), *_payback(result), _present_value(result)],
    )


def _brings(result: Result) -> str:
    value = result.figure("value")
    is_loss = value.value is not None and value.value < 0
    if result.has_percentile:
        return _at_expected_values(result, value, is_loss)
    figures = {
        "horizon": result.case.timeline.horizon_text,
        "investment": result.figure("total_investment"),
        "benefits": result.figure("total_benefits"),
        "value": value,
    }
    if is_loss:
        return phrase(
            "Over {horizon}, an investment of {investment} brings benefits of only {benefits}: "
            "a value of {value}.",
            **figures,
        )
    return phrase(
        "Over {horizon}, an investment of {investment} brings benefits of {benefits}: "
        "a value of {value}.",
        **figures,
    )


def _at_expected_values(result: Result, value: Figure, is_loss: bool) -> str:
    figures = {
        "investment": result.figure("total_investment"),
        "benefits": result.figure("total_benefits"),
        "value": value,
    }
    if is_loss:
        return phrase(
            "At expected values, an investment of {investment} brings benefits of only "
            "{benefits}: a value of {value}.",
            **figures,
        )
    return phrase(
        "At expected values, an investment of {investment} brings benefits of {benefits}: "
        "a value of {value}.",
        **figures,
    )


def _chosen(result: Result) -> list[str]:
    """The percentile that the case leads with, if it does."""
    if not result.has_percentile:
        return []
    convention = result.lead.rule.method
    return [
        phrase(
            "Over {horizon}, the value is {value} or more in {share} of the draws ({percentile}).",
            horizon=result.case.timeline.horizon_text,
            value=result.lead,
            share=reached_in(convention),
            percentile=convention.upper(),
        )
    ]


def _payback(result: Result) -> list[str]:
    payback = result.figure("payback")
    if payback.value is not None:
        return [phrase("It pays back after {payback}.", payback=payback)]
    if payback.note.startswith(_NEVER_PAYS):
        horizon = result.case.timeline.horizon_text
        return [phrase("It does not pay back within {horizon}.", horizon=horizon)]
    return []


def payback_label(result: Result) -> str:
    """When cumulative cash turns positive, in a few words for a chart."""
    payback = result.figure("payback")
    if payback.value is not None:
        return phrase("Pays back after {payback}", payback=payback.text)
    if payback.note.startswith(_NEVER_PAYS):
        horizon = result.case.timeline.horizon_text
        return phrase("Does not pay back within {horizon}", horizon=horizon)
    return without_full_stop(payback.note)


def _present_value(result: Result) -> str:
    return phrase(
        "Discounted at {rate} a year, the net present value is {npv}.",
        rate=quantity.show(result.case.discounting.rate, "%"),
        npv=result.figure("npv"),
    )


def reading(result: Result) -> str:
    """Which lines decide, and what stays when only strong evidence counts."""
    only_strong = phrase(
        "Counting only benefits on evidence of grade {grades}, the value is {value}{see}.",
        grades=listed(result.case.conventions.finance_view),
        value=result.figure("finance_view.value"),
        see=See("finance view"),
    )
    return joined(" ", [*_largest_benefit(result), *_largest_investment(result), only_strong])


def _largest_benefit(result: Result) -> Iterator[str]:
    for line, total in _largest(result, result.benefits):
        yield phrase(
            "The largest benefit is “{line}” with {total}{see}.",
            line=line.label,
            total=total,
            see=See("benefit lines"),
        )


def _largest_investment(result: Result) -> Iterator[str]:
    for line, total in _largest(result, result.investments):
        yield phrase(
            "The largest investment is “{line}” with {total}{see}.",
            line=line.label,
            total=total,
            see=See("investment lines"),
        )


def _largest(result: Result, lines: Sequence[LineResult]) -> list[tuple[LineResult, Figure]]:
    """The line with the largest total, alone; nothing while no total is known."""
    totals = [(line, result.figure(f"{line.prefix}.total")) for line in lines]
    known = [(figure.value, line, figure) for line, figure in totals if figure.value is not None]
    if not known:
        return []
    _, line, figure = max(known, key=lambda each: each[0])
    return [(line, figure)]


def notes(figures: Iterable[Figure]) -> list[list[Content]]:
    """Why figures do not exist, or what qualifies them: one note for all that share it."""
    found: dict[str, dict[str, None]] = {}
    for figure in figures:
        if figure.note:
            found.setdefault(figure.note, {})[figure.label] = None
    return [
        [phrase("{figures}: {note}", figures=_together(list(labels)), note=note)]
        for note, labels in found.items()
    ]


def _together(labels: Sequence[str]) -> str:
    if len(labels) <= _LISTED:
        return joined(_AFTER_ANOTHER, labels)
    return phrase(
        "{figures} and {number} others",
        figures=joined(_AFTER_ANOTHER, labels[: _LISTED - 1]),
        number=len(labels) - _LISTED + 1,
    )


def without_full_stop(sentence: str) -> str:
    """A sentence that goes on, in the language of the document."""
    return spoken(sentence).rstrip(".")


def worked_out(formula: str) -> str:
    """A formula with its numbers, without the sign of equality that it begins with."""
    return spoken(formula).removeprefix("= ")


def day(when: date) -> Day:
    """A day as a reader writes it, kept on one line: `1 January 2027`."""
    return phrases.day(when)


def short_day(when: date) -> Day:
    """A day for a narrow column: `1 Jan 2027`."""
    return phrases.day(when, phrases.SHORT)


def days(number: int) -> Phrase:
    """So many working days, for a narrow column: `1 day`."""
    return plural("{number}\u00a0day", "{number}\u00a0days", number, number=str(number))


def place(case: Case, path: str) -> str:
    """A place of the case for people: the label of the line, or the name of the section."""
    section, _, rest = path.partition(".")
    id = rest.split(".")[0]
    labels = {each.id: each.label for each in (*case.referable, *case.scenarios)}
    return labels.get(id) or _SECTION_NOUNS.get(section) or path
