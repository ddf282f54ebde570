"""The tables of a chapter: fit for the text and the letters of the document that they go into."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import cache

import pytest

from tests.documents.embedding_chapters import END, body
from tests.documents.embedding_documents import (
    W,
    control,
    document,
    edited,
    in_this_process,
    paragraph,
    run,
    words,
)
from tests.documents.proposal_reader import small_pictures
from valuecalc.documents import languages
from valuecalc.documents.embedding import apart, chapter
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.documents.proposal.tables import width_for
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

SIDE = 1_000
ARIAL = 1.08
"""So much wider than ours are its digits."""


@pytest.fixture(autouse=True, scope="module")
def _here() -> Iterator[None]:
    with in_this_process(), small_pictures():
        yield


def layout(width: int) -> str:
    """A page on which the text is so wide, in twips."""
    page = f'<w:pgSz w:w="{width + 2 * SIDE}" w:h="16838"/>'
    return f'<w:sectPr>{page}<w:pgMar w:left="{SIDE}" w:right="{SIDE}"/></w:sectPr>'


def of_width(width: int, *blocks: str) -> bytes:
    return edited(document(*(blocks or (paragraph("x"),))), "<w:sectPr/>", layout(width))


def heading(text: str) -> str:
    level = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'
    return f"<w:p>{level}{run(text)}</w:p>"


def break_after(text: str, width: int) -> str:
    return f"<w:p><w:pPr>{layout(width)}</w:pPr>{run(text)}</w:p>"


@cache
def planned() -> Result:
    return calculate(case_from_text((models_folder() / "field-service.yaml").read_bytes()))


def grids(content: bytes) -> Iterator[tuple[list[int], list[list[str]]]]:
    for table in body(content).iter(f"{W}tbl"):
        columns = [int(each.get(f"{W}w")) for each in table.iter(f"{W}gridCol")]
        yield (
            columns,
            [[words(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")],
        )


@pytest.mark.parametrize("width", [9071, 7600])
def test_no_amount_and_no_day_is_broken_in_letters_that_are_wider_than_ours(width: int) -> None:
    wish = chapter.Wish(place=END, sections=("cash_flow", "plan"), language=languages.find("de"))
    made = chapter.insert_chapter(of_width(width), planned(), (), (), wish).content
    count = 0
    for columns, rows in grids(made):
        size = 9 if rows[0][0] == "Schritt" else 8
        assert abs(sum(columns) - width) <= len(columns)
        for row in rows[1:]:
            # A no-break space is none at which a line may end.
            needed = [width_for([each], size * ARIAL, least=0) * 567 for each in row[2:]]
            assert all(map(operator.le, needed, columns[2:])), (row, columns)
            count += sum("\u00a0" in each for each in row[2:])
    assert count > 20


def test_the_width_is_that_of_the_place_and_later_that_of_the_chapter() -> None:
    parts = (heading("Narrow"), break_after("of the first", 5000), heading("Wide"))
    theirs = of_width(9000, *parts)

    def wide(content: bytes, *place: str) -> int:
        kind, name = (*place, "")[:2]
        return apart.described(content, (kind, name)).text_width

    assert wide(theirs, "heading", "Wide") == wide(theirs, "end") == 9000
    tagged = of_width(9000, control("chapter", paragraph("x")), *parts)
    assert wide(tagged, "control") == wide(tagged, "heading", "Wide") == 5000
    alone = of_width(9000, control("chapter.benefits", paragraph("x")), *parts)
    assert wide(alone, "end") == wide(alone, "control") == 5000
    for place in (("heading", "Nothing"), ("bookmark", "no"), ("control",)):
        assert wide(theirs, *place) == 0
    assert apart.described(theirs).text_width == 0
    assert wide(document(paragraph("x")), "end") == 0


def test_it_is_read_where_a_chapter_goes_in() -> None:
    theirs = of_width(6000, heading("Here"))
    found = chapter.describe(theirs, chapter.Wish(place=Place("heading", "Here")))
    assert found.text_width == 6000
