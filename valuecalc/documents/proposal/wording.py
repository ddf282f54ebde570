"""The sentences of a proposal that are not the customer's: with figures where numbers stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from valuecalc.case.case import Case
from valuecalc.documents.proposal.draft import Content, See
from valuecalc.engine.result import Figure, LineResult, Result
from valuecalc.engine.uncertainty.headline import reached_in
from valuecalc.formula import quantity

_NEVER_PAYS = "Not within"
_LISTED = 3

_SECTION_NOUNS = {
    "assumptions": "Assumptions",
    "benefits": "Benefits",
    "calculations": "Intermediate steps",
    "conventions": "Conventions",
    "discounting": "Discounting",
    "expected": "Expected figures",
    "goals": "Goals",
    "investments": "Investment",
    "people": "People",
    "plan": "Plan",
    "proposition": "Value proposition",
    "scenarios": "Scenarios",
    "sources": "Public sources",
    "timeline": "Timeline",
}


def key_message(result: Result) -> list[Content]:
    """What the investment brings, in two sentences."""
    value = result.figure("value")
    if value.value is None:
        return ["The value cannot be worked out yet. ", value.note]
    only = "only " if value.value < 0 else ""
    horizon = result.case.timeline.horizon_text
    return [
        *_chosen(result),
        "At expected values, an" if result.has_percentile else f"Over {horizon}, an",
        " investment of ",
        result.figure("total_investment"),
        f" brings benefits of {only}",
        result.figure("total_benefits"),
        ": a value of ",
        value,
        ". ",
        *_payback(result),
        *_present_value(result),
    ]


def _chosen(result: Result) -> list[Content]:
    """The percentile that the case leads with, if it does."""
    if not result.has_percentile:
        return []
    convention = result.lead.rule.method
    return [
        f"Over {result.case.timeline.horizon_text}, the value is ",
        result.lead,
        f" or more in {reached_in(convention)} of the draws ({convention.upper()}). ",
    ]


def _payback(result: Result) -> list[Content]:
    payback = result.figure("payback")
    if payback.value is not None:
        return ["It pays back after ", payback, ". "]
    if payback.note.startswith(_NEVER_PAYS):
        return [f"It does not pay back within {result.case.timeline.horizon_text}. "]
    return []


def payback_label(result: Result) -> str:
    """When cumulative cash turns positive, in a few words for a chart."""
    payback = result.figure("payback")
    if payback.value is not None:
        return f"Pays back after {payback.text}"
    if payback.note.startswith(_NEVER_PAYS):
        return f"Does not pay back within {result.case.timeline.horizon_text}"
    return payback.note.rstrip(".")


def _present_value(result: Result) -> list[Content]:
    rate = quantity.show(result.case.discounting.rate, "%")
    return [f"Discounted at {rate} a year, the net present value is ", result.figure("npv"), "."]


def reading(result: Result) -> list[Content]:
    """Which lines decide, and what stays when only strong evidence counts."""
    grades = " and ".join(result.case.conventions.finance_view)
    view = result.figure("finance_view.value")
    return [
        *_largest(result, result.benefits, "The largest benefit is "),
        *_largest(result, result.investments, "The largest investment is "),
        f"Counting only benefits on evidence of grade {grades}, the value is ",
        view,
        See("finance view"),
        ".",
    ]


def _largest(result: Result, lines: Sequence[LineResult], lead: str) -> list[Content]:
    totals = [(line, result.figure(f"{line.prefix}.total")) for line in lines]
    known = [(figure.value, line, figure) for line, figure in totals if figure.value is not None]
    if not known:
        return []
    _, line, figure = max(known, key=lambda each: each[0])
    return [f"{lead}“{line.label}” with ", figure, See(f"{line.kind} lines"), ". "]


def notes(figures: Iterable[Figure]) -> list[list[Content]]:
    """Why figures do not exist, or what qualifies them: one note for all that share it."""
    found: dict[str, dict[str, None]] = {}
    for figure in figures:
        if figure.note:
            found.setdefault(figure.note, {})[figure.label] = None
    return [[f"{_together(list(labels))}: {note}"] for note, labels in found.items()]


def _together(labels: Sequence[str]) -> str:
    if len(labels) <= _LISTED:
        return "; ".join(labels)
    return f"{'; '.join(labels[: _LISTED - 1])} and {len(labels) - _LISTED + 1} others"


def day(when: date) -> str:
    """A day as a reader writes it, kept on one line: `1 January 2027`."""
    return f"{when.day}\u00a0{when:%B}\u00a0{when.year}"


def short_day(when: date) -> str:
    """A day for a narrow column: `1 Jan 2027`."""
    return f"{when.day}\u00a0{when:%b}\u00a0{when.year}"


def days(number: int) -> str:
    """So many working days, for a narrow column: `1 day`."""
    return "1\u00a0day" if number == 1 else f"{number}\u00a0days"


def place(case: Case, path: str) -> str:
    """A place of the case for people: the label of the line, or the name of the section."""
    section, _, rest = path.partition(".")
    id = rest.split(".")[0]
    labels = {each.id: each.label for each in (*case.referable, *case.scenarios)}
    return labels.get(id) or _SECTION_NOUNS.get(section) or path
