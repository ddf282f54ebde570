"""Keeps what was put together from several texts within what a note of a case may hold."""

from __future__ import annotations

from dataclasses import replace

from valuecalc.case.case import Assumption, Case
from valuecalc.schemas.fields import NOTE_LENGTH
from valuecalc.schemas.value_model_notes import Notes


def shortened(case: Case, notes: Notes) -> Case:
    """The case with its notes cut where they are too long, which is noted."""

    def fitting(text: str, place: str) -> str:
        if len(text) <= NOTE_LENGTH:
            return text
        cause = f"The texts for the note of {place} have {len(text):,} characters."
        remedy = f"Only the first {NOTE_LENGTH:,} are kept."
        notes.add("shortened", place, cause, remedy)
        return f"{text[: NOTE_LENGTH - 1]}…"

    def assumption(each: Assumption) -> Assumption:
        place = f"variables.{each.id}"
        evidence = each.evidence
        if evidence is not None:
            evidence = replace(evidence, note=fitting(evidence.note, place))
        return replace(each, note=fitting(each.note, place), evidence=evidence)

    return replace(
        case,
        assumptions=tuple(map(assumption, case.assumptions)),
        benefits=tuple(
            replace(each, note=fitting(each.note, f"value_drivers.{each.id}"))
            for each in case.benefits
        ),
        sources=tuple(
            replace(each, note=fitting(each.note, "customer_variables.sources_summary"))
            for each in case.sources
        ),
    )
