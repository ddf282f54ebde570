"""Words in somebody's document: filled where a control is, and nothing else is touched."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from tests.documents.embedding_documents import (
    BODY,
    W,
    control,
    controls,
    document,
    edited,
    packed,
    paragraph,
    parts,
    root,
    row,
    run,
    table,
    texts,
    words,
)
from valuecalc.documents.embedding import Outcome, Words, fill
from valuecalc.documents.embedding.state import NAMESPACE
from valuecalc.documents.embedding.telling import ordinal
from valuecalc.errors import FileRefused

NPV = {"value.npv": Words("£325,915")}
LATER = {"value.npv": Words("£410,000")}
PLACEHOLDER = "<w:showingPlcHdr/>"
TRACKED = 'w:id="9" w:author="Ann" w:date="2026-01-01T00:00:00Z"'


def filled(content: bytes, text: str = "£325,915", tag: str = "value.npv") -> bytes:
    return fill(content, {tag: Words(text)}).content


def formats(content: bytes, tag: str = "value.npv") -> list[list[str]]:
    """The names of the properties of each run in the controls with a tag."""
    return [
        [each.tag.removeprefix(W) for each in found.iterfind(f"{W}rPr/*")]
        for inside in controls(content, tag)
        for found in inside.iter(f"{W}r")
    ]


class TestFilling:
    def test_puts_the_figure_into_its_control_and_keeps_the_words_around(self) -> None:
        made = filled(document(paragraph("It is worth ", control("value.npv", "[NPV]"), ".")))
        assert words(root(made)) == "It is worth £325,915."

    def test_keeps_the_format_of_the_first_words(self) -> None:
        before = control("value.npv", run("[N", "<w:b/><w:sz w:val='40'/>"), run("PV]", "<w:i/>"))
        made = filled(document(paragraph(before)))
        assert formats(made) == [["b", "sz"]]

    def test_drops_the_placeholder_and_its_style(self) -> None:
        shown = run("Click here", '<w:rStyle w:val="Platzhaltertext"/><w:b/>')
        made = filled(document(paragraph(control("value.npv", shown, more=PLACEHOLDER))))
        assert texts(made, "value.npv") == ["£325,915"]
        assert formats(made) == [["b"]]
        assert b"showingPlcHdr" not in parts(made)[BODY]

    def test_takes_the_format_that_the_control_keeps_for_words_to_come(self) -> None:
        shown = run("Click here", '<w:rStyle w:val="PlaceholderText"/>')
        before = control("value.npv", shown, more=PLACEHOLDER).replace(
            "<w:sdtPr>", "<w:sdtPr><w:rPr><w:i/></w:rPr>"
        )
        assert formats(filled(document(paragraph(before)))) == [["i"]]

    @pytest.mark.parametrize("where", ["header1", "footer1"])
    def test_fills_headers_and_footers(self, where: str) -> None:
        made = filled(document(paragraph("x"), **{where: paragraph(control("value.npv", "-"))}))
        assert texts(made, "value.npv", f"word/{where}.xml") == ["£325,915"]

    @pytest.mark.parametrize("where", ["footnote", "endnote"])
    def test_fills_notes(self, where: str) -> None:
        note = f'<w:{where} w:id="2">{paragraph(control("value.npv", "-"))}</w:{where}>'
        made = filled(document(paragraph("x"), **{f"{where}s": note}))
        assert texts(made, "value.npv", f"word/{where}s.xml") == ["£325,915"]

    def test_leaves_comments_alone(self) -> None:
        comment = f'<w:comments xmlns:w="{W[1:-1]}">{control("value.npv", "-")}</w:comments>'
        content = document(paragraph("x"), parts={"word/comments.xml": comment})
        assert filled(content) == content

    def test_fills_a_cell_and_a_control_around_a_cell(self) -> None:
        inside = row("a", paragraph(control("value.npv", "-")), "b")
        around = control("value.npv", "<w:tc><w:tcPr/><w:p/></w:tc>")
        made = filled(document(table(inside, f"<w:tr>{around}</w:tr>")))
        assert texts(made, "value.npv") == ["£325,915", "£325,915"]

    def test_fills_both_branches_of_a_text_box(self) -> None:
        box = f"<w:txbxContent>{paragraph(control('value.npv', '-'))}</w:txbxContent>"
        boxes = (
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx>'
            f"{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
            f"<v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
        done = fill(document(paragraph(boxes)), NPV)
        assert texts(done.content, "value.npv") == ["£325,915", "£325,915"]
        assert {each.place for each in done.report.filled} == {"the body, in a text box"}

    def test_fills_a_control_within_another(self) -> None:
        inner = control("value.npv", "-", id=2)
        outer = control("text.title", paragraph("Ours: ", inner), id=3)
        done = fill(document(outer), {**NPV, "text.title": Words("Title")})
        assert words(root(done.content)) == "Ours: £325,915"
        [left] = done.report.of(Outcome.LEFT)
        assert (left.tag, left.cause) == ("text.title", "Other controls stand in it.")

    def test_leaves_a_control_with_another_in_it_also_when_its_tag_was_filled_elsewhere(
        self,
    ) -> None:
        contents = {**NPV, "value.value": Words("£1")}
        nested = control("value.npv", "a ", control("value.value", "b", id=2), id=3)
        once = fill(document(paragraph(control("value.npv", "x")), paragraph(nested)), contents)
        for overwrite in ((), ("*",)):
            done = fill(once.content, {**contents, **LATER}, overwrite)
            [left] = done.report.of(Outcome.LEFT)
            assert (left.tag, left.cause) == ("value.npv", "Other controls stand in it.")
            assert done.report.conflicts == ()
            assert texts(done.content, "value.npv") == ["£410,000", "a £1"]
            assert texts(done.content, "value.value") == ["£1"]

    def test_takes_no_control_out_of_a_text_that_somebody_has_tagged(self) -> None:
        contents = {**NPV, "text.title": Words("Title")}
        nested = control("text.title", "Ours: ", control("value.npv", "b", id=2), id=3)
        once = fill(document(paragraph(control("text.title", "x")), paragraph(nested)), contents)
        done = fill(once.content, contents, ("*",))
        assert texts(done.content, "text.title") == ["Title", "Ours: £325,915"]

    def test_fills_a_control_that_nobody_may_edit(self) -> None:
        locked = control("value.npv", "-", more='<w:lock w:val="sdtContentLocked"/>')
        assert texts(filled(document(paragraph(locked))), "value.npv") == ["£325,915"]

    def test_fills_every_control_of_a_tag_whatever_its_number_is(self) -> None:
        twice = control("value.npv", "-", id=7)
        made = filled(document(paragraph(twice, " and ", twice)))
        assert texts(made, "value.npv") == ["£325,915", "£325,915"]

    def test_fills_an_empty_control_and_one_around_an_empty_paragraph(self) -> None:
        made = filled(document(control("value.npv", "<w:p/>"), paragraph(control("value.npv"))))
        assert texts(made, "value.npv") == ["£325,915", "£325,915"]

    @pytest.mark.parametrize(
        "text", ["R&D <b>North</b> \"x\" 'y'", "]]> &amp; &#0;", "Value 🚀 ok", "a  b"]
    )
    def test_puts_in_any_text_as_it_is(self, text: str) -> None:
        made = filled(document(paragraph(control("text.title", "-"))), text, "text.title")
        assert texts(made, "text.title") == [text]

    def test_leaves_out_what_no_document_may_hold(self) -> None:
        made = filled(document(paragraph(control("text.title", "-"))), "a\x00b\x0b\ud800\ufffec")
        assert filled(made, "a") is not None
        hostile = "a\x00b\x0b\ud800\u202ec"
        made = filled(document(paragraph(control("text.title", "-"))), hostile, "text.title")
        assert texts(made, "text.title") == ["abc"]

    def test_writes_from_right_to_left_what_is_written_so(self) -> None:
        before = control("text.title", run("-", '<w:b/><w:lang w:val="en-GB"/>'))
        made = filled(document(paragraph(before)), "Plan תוכנית", "text.title")
        assert formats(made, "text.title") == [["b", "lang"], ["b", "rtl", "lang"]]

    def test_breaks_lines_in_a_line_and_makes_paragraphs_of_them_around_paragraphs(self) -> None:
        styled = '<w:p><w:pPr><w:pStyle w:val="Big"/></w:pPr>' + run("-", "<w:b/>") + "</w:p>"
        content = document(
            paragraph(control("text.title", "-")),
            control("text.title", styled),
            control("text.title", styled, more="<w:text/>"),
        )
        made = filled(content, "one\ntwo\nthree", "text.title")
        assert texts(made, "text.title") == ["one\ntwo\nthree"] * 3
        first, second, third = controls(made, "text.title")
        counts = [len(list(each.iter(f"{W}p"))) for each in (first, second, third)]
        assert counts == [0, 3, 1]
        assert [each.get(f"{W}val") for each in second.iter(f"{W}pStyle")] == ["Big"] * 3
        assert len(list(second.iter(f"{W}b"))) == 3

    def test_has_fewer_paragraphs_when_there_are_fewer_lines(self) -> None:
        content = document(control("text.title", paragraph("-")))
        made = filled(filled(content, "one\ntwo\nthree", "text.title"), "four", "text.title")
        assert texts(made, "text.title") == ["four"]
        assert len(list(controls(made, "text.title")[0].iter(f"{W}p"))) == 1

    def test_keeps_marks_of_comments_notes_and_bookmarks_within(self) -> None:
        marks = (
            '<w:commentRangeStart w:id="0"/>',
            run("-"),
            '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>',
            '<w:bookmarkStart w:id="1" w:name="npv"/><w:bookmarkEnd w:id="1"/>',
            '<w:r><w:t>x</w:t><w:footnoteReference w:id="2"/></w:r>',
        )
        made = parts(filled(document(paragraph(control("value.npv", *marks)))))[BODY]
        for name in (b"commentRangeStart", b"commentReference", b"bookmarkStart", b"footnoteRef"):
            assert name in made


class TestTheRestOfTheFile:
    def test_stays_byte_by_byte(self) -> None:
        odd = (
            "<w:p  ><w:r><w:t xml:space='preserve' >odd  &#233;&#x2019;</w:t></w:r></w:p>"
            "<!-- kept --><?also kept?><w:p></w:p><w:p/>"
        )
        before = document(odd, paragraph(control("value.npv", "-")), odd)
        after = filled(before)
        begin, end = (parts(before)[BODY].split(b"<w:sdt>")[0], odd.encode())
        assert parts(after)[BODY].startswith(begin)
        assert end in parts(after)[BODY].partition(b"</w:sdt>")[2]
        shorter = parts(after)[BODY].replace("£325,915".encode(), b"-")
        assert shorter.replace(b' xml:space="preserve"', b"") == parts(before)[BODY].replace(
            b' xml:space="preserve"', b""
        )

    def test_keeps_parts_that_do_not_change_packed_as_they_were(self) -> None:
        before = document(paragraph(control("value.npv", "-")), header1=paragraph("Ours"))
        after = filled(before)
        for name in ("word/header1.xml", "word/media/image1.png", "_rels/.rels"):
            assert raw(before, name) == raw(after, name)

    def test_declares_no_name_a_second_time(self) -> None:
        after = parts(filled(document(paragraph(control("value.npv", "-")))))[BODY]
        assert after.count(b"xmlns:w=") == 1

    def test_is_the_same_file_when_nothing_has_changed(self) -> None:
        once = filled(document(paragraph(control("value.npv", "-")), control("x", paragraph("-"))))
        assert filled(once) == once

    def test_changes_nothing_in_a_document_without_tags_of_ours(self) -> None:
        content = document(paragraph(control("Company", "Acme")), paragraph(control("", "x")))
        done = fill(content, NPV)
        assert done.content == content
        assert done.report.entries == ()

    def test_works_with_a_mark_of_byte_order_and_with_other_prefixes(self) -> None:
        body = (
            "\ufeff<?xml version='1.0' encoding='utf-8'?>"
            f"<x:document xmlns:x='{W[1:-1]}'><x:body><x:p><x:sdt><x:sdtPr>"
            "<x:tag x:val='value.npv'/></x:sdtPr><x:sdtContent/></x:sdt></x:p></x:body>"
            "</x:document>"
        )
        made = filled(document("", parts={BODY: body.encode()}))
        assert texts(made, "value.npv") == ["£325,915"]
        assert parts(made)[BODY].startswith(body[: body.index("<x:sdt>")].encode())


def raw(content: bytes, name: str) -> tuple[bytes, tuple[int, ...], int]:
    """A part as it is packed, with its time and its attributes."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        info = archive.getinfo(name)
    start = info.header_offset + 30 + len(name.encode())
    return content[start : start + info.compress_size], info.date_time, info.external_attr


