"""Fill the content controls of a document, the first time and every time after.

Only the controls are written anew: every other byte of a part that changes is copied, and so is
every part that does not. What a person has written into a control stays, and is reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from valuecalc.documents import languages
from valuecalc.documents.embedding import (
    attached,
    binding,
    bounds,
    images,
    layout,
    leftovers,
    places,
    rows,
    sentences,
    spans,
    state,
    writing,
)
from valuecalc.documents.embedding.contents import Content, Missing, Picture, Table, Words
from valuecalc.documents.embedding.controls import PARAGRAPH, SDT, TABLE, Control, find
from valuecalc.documents.embedding.grid import Grid, is_blank
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.report import Entry, Outcome, Report
from valuecalc.documents.embedding.state import TableState, hash_of
from valuecalc.documents.embedding.telling import EVERYTHING, TYPED_OVER, Telling, told_apart
from valuecalc.documents.proposal.xml import Element, w

PREFIXES = ("value.", "short.", "text.", "table.", "image.", "plan.")
"""What the tags of ours begin with."""

_GONE = (
    "Filled before, and not in the document any more: {tags}. Somebody may have deleted them; "
    "LibreOffice before version 7.5 leaves out all tags when it saves a document."
)

MOST_GONE = 12
"""So many of them are named: a proposal without its tags has hundreds."""

_LOST = "The case has no such figure any more. What stands here is from before."

__all__ = ["EVERYTHING", "PREFIXES", "Filled", "fill"]


@dataclass(frozen=True)
class Filled:
    """A filled document, and what was done in it."""

    content: bytes
    report: Report


def fill(
    content: bytes,
    contents: Mapping[str, Content],
    overwrite: Collection[str] = (),
    scenario: str = "",
) -> Filled:
    """A document with each control whose tag is known filled with what belongs there.

    `overwrite` holds tags and spots of the report that a person changed and that may be written
    over all the same; `EVERYTHING` stands for all. The document remembers the id of the
    `scenario` that the contents are of. Raises `FileRefused` for a document that cannot be read
    safely.
    """
    package = Package(content)
    bounds.check_to_fill(package)
    filling = _Filling(package, contents, overwrite, state.read(package))
    filling.now.scenario = scenario
    notes = attached.cut(package)
    for part in package.with_text:
        filling.fill_part(part)
    if filling.has_written:
        state.write(package, filling.kept)
    leftovers.remove(package)
    said = (*notes, *filling.missed)
    return Filled(package.packed(), Report(filling.entries, said))


@dataclass
class _Filling:
    """One document that is being filled: what was written before, and what is now."""

    package: Package
    contents: Mapping[str, Content]
    overwrite: Collection[str]
    was: state.State
    told: list[Telling] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.now = deepcopy(self.was)
        self.now.language = languages.current().tag

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was done with each control, in the order of the document."""
        return told_apart(self.told)

    @property
    def has_written(self) -> bool:
        """Whether anything is to be kept for the next time."""
        return bool(self.now.words or self.now.tables or self.now.pictures)

    @property
    def kept(self) -> state.State:
        """What is to be known the next time: not of controls that sentences have taken in."""
        for tag in self.joined - self.present:
            self.now.words.pop(tag, None)
        return self.now

    @property
    def missed(self) -> tuple[str, ...]:
        """What has to be said about tags that were filled before and are not there any more."""
        known = {*self.was.words, *self.was.tables, *self.was.pictures}
        gone = sorted(known - self.present - self.joined)
        if not gone:
            return ()
        named = [*gone[:MOST_GONE], *([f"{len(gone) - MOST_GONE} more"] * (len(gone) > MOST_GONE))]
        return (_GONE.format(tags=", ".join(named)),)

    def fill_part(self, part: str) -> None:
        """Fill the controls of a part, and write only those anew that have changed."""
        content = self.package.read(part)
        if content is None or b"sdt" not in content:
            return
        root = spans.parsed(content)
        changed: dict[int, Element] = {}
        for control in find(root):
            # A row that went has taken the controls in it along, and a sentence its figures.
            if root not in control.element.iterancestors():
                continue
            before = spans.fragment(control.element)
            self._fill(part, control)
            if spans.fragment(control.element) != before:
                changed[control.number] = control.element
        self.package.write(part, _rewritten(content, changed))

    def _fill(self, part: str, control: Control) -> None:
        self.present.add(control.tag)
        place, is_copy = places.of(part, control), control.is_copy
        telling = Telling(control.tag, place, self.overwrite, is_copy=is_copy)
        content = self.contents.get(control.tag)
        if content is not None:
            self._fill_known(part, control, content, telling)
        elif control.tag.casefold().startswith(PREFIXES):
            cause = "There is no such tag."
            telling.add(Outcome.UNKNOWN, theirs=control.text, cause=cause)
        elif control.tag in self.was.words:
            # The bare name of a figure, as proposals have it: the case has lost its line.
            telling.add(Outcome.MISSING, theirs=control.text, cause=_LOST)
        self.told.append(telling)

    def _fill_known(self, part: str, control: Control, content: Content, telling: Telling) -> None:
        if control.special or control.content is None:
            what = control.special or "empty in a way that nothing can stand in it"
            cause = f"The control is {what}, and was left as it is."
            remedy = "Use a control for text or for pictures."
            telling.add(Outcome.LEFT, theirs=control.text, cause=cause, remedy=remedy)
        elif isinstance(content, Missing):
            self._tell_missing(control, content, telling)
        elif isinstance(content, Words):
            self._fill_words(control, content.text, telling)
        elif isinstance(content, Table):
            self._fill_table(control, content, telling)
        else:
            self._fill_picture(part, control, content, telling)

    def _tell_missing(self, control: Control, content: Missing, telling: Telling) -> None:
        if control.tag in self.was.tables or control.tag in self.was.pictures:
            cause = f"{content.reason} What stands here is from before."
            telling.add(
                Outcome.LEFT, theirs=control.text, cause=cause, remedy="Remove the control."
            )
        else:
            telling.add(Outcome.MISSING, theirs=control.text, cause=content.reason)

    # ---------------------------------------------------------------- words

    def _fill_words(self, control: Control, text: str, telling: Telling) -> None:
        if control.holds_controls and self._say_sentence(control, text, telling):
            return
        obstacle = _obstacle(control)
        current = control.text
        if obstacle:
            telling.add(Outcome.LEFT, theirs=current, ours=text, cause=obstacle)
            return
        is_same = hash_of(current) == hash_of(text) and not control.is_placeholder
        if not (is_same or self._is_ours(control) or telling.may_overwrite()):
            telling.conflict("", current, text, TYPED_OVER)
            return
        if not is_same:
            writing.put(control, text)
        self.now.words[control.tag] = hash_of(text)
        said = binding.write(self.package, control, text)
        outcome = Outcome.UNCHANGED if is_same else Outcome.FILLED
        telling.add(outcome, theirs=current, ours=text, cause=said)

    def _say_sentence(self, control: Control, text: str, telling: Telling) -> bool:
        """Fill a sentence of ours in which figures have controls; False if there are others.

        Where the figures alone make it say what it is to say, they are filled afterwards, each by
        itself. Otherwise the sentence is written anew, without controls in it.
        """
        inside = [Control(each, 0) for each in control.element.iter(SDT)][1:]
        is_ours = control.tag in self.was.words and not control.holds_fields
        is_sentence = is_ours and _is_sentence(control, inside)
        if not (is_sentence and all(map(self._is_of_words, inside))):
            return False
        current, saying = control.text, sentences.saying(control, self.contents)
        is_same = hash_of(current) == hash_of(text)
        if not (is_same or self._is_ours(control) or telling.may_overwrite()):
            telling.conflict("", current, text, TYPED_OVER)
            return True
        if hash_of(saying) != hash_of(text):
            self.joined.update(each.tag for each in inside)
            sentences.join(control)
            writing.put(control, text)
        self.now.words[control.tag] = hash_of(text)
        outcome = Outcome.UNCHANGED if is_same else Outcome.FILLED
        telling.add(outcome, theirs=current, ours=text)
        return True

    def _is_of_words(self, control: Control) -> bool:
        """Whether a control holds nothing but words that are filled."""
        is_known = isinstance(self.contents.get(control.tag), Words)
        is_filled = control.content is not None and not control.special
        return (is_known or control.tag in self.was.words) and is_filled and not _obstacle(control)

    def _is_ours(self, control: Control) -> bool:
        """Whether nobody has written into a control since we did, or ever."""
        current = control.text
        if control.holds_changes:
            return False
        if control.is_placeholder or is_blank(" ".join(current.split())):
            return True
        return self.was.words.get(control.tag) in (None, hash_of(current))

    # ---------------------------------------------------------------- tables

    def _fill_table(self, control: Control, content: Table, telling: Telling) -> None:
        if not content.rows:
            nothing = ("–", *[""] * (len(content.heads) - 1))
            content = Table(content.heads, (nothing,), content.total)
        was = self.was.tables.get(control.tag)
        is_new = Grid(control).table is None
        if is_new and not self._make_table(control, content, telling):
            return
        grid = Grid(control, rows.totals_of(content, was))
        made = rows.put(grid, content, was, telling, is_new=is_new)
        known = self.now.tables.get(control.tag)
        if known is was or known == was:
            self.now.tables[control.tag] = made
        else:
            _merge(known or TableState(), made, was)

    def _make_table(self, control: Control, content: Table, telling: Telling) -> bool:
        """Put a table into a control that holds none; False where none can stand."""
        current = " ".join(control.text.split())
        is_new = (
            control.tag not in self.was.tables and len(list(control.element.iter(PARAGRAPH))) < 2
        )
        is_free = control.is_placeholder or is_blank(current) or is_new
        if control.level != "block" or control.holds_controls or control.content is None:
            cause = "There is no room for a table."
            remedy = "Put the control around a table, or on a line of its own, as rich text."
            telling.add(Outcome.LEFT, theirs=current, cause=cause, remedy=remedy)
            return False
        if not is_free and not telling.may_overwrite():
            cause = "Something else stands where the table would."
            telling.conflict("", current, content.preview, cause)
            return False
        format = control.setting("w:showingPlcHdr")
        if format is not None:
            format.getparent().remove(format)
        control.content[:] = [layout.table(content), w("p")]
        return True

    # ---------------------------------------------------------------- pictures

    def _fill_picture(
        self, part: str, control: Control, content: Picture, telling: Telling
    ) -> None:
        was = self.was.pictures.get(control.tag)
        made = images.put(self.package, part, control, content, was, telling)
        if made is not None:
            self.now.pictures[control.tag] = made


