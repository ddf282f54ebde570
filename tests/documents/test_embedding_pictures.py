"""Pictures in somebody's document: another file, in the place and the width that they gave it."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.documents.embedding_documents import (
    BODY,
    WORD,
    W,
    control,
    document,
    drawn,
    edited,
    packed,
    paragraph,
    parts,
    picture,
    root,
    row,
    table,
    words,
)
from valuecalc.documents.embedding import Outcome, Picture, fill

TAG = "image.waterfall"
FIRST = Picture(drawn("first", 60, 20), "Benefits less investment.")
SECOND = Picture(drawn("another", 60, 20), "Now it is more.")
TEMPLATE = document(
    control(TAG, paragraph(picture()), more="<w:picture/>"), paragraph(picture()), paragraph("x")
)


def filled(content: bytes, now: Picture = FIRST) -> bytes:
    return fill(content, {TAG: now}).content


def shown(content: bytes) -> list[bytes]:
    """The pictures of the body in their order."""
    found = parts(content)
    relations = {
        each.get("Id"): f"word/{each.get('Target')}"
        for each in root(content, "word/_rels/document.xml.rels")
    }
    blips = root(content).iter("{*}blip")
    embed = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
    return [found[relations[each.get(embed)]] for each in blips]


def with_words(content: bytes, typed: str) -> bytes:
    """The body after somebody has typed words where its first drawing was."""
    body = root(content)
    run = next(body.iter(f"{W}drawing")).getparent()
    run[:] = [etree.fromstring(f'<w:t xmlns:w="{WORD}">{typed}</w:t>')]
    return bytes(etree.tostring(body))


def test_the_picture_of_the_control_is_another_and_all_others_stay() -> None:
    assert shown(filled(TEMPLATE)) == [FIRST.png, drawn("old")]


def test_the_width_stays_and_the_height_follows() -> None:
    extent = next(root(filled(TEMPLATE)).iter("{*}extent"))
    assert (extent.get("cx"), extent.get("cy")) == ("2000000", "666667")
    size = next(each for each in root(filled(TEMPLATE)).iter("{*}ext"))
    assert (size.get("cx"), size.get("cy")) == ("2000000", "666667")


def test_it_is_told_in_words_to_those_who_cannot_see_it() -> None:
    described = next(root(filled(TEMPLATE)).iter("{*}docPr"))
    assert described.get("descr") == "Benefits less investment."
    described = next(root(filled(filled(TEMPLATE), SECOND)).iter("{*}docPr"))
    assert described.get("descr") == "Now it is more."


def test_words_that_somebody_wrote_for_it_stay() -> None:
    typed = edited(filled(TEMPLATE), "Benefits less investment.", "Our own words")
    described = next(root(filled(typed, SECOND)).iter("{*}docPr"))
    assert described.get("descr") == "Our own words"


def test_a_width_that_somebody_gave_it_stays() -> None:
    wider = edited(filled(TEMPLATE), 'cx="2000000"', 'cx="3000000"', count=2)
    extent = next(root(filled(wider, SECOND)).iter("{*}extent"))
    assert (extent.get("cx"), extent.get("cy")) == ("3000000", "1000000")


def test_the_picture_before_is_taken_out_when_nothing_shows_it() -> None:
    again = filled(filled(TEMPLATE), SECOND)
    ours = [name for name in parts(again) if "valuecalc-" in name]
    assert [parts(again)[name] for name in ours] == [SECOND.png]
    assert parts(again)["word/_rels/document.xml.rels"].count(b"valuecalc") == 2
    assert len(again) < len(filled(TEMPLATE)) + len(SECOND.png)


def test_the_same_picture_leaves_the_file_as_it_is() -> None:
    assert filled(filled(TEMPLATE)) == filled(TEMPLATE)


def test_a_picture_that_somebody_put_there_stays_and_is_reported() -> None:
    once = filled(TEMPLATE)
    name = next(name for name in parts(once) if "valuecalc-" in name)
    replaced = packed({**parts(once), name: drawn("theirs")})
    done = fill(replaced, {TAG: SECOND})
    assert shown(done.content)[0] == drawn("theirs")
    assert len(done.report.conflicts) == 1
    assert shown(fill(replaced, {TAG: SECOND}, {TAG}).content)[0] == SECOND.png


def test_a_drawing_beside_it_that_would_stay_old_is_taken_out() -> None:
    svg = (
        '<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}"><asvg:svgBlip '
        'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" '
        'r:embed="rIdOld"/></a:ext></a:extLst>'
    )
    before = edited(
        TEMPLATE, '<a:blip r:embed="rIdOld"/>', f'<a:blip r:embed="rIdOld">{svg}</a:blip>'
    )
    assert b"svgBlip" not in parts(filled(before))[BODY]


def test_what_somebody_cut_off_is_not_cut_off_the_new_one() -> None:
    cut = edited(TEMPLATE, "<a:stretch>", '<a:srcRect l="10000"/><a:stretch>')
    assert b'l="10000"' not in parts(filled(cut))[BODY]


@pytest.mark.parametrize("level", ["run", "block"])
def test_a_control_without_a_picture_gets_one(level: str) -> None:
    inside = control(TAG, "[waterfall]" if level == "run" else paragraph("[waterfall]"))
    made = filled(document(paragraph(inside) if level == "run" else inside))
    assert shown(made) == [FIRST.png]
    assert shown(filled(made, SECOND)) == [SECOND.png]


@pytest.mark.parametrize("level", ["run", "block"])
def test_words_that_were_tagged_give_way_to_the_picture(level: str) -> None:
    marked = '<w:bookmarkStart w:id="7" w:name="here"/><w:r><w:t>here</w:t></w:r>'
    if level == "run":
        content = document(paragraph("a ", control(TAG, marked, more="<w:text/>"), " b"))
    else:
        content = document(control(TAG, paragraph(marked)), paragraph("b"))
    done = fill(content, {TAG: FIRST})
    [entry] = done.report.entries
    assert (entry.outcome, entry.theirs) == (Outcome.FILLED, "here")
    assert shown(done.content) == [FIRST.png]
    assert words(root(done.content)) == ("a  b" if level == "run" else "b")
    body = parts(done.content)[BODY]
    assert b'w:name="here"' in body
    assert b"<w:text/>" not in body
    assert shown(filled(done.content, SECOND)) == [SECOND.png]


def test_words_typed_where_a_picture_of_ours_was_stay_unless_they_may_go() -> None:
    once = filled(document(control(TAG, paragraph("here"))))
    typed = packed({**parts(once), BODY: with_words(once, "No picture, please.")})
    done = fill(typed, {TAG: SECOND})
    [conflict] = done.report.conflicts
    assert (conflict.theirs, conflict.ours) == ("No picture, please.", SECOND.words)
    assert conflict.remedy == f"Keep it, or allow “{TAG}” to be overwritten."
    assert shown(done.content) == []
    allowed = fill(typed, {TAG: SECOND}, {TAG})
    assert shown(allowed.content) == [SECOND.png]
    assert words(root(allowed.content)) == ""


def test_several_paragraphs_give_way_to_a_picture_only_when_they_may() -> None:
    content = document(control(TAG, paragraph("One."), paragraph("Two.")))
    done = fill(content, {TAG: FIRST})
    assert len(done.report.conflicts) == 1
    assert words(root(done.content)) == "One.Two."
    assert shown(fill(content, {TAG: FIRST}, {"*"}).content) == [FIRST.png]


@pytest.mark.parametrize(
    "inside",
    [
        control("mine", paragraph("here"), id=2),
        table(row("here")),
        paragraph('<w:fldSimple w:instr="DATE"><w:r><w:t>here</w:t></w:r></w:fldSimple>'),
        paragraph("here", '<w:r><w:footnoteReference w:id="2"/></w:r>'),
    ],
    ids=["control", "table", "field", "note"],
)
def test_more_than_words_never_gives_way_to_a_picture(inside: str) -> None:
    content = document(control(TAG, inside, paragraph()))
    done = fill(content, {TAG: FIRST}, {"*"})
    [left] = done.report.of(Outcome.LEFT)
    assert "empty this one" in left.remedy
    assert words(root(done.content)) == "here"
    assert shown(done.content) == []


def test_a_control_around_a_cell_without_a_picture_is_left() -> None:
    cell = control(TAG, f"<w:tc>{paragraph('x')}</w:tc>")
    content = document(f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>")
    done = fill(content, {TAG: FIRST})
    assert len(done.report.of(Outcome.LEFT)) == 1
    assert BODY in parts(done.content)


def test_a_header_has_pictures_of_its_own() -> None:
    relations = parts(document())["word/_rels/document.xml.rels"]
    content = document(
        paragraph("x"),
        header1=control(TAG, paragraph(picture())),
        parts={"word/_rels/header1.xml.rels": relations},
    )
    made = parts(filled(content))
    assert b"rIdvaluecalc" in made["word/_rels/header1.xml.rels"]
    assert b"rIdvaluecalc" not in made["word/_rels/document.xml.rels"].replace(b"Filled", b"")


def test_png_files_are_declared_where_none_were() -> None:
    content = parts(TEMPLATE)
    types = content["[Content_Types].xml"].replace(
        b'<Default Extension="png" ContentType="image/png"/>', b""
    )
    made = parts(filled(packed({**content, "[Content_Types].xml": types})))
    assert b'Extension="png"' in made["[Content_Types].xml"]


def test_a_control_with_something_else_in_it_is_left() -> None:
    content = document(control(TAG, paragraph("<w:r><w:pict><v:shape/></w:pict></w:r>")))
    done = fill(content, {TAG: FIRST})
    assert len(done.report.of(Outcome.LEFT)) == 1
    assert parts(done.content)[BODY] == parts(content)[BODY]