class TestFillingAgain:
    content = document(paragraph("NPV ", control("value.npv", "-"), " or ", control("value.npv")))

    def test_brings_the_numbers_up_to_date(self) -> None:
        assert texts(filled(filled(self.content), "£410,000"), "value.npv") == ["£410,000"] * 2

    def test_keeps_what_somebody_typed_over_and_reports_it(self) -> None:
        typed = edited(filled(self.content), ">£325,915<", ">about £0.3m<")
        done = fill(typed, LATER)
        assert texts(done.content, "value.npv") == ["about £0.3m", "£410,000"]
        [conflict] = done.report.conflicts
        assert (conflict.theirs, conflict.ours) == ("about £0.3m", "£410,000")
        assert "value.npv" in conflict.remedy
        again = fill(done.content, NPV)
        assert texts(again.content, "value.npv") == ["about £0.3m", "£325,915"]

    @pytest.mark.parametrize("allowed", ["value.npv", "*"])
    def test_writes_over_it_when_allowed(self, allowed: str) -> None:
        typed = edited(filled(self.content), ">£325,915<", ">about £0.3m<")
        done = fill(typed, LATER, {allowed})
        assert texts(done.content, "value.npv") == ["£410,000"] * 2
        assert done.report.conflicts == ()

    def test_knows_its_own_words_in_another_format(self) -> None:
        begin = "<w:sdtContent><w:r>"
        styled = edited(filled(self.content), begin, f"{begin}<w:rPr><w:b/></w:rPr>")
        done = fill(styled, LATER)
        assert done.report.conflicts == ()
        assert formats(done.content)[0] == ["b"]

    def test_finds_a_control_that_was_moved_copied_or_whose_number_changed(self) -> None:
        once = parts(filled(self.content))[BODY].decode()
        first = once[once.index("<w:sdt>") : once.index("</w:sdt>") + 8]
        copied = first.replace('id w:val="1"', 'id w:val="77"')
        moved = once.replace(first, "", 1).replace(
            "</w:body>",
            f"<w:p>{first}{copied}</w:p></w:body>",
        )
        content = packed({**parts(filled(self.content)), BODY: moved})
        done = fill(content, LATER)
        assert texts(done.content, "value.npv") == ["£410,000"] * 3

    def test_keeps_changes_that_somebody_tracked_inside(self) -> None:
        once = filled(self.content)
        run_of_ours = once and '<w:r><w:t xml:space="preserve">£325,915</w:t></w:r>'
        tracked = edited(
            once,
            run_of_ours,
            f"<w:del {TRACKED}><w:r><w:delText>£325,915</w:delText></w:r></w:del>"
            f"<w:ins {TRACKED}>{run('roughly £300k')}</w:ins>",
        )
        done = fill(tracked, LATER)
        assert "roughly £300k" in words(root(done.content))
        assert b"w:delText" in parts(done.content)[BODY]
        assert len(done.report.conflicts) == 1

    def test_keeps_a_tracked_change_even_when_it_reads_as_before(self) -> None:
        ours = '<w:r><w:t xml:space="preserve">£325,915</w:t></w:r>'
        tracked = edited(filled(self.content), ours, f"<w:ins {TRACKED}>{ours}</w:ins>")
        done = fill(tracked, LATER)
        assert texts(done.content, "value.npv") == ["£325,915", "£410,000"]
        assert b"<w:ins " in parts(done.content)[BODY]

    def test_writes_outside_of_what_was_tracked_when_allowed_to_write(self) -> None:
        tracked = edited(
            filled(self.content),
            '<w:r><w:t xml:space="preserve">£325,915</w:t></w:r>',
            f"<w:ins {TRACKED}>{run('mine')}</w:ins>",
        )
        done = fill(tracked, LATER, {"value.npv"})
        assert texts(done.content, "value.npv") == ["£410,000"] * 2
        assert b"w:ins" not in parts(done.content)[BODY]

    def test_fills_a_control_that_was_added_since_with_words_in_brackets(self) -> None:
        more = edited(
            filled(self.content),
            "</w:body>",
            paragraph(control("value.npv", "[NPV]")) + "</w:body>",
        )
        assert texts(fill(more, LATER).content, "value.npv") == ["£410,000"] * 3

    def test_keeps_a_state_that_somebody_spoilt_from_doing_harm(self) -> None:
        once = filled(self.content)
        spoilt = {
            name: content.replace(b"words", b"wo") if NAMESPACE.encode() in content else content
            for name, content in parts(once).items()
        }
        assert texts(fill(packed(spoilt), LATER).content, "value.npv") == ["£410,000"] * 2

    def test_tells_which_controls_are_there_no_more(self) -> None:
        once = filled(document(paragraph(control("value.npv", "-"), control("value.roi", "-"))))
        without = edited(once, 'w:val="value.npv"', 'w:val="Other"')
        [note] = fill(without, LATER).report.notes
        assert "value.npv" in note