def _is_sentence(control: Control, inside: Iterable[Control]) -> bool:
    """Whether a control is one of ours for a text, whose figures have tags of their bare names.

    The tags of people have prefixes. The same tag may have been filled elsewhere, so what was
    written last does not tell the one from the other.
    """
    is_text = control.tag.casefold().startswith("text.")
    return is_text and not any(each.tag.casefold().startswith(PREFIXES) for each in inside)


def _obstacle(control: Control) -> str:
    """Why no words can be put into a control; nothing if they can."""
    assert control.content is not None, "one without content was left before"
    if control.holds_controls:
        return "Other controls stand in it."
    if control.level == "row" or control.content.find(TABLE) is not None:
        return "A table stands in it, and the tag is one of words."
    if control.holds_fields:
        return "A field stands in it, which Word works out."
    return ""


def _merge(known: TableState, made: TableState, was: TableState | None) -> None:
    """Join what was written into two tables of the same tag; what is new counts."""
    known.columns |= made.columns
    for key, hashes in made.rows.items():
        old = was.rows.get(key, {}) if was else {}
        fresh = {name: hash for name, hash in hashes.items() if old.get(name) != hash}
        known.rows[key] = {**hashes, **known.rows.get(key, {}), **fresh}


def _rewritten(content: bytes, changed: Mapping[int, Element]) -> bytes:
    """A part with the outermost of the changed controls written anew."""
    if not changed:
        return content
    elements = set(changed.values())
    outermost = {
        number: element
        for number, element in changed.items()
        if not any(each in elements for each in element.iterancestors(SDT))
    }
    places = spans.spans(content, SDT)
    return spans.spliced(
        content, [(places[number], spans.fragment(each)) for number, each in outermost.items()]
    )
