"""The file: the parts of a Word document, always put together to the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from babel.numbers import get_decimal_symbol
from lxml import etree

from valuecalc.documents.charts.text import shorten
from valuecalc.documents.languages import current, spoken
from valuecalc.documents.native_charts.kinds import BOOK, BOOK_ENDING, BOOK_KIND, CHART_KIND
from valuecalc.documents.proposal import housing, parts, text
from valuecalc.documents.proposal.draft import Content, Draft, Field, Tagged
from valuecalc.documents.proposal.stylesheet import styles
from valuecalc.documents.proposal.xml import (
    NAMESPACES,
    Element,
    element,
    markup,
    one_line,
    readable,
    w,
)
from valuecalc.phrases import phrase

# A ZIP archive writes the time of its files; the earliest that it knows stands for none.
_NO_TIME = (1980, 1, 1, 0, 0, 0)

if TYPE_CHECKING:
    from valuecalc.documents.native_charts.part import Written

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_APPLICATION = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_OFFICE = NAMESPACES["r"]
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_DRAWING = "application/vnd.openxmlformats-officedocument"

# Each part that the document refers to: its file, its relationship, its content type.
_PARTS = (
    ("styles", "styles", f"{_WORD}.styles"),
    ("numbering", "numbering", f"{_WORD}.numbering"),
    ("settings", "settings", f"{_WORD}.settings"),
    ("fontTable", "fontTable", f"{_WORD}.fontTable"),
    ("theme/theme1", "theme", f"{_DRAWING}.theme"),
    ("header1", "header", f"{_WORD}.header"),
    ("header2", "header", f"{_WORD}.header"),
    ("footer1", "footer", f"{_WORD}.footer"),
    ("footer2", "footer", f"{_WORD}.footer"),
)
_HEADER, _FOOTER = "rIdheader1", "rIdfooter1"
_EMPTY_HEADER, _EMPTY_FOOTER = "rIdheader2", "rIdfooter2"

# In points; the text is 453 of them wide.
_HEADER_SIZE = 8.5
_TITLE_WIDTH = 290
_CUSTOMER_WIDTH = 140
_LONGEST_TITLE = 250


def packed(draft: Draft) -> bytes:
    """The finished file of a draft."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _with_house(draft, dict(_parts(draft))).items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            # A picture is compressed already.
            way = zipfile.ZIP_STORED if name.endswith((".png", ".jpg")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compress_type=way)
    return file.getvalue()


