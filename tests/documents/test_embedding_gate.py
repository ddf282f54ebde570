"""Documents that could do harm are refused, each with the reason and a way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.documents.embedding_documents import (
    BODY,
    OFFICE,
    WORD,
    control,
    document,
    edited,
    packed,
    paragraph,
    parts,
    texts,
)
from valuecalc.documents.embedding import Words, apart
from valuecalc.errors import FileRefused

RELATIONS = "word/_rels/document.xml.rels"
HONEST = document(paragraph("NPV ", control("value.npv", "-")), header1=paragraph("Ours"))
KNOWN = {"value.npv": Words("£1")}


def with_body(xml: str) -> bytes:
    return edited(HONEST, "<w:sectPr/>", xml + "<w:sectPr/>")


def related(kind: str, target: str, part: str = RELATIONS) -> bytes:
    link = (
        f'<Relationship Id="rIdX" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    )
    return edited(HONEST, "</Relationships>", f"{link}</Relationships>", part)


def with_part(name: str, content: bytes = b"x") -> bytes:
    return packed({**parts(HONEST), name: content})


def field(*instructions: str) -> bytes:
    """A field whose instruction is spread over runs."""
    told = "".join(f"<w:r><w:instrText>{each}</w:instrText></w:r>" for each in instructions)
    return with_body(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'{told}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def computed() -> bytes:
    begin, end = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    )
    inner = f"{begin}<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r>{end}"
    rest = "<w:r><w:instrText> c:\\x</w:instrText></w:r>"
    return with_body(f"<w:p>{begin}{inner}{rest}{end}</w:p>")


def macros() -> bytes:
    return edited(
        HONEST,
        "wordprocessingml.document.main+xml",
        "vnd.ms-word.document.macroEnabled.main+xml",
        "[Content_Types].xml",
    )


def header_field() -> bytes:
    simple = f'<w:hdr xmlns:w="{WORD}"><w:p><w:fldSimple w:instr=" includetext x "/></w:p></w:hdr>'
    return packed({**parts(HONEST), "word/header1.xml": simple})


HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "macros": (lambda: with_part("word/vbaProject.bin"), "macros"),
    "a document for macros": (macros, "macros|no .docx"),
    "an embedded program": (lambda: with_part("word/embeddings/oleObject1.bin"), "other programs"),
    "an object of another program": (
        lambda: with_body('<w:p><w:r><w:object><o:OLEObject xmlns:o="x"/></w:object></w:r></w:p>'),
        "other programs",
    ),
    "a control of a program": (
        lambda: with_body('<w:p><w:r><w:pict/><w:control w:name="x"/></w:r></w:p>'),
        "other programs",
    ),
    "another document within": (lambda: with_part("word/other.docx"), "another archive"),
    "a file that is put in": (lambda: with_body('<w:altChunk r:id="rIdOld"/>'), "another file in"),
    "a part of a master document": (lambda: with_body('<w:subDoc r:id="x"/>'), "another file in"),
    "a picture of another host": (lambda: related("image", "http://example.org/a.png"), "linked"),
    "a frame of another host": (lambda: related("frame", "http://example.org/"), "linked"),
    "a file on a drive": (lambda: related("hyperlink", "file://server/share"), "linked"),
    "a field that starts a program": (lambda: field("DDEAUTO c:\\\\x"), "field DDEAUTO"),
    "the same over several runs": (lambda: field(" D", "DEA", "UTO c:\\\\x"), "field DDEAUTO"),
    "a field that reads a file": (lambda: field("INCLUDETEXT", " x"), "field INCLUDETEXT"),
    "a field that fetches a picture": (lambda: field("includepicture x"), "INCLUDEPICTURE"),
    "a field in a header": (header_field, "field INCLUDETEXT"),
    "a field that is computed": (computed, "another field works out"),
    "entities": (
        lambda: edited(HONEST, "<w:document", "<!DOCTYPE x [<!ENTITY a 'b'>]><w:document"),
        "entities",
    ),
    "a bomb": (lambda: with_part("word/footer9.xml", b" " * 30_000_000), "far larger"),
    "a strict document": (
        lambda: edited(HONEST, WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
        "Strict",
    ),
    "a part outside": (lambda: with_part("../x.xml"), "outside"),
    "no document": (lambda: b"Hello", "no .docx"),
    "an old or encrypted one": (lambda: b"\xd0\xcf\x11\xe0" + b"x" * 600, "password"),
    "one that is not well formed": (
        lambda: edited(HONEST, "</w:body>", "</w:boddy>"),
        "not well formed",
    ),
    "one without a body": (
        lambda: packed({name: each for name, each in parts(HONEST).items() if name != BODY}),
        "no body",
    ),
    "one nested without end": (
        lambda: with_body("<w:p><w:r>" * 20_000 + "</w:r></w:p>" * 20_000),
        "nested more than 256 levels",
    ),
    "one with controls in controls in controls": (
        lambda: with_body(
            "<w:sdt><w:sdtContent>" * 150 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 150
        ),
        "nested more than 256 levels",
    ),
    "one without controls that is not well formed": (
        lambda: edited(document(paragraph("x")), "</w:body>", "</w:boddy>"),
        "not well formed",
    ),
    "one with a header that is not well formed": (
        lambda: edited(HONEST, "</w:hdr>", "</w:hrd>", "word/header1.xml"),
        "not well formed",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_is_refused_with_the_reason_and_a_way_out(kind: str) -> None:
    make, cause = HOSTILE[kind]
    with pytest.raises(FileRefused, match=cause) as refused:
        apart.filled(make(), KNOWN)
    assert refused.value.remedy


def test_more_tables_than_there_is_time_for_are_refused_before_any_is_filled() -> None:
    def of(count: int) -> bytes:
        return document(control("table.benefits", "<w:p/>") * count)

    for task in (apart.listed, lambda content: apart.filled(content, KNOWN)):
        with pytest.raises(FileRefused, match="501 content controls for tables; 500 can") as found:
            task(of(501))
        assert "several documents" in found.value.remedy
    assert apart.filled(of(500), KNOWN).report.entries[-1].place == "the body, the 500th of 500"


@pytest.mark.parametrize(
    "make",
    [
        lambda: related("hyperlink", "https://example.org/"),
        lambda: field(" PAGE "),
        lambda: field(" REF _Toc1 \\h "),
        lambda: with_body(
            "<w:p><w:r><w:t>Press DDEAUTO, altChunk and INCLUDETEXT.</w:t></w:r></w:p>"
        ),
    ],
)
def test_an_honest_document_passes(make: Callable[[], bytes]) -> None:
    assert texts(apart.filled(make(), KNOWN).content, "value.npv") == ["£1"]


def test_a_template_is_filled_and_becomes_a_document() -> None:
    template = edited(
        HONEST,
        "wordprocessingml.document.main+xml",
        "wordprocessingml.template.main+xml",
        "[Content_Types].xml",
    )
    made = apart.filled(template, KNOWN).content
    assert texts(made, "value.npv") == ["£1"]
    types = parts(made)["[Content_Types].xml"]
    assert b"wordprocessingml.document.main+xml" in types
    assert b"template.main" not in types
    assert [each.tag for each in apart.listed(template)] == ["value.npv"]


def test_a_template_with_macros_is_refused() -> None:
    template = edited(
        HONEST,
        "openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "ms-word.template.macroEnabledTemplate.main+xml",
        "[Content_Types].xml",
    )
    with pytest.raises(FileRefused, match="macros"):
        apart.listed(template)


def test_the_link_to_a_template_is_cut_and_said() -> None:
    settings = (
        f'<w:settings xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:zoom w:percent="100"/>'
        '<w:attachedTemplate r:id="rId1"/><w:defaultTabStop w:val="5"/></w:settings>'
    )
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/attachedTemplate" '
        'Target="file:///\\\\server\\Brand.dotx" TargetMode="External"/></Relationships>'
    )
    content = packed(
        {
            **parts(HONEST),
            "word/settings.xml": settings,
            "word/_rels/settings.xml.rels": link,
        }
    )
    done = apart.filled(content, KNOWN)
    made = parts(done.content)
    assert b"attachedTemplate" not in made["word/settings.xml"]
    assert b'w:percent="100"' in made["word/settings.xml"]
    assert b"Brand" not in made["word/_rels/settings.xml.rels"]
    assert "“Brand.dotx”, was cut" in done.report.notes[0]


def test_the_list_of_controls_is_read_behind_the_same_gate() -> None:
    with pytest.raises(FileRefused, match="INCLUDETEXT"):
        apart.listed(header_field())
    assert [each.tag for each in apart.listed(HONEST)] == ["value.npv"]
