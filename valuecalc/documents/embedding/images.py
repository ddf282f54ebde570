"""A picture into a control: a file of its own, in the width that a person gave it.

A picture that comes with the chart that Word draws (`valuecalc.documents.embedding.charts`) takes
the place of a picture or of a chart, and so does one without it.
"""

from __future__ import annotations

import posixpath
import struct
from copy import deepcopy

from valuecalc.documents.embedding import charts, layout
from valuecalc.documents.embedding.contents import Chart, Picture
from valuecalc.documents.embedding.controls import (
    NOT_WORDS,
    PARAGRAPH,
    PROPERTIES,
    TABLE,
    Control,
    holds_changes,
)
from valuecalc.documents.embedding.grid import is_blank
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.report import Outcome
from valuecalc.documents.embedding.state import PictureState, hash_of, hash_of_bytes
from valuecalc.documents.embedding.telling import TYPED_OVER, Telling
from valuecalc.documents.native_charts.kinds import CHART
from valuecalc.documents.proposal.xml import Element, one_line, qualified, w

_NO_ROOM = "There is no picture in the control that can be replaced, and something else is."
_OTHER_CONTROL = "Put a picture content control there, or empty this one."

PREFIX = "valuecalc-"
"""What the names of our pictures begin with."""

_EMBED = qualified("r:embed")
_LINK = qualified("r:link")
_BLIP = qualified("a:blip")
_PLAIN = qualified("w:text")
_STARTS = (qualified("w:bookmarkStart"), qualified("w:commentRangeStart"))
_ENDS = (qualified("w:bookmarkEnd"), qualified("w:commentRangeEnd"))
_LOST = tuple(
    qualified(f"w:{name}")
    for name in ("commentReference", "footnoteReference", "endnoteReference", "sectPr")
)
_DESCRIPTION = 1_000
_AROUND = (qualified("wp:inline"), qualified("wp:anchor"))


def put(
    package: Package,
    part: str,
    control: Control,
    picture: Picture,
    was: PictureState | None,
    telling: Telling,
) -> PictureState | None:
    """Put a picture where one stands in a control, or words alone, or into an empty one.

    Returns what was written, for the next time; None if nothing was.
    """
    blips = list(control.element.iter(_BLIP))
    shown = list(control.element.iter(CHART))
    current = hashes_in(package, part, control)
    chart = picture.chart if picture.as_chart or shown else None
    new = hash_of_bytes(picture.png) if chart is None else charts.hash_of_chart(chart.xml)
    words = control.text if _holds_words(control) else ""
    if words and not _may_replace_words(control, was, telling):
        cause = "Something else stands where the picture would." if was is None else TYPED_OVER
        telling.conflict("", words, picture.words, cause)
        return was
    is_theirs = was is not None and not current <= {was.picture}
    is_theirs = (is_theirs and current != {new}) or holds_changes(control.content)
    if is_theirs and not telling.may_overwrite():
        telling.conflict("", *_others(picture, is_chart=bool(shown)))
        return was
    if current == {new}:
        telling.add(Outcome.UNCHANGED, ours=picture.words)
        return was or PictureState(new, "")
    if chart is not None:
        is_put = _put_chart(package, part, control, chart, picture)
    else:
        is_put = _put_picture(package, part, control, blips, picture)
    if not is_put:
        telling.add(Outcome.LEFT, theirs=control.text, cause=_NO_ROOM, remedy=_OTHER_CONTROL)
        return was
    telling.add(Outcome.FILLED, theirs=words, ours=picture.words)
    return PictureState(new, _describe(control, picture, was))


def _holds_words(control: Control) -> bool:
    """Whether words stand in a control, and nothing beside them that would be lost."""
    content = control.content
    if content is None or control.level not in ("run", "block") or _is_free(control):
        return False
    has_more = next(content.iter(TABLE, *NOT_WORDS, *_LOST), None) is not None
    return not (has_more or control.holds_controls or control.holds_fields)


def _is_free(control: Control) -> bool:
    return control.is_placeholder or is_blank(" ".join(control.text.split()))


def _may_replace_words(control: Control, was: PictureState | None, telling: Telling) -> bool:
    """Whether a picture may take the place of words: of those that somebody has tagged with it.

    Words that were typed where a picture of ours was stay until somebody allows otherwise, and
    so do several paragraphs.
    """
    is_long = len(list(control.element.iter(PARAGRAPH))) > 1
    is_theirs = was is not None or is_long or control.holds_changes
    return not is_theirs or telling.may_overwrite()


def hashes_in(package: Package, part: str, control: Control) -> set[str]:
    """The hashes of the pictures, and of the numbers of the charts, that stand in a control."""
    hashes = {_hash_of_current(package, part, each) for each in control.element.iter(_BLIP)}
    return hashes | {
        charts.hash_of_shown(package, part, each) for each in control.element.iter(CHART)
    }