def _with_house(draft: Draft, parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts, those of the house in the place of ours."""
    if draft.house is None:
        return parts
    return {**parts, **housing.parts_in(draft.house, current().office_tag)}


def _parts(draft: Draft) -> Iterator[tuple[str, bytes]]:
    yield "[Content_Types].xml", _content_types(draft)
    yield "_rels/.rels", _package_relationships()
    yield "docProps/core.xml", _core_properties(draft)
    yield "docProps/app.xml", _application_properties()
    yield "word/document.xml", markup(_document(draft))
    yield "word/_rels/document.xml.rels", _document_relationships(draft)
    yield "word/styles.xml", markup(styles(current().office_tag))
    yield "word/numbering.xml", markup(parts.numbering())
    yield "word/settings.xml", markup(_settings(draft))
    yield "word/fontTable.xml", markup(parts.fonts())
    yield "word/theme/theme1.xml", markup(parts.theme())
    yield "word/header1.xml", markup(_header(draft))
    yield "word/header2.xml", markup(w("hdr", text.paragraph("Header")))
    yield "word/footer1.xml", markup(_footer(draft))
    yield "word/footer2.xml", markup(w("ftr", text.paragraph("Footer")))
    for relationship, picture in draft.pictures.items():
        yield f"word/{_picture_file(relationship)}", picture
    for number, chart in enumerate(draft.charts.values(), start=1):
        yield from _chart_parts(number, chart)


def _settings(draft: Draft) -> Element:
    has_even_pages = draft.house is not None and draft.house.has_even_pages
    return parts.settings(
        language=current().office_tag,
        decimal=get_decimal_symbol(current().locale),
        has_even_pages=has_even_pages,
    )


def _chart_parts(number: int, chart: Written) -> Iterator[tuple[str, bytes]]:
    book = f"../{_book_file(number)}"
    yield f"word/{_chart_file(number)}", chart.xml
    yield (
        f"word/charts/_rels/chart{number}.xml.rels",
        _relationships((BOOK, f"{_OFFICE}/package", book, False)),
    )
    yield f"word/{_book_file(number)}", chart.book


def _chart_file(number: int) -> str:
    return f"charts/chart{number}.xml"


def _book_file(number: int) -> str:
    return f"embeddings/Microsoft_Excel_Sheet{number}.xlsx"


def _document(draft: Draft) -> Element:
    body = w("body", *draft.body, _section(draft))
    if draft.house is not None:
        body = housing.fitted(body, draft.house)
    return element("w:document", body)


def _picture_file(relationship: str) -> str:
    return f"media/{relationship.removeprefix('rId').lower()}.png"


def _section(draft: Draft) -> Element:
    """A4 with margins of 25 mm; the first page has no header, and a cover no footer either."""
    if draft.house is not None:
        return housing.section(draft.house)
    return w(
        "sectPr",
        _reference("headerReference", "default", _HEADER),
        _reference("headerReference", "first", _EMPTY_HEADER),
        _reference("footerReference", "default", _FOOTER),
        _reference("footerReference", "first", _EMPTY_FOOTER if draft.has_cover else _FOOTER),
        w("pgSz", w=11906, h=16838),
        w("pgMar", top=1418, right=1417, bottom=1304, left=1418, header=680, footer=567, gutter=0),
        w("titlePg"),
    )


def _reference(name: str, use: str, relationship: str) -> Element:
    return element(f"w:{name}", attributes={"w:type": use, "r:id": relationship})


def edges(draft: Draft) -> dict[str, Element]:
    """Our `header` and `footer` of the pages; a house may have its own in their place."""
    return {"header": _header(draft), "footer": _footer(draft)}


def _header(draft: Draft) -> Element:
    case = draft.result.case
    title = draft.inline([_whole("text.title", case.title, _TITLE_WIDTH)])
    customer = draft.inline([_whole("text.customer", case.customer, _CUSTOMER_WIDTH)])
    made = text.paragraph("Header", *title, *_tabbed(customer))
    return _in_house(draft, w("hdr", made))


def _short(words: str, width: float) -> str:
    """As much of a text as fits into so many points of the header."""
    return shorten(" ".join(readable(spoken(words)).split()), width, _HEADER_SIZE)


def _whole(tag: str, words: str, width: float) -> Content:
    """A text of the header, which can be filled again unless something of it is cut off."""
    shown = _short(words, width)
    return Tagged(tag, shown) if shown == readable(spoken(words)) else shown


def _footer(draft: Draft) -> Element:
    scenario = _whole("text.scenario", draft.result.scenario_label, _TITLE_WIDTH)
    page, pages = Field("PAGE", "1"), Field("NUMPAGES", "1")
    counted = draft.inline([phrase("Page {page} of {pages}", page=page, pages=pages)])
    runs = draft.inline([phrase("Value case, scenario: {scenario}", scenario=scenario)])
    return _in_house(draft, w("ftr", text.paragraph("Footer", *runs, *_tabbed(counted))))


def _in_house(draft: Draft, edge: Element) -> Element:
    return edge if draft.house is None else housing.fitted_edge(edge, draft.house)


def _tabbed(runs: Iterator[Element] | list[Element] | tuple[Element, ...]) -> list[Element]:
    return [w("r", w("tab")), *runs]


def _content_types(draft: Draft) -> bytes:
    house = draft.house
    root = etree.Element(f"{{{_CONTENT_TYPES}}}Types", nsmap={None: _CONTENT_TYPES})
    relationships = "application/vnd.openxmlformats-package.relationships+xml"
    for extension, kind in (
        ("rels", relationships),
        ("xml", "application/xml"),
        ("png", "image/png"),
        *(((BOOK_ENDING, BOOK_KIND),) if draft.charts else ()),
        *(housing.pictures(house) if house else ()),
    ):
        etree.SubElement(
            root, f"{{{_CONTENT_TYPES}}}Default", Extension=extension, ContentType=kind
        )
    charts = [
        (f"/word/{_chart_file(1 + number)}", CHART_KIND) for number in range(len(draft.charts))
    ]
    for name, kind in (*_overrides(), *(housing.overrides(house) if house else ()), *charts):
        etree.SubElement(root, f"{{{_CONTENT_TYPES}}}Override", PartName=name, ContentType=kind)
    return markup(root)


def _overrides() -> Iterator[tuple[str, str]]:
    office = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
    yield "/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"
    yield "/docProps/app.xml", office
    yield "/word/document.xml", f"{_WORD}.document.main+xml"
    for name, _, kind in _PARTS:
        yield f"/word/{name}.xml", f"{kind}+xml"


def _package_relationships() -> bytes:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return _relationships(
        ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml", False),
        ("rId2", core, "docProps/core.xml", False),
        ("rId3", f"{_OFFICE}/extended-properties", "docProps/app.xml", False),
    )


def _id(part: str) -> str:
    return f"rId{part.replace('/', '')}"


def _document_relationships(draft: Draft) -> bytes:
    listed = [(_id(name), f"{_OFFICE}/{kind}", f"{name}.xml", False) for name, kind, _ in _PARTS]
    pictures = [(id, f"{_OFFICE}/image", _picture_file(id), False) for id in draft.pictures]
    charts = [
        (id, f"{_OFFICE}/chart", _chart_file(number), False)
        for number, id in enumerate(draft.charts, start=1)
    ]
    links = [(id, f"{_OFFICE}/hyperlink", url, True) for url, id in draft.links.items()]
    edges = housing.relations(draft.house) if draft.house else ()
    return _relationships(*listed, *edges, *pictures, *charts, *links)


def _relationships(*listed: tuple[str, str, str, bool]) -> bytes:
    root = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS})
    for id, kind, target, is_outside in listed:
        outside = {"TargetMode": "External"} if is_outside else {}
        attributes = {"Id": id, "Type": kind, "Target": target, **outside}
        etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship", attributes)
    return markup(root)


def _core_properties(draft: Draft) -> bytes:
    """Title, subject and language. No author is known, and no time: it would change the bytes."""
    case = draft.result.case
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DUBLIN_CORE})
    subject = phrase("Value proposition")
    if case.customer:
        subject = phrase("Value proposition for {customer}", customer=case.customer)
    for name, value in (
        ("title", one_line(case.title, _LONGEST_TITLE)),
        ("subject", one_line(spoken(subject), _LONGEST_TITLE)),
        ("creator", ""),
        ("language", current().office_tag),
    ):
        etree.SubElement(root, f"{{{_DUBLIN_CORE}}}{name}").text = value
    return markup(root)


def _application_properties() -> bytes:
    root = etree.Element(f"{{{_APPLICATION}}}Properties", nsmap={None: _APPLICATION})
    etree.SubElement(root, f"{{{_APPLICATION}}}Application").text = "valuecalc"
    return markup(root)
