"""All checks over a workbook, joined to one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from valuecalc.documents.lint import given, in_formulas, lines, over_time, soundness, structure
from valuecalc.documents.lint.book import Book
from valuecalc.documents.lint.hits import Hit, joined
from valuecalc.documents.lint.model import Model
from valuecalc.documents.lint.report import NotJudged, Report

Check: TypeAlias = Callable[[Model], Iterable[Hit | NotJudged]]

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *over_time.CHECKS,
    *in_formulas.CHECKS,
    *lines.CHECKS,
    *soundness.CHECKS,
    *given.CHECKS,
)

MOST_FINDINGS = 2_000
"""Findings that a report keeps; the others are counted."""


def run(book: Book) -> Report:
    """What the checks find in a workbook, by rule and then in the order of its sheets."""
    model = Model(book)
    hits: list[Hit] = []
    not_judged: list[NotJudged] = []
    for check in CHECKS:
        for each in check(model):
            if isinstance(each, Hit):
                hits.append(each)
            else:
                not_judged.append(each)
    order = {sheet.name: number for number, sheet in enumerate(book.sheets, 1)}
    found = sorted(joined(hits), key=lambda each: (each.rule, order.get(each.sheet, 0)))
    return Report(
        formulas=book.formulas,
        sheets=len(book.sheets),
        findings=tuple(found[:MOST_FINDINGS]),
        not_judged=tuple(sorted(not_judged, key=lambda each: each.rule)),
        left_out=max(0, len(found) - MOST_FINDINGS),
    )
