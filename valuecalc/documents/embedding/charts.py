"""A chart that Word draws into a control: new numbers for the one that is there, or a new one.

A chart consists of two parts, its XML and the workbook for “Edit data”. Those of a chart that is
there are written anew under their names, and the size and the looks that a person gave it stay.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from lxml import etree

from valuecalc.documents.embedding import spans
from valuecalc.documents.embedding.contents import Chart
from valuecalc.documents.embedding.controls import Control
from valuecalc.documents.embedding.package import Package, Relation, relations_of
from valuecalc.documents.embedding.state import hash_of, hash_of_bytes
from valuecalc.documents.native_charts import data
from valuecalc.documents.native_charts.kinds import (
    BOOK,
    BOOK_ENDING,
    BOOK_KIND,
    CHART,
    CHART_KIND,
    NAMESPACE,
)
from valuecalc.documents.proposal.xml import NAMESPACES, Element, element, markup, qualified
from valuecalc.errors import FileRefused

PREFIX = "valuecalc-"
_RELATION = qualified("r:id")
_GRAPHIC = qualified("a:graphic")
_FRAMES = (qualified("wp:inline"), qualified("wp:anchor"))
_SHOWN = f"{_GRAPHIC}/{qualified('a:graphicData')}/{CHART}"
_EXTENT, _ABOUT = qualified("wp:extent"), qualified("wp:docPr")
_OUTSIDE = f"{{{NAMESPACES['r']}}}"
_EXTERNAL = f"{{{NAMESPACE}}}externalData"
_CATEGORIES = f"{{{NAMESPACE}}}cat"
_BOOKS = "word/embeddings"
"""The only folder in which the gate takes workbooks."""


def hash_of_chart(xml: bytes) -> str:
    """The hash of the numbers of a chart, whoever has saved it; empty for none."""
    try:
        return hash_of(data.numbers(spans.parsed(xml)))
    except FileRefused:
        return ""


def hash_of_shown(package: Package, part: str, shown: Element) -> str:
    """The hash of the numbers of the chart that stands somewhere."""
    content = package.read(_target(package, part, shown) or "")
    return hash_of_chart(content) if content else ""


def put(package: Package, part: str, control: Control, around: Element, chart: Chart) -> None:
    """Put a chart into what is around a drawing (`wp:inline`), in the size that it has."""
    shown = next(around.iter(CHART), None)
    if shown is None:
        graphic = around.find(_GRAPHIC)
        graphic[:] = [graphic_data(added(package, part, chart))]
    elif _is_alone(package, part, control.element, shown):
        _renew(package, _target(package, part, shown) or "", chart)
    else:
        shown.set(_RELATION, added(package, part, chart))


def graphic_data(relation: str) -> Element:
    """What shows the chart of a relation."""
    shown = etree.Element(CHART, nsmap={"c": NAMESPACE})
    shown.set(_RELATION, relation)
    return element("a:graphicData", shown, attributes={"uri": NAMESPACE})


def _target(package: Package, part: str, shown: Element) -> str | None:
    id = shown.get(_RELATION, "")
    found = (each.target for each in package.relations(part) if each.id == id)
    return next(found, None)


def _is_alone(package: Package, part: str, control: Element, shown: Element) -> bool:
    """Whether nothing outside of a control shows its chart, which can then be changed."""
    target, id = _target(package, part, shown), shown.get(_RELATION)
    if target is None or package.read(target) is None:
        return False
    everywhere = control.getroottree().getroot()
    here, all = (_count(place, id) for place in (control, everywhere))
    return here == all and len(list(_to(package, target))) == 1


def _count(place: Element, id: str) -> int:
    return sum(each.get(_RELATION) == id for each in place.iter(CHART))


def _to(package: Package, target: str) -> Iterator[Relation]:
    for part in package.names:
        yield from (each for each in package.relations(part) if each.target == target)


# --------------------------------------------------------------------------- one that is there


def _renew(package: Package, name: str, chart: Chart) -> None:
    theirs, ours = spans.parsed(package.read(name) or b""), spans.parsed(chart.xml)
    made = deepcopy(theirs)
    if not data.renew(made, ours):
        made = ours
    _refer(made, _put_book(package, name, theirs, chart))
    package.write(name, markup(made))


def _put_book(package: Package, name: str, theirs: Element, chart: Chart) -> str:
    """Put the workbook where that of a chart is, or beside it; how the chart refers to it."""
    known = {each.id: each for each in package.relations(name)}
    external = next(theirs.iter(_EXTERNAL), None)
    found = known.get("" if external is None else external.get(_RELATION, ""))
    is_own = (
        found is not None
        and found.target.startswith(f"{_BOOKS}/")
        and package.read(found.target) is not None
        and len(list(_to(package, found.target))) == 1
    )
    if found is not None and is_own:
        package.write(found.target, chart.book)
        return found.id
    id = "rIdValuecalcBook"
    book = _book(package, chart)
    package.unrelate(name, id)
    package.relate(name, id, "package", book)
    return id


def _refer(root: Element, id: str) -> None:
    for each in root.iter(_EXTERNAL):
        each.set(_RELATION, id)
        return
    made = etree.SubElement(root, _EXTERNAL)
    made.set(_RELATION, id)
    etree.SubElement(made, f"{{{NAMESPACE}}}autoUpdate").set("val", "0")
    later = [f"{{{NAMESPACE}}}{tag}" for tag in ("printSettings", "userShapes", "extLst")]
    before = next((each for each in root if each.tag in later), None)
    if before is not None:
        before.addprevious(made)


# --------------------------------------------------------------------------- a new one like it


def frames(content: Element) -> list[Element]:
    """What is around the drawings of all charts in something, in their order."""
    return [each for each in content.iter(*_FRAMES) if each.find(_SHOWN) is not None]


def shown_in(around: Element) -> Element:
    """What shows the chart in a frame."""
    return around.find(_SHOWN)


def show(around: Element, relation: str) -> None:
    """Let a frame show the chart of a relation."""
    shown_in(around).set(_RELATION, relation)


def matched(
    package: Package, part: str, there: Element, new: Mapping[Element, Chart]
) -> dict[Element, Element]:
    """The frames of the charts that stand somewhere, by those of new ones that replace them.

    They are matched by their names, and charts that somebody has renamed by their kinds.
    """
    old = [each for each in frames(there) if _xml(package, part, each) is not None]
    found: dict[Element, Element] = {}
    for frame in new:
        named = (each for each in old if _name(each) and _name(each) == _name(frame))
        _match(found, frame, named, old)
    for frame in (each for each in new if each not in found):
        ours = spans.parsed(new[frame].xml)
        alike = (each for each in old if _is_alike(_xml(package, part, each), ours))
        _match(found, frame, alike, old)
    return found


def _match(
    found: dict[Element, Element],
    frame: Element,
    candidates: Iterator[Element],
    free: list[Element],
) -> None:
    chosen = next(candidates, None)
    if chosen is not None:
        found[frame] = chosen
        free.remove(chosen)


def _name(around: Element) -> str:
    about = around.find(_ABOUT)
    return "" if about is None else (about.get("name") or "").strip()


def _xml(package: Package, part: str, around: Element) -> Element | None:
    """The chart in a frame; None for one that cannot be read."""
    content = package.read(_target(package, part, shown_in(around)) or "")
    try:
        return spans.parsed(content) if content else None
    except FileRefused:
        return None


def _is_alike(theirs: Element, ours: Element) -> bool:
    return data.renew(deepcopy(theirs), ours)


def put_like(
    package: Package, part: str, there: Element, old: Element, new: Element, chart: Chart
) -> None:
    """Put a chart into the new frame as it looks in the old one, which stands in `there` now.

    The frame becomes like the old one as well: as wide, and where somebody has put it.
    """
    theirs, shown = _xml(package, part, old), shown_in(old)
    height = _height(theirs, spans.parsed(chart.xml), old, new)
    if _is_alone(package, part, there, shown):
        _renew(package, _target(package, part, shown) or "", chart)
        relation = shown.get(_RELATION)
    else:
        relation = added(package, part, _like(theirs, chart))
    show(new, relation)
    _take_frame(old, new, height)


def _like(theirs: Element, chart: Chart) -> Chart:
    """A new chart that looks like one that is shown elsewhere as well."""
    made = deepcopy(theirs)
    if not data.renew(made, spans.parsed(chart.xml)) or _needs_parts(made):
        return chart
    _refer(made, BOOK)
    return Chart(markup(made), chart.book, chart.size)


def _needs_parts(root: Element) -> bool:
    """Whether a chart refers to more than its workbook, such as to a picture in its bars."""
    return any(
        name.startswith(_OUTSIDE)
        for each in root.iter()
        if each.tag != _EXTERNAL
        for name in each.attrib
    )


def _height(theirs: Element, ours: Element, old: Element, new: Element) -> str | None:
    """How high the old frame must be, if bars have come or gone that lie below each other."""
    before, after = old.find(_EXTENT), new.find(_EXTENT)
    width = "" if before is None else before.get("cx") or ""
    if not width.isdecimal() or _rows(theirs) == _rows(ours):
        return None
    share = int(width) / int(after.get("cx"))
    return str(round(int(after.get("cy")) * share))


def _rows(root: Element) -> int:
    """How many bars of a chart lie below each other."""
    is_lying = any(each.get("val") == "bar" for each in root.iter(f"{{{NAMESPACE}}}barDir"))
    counts = (len(list(each.iter(f"{{{NAMESPACE}}}pt"))) for each in root.iter(_CATEGORIES))
    return next(counts, 0) if is_lying else 0


def _take_frame(old: Element, new: Element, height: str | None) -> None:
    """Let a frame be like another one; the words that describe the chart are the new ones."""
    kept = deepcopy(old)
    parts: Sequence[Element] = [kept.find(tag) for tag in (_EXTENT, _ABOUT, _GRAPHIC)]
    if any(each is None for each in parts):
        return
    extent, about, graphic = parts
    for name, value in new.find(_ABOUT).attrib.items():
        about.set(name, value)
    kept.replace(graphic, new.find(_GRAPHIC))
    if height is not None:
        extent.set("cy", height)
    new.getparent().replace(new, kept)


# --------------------------------------------------------------------------- a new one


def added(package: Package, part: str, chart: Chart) -> str:
    """The relation of a part to a new chart."""
    folder = posixpath.join(posixpath.dirname(package.main), "charts")
    name = _free(package, folder, "xml", chart.xml)
    if package.read(name) is None:
        package.write(name, chart.xml)
        package.declare("Override", PartName=f"/{name}", ContentType=CHART_KIND)
        package.remove(relations_of(name))
        package.relate(name, BOOK, "package", _book(package, chart))
    stem = posixpath.basename(name).rpartition(".")[0]
    id = f"rId{re.sub('[^0-9A-Za-z]', '', stem)}"
    package.relate(part, id, "chart", name)
    return id


def _book(package: Package, chart: Chart) -> str:
    name = _free(package, _BOOKS, BOOK_ENDING, chart.book)
    package.write(name, chart.book)
    if not package.has_default(BOOK_ENDING):
        package.declare("Default", Extension=BOOK_ENDING, ContentType=BOOK_KIND)
    return name


def _free(package: Package, folder: str, ending: str, content: bytes) -> str:
    """A name that is free, or that of the same part; a chart may have got new numbers since."""
    hash, number = hash_of_bytes(content), 1
    name = f"{folder}/{PREFIX}{hash}.{ending}"
    while package.read(name) not in (None, content):
        number += 1
        name = f"{folder}/{PREFIX}{hash}-{number}.{ending}"
    return name
