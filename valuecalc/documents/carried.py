"""The text that a workbook carries along unseen: the document of the case that it shows.

It stands in a part of custom XML, as the format foresees: Excel and LibreOffice keep such a
part when they save the file, and no sheet is hidden for it.

The process that reads workbooks from outside uses this too, so it loads little.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

MOMENT = (1980, 1, 1, 0, 0, 0)
"""When each part of a workbook was written: the same case gives the same bytes."""

NAMESPACE = "urn:valuecalc:case:1"
FOLDER = "customXml/"
LARGEST = 8_000_000
"""Bytes of a part that is looked at; no case has as many."""

_ROOT = f"{{{NAMESPACE}}}case"
_FORMULAS = "formulas"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STORE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
# Names the kind of what is carried, so it is the same in every workbook.
_ITEM = "{3C0C7D43-94F4-4E0B-9F0B-6A5B1C7E2D61}"
_BOOK = "xl/_rels/workbook.xml.rels"
_TYPES = "[Content_Types].xml"


def put(content: bytes, text: str, formulas: str = "") -> bytes:
    """The workbook with a text that it carries; `formulas` tells where those of it stand."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            _write(target, name, _changed(name, source.read(name)))
        for name, part in _parts(text, formulas).items():
            _write(target, name, part)
    return made.getvalue()


def get(archive: ZipFile) -> str | None:
    """The text that a workbook carries; None where there is none of ours."""
    root = _root(archive)
    return None if root is None else root.text or ""


def formulas(archive: ZipFile) -> str:
    """What it says of where it was written with formulas; an empty text where it says nothing."""
    root = _root(archive)
    return "" if root is None else str(root.get(_FORMULAS, ""))


def _root(archive: ZipFile) -> etree._Element | None:
    for entry in archive.infolist():
        is_item = entry.filename.startswith(f"{FOLDER}item") and entry.filename.endswith(".xml")
        if is_item and entry.file_size <= LARGEST:
            root = _ours(archive.read(entry))
            if root is not None:
                return root
    return None


def _ours(part: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError:
        return None
    return root if root.tag == _ROOT else None


def _write(target: ZipFile, name: str, part: bytes) -> None:
    info = ZipInfo(name, MOMENT)
    info.compress_type = ZIP_DEFLATED
    target.writestr(info, part)


def _changed(name: str, part: bytes) -> bytes:
    """The lists of parts and of relations, each with one entry more."""
    if name == _TYPES:
        kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
        return _with(part, "Override", PartName=f"/{FOLDER}itemProps1.xml", ContentType=kind)
    if name == _BOOK:
        kind = f"{_RELATIONS}/customXml"
        return _with(part, "Relationship", Id="rIdCase", Type=kind, Target="../customXml/item1.xml")
    return part


def _with(part: bytes, tag: str, **attributes: str) -> bytes:
    root = etree.fromstring(part)
    etree.SubElement(root, f"{{{etree.QName(root).namespace}}}{tag}", attributes)
    return _written(root)


def _parts(text: str, formulas: str) -> Mapping[str, bytes]:
    item = etree.Element(_ROOT, nsmap={None: NAMESPACE})
    if formulas:
        item.set(_FORMULAS, formulas)
    item.text = text
    properties = etree.Element(
        f"{{{_STORE}}}datastoreItem", {f"{{{_STORE}}}itemID": _ITEM}, nsmap={"ds": _STORE}
    )
    schemas = etree.SubElement(properties, f"{{{_STORE}}}schemaRefs")
    etree.SubElement(schemas, f"{{{_STORE}}}schemaRef", {f"{{{_STORE}}}uri": NAMESPACE})
    links = f"{_PACKAGE}/relationships"
    relations = etree.Element(f"{{{links}}}Relationships", nsmap={None: links})
    kind = f"{_RELATIONS}/customXmlProps"
    link = {"Id": "rId1", "Type": kind, "Target": "itemProps1.xml"}
    etree.SubElement(relations, f"{{{links}}}Relationship", link)
    return {
        f"{FOLDER}item1.xml": _written(item),
        f"{FOLDER}itemProps1.xml": _written(properties),
        f"{FOLDER}_rels/item1.xml.rels": _written(relations),
    }


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