class TestWhatIsLeftAlone:
    @pytest.mark.parametrize(
        ("more", "what"),
        [
            ("<w14:checkbox/>", "a check box"),
            ("<w15:repeatingSection/>", "a repeating section"),
            ("<w:date/>", "a date picker"),
            ("<w:dropDownList/>", "a list to choose from"),
        ],
    )
    def test_is_said(self, more: str, what: str) -> None:
        content = document(control("value.npv", paragraph("theirs"), more=more))
        done = fill(content, NPV)
        assert done.content == content
        [left] = done.report.of(Outcome.LEFT)
        assert what in left.cause

    def test_is_a_control_of_words_around_a_table_or_with_a_field(self) -> None:
        field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        content = document(
            control("value.npv", table(row("a"))), paragraph(control("value.npv", field))
        )
        done = fill(content, NPV)
        assert done.content == content
        assert len(done.report.of(Outcome.LEFT)) == 2

    def test_is_an_unknown_tag(self) -> None:
        content = document(paragraph(control("value.nvp", "theirs")))
        done = fill(content, NPV)
        assert done.content == content
        assert [each.tag for each in done.report.of(Outcome.UNKNOWN)] == ["value.nvp"]


class TestABoundControl:
    store = "{11111111-2222-3333-4444-555555555555}"
    item = (
        b'<?xml version="1.0"?><d:deal xmlns:d="urn:deal"><d:a>1</d:a><!-- k --><d:npv  >old</d:npv'
        b"><d:empty/></d:deal>"
    )

    def bound(self, path: str, store: str = "") -> bytes:
        binding = (
            f'<w:dataBinding w:prefixMappings="xmlns:n=\'urn:deal\'" w:xpath="{path}" '
            f'w:storeItemID="{store or self.store}"/>'
        )
        properties = (
            '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'customXml" ds:itemID="{self.store}"/>'
        )
        related = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/customXmlProps" Target="itemProps1.xml"/></Relationships>'
        )
        return document(
            paragraph(control("value.npv", "old", more=binding)),
            parts={
                "customXml/item1.xml": self.item,
                "customXml/itemProps1.xml": properties,
                "customXml/_rels/item1.xml.rels": related,
            },
        )

    def test_is_filled_where_it_takes_its_words_from(self) -> None:
        made = filled(self.bound("/n:deal[1]/n:npv[1]"), "R&D < £1")
        assert parts(made)["customXml/item1.xml"] == self.item.replace(
            b"old", b"R&amp;D &lt; \xc2\xa31"
        )
        assert b"dataBinding" in parts(made)[BODY]
        assert texts(made, "value.npv") == ["R&D < £1"]

    def test_is_filled_in_an_empty_place(self) -> None:
        made = filled(self.bound("/n:deal[1]/n:empty[1]"), "1")
        assert b"<d:empty>1</d:empty>" in parts(made)["customXml/item1.xml"]

    @pytest.mark.parametrize(
        ("path", "store"),
        [
            ("/n:deal[1]/n:missing[1]", ""),
            ("//n:npv", ""),
            ("/n:deal[1]/n:npv[1]", "{6C3C8BC8-F283-45AE-878A-BAB7291924A1}"),
            ("/n:deal[1]", ""),
        ],
    )
    def test_is_cut_off_where_that_cannot_be_written(self, path: str, store: str) -> None:
        done = fill(self.bound(path, store), NPV)
        assert b"dataBinding" not in parts(done.content)[BODY]
        assert parts(done.content)["customXml/item1.xml"] == self.item
        assert "no longer" in done.report.filled[0].cause


def test_a_part_that_is_not_well_formed_is_refused() -> None:
    content = document("", parts={BODY: b"<w:document><w:sdt></w:document>"})
    with pytest.raises(FileRefused, match="not well formed"):
        fill(content, NPV)


def test_equal_tags_at_the_same_place_are_told_apart() -> None:
    places = [
        each.place
        for each in fill(
            document(
                paragraph(control("value.npv", "-"), control("value.npv", "-", id=2)),
                paragraph(control("value.nvp", "-", id=3)),
                header1=paragraph(control("value.npv", "-", id=4)),
            ),
            NPV,
        ).report.entries
    ]
    assert places == [
        "the body, the first of 2",
        "the body, the second of 2",
        "the body",
        "a header",
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (9, "ninth"), (10, "10th"), (11, "11th"), (21, "21st"), (112, "112th")],
)
def test_which_one_it_is_is_said_as_people_say_it(number: int, words: str) -> None:
    assert ordinal(number) == f"the {words}"
