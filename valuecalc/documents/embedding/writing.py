"""Words into a control: in the format of what stood there, without what people put around them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from valuecalc.documents.embedding.controls import (
    CELL,
    CHANGES,
    NOT_WORDS,
    PARAGRAPH,
    PROPERTIES,
    RUN,
    SPACES,
    TEXT,
    Control,
    ancestors,
)
from valuecalc.documents.proposal.text import runs
from valuecalc.documents.proposal.xml import Element, qualified, w

FORMAT = qualified("w:rPr")
_PARAGRAPH_FORMAT = qualified("w:pPr")
_STYLE = qualified("w:rStyle")
_AFTER_DIRECTION = tuple(
    qualified(f"w:{name}")
    for name in ("cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath", "rPrChange")
)
_WRAPPERS = (*CHANGES, qualified("w:hyperlink"), qualified("w:smartTag"))
_SECTION = qualified("w:sectPr")


def put(control: Control, text: str) -> None:
    """Put a text into a control that holds words; its lines become lines there.

    A control around whole paragraphs gets one for each line, unless it is for plain text,
    which Word allows only one paragraph.
    """
    holder = control.content
    assert holder is not None, "only a control with content is filled"
    if control.level == "cell":
        holder = holder.find(CELL)
    format = _wanted_format(control)
    _show_no_placeholder(control)
    paragraphs = holder.findall(PARAGRAPH)
    if not paragraphs and control.level != "run":
        paragraphs = [w("p")]
        holder.append(paragraphs[0])
    if not paragraphs:
        put_in_line(holder, text, format)
        return
    is_plain = control.setting("w:text") is not None
    put_in_paragraphs(paragraphs, [text] if is_plain else text.split("\n"), format)


def put_in_cell(cell: Element, text: str) -> None:
    """Put a text into a cell of a table, in the format of its first words."""
    paragraphs = cell.findall(PARAGRAPH)
    if not paragraphs:
        paragraphs = [w("p")]
        cell.append(paragraphs[0])
    put_in_paragraphs(paragraphs, [text], None)


def put_in_paragraphs(paragraphs: list[Element], lines: list[str], format: Element | None) -> None:
    """A line to each paragraph; more are made like the first, and those that are left go."""
    first = paragraphs[0]
    for number, line in enumerate(lines):
        if number == len(paragraphs):
            paragraphs.append(_like(first))
            paragraphs[number - 1].addnext(paragraphs[number])
        put_in_line(paragraphs[number], line, format if number == 0 else None)
    for each in paragraphs[len(lines) :]:
        put_in_line(each, "", None)
        if _is_bare(each):
            each.getparent().remove(each)


def _like(paragraph: Element) -> Element:
    """A new paragraph with the format of another and of its words."""
    made = w("p")
    properties = paragraph.find(_PARAGRAPH_FORMAT)
    if properties is not None:
        made.append(deepcopy(properties))
        for each in made.iter(_SECTION):
            each.getparent().remove(each)
    format = _format_of(next(_runs(paragraph), None))
    made.append(w("r", format))
    return made


def _is_bare(paragraph: Element) -> bool:
    """Whether a paragraph holds nothing that somebody would miss."""
    inside = [each.tag for each in paragraph.iterchildren("*")]
    is_empty = all(tag in (_PARAGRAPH_FORMAT, RUN) for tag in inside)
    return is_empty and paragraph.find(f".//{_SECTION}") is None and not list(_others(paragraph))


def _others(paragraph: Element) -> Iterator[Element]:
    for run in paragraph.findall(RUN):
        yield from (each for each in run.iterchildren("*") if each.tag != FORMAT)


def put_in_line(holder: Element, text: str, format: Element | None) -> None:
    """Put a text where the first words of a line stand; all its other words go.

    `format` is that of the words; that of the first run if it is None. Marks of comments,
    bookmarks, notes and pictures stay.
    """
    found = list(_runs(holder))
    with_words = [run for run in found if next(_words(run), None) is not None]
    place = next(iter(with_words or found), None)
    chosen = _format_of(place) if format is None else deepcopy(format)
    if chosen is None and place is None:
        chosen = _format_of_mark(holder)
    made = [_formatted(run, chosen) for run in runs(text)]
    if place is None:
        at = 1 if len(holder) and holder[0].tag == _PARAGRAPH_FORMAT else 0
        holder[at:at] = made
    else:
        _before_changes(place, holder, made)
    for run in found:
        _without_words(run, holder)
    if not made and place is not None and chosen is not None and not list(_runs(holder)):
        # The format stays for what is written here next.
        holder.append(w("r", chosen))


def _before_changes(place: Element, holder: Element, made: list[Element]) -> None:
    """Put runs before a run; outside of what it was tracked in, which is somebody else's."""
    for each in ancestors(place, holder):
        if each.tag in CHANGES:
            place = each
    for run in made:
        place.addprevious(run)


def _runs(holder: Element) -> Iterator[Element]:
    for run in holder.iter(RUN):
        if not any(each.tag in NOT_WORDS for each in ancestors(run, holder)):
            yield run


def _words(run: Element) -> Iterator[Element]:
    return (each for each in run.iterchildren(TEXT, *SPACES))


def _without_words(run: Element, holder: Element) -> None:
    """Take the words out of a run, and the run away if nothing else was in it."""
    for each in list(_words(run)):
        run.remove(each)
    if any(each.tag != FORMAT for each in run.iterchildren("*")):
        return
    parent = run.getparent()
    parent.remove(run)
    if parent is not holder and parent.tag in _WRAPPERS and not len(parent):
        parent.getparent().remove(parent)


def _formatted(run: Element, format: Element | None) -> Element:
    """A run of ours in the format of somebody else; it keeps its direction."""
    own = run.find(FORMAT)
    is_turned = own is not None and own.find(qualified("w:rtl")) is not None
    if own is not None:
        run.remove(own)
    properties = deepcopy(format)
    if is_turned:
        properties = w("rPr") if properties is None else properties
        _turn(properties)
    if properties is not None:
        run.insert(0, properties)
    return run


def _turn(properties: Element) -> None:
    if properties.find(qualified("w:rtl")) is not None:
        return
    following = next(properties.iterchildren(*_AFTER_DIRECTION), None)
    if following is None:
        properties.append(w("rtl"))
    else:
        following.addprevious(w("rtl"))


def _format_of(run: Element | None) -> Element | None:
    found = None if run is None else run.find(FORMAT)
    return None if found is None else deepcopy(found)


def _format_of_mark(holder: Element) -> Element | None:
    """The format of the end of an empty paragraph, which its first words would take."""
    found = holder.find(f"{_PARAGRAPH_FORMAT}/{FORMAT}")
    if found is None:
        return None
    made = deepcopy(found)
    for each in made.findall(qualified("w:rPrChange")) + made.findall(qualified("w:ins")):
        made.remove(each)
    return made


def _wanted_format(control: Control) -> Element | None:
    """The format for the words of a control that shows its placeholder; None for that of its run.

    Word keeps the format for what will be written among the properties of the control.
    """
    if not control.is_placeholder or control.content is None:
        return None
    found = control.setting("w:rPr")
    if found is not None:
        return deepcopy(found)
    format = _format_of(next(_runs(control.content), None))
    if format is None:
        return None
    for each in format.findall(_STYLE):
        format.remove(each)
    return format


def _show_no_placeholder(control: Control) -> None:
    showing = control.setting("w:showingPlcHdr")
    if showing is not None:
        control.element.find(PROPERTIES).remove(showing)
