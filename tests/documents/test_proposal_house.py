"""The house style of a template: what is taken of it, what is not, and what is refused."""

from __future__ import annotations

import io
import operator
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Cm, Mm, Pt, RGBColor
from openxml_audit import OpenXmlValidator

from tests.builders import assumption, benefit, case, investment
from tests.documents.proposal_reader import NAMESPACES, Document, W, small_pictures
from valuecalc.documents.proposal import Options, house, write
from valuecalc.documents.proposal.house import House
from valuecalc.documents.proposal.tables import width_for
from valuecalc.engine.calculate import calculate
from valuecalc.errors import FileRefused
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

RED = "7A1F3D"
WITH_TABLES = ("plan", "decisions", "cash_flow")
SECRET = "What stands in the template stays there."


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


def picture() -> bytes:
    """A PNG of one red pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + pixel + chunk(b"IEND", b"")


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@cache
def template() -> bytes:
    """A Letter page with a logo, its own headings, and a text that is nobody's business."""
    document = docx.Document()
    [section] = document.sections
    section.page_width, section.page_height = Mm(216), Mm(279)
    section.left_margin = section.right_margin = Mm(20)
    for name, size in (("Heading 1", 20), ("Title", 30)):
        document.styles[name].font.color.rgb = RGBColor.from_string(RED)
        document.styles[name].font.size = Pt(size)
    document.styles["Normal"].font.name = "Georgia"
    head = section.header.paragraphs[0]
    head.add_run().add_picture(io.BytesIO(picture()), width=Cm(3))
    head.add_run("House of Acme")
    section.footer.paragraphs[0].text = "Acme, confidential"
    document.add_paragraph(SECRET)
    return saved(document)


@cache
def with_even_pages() -> bytes:
    """The same as a template (`.dotx`), with a header and a footer for even pages."""
    return as_template(even_pages())


@cache
def even_pages() -> bytes:
    document = docx.Document(io.BytesIO(template()))
    document.settings.odd_and_even_pages_header_footer = True
    [section] = document.sections
    section.even_page_header.paragraphs[0].text = "Acme, even"
    section.even_page_footer.paragraphs[0].text = "Even more Acme"
    return saved(document)


def as_template(document: bytes) -> bytes:
    """The document as Word saves it as a template: another kind of body, and nothing else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                assert part.count(b"wordprocessingml.document.main+xml") == 1
                part = part.replace(b"document.main+xml", b"template.main+xml")
            new.writestr(name, part)
    return file.getvalue()


@cache
def style() -> House:
    return house.read(template())


@cache
def content() -> bytes:
    made = case(
        assumption("users", 100, "user", low=80, high=120),
        benefit("gain", "users * 5 GBP/user/month"),
        investment("licence", "6000 GBP"),
    )
    return write(calculate(made), options=Options(house=style()))


def changed(change: Callable[[str, bytes], bytes | None], more: dict[str, bytes]) -> bytes:
    """The template with other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template())) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in more.items():
            new.writestr(name, part)
    return file.getvalue()


def with_in(name: str, before: bytes, after: bytes) -> bytes:
    def change(part: str, found: bytes) -> bytes:
        assert part != name or before in found
        return found.replace(before, after) if part == name else found

    return changed(change, {})


# what is taken


def test_a_validator_finds_nothing_wrong(tmp_path: Path) -> None:
    file = tmp_path / "proposal.docx"
    file.write_bytes(content())
    assert [str(each) for each in OpenXmlValidator().validate(file).errors] == []


def test_another_program_opens_it() -> None:
    opened = docx.Document(io.BytesIO(content()))
    assert opened.styles["Heading 1"].font.color.rgb == RGBColor.from_string(RED)
    assert opened.styles["Normal"].font.name == "Georgia"
    assert opened.styles["Table text"].base_style.name == "Normal"
    assert "House of Acme" in opened.sections[0].header.paragraphs[0].text
    assert opened.sections[0].footer.paragraphs[0].text == "Acme, confidential"
    assert round(opened.sections[0].page_width.mm) == 216


def test_the_logo_comes_along() -> None:
    found = Document(content())
    [logo] = [part for name, part in found.parts.items() if name.startswith("word/media/house")]
    assert logo == picture()


def test_no_word_of_its_body_comes_along() -> None:
    found = Document(content())
    assert not any(SECRET.encode() in part for part in found.parts.values())


