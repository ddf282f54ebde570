"""Our chapter in somebody's document: put in once, and written anew every time after.

The chapter is a content control tagged `chapter`, and each section in it one tagged
`chapter.SECTION`. A section in which somebody has written stays, and is reported; all else of the
document, also between the sections, is copied byte by byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property

from valuecalc.documents.embedding import (
    attached,
    bounds,
    chapter_order,
    chapter_place,
    fields,
    leftovers,
    places,
    spans,
    state,
)
from valuecalc.documents.embedding.chapter_fitting import Fitting, Ours
from valuecalc.documents.embedding.chapter_place import CONTROL, PREFIX, TAG, Place
from valuecalc.documents.embedding.chapter_words import hash_of_content
from valuecalc.documents.embedding.controls import SDT, Control, find
from valuecalc.documents.embedding.fill import Filled
from valuecalc.documents.embedding.grid import is_blank
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.report import Entry, Outcome, Report
from valuecalc.documents.embedding.state import ChapterChoice, ChapterState
from valuecalc.documents.embedding.telling import Telling
from valuecalc.documents.proposal.xml import Element, qualified, w

_NOTHING = "The case has nothing for it."
_NO_LONGER = "The section was not chosen, or the case has nothing for it, and was taken out."
_STAYS = "The section was not chosen, but somebody has written into it, so it stays."
_NO_ROOM = "It stands in a table, a text box or a line of text, where no chapter has room."
_NO_TABLES = "It is a control for plain text or bound to data, in which no tables can stand."
_VAL = qualified("w:val")
_OF_WORDS_ALONE = ("w:text", "w:dataBinding")
_ON_ITS_OWN = "Put a rich text control on a line of its own."
_CONTENTS = "Contents of the document are not renewed here: click into them in Word and press F9."

_LOST = (
    "A chapter was put into this document before, and its controls are gone: what is left of it "
    "stays, and the chapter stands there once more. Take the old one out."
)

Splice = tuple[spans.Span, bytes]


def insert(
    content: bytes,
    chapter: bytes,
    place: Place,
    overwrite: Collection[str] = (),
    chosen: ChapterChoice | None = None,
) -> Filled:
    """A document with the sections of a chapter in it, where they are already or at a place.

    `chapter` is what `chapter.written` has made. `overwrite` holds the tags of sections that a
    person changed and that may be written over all the same; `EVERYTHING` stands for all. The
    document remembers what was `chosen`. Raises `FileRefused` for a document that cannot be read
    safely, or that has no such place.
    """
    package = Package(content)
    bounds.check(package)
    notes = attached.cut(package)
    inserting = _Inserting(package, Ours(chapter), overwrite)
    inserting.put(place, chosen)
    leftovers.remove(package)
    said = (*notes, *inserting.notes)
    return Filled(package.packed(), Report(tuple(inserting.entries), said))


class _Inserting:
    """One document that a chapter is put into."""

    def __init__(self, package: Package, ours: Ours, overwrite: Collection[str]) -> None:
        self.package, self.ours, self.overwrite = package, ours, overwrite
        self.part = package.main
        self.content = package.read(self.part) or b""
        self.root = spans.parsed(self.content)
        self.body = chapter_place.body_of(self.root)
        elements = list(self.root.iter("*"))
        self.spans = dict(zip(elements, spans.spans(self.content), strict=True))
        self.styles = ours.styles_for(package)
        self.was = state.read(package)
        self.now = deepcopy(self.was)
        self.entries: list[Entry] = []
        self.splices: list[Splice] = []
        self.remarks: list[str] = []
        self.controls = find(self.root)
        self.hashes: dict[Element, str] = {}

    @property
    def notes(self) -> Iterator[str]:
        """What somebody should know of the whole document."""
        yield from self.remarks
        if self.has_contents:
            yield _CONTENTS
        if self.was.chapters and not (self.chapters or self.places):
            yield _LOST

    @property
    def has_contents(self) -> bool:
        """Whether the document has contents that do not know of the chapter yet."""
        is_changed = bool(self.splices)
        kinds = (each.split()[:1] for each in fields.instructions(self.root))
        return is_changed and ["TOC"] in kinds

    @cached_property
    def chapters(self) -> list[Control]:
        """The controls tagged as a chapter, in which one can stand."""
        found = [each for each in self.controls if each.tag == TAG and not _is_in_section(each)]
        return [each for each in found if self._has_room(each)]

    @cached_property
    def places(self) -> list[Control]:
        """The controls of single sections, outside of chapters."""
        inside = {each.element for each in self.chapters}
        return [
            each
            for each in self.controls
            if _is_section(each)
            and inside.isdisjoint(each.element.iterancestors())
            and self._has_room(each)
        ]

    def _has_room(self, control: Control) -> bool:
        is_block = control.level == "block" and control.content is not None
        has_room = (
            is_block and not control.special and chapter_place.is_free_standing(control.element)
        )
        takes_words = any(control.setting(name) is not None for name in _OF_WORDS_ALONE)
        if has_room and not takes_words:
            return True
        telling = self._telling(control.tag, control)
        cause = _NO_TABLES if has_room else _NO_ROOM
        telling.add(Outcome.LEFT, theirs=control.text, cause=cause, remedy=_ON_ITS_OWN)
        self.entries += telling.entries
        return False

    def put(self, place: Place, chosen: ChapterChoice | None = None) -> None:
        """Put the sections where they belong, and say what was done."""
        wanted = self.wanted
        if self.chapters:
            self._renew_chapters(wanted)
        elif wanted and not (place.kind == CONTROL and (self.places or self.entries)):
            self._add_chapter(place, wanted)
        for each in self.places:
            shift = self._shift_of(each)
            self._renew(each, shift)
        if self.now.chapters:
            self.now.chosen = chosen or self.was.chosen
        self._write()

    @cached_property
    def wanted(self) -> list[str]:
        """The tags of the sections that the chapter is to have, in their order."""
        by_themselves = {each.tag for each in self.places}
        return [tag for tag in self.ours.wanted if tag not in by_themselves]

    def _shift_of(self, control: Control) -> int:
        known = self.was.chapters.get(control.tag)
        if known is not None:
            return known.shift
        return chapter_place.level_above(self.body, self.styles, control.element)

    @cached_property
    def fitting(self) -> Fitting:
        """What makes our sections fit; what leaves the document counts as gone."""
        staying = [each for each in self._sections() if not self._goes(each)]
        leaving = [each.element for each in self._sections() if self._goes(each)]
        leaving += [each.element for each in self.chapters if self._is_free(each)]
        kept = {each.tag for each in staying}
        return Fitting(self.package, self.part, self.root, self.ours, self.styles, leaving, kept)

    def _goes(self, section: Control) -> bool:
        """Whether what stands in a section is replaced or taken out."""
        known = self.ours.sections if section in self.places else self.wanted
        is_known = section.tag in known
        is_same = is_known and self._hash_of(section) == self._hash_of_ours(section.tag)
        return not is_same and self._may_go(section)

    def _is_free(self, control: Control) -> bool:
        """Whether nothing stands in a control but what asks to fill it in."""
        is_blank_one = control.is_placeholder or is_blank(" ".join(control.text.split()))
        return is_blank_one and not control.holds_controls and not control.holds_changes

    def _sections(self) -> list[Control]:
        return [
            *self.places,
            *(each for chapter in self.chapters for each in self._inside(chapter)),
        ]

    def _inside(self, chapter: Control) -> list[Control]:
        """The sections of a chapter that is there."""
        return [
            each
            for each in self.controls
            if _is_section(each) and chapter.element in set(each.element.iterancestors())
        ]

    # ---------------------------------------------------------------- chapters

    def _renew_chapters(self, wanted: Sequence[str]) -> None:
        first, *others = self.chapters
        shift = self._shift_of(first)
        if self._inside(first):
            self._renew_chapter(first, wanted, shift)
        else:
            self._fill_chapter(first, wanted, shift)
        for each in others:
            telling = self._telling(TAG, each)
            cause = "The document has another control for the chapter before it."
            telling.add(Outcome.LEFT, theirs=each.text, cause=cause, remedy="Remove one of them.")
            self.entries += telling.entries

    def _fill_chapter(self, chapter: Control, wanted: Sequence[str], shift: int) -> None:
        """Put all sections into a control in which there is none yet."""
        telling = self._telling(TAG, chapter)
        if not self._is_free(chapter) and not telling.may_overwrite():
            cause = "Something else stands where the chapter would."
            telling.conflict("", chapter.text, self.ours.name, cause)
            self.entries += telling.entries
            return
        width = chapter_place.text_width(self.body, chapter.element)
        _content(chapter)[:] = self._new(wanted, shift, width, places.of(self.part, chapter))
        _show_no_placeholder(chapter)
        self._replace(chapter)
        self._remember_order(wanted, shift)

    def _renew_chapter(self, chapter: Control, wanted: Sequence[str], shift: int) -> None:
        """Write its sections anew, put those in that it lacks, and take out what is not wanted."""
        inside = self._inside(chapter)
        for each in inside:
            if each.tag in wanted:
                self._renew(each, shift)
            else:
                self._take_out(each)
        slots = self._arranged(chapter, inside, wanted)
        self._put_lacking(chapter, slots, wanted, shift)
        self._remember_order(self._order_after(slots, inside, wanted), shift)

    def _arranged(
        self, chapter: Control, inside: Sequence[Control], wanted: Sequence[str]
    ) -> dict[str, Control]:
        """Put sections into the wanted order, if that can be; in whose place each stands then."""
        there = chapter_order.first_of_each(each for each in inside if each.tag in wanted)
        order = sorted(there, key=wanted.index)
        slots = dict(zip(order, there.values(), strict=True))
        if order == list(there):
            return slots
        was = self.was.chapters.get(TAG)
        is_ours = was and was.hash == chapter_order.hash_of_order(each.tag for each in inside)
        if not is_ours or not chapter_order.may_change(chapter, inside, list(there.values())):
            self.remarks.append(chapter_order.STAY)
            return there
        self._exchange(slots, there)
        self.remarks.append(chapter_order.MOVED)
        return slots

    def _exchange(self, slots: Mapping[str, Control], there: Mapping[str, Control]) -> None:
        """Put each section where another one stands, byte by byte."""
        places = [self.spans[each.element] for each in slots.values()]
        sections = [self.spans[there[tag].element] for tag in slots]
        new = {span: made for span, made in self.splices if span in places}
        others = [each for each in self.splices if each[0] not in places]
        exchanged = chapter_order.exchanged(places, sections, self.content, new)
        self.splices = [*others, *exchanged.items()]

    def _put_lacking(
        self, chapter: Control, slots: Mapping[str, Control], wanted: Sequence[str], shift: int
    ) -> None:
        """Put the sections in that a chapter lacks, each after the one before it."""
        width = chapter_place.text_width(self.body, chapter.element)
        where = places.of(self.part, chapter)
        at = self._beginning(chapter)
        for tag in wanted:
            if tag in slots:
                at = self.spans[slots[tag].element][1]
            else:
                [made] = self._new([tag], shift, width, where)
                self.splices.append(((at, at), spans.standing_alone(made)))

    def _order_after(
        self, slots: Mapping[str, Control], inside: Sequence[Control], wanted: Sequence[str]
    ) -> list[str]:
        """The tags of the sections of a chapter in the order in which they stand when written."""
        now = {each.element: tag for tag, each in slots.items()}
        gone = {span for span, made in self.splices if not made}
        staying = [each for each in inside if self.spans[each.element] not in gone]
        order = [now.get(each.element, each.tag) for each in staying]
        at = 0
        for tag in wanted:
            if tag in slots:
                at = order.index(tag) + 1
            else:
                order.insert(at, tag)
                at += 1
        return order

    def _add_chapter(self, place: Place, wanted: Sequence[str]) -> None:
        """Put a new chapter into the document."""
        spot = chapter_place.spot(self.root, self.styles, place)
        width = chapter_place.text_width(self.body, spot.before)
        sections = self._new(wanted, spot.shift, width, "the body")
        made = self.fitting.control(TAG, self.ours.name, sections)
        at = self._end_of_body() if spot.before is None else self.spans[spot.before][0]
        written = spans.standing_alone(made)
        if place.kind == chapter_place.END:
            # Somebody may want to write on after it.
            written += spans.standing_alone(w("p"))
        self.splices.append(((at, at), written))
        self._remember_order(wanted, spot.shift)
        self.remarks += [spot.note] if spot.note else []

    def _new(self, wanted: Sequence[str], shift: int, width: int, where: str) -> list[Element]:
        """New controls with sections."""
        made = []
        for tag in wanted:
            content = self.fitting.fitted(tag, shift, width)
            made.append(self.fitting.control(tag, self.ours.title(tag), content))
            self._remember(tag, self._hash_of_ours(tag), shift)
            telling = Telling(tag, where, self.overwrite)
            telling.add(Outcome.FILLED, ours=self.ours.title(tag))
            self.entries += telling.entries
        return made

    # ---------------------------------------------------------------- sections

    def _renew(self, control: Control, shift: int) -> None:
        """Write a section anew, unless it says so already or somebody has written into it."""
        telling = self._telling(control.tag, control)
        self._renew_telling(control, shift, telling)
        self.entries += telling.entries

    def _renew_telling(self, control: Control, shift: int, telling: Telling) -> None:
        tag = control.tag
        if tag in self.ours.empty:
            telling.add(Outcome.MISSING, theirs=control.text, cause=_NOTHING)
            return
        if tag not in self.ours.sections:
            cause, remedy = "There is no such section.", "Choose another, or remove the control."
            telling.add(Outcome.UNKNOWN, theirs=control.text, cause=cause, remedy=remedy)
            return
        title, new = self.ours.title(tag), self._hash_of_ours(tag)
        if self._hash_of(control) == new:
            self._remember(tag, new, shift)
            telling.add(Outcome.UNCHANGED, theirs=control.text, ours=title)
        elif not self._may_go(control):
            telling.conflict("", control.text, title)
        else:
            telling.add(Outcome.FILLED, theirs=control.text, ours=title)
            width = chapter_place.text_width(self.body, control.element)
            made = self.fitting.fitted(tag, shift, width, control.element)
            _content(control)[:] = made
            _show_no_placeholder(control)
            if control.element in self._copies:
                self.fitting.number_anew(control.element)
            self._replace(control)
            self._remember(tag, new, shift)

    def _take_out(self, control: Control) -> None:
        telling = self._telling(control.tag, control)
        if self._may_go(control):
            self.splices.append((self.spans[control.element], b""))
            self.now.chapters.pop(control.tag, None)
            telling.add(Outcome.FILLED, theirs=control.text, cause=_NO_LONGER)
        else:
            telling.add(Outcome.KEPT, theirs=control.text, cause=_STAYS)
        self.entries += telling.entries

    def _may_go(self, control: Control) -> bool:
        """Whether nothing in a section is a person's, or it may be written over."""
        if self._telling(control.tag, control).may_overwrite():
            return True
        if control.holds_changes:
            return False
        known = self.was.chapters.get(control.tag)
        if known is None:
            return self._is_free(control)
        return known.hash == self._hash_of(control)

    def _hash_of(self, control: Control) -> str:
        # What a section holds now is replaced below, while others still ask.
        if control.element not in self.hashes:
            found = hash_of_content(self.package, self.part, control.content)
            self.hashes[control.element] = found
        return self.hashes[control.element]

    def _hash_of_ours(self, tag: str) -> str:
        return hash_of_content(self.ours.package, self.ours.part, self.ours.content(tag))

    def _remember(self, tag: str, hash: str, shift: int) -> None:
        self.now.chapters[tag] = ChapterState(hash, shift)

    def _remember_order(self, tags: Iterable[str], shift: int) -> None:
        self._remember(TAG, chapter_order.hash_of_order(tags), shift)

    @cached_property
    def _copies(self) -> set[Element]:
        """Controls with the number of one before them, which programs other than Word leave."""
        seen: set[str] = set()
        copies = set()
        for each in self.controls:
            number = each.setting("w:id")
            value = "" if number is None else number.get(_VAL) or ""
            if value in seen:
                copies.add(each.element)
            seen.add(value)
        return copies

    def _telling(self, tag: str, control: Control) -> Telling:
        return Telling(tag, places.of(self.part, control), self.overwrite)

    # ---------------------------------------------------------------- bytes

    def _beginning(self, chapter: Control) -> int:
        begin, _ = self.spans[chapter.content]
        return spans.start_tag_end(self.content, begin)

    def _end_of_body(self) -> int:
        begin, end = self.spans[self.body]
        return self.content.rindex(b"</", begin, end)

    def _replace(self, control: Control) -> None:
        self.splices.append((self.spans[control.element], spans.fragment(control.element)))

    def _write(self) -> None:
        if self.splices:
            self.fitting.add_styles()
            self.package.write(self.part, spans.spliced(self.content, _joined(self.splices)))
        if self.now != self.was:
            state.write(self.package, self.now)


def _joined(splices: Sequence[Splice]) -> list[Splice]:
    """Those at the same place one after the other, in their order."""
    joined: dict[spans.Span, bytes] = {}
    for span, new in splices:
        joined[span] = joined.get(span, b"") + new
    return list(joined.items())


def _is_section(control: Control) -> bool:
    return control.tag.startswith(PREFIX) and not _is_in_section(control)


def _is_in_section(control: Control) -> bool:
    """Whether somebody has moved a control into one of a section, with which it is replaced."""
    around = control.element.iterancestors(SDT)
    return any(chapter_place.tag_of(each).startswith(PREFIX) for each in around)


def _content(control: Control) -> Element:
    assert control.content is not None, "others have no room"
    return control.content


def _show_no_placeholder(control: Control) -> None:
    properties = control.element.find(qualified("w:sdtPr"))
    for each in properties.findall(qualified("w:showingPlcHdr")):
        properties.remove(each)