def _others(picture: Picture, *, is_chart: bool) -> tuple[str, str, str]:
    """What is said where a person has put another picture, or other numbers into a chart."""
    if is_chart:
        return "other numbers", picture.words, "The numbers of the chart are others."
    return "another picture", picture.words, "The picture is another one."


def _put_picture(
    package: Package, part: str, control: Control, blips: list[Element], picture: Picture
) -> bool:
    """Put a picture where pictures stand, or into an empty control; False where none can be."""
    id = added(package, part, picture.png)
    if not blips and not _insert(control, layout.drawing(id, picture, control.number)):
        return False
    for blip in blips:
        _repoint(blip, id, picture)
    return True


def _put_chart(
    package: Package, part: str, control: Control, chart: Chart, picture: Picture
) -> bool:
    """Put a chart where pictures or charts stand, or into an empty control."""
    frames = [each for each in control.element.iter(*_AROUND) if _shows(each)]
    for around in frames:
        charts.put(package, part, control, around, chart)
    if not frames and not _insert(control, _new_chart(package, part, control, chart, picture)):
        return False
    # A control for pictures takes nothing else.
    for each in control.element.findall(f"{PROPERTIES}/{qualified('w:picture')}"):
        each.getparent().remove(each)
    return True


def _new_chart(
    package: Package, part: str, control: Control, chart: Chart, picture: Picture
) -> Element:
    id = charts.added(package, part, chart)
    graphic = charts.graphic_data(id)
    return layout.framed(graphic, picture.words, chart.size, control.number)


def _shows(around: Element) -> bool:
    return next(around.iter(_BLIP, CHART), None) is not None


def _hash_of_current(package: Package, part: str, blip: Element) -> str:
    targets = {each.id: each.target for each in package.relations(part) if not each.is_outside}
    content = package.read(targets.get(blip.get(_EMBED, ""), ""))
    return hash_of_bytes(content) if content else ""


def added(package: Package, part: str, png: bytes) -> str:
    """The relation of a part to a new file with a picture."""
    hash = hash_of_bytes(png)
    name = posixpath.join(posixpath.dirname(package.main), f"media/{PREFIX}{hash}.png")
    if package.read(name) is None:
        package.write(name, png)
    if not package.has_default("png"):
        package.declare("Default", Extension="png", ContentType="image/png")
    id = f"rId{PREFIX}{hash}".replace("-", "")
    package.relate(part, id, "image", name)
    return id


def _repoint(blip: Element, id: str, picture: Picture) -> None:
    """Let a picture show another file: without what was cut off, and not drawn a second time."""
    blip.set(_EMBED, id)
    blip.attrib.pop(_LINK, None)
    # A drawing in SVG beside it, which newer programs prefer, would still be the old one.
    for extensions in blip.findall(qualified("a:extLst")):
        for each in list(extensions):
            if any(inner.tag.endswith("}svgBlip") for inner in each.iter("*")):
                extensions.remove(each)
        if not len(extensions):
            blip.remove(extensions)
    for cut in blip.getparent().findall(qualified("a:srcRect")):
        cut.attrib.clear()
    around = next((each for each in blip.iterancestors() if each.tag in _AROUND), None)
    if around is not None:
        _resize(around, picture)


def _resize(around: Element, picture: Picture) -> None:
    """Keep the width of a picture, and let its height follow."""
    extent = around.find(qualified("wp:extent"))
    width = int(extent.get("cx"))
    wide, high = struct.unpack(">II", picture.png[16:24])
    height = str(round(width * high / wide))
    extent.set("cy", height)
    for size in around.iter(qualified("a:ext")):
        if size.get("cy") is not None:
            size.set("cx", str(width))
            size.set("cy", height)


def _describe(control: Control, picture: Picture, was: PictureState | None) -> str:
    """Give a picture its alternative text, unless a person wrote another; the hash of ours."""
    words = one_line(picture.words, _DESCRIPTION)
    for each in control.element.iter(qualified("wp:docPr")):
        current = each.get("descr") or ""
        if was is None or not current or hash_of(current) == was.words:
            each.set("descr", words)
    return hash_of(words)


def _insert(control: Control, drawing: Element) -> bool:
    """Put a drawing into a control that holds none; False where no picture can stand."""
    content = control.content
    is_free = _is_free(control) or _holds_words(control)
    if content is None or control.level not in ("run", "block") or not is_free:
        return False
    if control.holds_controls or next(content.iter(TABLE, *NOT_WORDS), None) is not None:
        return False
    properties = control.element.find(qualified("w:sdtPr"))
    # A control for plain text takes no picture.
    for each in properties.findall(qualified("w:showingPlcHdr")) + properties.findall(_PLAIN):
        properties.remove(each)
    line = [*content.iter(*_STARTS), w("r", drawing), *content.iter(*_ENDS)]
    if control.level == "run":
        content[:] = line
        return True
    first = content.find(PARAGRAPH)
    format = None if first is None else first.find(qualified("w:pPr"))
    content[:] = [w("p", None if format is None else deepcopy(format), *line)]
    return True
