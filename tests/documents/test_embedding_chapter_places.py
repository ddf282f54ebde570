"""Where a chapter goes in a document that is not as simple as one would like."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from tests.documents.embedding_chapters import body, ours, sdt, tags
from tests.documents.embedding_documents import (
    BODY,
    W,
    control,
    document,
    packed,
    paragraph,
    parts,
    picture,
    row,
    run,
    table,
    words,
)
from tests.documents.proposal_reader import small_pictures
from valuecalc.documents.embedding import Filled
from valuecalc.documents.embedding.chapter_insert import insert
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.errors import FileRefused

ALONE = ("benefits",)
SIDES = 1000


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


def heading(text: str, level: int = 1, more: str = "") -> str:
    outline = f'<w:outlineLvl w:val="{level - 1}"/>'
    return f"<w:p><w:pPr>{outline}{more}</w:pPr>{run(text)}</w:p>"


def layout(width: int, columns: str = "") -> str:
    """A section whose text is so wide."""
    page = f'<w:pgSz w:w="{width + 2 * SIDES}" w:h="16838"/>'
    margins = f'<w:pgMar w:top="0" w:right="{SIDES}" w:bottom="0" w:left="{SIDES}"/>'
    return f"<w:sectPr>{page}{margins}{columns}</w:sectPr>"


def break_after(text: str, width: int) -> str:
    """A paragraph that ends a section."""
    return f"<w:p><w:pPr>{layout(width)}</w:pPr>{run(text) if text else ''}</w:p>"


def ending(content: bytes, section: str) -> bytes:
    """A document whose last section is another one."""
    made = parts(content)[BODY].replace(b"<w:sectPr/></w:body>", f"{section}</w:body>".encode())
    return packed({**parts(content), BODY: made})


def put(theirs: bytes, kind: str, name: str) -> Filled:
    return insert(theirs, ours(sections=ALONE), Place(kind, name))


def below(theirs: bytes, name: str) -> bytes:
    return put(theirs, "heading", name).content


def at(theirs: bytes, name: str) -> bytes:
    return put(theirs, "bookmark", name).content


def row_of(content: bytes) -> list[str]:
    """The blocks of a body in short: their words, and that of the chapter as a sign."""
    return [_short(each) for each in body(content) if each.tag != f"{W}sectPr"]


def _short(block: Any) -> str:
    found = block.find(f"{W}sdtPr/{W}tag")
    is_chapter = found is not None and found.get(f"{W}val") == "chapter"
    return "*" if is_chapter else words(block) or block.tag.removeprefix(W)


def depth(content: bytes) -> set[str]:
    """The levels of the headings in a chapter."""
    styles = (each.get(f"{W}val") for each in sdt(content, "chapter").iter(f"{W}pStyle"))
    return {each for each in styles if each.startswith("Heading")}


def width(content: bytes) -> int:
    """How wide the tables of the chapter are."""
    [found] = {int(each.get(f"{W}w")) for each in sdt(content, "chapter").iter(f"{W}tblW")}
    return found


# --------------------------------------------------------------------------- headings in controls


def test_a_heading_in_a_control_is_found_and_the_chapter_stands_after_what_is_below_it() -> None:
    boxed = control("theirs", heading("Case"))
    made = below(document(heading("Offer"), boxed, paragraph("x"), heading("Terms")), "Case")
    assert row_of(made) == ["Offer", "Case", "x", "*", "Terms"]
    assert depth(made) == {"Heading2"}


def test_a_heading_in_a_control_ends_what_is_below_another_one() -> None:
    inner = control("inner", heading("Terms"), id=2)
    theirs = document(heading("Case"), paragraph("x"), control("outer", inner), paragraph("y"))
    assert row_of(below(theirs, "Case")) == ["Case", "x", "*", "Terms", "y"]


def test_no_chapter_goes_into_the_control_of_somebody_else() -> None:
    boxed = control("theirs", heading("Case"), paragraph("x"), heading("Terms"), paragraph("y"))
    made = below(document(boxed, paragraph("z")), "Case")
    assert row_of(made) == ["CasexTermsy", "*", "z"]
    last = control("theirs", paragraph("x"), heading("Terms"))
    assert row_of(below(document(heading("Case"), last), "Case")) == ["Case", "*", "xTerms"]


def test_headings_in_a_control_before_it_give_the_chapter_its_level() -> None:
    boxed = control("theirs", heading("Case", 2))
    marked = '<w:p><w:bookmarkStart w:id="1" w:name="here"/><w:bookmarkEnd w:id="1"/></w:p>'
    assert depth(at(document(boxed, marked), "here")) == {"Heading3"}
    inside = control("theirs", heading("Case", 2), control("chapter", paragraph("[x]"), id=2))
    assert depth(put(document(inside), "control", "").content) == {"Heading3"}


def test_headings_of_our_own_sections_are_none_of_the_document() -> None:
    once = insert(document(paragraph("x")), ours(sections=("benefits",)), Place("end")).content
    alone = parts(once)[BODY].replace(b'w:val="chapter"', b'w:val="other"')
    theirs = packed({**parts(once), BODY: alone})
    with pytest.raises(FileRefused) as refused:
        insert(theirs, ours(sections=("value",)), Place("heading", "Benefits"))
    assert "no headings at all" in refused.value.remedy


def test_an_empty_heading_has_no_name() -> None:
    empty = heading("").replace(run(""), "")
    with pytest.raises(FileRefused, match="no heading"):
        below(document(empty, paragraph("x")), "")


# --------------------------------------------------------------------------- names of headings


NUMBERED = [
    "1. Business",
    "1.2 Business",
    "1.2.Business",
    "1) Business",
    "A. Business",
    "A.1 Business",
    "IV. Business",
    "iv) Business",
    "§ 4 Business",
    "§ 4a Business",
    "§4 Business",
    "12\u00a0Business",
]


@pytest.mark.parametrize("typed", NUMBERED)
def test_a_number_that_was_typed_before_a_heading_does_not_count(typed: str) -> None:
    assert "*" in row_of(below(document(heading(typed)), "business"))


@pytest.mark.parametrize(
    "other",
    [
        "A Business",
        "Mix Business",
        "I Business",
        "Our Business",
        "No. Business",
        "1Business",
        "e.g.Business",
    ],
)
def test_words_before_a_heading_count(other: str) -> None:
    with pytest.raises(FileRefused, match="no heading"):
        below(document(heading(other)), "Business")


def test_a_decimal_is_no_number_of_a_heading() -> None:
    with pytest.raises(FileRefused, match="no heading"):
        below(document(heading("3.5% growth")), "5% growth")


def test_the_heading_of_just_that_name_is_taken_before_one_with_a_number() -> None:
    theirs = document(heading("A. Plan"), heading("Plan"), heading("End"))
    assert row_of(below(theirs, "Plan")) == ["A. Plan", "Plan", "*", "End"]


def test_a_number_of_thousands_of_digits_is_read_at_once() -> None:
    theirs = document(heading("1" * 50_000 + "x"), heading("Plan"))
    assert row_of(below(theirs, "Plan"))[-1] == "*"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_the_same_however_they_were_typed(form: Any) -> None:
    typed = unicodedata.normalize(form, "Überblick für Käufer")
    other = unicodedata.normalize("NFD" if form == "NFC" else "NFC", "überblick für käufer")
    assert "*" in row_of(below(document(heading(typed)), other))


# --------------------------------------------------------------------------- bookmarks


def mark(name: str, id: int = 1) -> str:
    return f'<w:bookmarkStart w:id="{id}" w:name="{name}"/><w:bookmarkEnd w:id="{id}"/>'


def test_a_bookmark_between_two_blocks_belongs_to_the_second() -> None:
    theirs = document(paragraph("x"), mark("here"), paragraph("y"), paragraph("z"))
    assert [each for each in row_of(at(theirs, "here")) if "bookmark" not in each] == [
        "x",
        "y",
        "*",
        "z",
    ]


def test_a_bookmark_around_a_block_does_not_take_the_chapter_in() -> None:
    start, end = mark("here").split("/>", 1)
    theirs = document(f"{start}/>", paragraph("x"), end, paragraph("y"))
    made = at(theirs, "here")
    assert row_of(made) == ["bookmarkStart", "x", "bookmarkEnd", "*", "y"]


def test_a_bookmark_before_the_next_heading_stays_at_it() -> None:
    theirs = document(heading("Case"), paragraph("x"), mark("here"), heading("Terms"))
    theirs = packed(
        {**parts(theirs), BODY: parts(theirs)[BODY].replace(b'<w:bookmarkEnd w:id="1"/>', b"")}
    )
    assert row_of(below(theirs, "Case")) == ["Case", "x", "*", "bookmarkStart", "Terms"]


def test_a_bookmark_at_the_very_end_is_a_place() -> None:
    made = at(document(paragraph("x"), mark("here")), "here")
    assert row_of(made)[-1] == "*"
    assert body(made)[-1].tag == f"{W}sectPr"


def test_of_two_bookmarks_with_a_name_the_first_is_taken_as_in_word() -> None:
    first, second = (
        f"<w:p>{mark('here', id)}{run(text)}</w:p>" for id, text in ((1, "x"), (2, "y"))
    )
    assert row_of(at(document(first, second), "here")) == ["x", "*", "y"]


def test_small_letters_and_capitals_are_one_in_the_name_of_a_bookmark() -> None:
    first, second = (
        f"<w:p>{mark(name, id)}{run(name)}</w:p>" for id, name in enumerate(("HERE", "Here"))
    )
    assert row_of(at(document(first, second), "here")) == ["HERE", "*", "Here"]
    assert row_of(at(document(first, second), "Here")) == ["HERE", "Here", "*"]


def test_a_control_of_theirs_whose_tag_only_begins_like_ours_hides_nothing() -> None:
    marked = f"<w:p>{mark('here')}{run('x')}</w:p>"
    theirs = document(control("chapters-of-history", marked), paragraph("y"))
    assert row_of(at(theirs, "here")) == ["x", "*", "y"]
    history = control("chapters-of-history", heading("Case"))
    assert row_of(below(document(history, paragraph("y")), "Case")) == ["Case", "y", "*"]


def test_bookmarks_of_our_own_chapter_are_no_places() -> None:
    once = insert(document(paragraph("x")), ours(sections=ALONE), Place("end")).content
    name = next(body(once).iter(f"{W}bookmarkStart")).get(f"{W}name")
    alone = parts(once)[BODY].replace(b'w:val="chapter"', b'w:val="other"')
    with pytest.raises(FileRefused, match="no bookmark"):
        insert(
            packed({**parts(once), BODY: alone}),
            ours(sections=("value",)),
            Place("bookmark", name),
        )


# --------------------------------------------------------------------------- pages


def test_words_that_end_a_section_keep_its_page_and_the_chapter_has_that_of_the_next() -> None:
    theirs = ending(
        document(heading("Case"), break_after("The last words.", 6000), heading("Terms")),
        layout(12000),
    )
    done = put(theirs, "heading", "Case")
    assert row_of(done.content) == ["Case", "The last words.", "*", "Terms"]
    assert abs(width(done.content) - 12000) <= 60
    layouts = [list(body(each).iter(f"{W}sectPr")) for each in (theirs, done.content)]
    assert [len(each) for each in layouts] == [2, 2]
    assert any("next one" in note and "6" not in note for note in done.report.notes)


def test_nothing_is_said_where_the_next_section_is_as_wide() -> None:
    theirs = ending(
        document(heading("Case"), break_after("The last words.", 6000), heading("Terms")),
        layout(6000),
    )
    assert put(theirs, "heading", "Case").report.notes == ()


def test_a_heading_that_ends_a_section_itself_is_told_as_well() -> None:
    theirs = ending(document(heading("Case", more=layout(6000)), heading("Terms")), layout(12000))
    done = put(theirs, "heading", "Case")
    assert row_of(done.content) == ["Case", "*", "Terms"]
    assert len(done.report.notes) == 1


def test_a_picture_that_ends_a_section_is_no_empty_paragraph() -> None:
    shown = break_after("", 6000).replace("</w:p>", f"{picture()}</w:p>")
    theirs = ending(document(heading("Case"), shown, heading("Terms")), layout(12000))
    made = below(theirs, "Case")
    assert row_of(made) == ["Case", "p", "*", "Terms"]


def test_after_a_wide_page_below_the_heading_it_has_the_page_of_the_heading_again() -> None:
    theirs = ending(
        document(
            heading("Case"),
            break_after("x", 6000),
            table(row("a", "b", "c")),
            break_after("", 12000),
            heading("Terms"),
        ),
        layout(6000),
    )
    made = below(theirs, "Case")
    assert row_of(made) == ["Case", "x", "abc", "p", "*", "Terms"]
    assert abs(width(made) - 6000) <= 60


def test_a_section_break_inside_a_control_counts() -> None:
    boxed = control("theirs", paragraph("x"), break_after("", 6000))
    theirs = ending(document(heading("Case"), heading("Terms"), boxed), layout(12000))
    made = below(theirs, "Case")
    assert abs(width(made) - 6000) <= 60


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ('<w:cols w:num="2" w:space="1000"/>', 4000),
        ('<w:cols w:num="2"/>', (9000 - 720) // 2),
        ('<w:cols w:num="6" w:space="100"/>', 3000),
        ('<w:cols w:num="60" w:space="1000"/>', 3000),
        (
            '<w:cols w:num="2" w:equalWidth="0"><w:col w:w="5000"/><w:col w:w="3500"/></w:cols>',
            3500,
        ),
        ('<w:cols w:num="0"/>', 9000),
    ],
)
def test_tables_are_as_wide_as_a_column_and_never_too_narrow_to_be_read(
    columns: str, wanted: int
) -> None:
    theirs = ending(document(heading("Case")), layout(9000, columns))
    assert abs(width(below(theirs, "Case")) - wanted) <= 60


@pytest.mark.parametrize("wide", ["0", "1999", "99999", "x", "-5"])
def test_a_page_that_cannot_be_gives_our_own_width(wide: str) -> None:
    odd = layout(9000).replace('w:w="11000"', f'w:w="{wide}"')
    theirs = ending(document(heading("Case")), odd)
    assert abs(width(below(theirs, "Case")) - 9071) <= 60


def test_the_document_around_stays_byte_by_byte_at_all_these_places() -> None:
    boxed = control("theirs", heading("Case"), paragraph("x"), heading("Terms"))
    theirs = document(mark("here"), boxed, break_after("y", 6000), paragraph("z"))
    for kind, name in (("heading", "Case"), ("heading", "Terms"), ("bookmark", "HERE")):
        part = parts(put(theirs, kind, name).content)[BODY]
        begin = part.rindex(b"<w:sdt ", 0, part.index(b'w:val="chapter"'))
        end = part.index(b"</w:sdtContent></w:sdt></w:sdtContent></w:sdt>") + 46
        assert part[:begin] + part[end:] == parts(theirs)[BODY]
    assert tags(theirs) == ["theirs"]
