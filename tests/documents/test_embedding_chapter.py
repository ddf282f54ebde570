"""Our chapter in somebody's own document: in their styles, once and every time after."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from docx.shared import RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openxml_audit import OpenXmlValidator

from tests.documents.embedding_chapters import (
    CHOSEN,
    CONTROL,
    END,
    body,
    offer,
    once,
    ours,
    outcomes,
    outside,
    result,
    sdt,
    tags,
)
from tests.documents.embedding_documents import (
    BODY,
    W,
    control,
    document,
    edited,
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
from valuecalc.documents import gate
from valuecalc.documents.embedding import EVERYTHING, Outcome, Words, apart, chapter, fill
from valuecalc.documents.embedding.chapter_insert import insert
from valuecalc.documents.embedding.chapter_place import Place
from valuecalc.documents.embedding.state import NAMESPACE
from valuecalc.engine.compare import compare
from valuecalc.errors import FileRefused, InputError

STYLES, NUMBERING = "word/styles.xml", "word/numbering.xml"


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


# --------------------------------------------------------------------------- what is put in


def test_the_chapter_is_a_control_with_one_for_each_section() -> None:
    assert tags(once()) == ["chapter", *(f"chapter.{id}" for id in CHOSEN)]
    shown = words(sdt(once(), "chapter.summary"))
    assert result().figure("value").text in shown
    assert "Gain" in words(sdt(once(), "chapter.benefits"))


def test_everything_else_of_the_body_stays_byte_by_byte() -> None:
    before, after = outside(parts(once())[BODY])
    assert before + after == parts(offer())[BODY]
    assert before.endswith(b"</w:p>")


def test_parts_that_need_nothing_new_stay_byte_by_byte() -> None:
    made = parts(once())
    changed = {name for name, part in parts(offer()).items() if made[name] != part}
    known = {BODY, "word/_rels/document.xml.rels", "[Content_Types].xml", STYLES, NUMBERING}
    assert changed <= known
    new = set(made) - set(parts(offer()))
    assert all("valuecalc-" in name or name.startswith("customXml/") for name in new)


def test_their_styles_and_lists_stay_and_ours_follow_them() -> None:
    for name, end in ((STYLES, b"</w:styles>"), (NUMBERING, b"</w:numbering>")):
        theirs, made = parts(offer())[name], parts(once())[name]
        kept = theirs[: theirs.rindex(end)]
        if name == STYLES:
            assert made.startswith(kept)
        else:
            before = etree.fromstring(theirs)
            after = etree.fromstring(made)
            known = {etree.tostring(each) for each in before}
            assert known <= {etree.tostring(each) for each in after}
            order = [etree.QName(each).localname for each in after]
            assert order == sorted(order, key=["abstractNum", "num"].index)


def test_only_styles_that_are_used_are_added() -> None:
    added = parts(once())[STYLES].decode().count("<w:style ")
    added -= parts(offer())[STYLES].decode().count("<w:style ")
    root = etree.fromstring(parts(once())[STYLES])
    ids = {each.get(f"{W}styleId") for each in root.iter(f"{W}style")}
    assert "TableText" in ids
    assert "CoverTerm" not in ids
    assert 0 < added < 40


def test_every_style_that_is_named_is_there_and_no_id_is_twice() -> None:
    root = etree.fromstring(parts(once())[STYLES])
    ids = [each.get(f"{W}styleId") for each in root.iter(f"{W}style")]
    assert len(ids) == len(set(ids))
    named = body(once()).iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
    assert {each.get(f"{W}val") for each in named} <= set(ids)
    for each in root.iter(f"{W}basedOn", f"{W}next", f"{W}link"):
        assert each.get(f"{W}val") in ids


def test_numbers_of_controls_bookmarks_and_drawings_are_there_once() -> None:
    theirs = document(
        paragraph(control("value.npv", "-", id=1)),
        '<w:p><w:bookmarkStart w:id="1" w:name="_RefWaterfall"/>'
        f'{run("x")}<w:bookmarkEnd w:id="1"/></w:p>',
        paragraph(picture()),
    )
    made = body(insert(theirs, ours(), END).content)
    ids = [each.find(f"{W}sdtPr/{W}id").get(f"{W}val") for each in made.iter(f"{W}sdt")]
    assert len(ids) == len(set(ids))
    marks = list(made.iter(f"{W}bookmarkStart"))
    assert len({each.get(f"{W}id") for each in marks}) == len(marks) > 1
    assert len({each.get(f"{W}name") for each in marks}) == len(marks)
    drawings = [each.get("id") for each in made.iter("{*}docPr")]
    assert len(drawings) == len(set(drawings)) > 1


def test_a_reference_follows_its_caption_to_a_name_that_is_free() -> None:
    taken = '<w:p><w:bookmarkStart w:id="1" w:name="_RefTornado"/><w:bookmarkEnd w:id="1"/></w:p>'
    made = body(insert(document(taken), ours(sections=("certainty",)), END).content)
    marks = {each.get(f"{W}name") for each in made.iter(f"{W}bookmarkStart")}
    asked = {
        each.text.split()[1] for each in made.iter(f"{W}instrText") if " REF " in f" {each.text}"
    }
    assert "_RefTornado_2" in asked
    assert asked <= marks


def test_tables_are_as_wide_as_their_text() -> None:
    letter = 12240
    width = letter - 2 * round(40 / 25.4 * 1440)
    for each in sdt(once(), "chapter").iter(f"{W}tblW"):
        assert abs(int(each.get(f"{W}w")) - width) <= 60


def test_a_validator_finds_nothing_new_and_the_gate_lets_it_pass(tmp_path: Path) -> None:
    theirs = document(paragraph("x"), table(row("a", "b", "c")), paragraph("y"))
    found = []
    for number, content in enumerate((theirs, insert(theirs, ours(), END).content)):
        file = tmp_path / f"{number}.docx"
        file.write_bytes(content)
        found.append({str(each) for each in OpenXmlValidator().validate(file).errors})
    assert found[1] <= found[0]
    gate.check(insert(theirs, ours(charts="native"), END).content, "docx")


def test_another_program_opens_it_with_their_headings() -> None:
    opened = docx.Document(io.BytesIO(once()))
    names = {each.name for each in opened.styles}
    assert {"Heading 2", "Table text", "Value table"} <= names
    assert opened.styles["Heading 1"].font.color.rgb == RGBColor.from_string("7A1F3D")


def test_native_charts_come_with_their_workbooks() -> None:
    made = insert(offer(), ours(sections=("value",), charts="native"), END).content
    charts = [name for name in parts(made) if "/charts/valuecalc-" in name]
    assert len([name for name in charts if name.endswith(".xml")]) == 2
    assert len([name for name in parts(made) if name.endswith(".xlsx")]) == 2


# --------------------------------------------------------------------------- where it goes


def levels(content: bytes, tag: str = "chapter") -> set[str]:
    styles = (each.get(f"{W}val") for each in sdt(content, tag).iter(f"{W}pStyle"))
    return {each for each in styles if each.startswith("Heading")}


def test_below_a_heading_it_comes_after_all_that_stands_there_one_level_lower() -> None:
    before, after = outside(parts(once())[BODY])
    assert b"More words of ours." in before
    assert re.match(rb"<w:p>.*?Terms", after, re.DOTALL)
    assert levels(once()) == {"Heading2"}


def test_the_heading_is_found_without_its_number_and_in_any_case() -> None:
    theirs = edited(offer(), "Business case", "3.1 Business  CASE")
    made = insert(theirs, ours(), Place("heading", "business case")).content
    assert "chapter" in tags(made)


def test_it_has_the_page_of_its_heading_and_not_of_the_next_one() -> None:
    heading = '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr>{}</w:p>'
    first, second = (heading.format(run(each)) for each in ("First", "Second"))
    new_page = "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    made = insert(document(first, new_page, second), ours(), Place("heading", "First")).content
    assert [each.tag for each in body(made)][:3] == [f"{W}p", f"{W}sdt", f"{W}p"]
    assert body(made)[2].find(f".//{W}sectPr") is not None


def test_at_the_end_it_stands_on_the_first_level_and_one_can_write_on() -> None:
    made = insert(offer(), ours(), END).content
    *_, last, paragraph_after, section = body(made)
    assert last.tag == f"{W}sdt"
    assert paragraph_after.tag == f"{W}p"
    assert section.tag == f"{W}sectPr"
    assert levels(made) == {"Heading1"}


def test_at_a_bookmark_it_comes_after_its_paragraph() -> None:
    marked = '<w:p><w:bookmarkStart w:id="7" w:name="here"/>' + run("x") + "</w:p>"
    made = insert(document(marked, paragraph("after")), ours(), Place("bookmark", "here")).content
    first, second, third, *_ = body(made)
    assert (words(first), second.tag, words(third)) == ("x", f"{W}sdt", "after")


def test_a_tagged_control_gets_the_chapter_and_keeps_its_own_properties() -> None:
    theirs = document(control("chapter", paragraph("[chapter]"), more='<w:alias w:val="Ours"/>'))
    made = insert(theirs, ours(), Place("control")).content
    assert tags(made) == ["chapter", *(f"chapter.{id}" for id in CHOSEN)]
    assert sdt(made, "chapter").find(f"{W}sdtPr/{W}alias").get(f"{W}val") == "Ours"
    assert "[chapter]" not in words(body(made))


def test_a_control_for_one_section_gets_it_and_the_chapter_has_it_no_more() -> None:
    alone = document(control("chapter.benefits", paragraph("[benefits]")), paragraph("x"))
    made = insert(alone, ours(), Place("control")).content
    assert tags(made) == ["chapter.benefits"]
    both = insert(alone, ours(), END).content
    others = [f"chapter.{id}" for id in CHOSEN if id != "benefits"]
    assert tags(both) == ["chapter.benefits", "chapter", *others]


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        (Place("heading", "Nothing"), "no heading “Nothing”"),
        (Place("bookmark", "nothing"), "no bookmark “nothing”"),
        (Place("control"), "no content control tagged “chapter”"),
    ],
)
def test_a_place_that_is_not_there_is_refused_with_those_that_are(place: Place, cause: str) -> None:
    with pytest.raises(FileRefused, match=cause) as refused:
        insert(offer(), ours(), place)
    if place.kind == "heading":
        assert "“Business case”" in refused.value.remedy


def test_a_heading_that_is_there_twice_is_refused() -> None:
    twice = edited(offer(), ">Terms<", ">Offer<")
    with pytest.raises(FileRefused, match="2 headings"):
        insert(twice, ours(), Place("heading", "Offer"))


@pytest.mark.parametrize(
    "theirs",
    [
        document(paragraph(control("chapter", "[x]")), paragraph("y")),
        document(table(row(control("chapter", paragraph("[x]")) + "<w:p/>", "b", "c"))),
    ],
)
def test_a_control_in_a_line_or_in_a_table_has_no_room(theirs: bytes) -> None:
    done = insert(theirs, ours(), END)
    left = [each for each in done.report.entries if each.outcome is Outcome.LEFT]
    assert [each.tag for each in left] == ["chapter"]


def test_words_of_theirs_in_the_control_stay_and_are_reported() -> None:
    theirs = document(control("chapter", paragraph("Our own chapter.")), paragraph("x"))
    done = insert(theirs, ours(), Place("control"))
    assert outcomes(done) == {"chapter": Outcome.CONFLICT}
    assert done.content == theirs
    assert len(tags(insert(theirs, ours(), Place("control"), {"chapter"}).content)) == 5


# --------------------------------------------------------------------------- again


def test_the_same_again_leaves_the_file_as_it_is() -> None:
    done = insert(once(), ours(), Place("heading", "Terms"))
    assert done.content == once()
    assert set(outcomes(done).values()) == {Outcome.UNCHANGED}


def test_new_numbers_are_written_where_the_chapter_is() -> None:
    done = insert(once(), ours(150), END)
    assert result(150).figure("value").text in words(sdt(done.content, "chapter.summary"))
    assert outside(parts(done.content)[BODY]) == outside(parts(once())[BODY])
    assert tags(done.content) == tags(once())
    assert levels(done.content) == {"Heading2"}
    assert outcomes(done)["chapter.sources"] is Outcome.UNCHANGED


def test_pictures_of_before_go_and_styles_are_not_added_again() -> None:
    made = parts(insert(once(), ours(150), END).content)
    pictures = [name for name in made if "media/valuecalc-" in name]
    assert len(pictures) == 2
    assert made[STYLES] == parts(once())[STYLES]


def test_a_section_in_which_somebody_has_written_stays_and_is_reported() -> None:
    typed = edited(once(), ">Gain<", ">Our gain<")
    done = insert(typed, ours(150), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT
    assert outcomes(done)["chapter.summary"] is Outcome.FILLED
    assert "Our gain" in words(sdt(done.content, "chapter.benefits"))
    [entry] = done.report.conflicts
    assert "chapter.benefits" in entry.remedy
    written = insert(typed, ours(150), END, {"chapter.benefits"})
    assert "Our gain" not in words(sdt(written.content, "chapter.benefits"))
    assert insert(typed, ours(150), END, {EVERYTHING}).report.conflicts == ()


def test_a_tracked_change_counts_as_written() -> None:
    changed = edited(once(), run("Gain"), f'<w:ins w:id="9" w:author="A">{run("Gain")}</w:ins>')
    done = insert(changed, ours(150), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT


GUESTS = {
    "a note": '<w:r><w:footnoteReference w:id="2"/></w:r>',
    "a comment": '<w:r><w:commentReference w:id="1"/></w:r>',
    "a page break": '<w:r><w:br w:type="page"/></w:r>',
    "a field": f'<w:fldSimple w:instr=" AUTHOR ">{run("Jo")}</w:fldSimple>',
}


@pytest.mark.parametrize("guest", GUESTS.values(), ids=GUESTS.keys())
def test_what_only_a_person_can_have_put_in_counts_as_written(guest: str) -> None:
    changed = edited(once(), run("Gain"), f"{run('Gain')}{guest}", count=1)
    done = insert(changed, ours(150), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT


def test_a_row_that_somebody_has_added_counts_as_written() -> None:
    content = parts(once())[BODY].decode()
    place = content.index("</w:tr>", content.index('"chapter.benefits"')) + len("</w:tr>")
    row = "<w:tr><w:tc><w:tcPr/></w:tc></w:tr>"
    changed = packed({**parts(once()), BODY: f"{content[:place]}{row}{content[place:]}".encode()})
    assert outcomes(insert(changed, ours(150), END))["chapter.benefits"] is Outcome.CONFLICT


def test_a_chapter_whose_controls_are_gone_is_told() -> None:
    content = parts(once())[BODY].decode()
    stripped = re.sub(r"<w:sdtPr>.*?</w:sdtPr>", "<w:sdtPr/>", content)
    done = insert(packed({**parts(once()), BODY: stripped.encode()}), ours(), END)
    assert any("controls are gone" in note for note in done.report.notes)
    assert not any(
        "controls are gone" in note for note in insert(offer(), ours(), END).report.notes
    )


def test_no_empty_chapter_is_added_where_every_section_has_a_control_of_its_own() -> None:
    content = parts(once())[BODY].decode()
    without = content.replace('<w:tag w:val="chapter"/>', "", 1)
    done = insert(packed({**parts(once()), BODY: without.encode()}), ours(150), END)
    assert "chapter" not in tags(done.content)


@pytest.mark.parametrize("kind", ["<w:text/>", '<w:dataBinding w:xpath="/a" w:storeItemID="{B}"/>'])
def test_a_control_for_words_alone_gets_no_tables(kind: str) -> None:
    theirs = document(control("chapter", paragraph("-"), more=kind))
    done = insert(theirs, ours(), Place("control"))
    assert outcomes(done) == {"chapter": Outcome.LEFT}
    assert "rich text" in done.report.entries[0].remedy


def test_what_word_works_out_itself_does_not_count() -> None:
    end = '</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/>'
    numbered = edited(once(), f">1{end}", f">7{end}", count=99)
    assert insert(numbered, ours(150), END).report.conflicts == ()


def test_a_picture_that_somebody_has_replaced_counts_as_theirs() -> None:
    name = next(name for name in parts(once()) if "media/valuecalc-" in name)
    replaced = packed({**parts(once()), name: parts(document())["word/media/image1.png"]})
    assert outcomes(insert(replaced, ours(150), END))["chapter.value"] is Outcome.CONFLICT


def test_words_between_the_sections_stay() -> None:
    content = parts(once())[BODY]
    place = content.index(b'"chapter.benefits"')
    at = [each.start() for each in CONTROL.finditer(content, 0, place)][-1]
    between = content[:at] + paragraph("Between").encode() + content[at:]
    typed = packed({**parts(once()), BODY: between})
    made = insert(typed, ours(150), END).content
    assert "Between" in words(sdt(made, "chapter"))


def test_a_section_that_is_chosen_later_comes_in_its_place() -> None:
    more = ("summary", "statement", "value", "benefits", "sources")
    done = insert(once(), ours(sections=more), END)
    assert tags(done.content) == ["chapter", *(f"chapter.{id}" for id in more)]
    assert outcomes(done)["chapter.statement"] is Outcome.FILLED
    assert outcomes(done)["chapter.value"] is Outcome.UNCHANGED


def test_a_section_that_is_not_chosen_any_more_goes_unless_somebody_wrote_into_it() -> None:
    fewer = ("summary", "value", "sources")
    assert tags(insert(once(), ours(sections=fewer), END).content) == [
        "chapter",
        *(f"chapter.{id}" for id in fewer),
    ]
    typed = edited(once(), ">Gain<", ">Our gain<")
    done = insert(typed, ours(sections=fewer), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.KEPT
    assert "chapter.benefits" in tags(done.content)


def test_a_section_that_somebody_has_moved_into_another_leaves_a_sound_document() -> None:
    content = parts(once())[BODY]
    marks = [content.index(f'"chapter.{id}"'.encode()) for id in ("value", "benefits")]
    begin, end = (
        [each.start() for each in CONTROL.finditer(content, 0, mark)][-1] for mark in marks
    )
    moved = content[begin:end]
    rest = content[:begin] + content[end:]
    at = rest.index(b"<w:sdtContent>", rest.index(b'"chapter.benefits"')) + len(b"<w:sdtContent>")
    nested = packed({**parts(once()), BODY: rest[:at] + moved + rest[at:]})
    done = insert(nested, ours(150), END)
    assert outcomes(done)["chapter.benefits"] is Outcome.CONFLICT
    assert len(list(body(done.content).iter(f"{W}sectPr"))) == 2
    everything = insert(nested, ours(150), END, {EVERYTHING}).content
    assert tags(everything) == tags(once())


def test_a_section_for_which_the_case_has_nothing_is_not_there() -> None:
    nothing = ours(sections=("summary", "plan"))
    assert tags(insert(offer(), nothing, END).content) == ["chapter", "chapter.summary"]
    alone = document(control("chapter.plan", paragraph("[plan]")), paragraph("x"))
    done = insert(alone, nothing, Place("control"))
    assert outcomes(done) == {"chapter.plan": Outcome.MISSING}
    assert done.content == alone
    unknown = document(control("chapter.sumary", paragraph("[x]")), paragraph("x"))
    assert outcomes(insert(unknown, ours(), END))["chapter.sumary"] is Outcome.UNKNOWN


def test_filling_the_document_leaves_the_chapter_and_what_is_known_of_it() -> None:
    content = parts(once())[BODY]
    place = outside(content)[0].rindex(b"<w:p>")
    typed = content[:place] + paragraph(control("value.npv", "-", id=77)).encode() + content[place:]
    done = fill(packed({**parts(once()), BODY: typed}), {"value.npv": Words("£1")})
    assert "£1" in words(body(done.content))
    assert [each for each in tags(done.content) if each != "value.npv"] == tags(once())
    assert insert(done.content, ours(150), END).report.conflicts == ()


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), _WORDS), max_size=4))
def test_whatever_is_written_around_the_chapter_stays_byte_by_byte(
    typed: list[tuple[int, str]],
) -> None:
    content = parts(once())[BODY]
    for place, text in typed:
        before, after = outside(content)
        here = [m.end() for m in re.finditer(rb"</w:p>", before)]
        at = here[place % len(here)]
        content = content[:at] + paragraph(run(text)).encode() + content[at:]
    made = packed({**parts(once()), BODY: content})
    done = insert(made, ours(150), END)
    after = parts(done.content)
    assert outside(after[BODY]) == outside(content)
    for name, part in parts(made).items():
        is_ours = name in (BODY, "word/_rels/document.xml.rels") or "valuecalc-" in name
        assert is_ours or NAMESPACE.encode() in part or after.get(name) == part, name


# --------------------------------------------------------------------------- by the front door


def test_a_chapter_goes_into_a_document_in_a_process_of_its_own() -> None:
    wish = chapter.Wish(place=Place("heading", "Business case"), sections=CHOSEN)
    found = result()
    done = chapter.insert_chapter(offer(), found, compare(found.case), (), wish)
    assert words(body(done.content)) == words(body(once()))


def test_sections_that_a_document_has_itself_and_unknown_ones_are_refused() -> None:
    for id in ("cover", "contents", "nothing"):
        with pytest.raises(InputError, match=id):
            chapter.refuse_unknown(chapter.Wish(place=END, sections=(id,)))
    with pytest.raises(InputError, match="nowhere"):
        chapter.refuse_unknown(chapter.Wish(place=Place("nowhere")))
    assert {"cover", "contents"}.isdisjoint(each.id for each in chapter.possible())


def test_a_hostile_document_is_refused_before_it_is_read() -> None:
    field = "<w:p><w:r><w:instrText> DDEAUTO c:\\x </w:instrText></w:r></w:p>"
    with pytest.raises(FileRefused, match="DDEAUTO"):
        apart.inserted(document(field), ours(), ("end", ""))
    with pytest.raises(FileRefused, match="no .docx"):
        apart.inserted(b"MZ", ours(), ("end", ""))


def test_an_empty_document_is_refused() -> None:
    empty = edited(document(), "<w:body><w:sectPr/></w:body>", "<w:body/>")
    with pytest.raises(FileRefused, match="empty"):
        insert(empty, ours(), END)


def test_a_document_without_styles_lists_and_relations_gets_them() -> None:
    made = insert(document(paragraph("x")), ours(), END).content
    assert STYLES in parts(made)
    assert NUMBERING in parts(made)
    docx.Document(io.BytesIO(made))


def test_a_chapter_is_the_same_bytes_twice() -> None:
    assert insert(offer(), ours(), END).content == insert(offer(), ours(), END).content
