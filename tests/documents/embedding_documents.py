"""Documents of Word as other people make them, written by hand for tests, and how to read them."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from valuecalc.documents import sheets
from valuecalc.documents.charts import PAPER, png
from valuecalc.documents.charts.svg import Drawing
from valuecalc.documents.embedding import process
from valuecalc.errors import FileRefused

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORD}}}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'mc:Ignorable="w14 w15"'
)
BODY = "word/document.xml"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DATED = (2024, 5, 17, 9, 30, 0)
_KINDS = {
    "header1": "header",
    "footer1": "footer",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
}
_ROOTS = {"header1": "hdr", "footer1": "ftr", "footnotes": "footnotes", "endnotes": "endnotes"}


def run(text: str, format: str = "") -> str:
    properties = f"<w:rPr>{format}</w:rPr>" if format else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str) -> str:
    return f"<w:p>{''.join(each if each.startswith('<') else run(each) for each in content)}</w:p>"


def control(tag: str, *content: str, more: str = "", id: int = 1) -> str:
    """A content control around what is given; words become a run."""
    inside = "".join(each if each.startswith("<") else run(each) for each in content)
    tagged = f'<w:tag w:val="{escape(tag)}"/>' if tag else ""
    return (
        f'<w:sdt><w:sdtPr>{tagged}<w:id w:val="{id}"/>{more}</w:sdtPr>'
        f"<w:sdtContent>{inside}</w:sdtContent></w:sdt>"
    )


def row(*cells: str, head: bool = False, fill: str = "") -> str:
    look = "<w:trPr><w:tblHeader/></w:trPr>" if head else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{shade}</w:tcPr>'
        f"{each if each.startswith('<') else paragraph(each)}</w:tc>"
        for each in cells
    )
    return f"<w:tr>{look}{made}</w:tr>"


def table(*rows: str) -> str:
    columns = '<w:gridCol w:w="2000"/>' * 3
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def picture(id: str = "rIdOld", *, wide: int = 2_000_000, high: int = 1_000_000) -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{wide}" cy="{high}"/>'
        '<wp:docPr id="1" name="Picture 1" descr="to be replaced"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="Picture 1"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{id}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def drawn(words: str, width: int = 40, height: int = 20) -> bytes:
    """A small picture that differs from others."""
    made = Drawing(width, height, palette=PAPER, chart_id="x", title=words, description=words)
    made.rect(0, 0, width * (len(words) % 9 + 1) / 10, height, PAPER.bar)
    return png(made.markup(), scale=1)


def document(*body: str, parts: Mapping[str, str | bytes] | None = None, **others: str) -> bytes:
    """A document with a body; `header1`, `footer1`, `footnotes` and `endnotes` are XML too.

    `parts` are any others by their names.
    """
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(others),
        "_rels/.rels": _relations(("rId1", "officeDocument", BODY)),
        BODY: _part("document", f"<w:body>{''.join(body)}<w:sectPr/></w:body>"),
        "word/_rels/document.xml.rels": _relations(
            *((f"rId_{name}", _KINDS[name], f"{name}.xml") for name in others),
            ("rIdOld", "image", "media/image1.png"),
        ),
        "word/media/image1.png": drawn("old"),
        **{f"word/{name}.xml": _part(_ROOTS[name], xml) for name, xml in others.items()},
        **(parts or {}),
    }
    return packed(written)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DATED)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return file.getvalue()


def _part(root: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<w:{root} {NAMESPACES}>{inside}</w:{root}>'


def _types(others: Mapping[str, str]) -> str:
    kinds = {"document": "document.main", **{name: _KINDS[name] for name in others}}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{overrides}</Types>'
    )


def _relations(*listed: tuple[str, str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for id, kind, target in listed
    )
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        f'2006/relationships">{entries}</Relationships>'
    )


# --------------------------------------------------------------------------- filling


@contextmanager
def in_this_process() -> Iterator[None]:
    """Documents filled here: to start a process for each takes longer than to fill it.

    That it is done in a process of its own is shown by `test_embedding_gate`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "output", _output)
        yield


def _output(asked: bytes, module: str, _patience: float) -> bytes:
    """What the process would have answered."""
    assert module == process.__name__
    task = json.loads(asked)
    try:
        made = process.TASKS[task["task"]](b64decode(task["document"]), task)
    except FileRefused as error:
        made = {"refused": [error.cause, error.remedy]}
    return json.dumps(made).encode()


# --------------------------------------------------------------------------- reading


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def root(content: bytes, part: str = BODY) -> Any:
    return etree.fromstring(parts(content)[part])


def words(element: Any) -> str:
    """The words of something as Word shows them."""
    shown = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(
        shown.get(each.tag) or each.text or "" for each in element.iter(f"{W}t", *shown)
    ).replace("\u2060", "")


def texts(content: bytes, tag: str, part: str = BODY) -> list[str]:
    """What stands in the controls with a tag, a line to each paragraph."""
    found = []
    for each in controls(content, tag, part):
        paragraphs = list(each.iter(f"{W}p")) or [each]
        found.append("\n".join(map(words, paragraphs)))
    return found


def controls(content: bytes, tag: str, part: str = BODY) -> list[Any]:
    return [
        each
        for each in root(content, part).iter(f"{W}sdt")
        if any(found.get(f"{W}val") == tag for found in each.findall(f"{W}sdtPr/{W}tag"))
    ]


def cells(content: bytes, number: int = 0) -> list[list[str]]:
    """The words of a table of the body, row by row."""
    found = list(root(content).iter(f"{W}tbl"))[number]
    return [[words(cell) for cell in each.iter(f"{W}tc")] for each in found.iter(f"{W}tr")]


def edited(content: bytes, before: str, after: str, part: str = BODY, count: int = 1) -> bytes:
    """The document after somebody has changed a stretch of a part by hand."""
    found = parts(content)
    assert found[part].count(before.encode()) >= 1, (before, found[part].decode())
    changed = found[part].replace(before.encode(), after.encode(), count)
    return packed({**found, part: changed})
