"""The looks of cells, from the part of a workbook that holds all its formats."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from valuecalc.documents.lint.book import Look

_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NO_PART_OF_A_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_PART_OF_A_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)
_INDEXED_BLUE = {"4": "0000FF", "12": "0000FF", "39": "0000FF", "30": "0066CC", "48": "3366FF"}


def read(part: bytes) -> list[Look]:
    """The looks, in the order in which cells refer to them."""
    root = etree.fromstring(part, _parser())
    names = _names(root)
    inks = [_ink(font) for font in _each(root, "fonts", "font")]
    dates = {
        int(each.get("numFmtId", "0")): _is_date(each.get("formatCode", ""))
        for each in _each(root, "numFmts", "numFmt")
    }
    return [_look(each, names, inks, dates) for each in _each(root, "cellXfs", "xf")]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _each(root: etree._Element, group: str, kind: str) -> Iterator[etree._Element]:
    for found in root.findall(f"{{*}}{group}"):
        yield from found.findall(f"{{*}}{kind}")


def _names(root: etree._Element) -> dict[str, str]:
    return {
        each.get("xfId", ""): each.get("name", "")
        for each in _each(root, "cellStyles", "cellStyle")
    }


def _look(
    xf: etree._Element, names: dict[str, str], inks: list[str], dates: dict[int, bool]
) -> Look:
    protection = xf.find("{*}protection")
    locked = "1" if protection is None else protection.get("locked", "1")
    font, form = int(xf.get("fontId", "0")), int(xf.get("numFmtId", "0"))
    return Look(
        style=names.get(xf.get("xfId", "0"), "Normal"),
        ink=inks[font] if font < len(inks) else "",
        locked=locked not in ("0", "false"),
        is_date=dates.get(form, form in _BUILT_IN_DATES),
    )


def _ink(font: etree._Element) -> str:
    colour = font.find("{*}color")
    if colour is None:
        return ""
    if colour.get("indexed"):
        return _INDEXED_BLUE.get(str(colour.get("indexed")), "")
    return str(colour.get("rgb", ""))[-6:].upper()


def _is_date(code: str) -> bool:
    return bool(_PART_OF_A_DATE.search(_NO_PART_OF_A_DATE.sub("", code.split(";")[0])))