def test_every_style_that_is_named_is_there() -> None:
    found = Document(content())
    root = found.part("word/styles.xml")
    known = {each.get(f"{W}styleId") for each in root.findall("w:style", NAMESPACES)}
    for name in ("pStyle", "rStyle", "tblStyle"):
        used = {each.get(f"{W}val") for each in found.find(f".//w:{name}")}
        assert used <= known
    ids = [each.get(f"{W}styleId") for each in root.findall("w:style", NAMESPACES)]
    assert len(ids) == len(set(ids))
    for each in root.findall("w:style/w:basedOn", NAMESPACES):
        assert each.get(f"{W}val") in known


def test_tables_and_pictures_have_the_width_of_its_text() -> None:
    found = Document(content())
    assert style().text_width == 12246 - 2 * 1134
    for table in found.find(".//w:tbl"):
        width = int(table.find("w:tblPr/w:tblW", NAMESPACES).get(f"{W}w"))
        assert abs(width - style().text_width) <= 20
    widths = {int(each.get("cx")) for each in found.find(".//wp:inline/wp:extent")}
    assert max(widths) == pytest.approx(style().text_width * 635, abs=2_000)


@cache
def narrow() -> House:
    """A page whose text is 12 cm wide, without a header and a footer of its own."""
    document = docx.Document()
    [section] = document.sections
    section.page_width, section.left_margin, section.right_margin = Cm(21), Cm(4.5), Cm(4.5)
    return house.read(saved(document))


def test_on_a_narrow_page_no_word_of_a_table_is_broken() -> None:
    planned = calculate(case_from_text((models_folder() / "field-service.yaml").read_bytes()))
    found = Document(write(planned, options=Options(house=narrow(), sections=WITH_TABLES)))
    for title, size in (("The plan:", 8.5), ("Decisions:", 8.5), ("Cash flow by year", 8)):
        for widths, rows in tables_of(found, title):
            for row in rows:
                needed = [width_for([each], size, least=0) for each in row]
                assert all(map(operator.le, needed, widths)), (title, row, widths)


def test_on_a_narrow_page_the_figures_of_the_equation_are_smaller() -> None:
    made = calculate(case(benefit("gain", "1668953 GBP"), investment("fee", "1332493 GBP")))
    found = Document(write(made, options=Options(house=narrow(), sections=("summary",))))
    assert "Number15" in {name for name, _ in found.paragraphs}
    assert "Number20" not in {name for name, text in found.paragraphs if text not in "=−"}


def tables_of(found: Document, title: str) -> Iterator[tuple[list[float], list[list[str]]]]:
    """The widths of the columns in centimetres, and the cells, of tables with a title."""
    grids = [
        [
            int(column.get(f"{W}w")) / 567
            for column in table.findall("w:tblGrid/w:gridCol", NAMESPACES)
        ]
        for table in found.find(f".//w:tbl[starts-with(w:tblPr/w:tblCaption/@w:val, '{title}')]")
    ]
    assert grids
    yield from zip(grids, found.tables(title), strict=True)


def tabs_of(found: Document, edge: str) -> list[tuple[str | None, str | None]]:
    tabs = found.part(f"word/{edge}1.xml").findall("w:p/w:pPr/w:tabs/w:tab", NAMESPACES)
    return [(each.get(f"{W}val"), each.get(f"{W}pos")) for each in tabs]


def test_our_own_header_and_footer_have_one_tab_whatever_those_of_the_house_have() -> None:
    found = Document(small(narrow()))
    end = str(narrow().text_width)
    for edge in ("header", "footer"):
        # These are the tabs of Word's own style: the middle and the end of a Letter page.
        assert tabs_of(found, edge) == [("clear", "4680"), ("right", end), ("clear", "9360")]


def test_our_own_footer_has_the_style_of_the_house_by_its_name() -> None:
    def german(name: str, part: bytes) -> bytes:
        return part.replace(b'w:styleId="Footer"', b'w:styleId="Fuzeile"')

    document = docx.Document(io.BytesIO(template()))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if "footer" not in name:
                part = german(name, old.read(name))
                new.writestr(name, without_footer(part))
    found = Document(small(house.read(file.getvalue())))
    [style] = found.part("word/footer1.xml").findall("w:p/w:pPr/w:pStyle", NAMESPACES)
    assert style.get(f"{W}val") == "Fuzeile"


def without_footer(part: bytes) -> bytes:
    """A part that refers to no footer."""
    for pattern in (
        rb"<w:footerReference[^>]*/>",
        rb"<Relationship [^>]*footer[^>]*/>",
        rb"<Override [^>]*footer[^>]*/>",
    ):
        part = re.sub(pattern, b"", part)
    return part


def test_our_colour_becomes_that_of_its_headings() -> None:
    [(ours, theirs)] = style().colours.items()
    assert theirs == RED
    body = Document(content()).parts["word/document.xml"]
    assert ours.encode() not in body
    assert RED.encode() in body


