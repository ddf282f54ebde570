"""A chapter that is put in again without a choice: it consists of what it did the last time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from tests.documents.embedding_chapters import ours, result, sdt, tags
from tests.documents.embedding_documents import (
    document,
    in_this_process,
    packed,
    paragraph,
    parts,
    words,
)
from tests.documents.proposal_reader import small_pictures
from valuecalc.case.case import Case, Scenario
from valuecalc.documents.embedding import state
from valuecalc.documents.embedding.chapter_insert import insert as insert_alone
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.state import ChapterChoice
from valuecalc.errors import InputError
from valuecalc.services import chapters
from valuecalc.services.chapters import ChapterWish
from valuecalc.services.embedding import Embedded

PLAIN = document(paragraph("x"))
BOLD = Scenario(id="bold", label="Bold", set={"users": 300})


@pytest.fixture(autouse=True, scope="module")
def _here() -> Iterator[None]:
    with in_this_process(), small_pictures():
        yield


def case(users: int = 100, *named: Scenario) -> Case:
    return replace(result(users).case, scenarios=named)


def put(
    content: bytes,
    *sections: str,
    users: int = 100,
    scenario: str | None = None,
    named: tuple[Scenario, ...] = (BOLD,),
    **more: Any,
) -> Embedded:
    """A document with a chapter of these sections, or of none that is named."""
    wish = ChapterWish(place="end", sections=sections or None, **more)
    return chapters.insert(case(users, *named), content, wish, scenario)


def sections(content: bytes) -> list[str]:
    return [each.removeprefix("chapter.") for each in tags(content) if each != "chapter"]


def charts(content: bytes) -> int:
    return sum(each.startswith("word/charts/") and "rels" not in each for each in parts(content))


def notes(made: Embedded) -> str:
    return " ".join(made.report.notes)


def remembered(content: bytes) -> ChapterChoice | None:
    return state.read(Package(content)).chosen


def remembering(content: bytes, chosen: ChapterChoice | None) -> bytes:
    """A document that says something else of its chapter."""
    package = Package(content)
    known = state.read(package)
    known.chosen = chosen
    state.write(package, known)
    return package.packed()


def test_the_sections_and_their_order_are_those_of_the_last_time() -> None:
    once = put(PLAIN, "sources", "benefits").export.content
    again = put(once, users=120)
    assert sections(again.export.content) == ["sources", "benefits"]
    assert again.report.notes == ()
    assert put(once).export.content == once


def test_a_new_chapter_has_all_sections_or_those_that_it_is_to_have_at_first() -> None:
    chosen = ("benefits", "sources")
    once = put(PLAIN, sections_at_first=chosen).export.content
    assert sections(once) == list(chosen)
    kept = put(once, sections_at_first=("conventions",)).export.content
    assert sections(kept) == list(chosen)
    short = put(PLAIN, length="short")
    assert {"summary", "certainty"} < {*sections(short.export.content)}
    assert "conventions" not in sections(short.export.content)
    with pytest.raises(InputError, match="cover"):
        put(PLAIN, sections_at_first=("cover",))


def test_other_sections_are_taken_and_said() -> None:
    once = put(PLAIN, "benefits", "sources").export.content
    made = put(once, "benefits", "conventions")
    assert sections(made.export.content) == ["benefits", "conventions"]
    assert made.report.notes == (
        "Chosen now, and not the last time: “Conventions in force”.",
        "Chosen the last time, and not now: “Public sources”.",
    )


def test_the_length_alone_chooses_its_sections_and_is_said() -> None:
    once = put(PLAIN, "benefits").export.content
    made = put(once, length="short")
    assert "summary" in sections(made.export.content)
    assert "as in a full proposal before. Now it is as in a short one" in notes(made)
    again = put(made.export.content)
    assert again.export.content == made.export.content


def test_sections_that_somebody_has_arranged_stay_so_and_nothing_is_said_of_it() -> None:
    once = put(PLAIN, "benefits", "sources", "conventions").export.content
    [first, second, _] = sdt(once, "chapter").iterfind("{*}sdtContent/{*}sdt")
    second.addnext(first)
    arranged = packed({**parts(once), "word/document.xml": _written(first)})
    for users in (120, 130):
        again = put(arranged, users=users)
        arranged = again.export.content
        assert sections(arranged) == ["sources", "benefits", "conventions"]
        assert again.report.notes == ()


def _written(element: Any) -> bytes:
    written: bytes = etree.tostring(element.getroottree())
    return written


def test_the_language_is_that_of_the_last_time_and_another_one_is_said() -> None:
    once = put(PLAIN, "benefits", language="de").export.content
    again = put(once, users=120)
    assert "Gesamtnutzen" in words(sdt(again.export.content, "chapter"))
    assert again.report.notes == ()
    english = put(once, language="en-GB")
    assert english.report.notes == (
        "The chapter was in another language before: Deutsch. Now it is in English "
        "(United Kingdom).",
    )
    assert put(english.export.content).export.content == english.export.content


def test_the_scenario_is_that_of_the_last_time_and_another_one_is_said() -> None:
    once = put(PLAIN, "benefits", scenario="bold")
    again = put(once.export.content)
    assert again.export.content == once.export.content
    assert (once.scenario, again.scenario) == ("bold", "bold")
    assert put(PLAIN, "benefits").scenario == "expected"
    other = put(once.export.content, scenario="expected")
    assert notes(other) == (
        "The chapter was of the scenario “Bold” before. Now it is of the scenario “Expected”."
    )
    gone = put(once.export.content, named=())
    assert gone.scenario == "expected"
    assert "of a scenario that the case does not have before" in notes(gone)


def test_charts_of_word_stay_charts_of_word_and_pictures_instead_of_them_are_said() -> None:
    once = put(PLAIN, "value", charts="native").export.content
    again = put(once, users=120)
    assert charts(again.export.content) == charts(once) > 0
    assert again.report.notes == ()
    drawn = put(once, charts="pictures")
    assert charts(drawn.export.content) == 0
    assert "had charts of Word before. Now it has pictures; the colours" in notes(drawn)
    back = put(drawn.export.content, charts="native")
    assert notes(back) == "The chapter had pictures before. Now it has charts of Word."


def test_of_a_chapter_that_is_not_remembered_it_is_taken_what_can_be_seen() -> None:
    once = put(PLAIN, "value", "sources", charts="native").export.content
    again = put(remembering(once, None), users=120)
    assert sections(again.export.content) == ["value", "sources"]
    assert charts(again.export.content) == charts(once)
    german = ours(sections=("sources", "benefits"), language="de")
    before = insert_alone(PLAIN, german, Place("end")).content
    made = put(before, users=120).export.content
    assert sections(made) == ["sources", "benefits"]
    assert "Gesamtnutzen" in words(sdt(made, "chapter"))


def test_what_a_document_says_of_itself_is_taken_only_if_there_is_such_a_thing() -> None:
    once = put(PLAIN, "benefits", "sources").export.content
    ids = ("nothing", "cover", "benefits", "sources")
    made = put(remembering(once, ChapterChoice(ids, "x" * 9, "<b>", "xx", "no such")))
    assert sections(made.export.content) == ["benefits", "sources"]
    sound = ChapterChoice(("benefits", "sources"), "full", "pictures", "en-GB", "expected")
    assert remembered(made.export.content) == sound


def test_a_chapter_that_somebody_has_taken_out_is_a_new_one() -> None:
    once = put(PLAIN, "benefits", language="de").export.content
    empty = packed({**parts(once), "word/document.xml": parts(PLAIN)["word/document.xml"]})
    made = put(empty, sections_at_first=("conventions",))
    assert sections(made.export.content) == ["conventions"]
    assert "Conventions in force" in words(sdt(made.export.content, "chapter"))
