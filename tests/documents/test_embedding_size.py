"""Documents of hundreds of pages are filled in one pass over each part, in little memory."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from tests.documents.embedding_documents import (
    control,
    document,
    paragraph,
    parts,
    row,
    table,
    texts,
)
from valuecalc.documents import gate
from valuecalc.documents.embedding import Table, Words, apart, fill, spans
from valuecalc.documents.embedding.contents import Content

PAGES = 300
PARAGRAPHS_A_PAGE = 8
WORDS = tuple("value benefit rollout customer finance plan evidence month saving service".split())


def long_document(pages: int = PAGES) -> bytes:
    """Pages of words, each with two figures and every tenth with a table."""
    chance = random.Random(3)
    body = []
    for page in range(pages):
        for _ in range(PARAGRAPHS_A_PAGE):
            body.append(paragraph(f"{chance.random()} ", " ".join(chance.choices(WORDS, k=60))))
        body.append(paragraph("NPV ", control("value.npv", "-", id=page), ", again "))
        body.append(paragraph(control("value.npv", "-", id=page)))
        if page % 10 == 0:
            heads = row("Benefit", "Total", "Remark", head=True)
            body.append(control("table.benefits", table(heads, row("[b]", "[Total]", ""))))
            body.append("<w:p/>")
    return document(*body)


def contents(npv: str) -> dict[str, Content]:
    rows = tuple((f"Line {number}", f"£{number}") for number in range(20))
    return {"value.npv": Words(npv), "table.benefits": Table(("Benefit", "Total"), rows)}


def test_a_document_of_hundreds_of_pages_is_filled_within_the_limits_of_its_process() -> None:
    content = long_document()
    gate.check(content, "docx")
    once = apart.filled(content, contents("£1"))
    again = apart.filled(once.content, contents("£2"))
    assert texts(again.content, "value.npv") == ["£2"] * 2 * PAGES
    assert again.report.conflicts == ()


def test_no_part_is_read_more_often_for_more_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Counter[str] = Counter()

    def noted(name: str) -> Any:
        found = getattr(spans, name)

        def call(*arguments: Any) -> Any:
            counted[name] += 1
            return found(*arguments)

        return call

    for name in ("parsed", "spans"):
        monkeypatch.setattr(spans, name, noted(name))
    fill(long_document(2), contents("£1"))
    few = counted.copy()
    counted.clear()
    fill(long_document(40), contents("£1"))
    assert counted == few


def test_a_document_that_nothing_is_filled_in_is_not_written_again() -> None:
    content = long_document(2)
    assert fill(content, {}).content == content
    assert parts(content)