def test_headings_without_numbers_stay_without_in_the_contents() -> None:
    found = Document(content())
    assert style().numbers == ()
    assert found.styled("TOC1")[0] == "Executive summary"


def test_headings_with_numbers_have_them_in_the_contents() -> None:
    made = write(calculate(case(benefit("gain", "10 GBP"), investment("fee", "5 GBP"))))
    again = house.read(made)
    assert again.numbers == ("%1", "%1.%2")
    result = calculate(case(benefit("gain", "10 GBP"), investment("fee", "5 GBP")))
    found = Document(write(result, options=Options(house=again)))
    assert found.styled("TOC1")[0] == "1 Executive summary"
    assert "Source" in {each.get(f"{W}styleId") for each in found.part("word/styles.xml")}


def test_the_same_template_gives_the_same_bytes() -> None:
    again = house.read(template())
    assert again == style()


def test_a_style_is_found_by_its_name_in_any_language() -> None:
    def german(name: str, part: bytes) -> bytes:
        if name != "word/styles.xml":
            return part
        return part.replace(b'w:styleId="Heading1"', b'w:styleId="berschrift1"').replace(
            b'w:val="Heading1"', b'w:val="berschrift1"'
        )

    assert house.read(changed(german, {})).names["Heading1"] == "berschrift1"


def test_a_template_of_word_is_taken_like_a_document() -> None:
    found = house.read(as_template(template()))
    assert found == style()


def small(of: House) -> bytes:
    return write(calculate(case(benefit("gain", "10 GBP"))), options=Options(house=of))


def test_even_pages_keep_their_own_header_and_footer() -> None:
    made = docx.Document(io.BytesIO(small(house.read(with_even_pages()))))
    [section] = made.sections
    assert made.settings.odd_and_even_pages_header_footer
    assert section.even_page_header.paragraphs[0].text == "Acme, even"
    assert section.even_page_footer.paragraphs[0].text == "Even more Acme"
    assert "House of Acme" in section.header.paragraphs[0].text


def test_a_header_for_even_pages_that_are_like_the_others_is_not_shown() -> None:
    document = docx.Document(io.BytesIO(even_pages()))
    document.settings.odd_and_even_pages_header_footer = False
    found = house.read(saved(document))
    assert not found.has_even_pages
    assert not docx.Document(io.BytesIO(small(found))).settings.odd_and_even_pages_header_footer


def test_even_pages_whose_header_stays_behind_are_like_the_others() -> None:
    document = docx.Document(io.BytesIO(template()))
    document.settings.odd_and_even_pages_header_footer = True
    assert not house.read(saved(document)).has_even_pages


# what is not


def test_a_header_that_refers_to_anything_but_pictures_stays_behind() -> None:
    rels = "word/_rels/header1.xml.rels"
    found = house.read(with_in(rels, b"relationships/image", b"relationships/chart"))
    assert [each.kind for each in found.edges] == ["footer"]
    made = write(calculate(case(benefit("gain", "10 GBP"))), options=Options(house=found))
    assert docx.Document(io.BytesIO(made)).sections[0].header.paragraphs


def test_a_template_that_fetches_something_is_refused() -> None:
    field = (
        b'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        b'<w:r><w:instrText> INCLUDETEXT "a" </w:instrText></w:r>'
        b'<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    hostile = with_in("word/header1.xml", b"</w:hdr>", field + b"</w:hdr>")
    with pytest.raises(FileRefused, match="INCLUDETEXT"):
        house.read(hostile)


def test_a_template_with_a_macro_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"[Mm]acro|program"):
        house.read(changed(lambda _, part: part, {"word/vbaProject.bin": b"x"}))


def test_a_template_with_a_bomb_of_entities_is_refused() -> None:
    dtd = b'<!DOCTYPE x [<!ENTITY a "b">]><w:styles '
    with pytest.raises(FileRefused):
        house.read(with_in("word/styles.xml", b"<w:styles ", dtd))


def test_a_template_that_is_not_well_formed_is_refused() -> None:
    with pytest.raises(FileRefused, match="well formed"):
        house.read(with_in("word/styles.xml", b"</w:styles>", b"</w:style>"))


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"no document at all"])
def test_what_is_no_word_file_is_refused(broken: bytes) -> None:
    with pytest.raises(FileRefused):
        house.read(broken)


def test_a_page_without_room_for_text_is_refused() -> None:
    narrow = with_in("word/document.xml", b'w:left="1134"', b'w:left="9000"')
    with pytest.raises(FileRefused, match="margins"):
        house.read(narrow)
