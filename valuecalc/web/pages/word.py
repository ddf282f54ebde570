"""Somebody's own Word document: the tags of a case, what would be filled, and the filled file.

Nothing of a document is kept: the preview shows what is in it, and its form carries the file.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template, request

from valuecalc.errors import CaseError, FileRefused, InputError, NotFound, Problem, UnknownName
from valuecalc.services import cases, chapters, embedding, proposing
from valuecalc.services.chapters import ChapterWish
from valuecalc.services.embedding import FIGURES, GROUPS, LARGEST_DOCUMENT, FillWish, ListedTag
from valuecalc.services.saved_cases import Saved
from valuecalc.web.downloads import as_download
from valuecalc.web.errors import problems_of
from valuecalc.web.identity import actor
from valuecalc.web.limits import takes_files
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.saved_case import Bar, draft, load
from valuecalc.web.pages.worked_out import scenarios_of_version, tags_of_version
from valuecalc.web.storage import store

if TYPE_CHECKING:
    from valuecalc.services.embedding import Entry, Report

MOST_SHOWN = 200
"""So many rows of a list; the others are counted."""

ROOM_FOR_FORM = 500_000
"""Bytes of a request beside its document."""

CARRIED = LARGEST_DOCUMENT * 4 // 3 + ROOM_FOR_FORM
"""Bytes of a request whose form carries a document as text."""

SENT = "document_sent"
"""The field with the document of the preview."""

OURS, THEIRS = "ours", "theirs"
"""Whose words count where somebody has typed over what was filled."""

TITLES: Mapping[str, str] = {
    "figures": "Figures",
    "texts": "Texts",
    "tables": "Tables",
    "pictures": "Pictures",
    "plan": "Plan",
}

ABOUT: Mapping[str, str] = {
    "figures": "Each in full, and below it in three digits.",
    "texts": "Names, dates and sentences. A long one takes a rich text control.",
    "tables": "Put a rich text control around a table of your own, or on a line of its own.",
    "pictures": "A picture control keeps its width; a rich text control takes one as well.",
    "plan": "Its tables, its days, and its steps over time as a picture.",
}

_ENDING = re.compile(r"\.do[ct]x$", re.IGNORECASE)

PLACES = (
    (chapters.CONTROL, "In a control tagged “chapter”, or where it is"),
    (chapters.HEADING, "Below a heading"),
    (chapters.BOOKMARK, "After a bookmark"),
    (chapters.END, "At the end"),
)
"""Where a chapter can go, and how the form says it."""

AS_THERE = "as_there"
"""The field that says to leave the sections of a chapter that is there as they are."""

MOST_FIELDS = 100
"""A chapter has a field for each of its sections."""

LONGEST_NAME = 250
"""Of a heading or a bookmark."""

blueprint = Blueprint("word", __name__, url_prefix="/cases/<uid>/word")


# --------------------------------------------------------------------------- the tags


@dataclass(frozen=True)
class TagRow:
    """What can be put into a document: its tag, and of a figure also that of its short form."""

    tag: ListedTag
    short: ListedTag | None = None

    def holds(self, words: Collection[str]) -> bool:
        """Whether all of these words stand in its name, its tag or what it is now."""
        each = self.tag
        text = f"{each.label} {each.name} {each.text or each.now}".lower()
        return all(word in text for word in words)


@dataclass(frozen=True)
class TagGroup:
    """Some of the tags of one group, and how many more there are."""

    id: str
    rows: tuple[TagRow, ...]
    more: int

    @property
    def title(self) -> str:
        """What the group is called."""
        return TITLES[self.id]

    @property
    def has_short(self) -> bool:
        """Whether its rows have short forms as well."""
        return self.id == FIGURES


def groups_of(tags: Sequence[ListedTag], sought: str = "") -> tuple[TagGroup, ...]:
    """The tags by their groups, as far as they hold the words that are sought."""
    shorts = {each.name.partition(".")[2]: each for each in tags if each.kind == "short figure"}
    rows = [
        TagRow(each, shorts.get(each.name.partition(".")[2]) if each.kind == "figure" else None)
        for each in tags
        if each.kind != "short figure"
    ]
    words = sought.lower().split()
    found = [row for row in rows if row.holds(words)]
    return tuple(_group(id, [row for row in found if row.tag.group == id]) for id in GROUPS)


def _group(id: str, rows: Sequence[TagRow]) -> TagGroup:
    return TagGroup(id, tuple(rows[:MOST_SHOWN]), max(0, len(rows) - MOST_SHOWN))


@blueprint.get("")
def show(uid: str) -> str:
    """The tags of the case, and the form for a document."""
    saved = load(uid)
    try:
        return _render_tags(saved)
    except CaseError as error:
        return draft(saved, error.problems, "word")


@blueprint.get("/template.docx")
def template(uid: str) -> Response:
    """The template to begin with, in the language of the address."""
    load(uid)
    try:
        return as_download(embedding.starter(_language()))
    except UnknownName:
        raise NotFound("language") from None


@blueprint.get("/<tag>.png")
def picture(uid: str, tag: str) -> Response:
    """The picture behind a tag."""
    saved = load(uid)
    try:
        made = embedding.picture(saved.case, tag, _scenario())
    except UnknownName:
        raise NotFound("picture") from None
    response = as_download(made)
    response.headers.set("Content-Disposition", "inline", filename=made.name)
    return response


def _render_tags(saved: Saved, problems: Sequence[Problem] = ()) -> str:
    sought = request.args.get("q", "")[:200]
    tags = tags_of_version(saved, _scenario())
    groups = groups_of(tags, sought)
    return render_template(
        "word.html",
        bar=Bar(saved, "word"),
        version=Bar(saved, "word").version,
        scenario=_scenario(),
        scenarios=scenarios_of_version(saved),
        groups=[each for each in groups if each.rows],
        sections=chapters.sections(),
        places=PLACES,
        sent=_wish(),
        named_scenario=_named_scenario(),
        as_there=AS_THERE,
        is_as_there=request.method == "GET" or AS_THERE in request.form,
        language=_named_language(),
        languages=proposing.languages(),
        usual_language=proposing.USUAL_LANGUAGE,
        about=ABOUT,
        shown_pictures=[each.name for each in tags if each.is_picture],
        count=sum(len(each.rows) + each.more for each in groups),
        sought=sought,
        problems=problems,
        max_size=f"{LARGEST_DOCUMENT / 1e6:g} MB",
    )


# --------------------------------------------------------------------------- a document


@dataclass(frozen=True)
class Conflict:
    """A spot that somebody has typed over: what stands there, at one place or at several."""

    spot: str
    entries: tuple[Entry, ...]

    @property
    def ours(self) -> str:
        """What the case has for it."""
        return self.entries[0].ours


class Preview:
    """What filling a document would do, as the page shows it.

    `strangers` are its controls that are none of ours.
    """

    def __init__(self, report: Report, strangers: int = 0) -> None:
        self.report = report
        self.entries = report.entries
        self.strangers = strangers

    def _of(self, *outcomes: str) -> tuple[Entry, ...]:
        return tuple(each for each in self.entries if each.outcome in outcomes)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What somebody has typed over, spot by spot."""
        by_spot: dict[str, list[Entry]] = {}
        for each in self._of("conflict"):
            by_spot.setdefault(each.spot, []).append(each)
        return tuple(Conflict(spot, tuple(entries)) for spot, entries in by_spot.items())

    @property
    def unknown(self) -> tuple[Entry, ...]:
        """The controls whose tag does not exist."""
        return self._of("unknown")

    @property
    def left(self) -> tuple[Entry, ...]:
        """What stays as it is, though its tag is known."""
        return self._of("left", "missing", "kept")

    @property
    def filled(self) -> tuple[Entry, ...]:
        """What changes."""
        return self._of("filled")

    @property
    def unchanged(self) -> tuple[Entry, ...]:
        """What says already what it should."""
        return self._of("unchanged")

    @property
    def fits(self) -> int:
        """How many controls of ours can be filled."""
        return len(self.filled) + len(self.unchanged)


@blueprint.post("")
@takes_files(CARRIED, in_fields=True)
def preview(uid: str) -> Response:
    """What filling the document would do; or the form with what is wrong."""
    saved = load(uid)
    try:
        cases.refuse_mistakes(saved.case)
    except CaseError as error:
        return make_response(draft(saved, error.problems, "word"), 422)
    try:
        content, name = _sent()
        check = embedding.check(saved.case, content, _scenario(), _manner())
    except InputError as error:
        return _refused(saved, error)
    found = Preview(check.report, len(check.untagged) + len(check.others))
    return _render_preview(saved, found, content, name, _scenario())


@blueprint.post("/fill")
@takes_files(CARRIED, in_fields=True)
def fill(uid: str) -> Response:
    """The filled document; or the form with what is wrong."""
    saved = load(uid)
    try:
        cases.refuse_mistakes(saved.case)
    except CaseError as error:
        return make_response(draft(saved, error.problems, "word"), 422)
    try:
        content, name = _sent()
        made = embedding.fill_saved(
            store(), saved, actor(), content, _scenario(), _overwrite(), _manner()
        )
    except InputError as error:
        return _refused(saved, error)
    response = as_download(made.export)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


# --------------------------------------------------------------------------- a chapter


@blueprint.post("/chapter")
@takes_files(CARRIED, in_fields=True, parts=MOST_FIELDS)
def preview_chapter(uid: str) -> Response:
    """What putting a chapter into the document would do; or the form with what is wrong."""
    saved = load(uid)
    try:
        cases.refuse_mistakes(saved.case)
    except CaseError as error:
        return make_response(draft(saved, error.problems, "word"), 422)
    try:
        content, name = _sent()
        made = chapters.preview_saved(store(), saved, actor(), content, _wish(), _named_scenario())
    except InputError as error:
        return _refused(saved, error)
    found = Preview(made.report)
    return _render_preview(saved, found, content, name, made.scenario, _wish())


@blueprint.post("/chapter/insert")
@takes_files(CARRIED, in_fields=True, parts=MOST_FIELDS)
def insert(uid: str) -> Response:
    """The document with the chapter in it; or the form with what is wrong."""
    saved = load(uid)
    try:
        cases.refuse_mistakes(saved.case)
    except CaseError as error:
        return make_response(draft(saved, error.problems, "word"), 422)
    try:
        content, name = _sent()
        made = chapters.insert_saved(
            store(), saved, actor(), content, _wish(), _named_scenario(), _overwrite()
        )
    except InputError as error:
        return _refused(saved, error)
    response = as_download(made.export)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _wish() -> ChapterWish:
    """The chapter that a form asks for; the words of a place that has no name count for nothing."""
    place = request.form.get("place", chapters.CONTROL)
    chosen = tuple(request.form.getlist("section"))
    is_kept = AS_THERE in request.form
    return ChapterWish(
        place=place if place in chapters.PLACES else chapters.CONTROL,
        name=request.form.get("place_name", "").strip()[:LONGEST_NAME],
        sections=None if is_kept else chosen,
        sections_at_first=chosen if is_kept else (),
        charts=_charts() if request.form.get("charts") else None,
        language=_named_language() or None,
    )


def _sent() -> tuple[bytes, str]:
    """The document of a request, from its file or from the form of the preview, and its name."""
    file = request.files.get("document")
    if file is not None and file.filename:
        return file.read(), _called(file.filename)
    try:
        content = urlsafe_b64decode(request.form.get(SENT, ""))
    except ValueError:
        content = b""
    if not content:
        raise FileRefused("No document was sent.", "Choose a Word document (.docx or .dotx).")
    return content, _called(request.form.get("file_name", ""))


def _called(name: str) -> str:
    """The name of a file without its folder, with the ending of what is sent back."""
    stem = name.replace("\\", "/").rpartition("/")[2].strip()[:120]
    stem = "".join(sign for sign in stem if sign.isprintable())
    stem = _ENDING.sub("", stem) or "document"
    return f"{stem}.docx"


def _overwrite() -> frozenset[str]:
    """The spots for which the words of the case were chosen."""
    spots = request.form.getlist("spot")
    return frozenset(
        spot for number, spot in enumerate(spots) if request.form.get(f"decide-{number}") == OURS
    )


def _refused(saved: Saved, error: InputError) -> Response:
    return make_response(_render_tags(saved, problems_of(error, "document")), 422)


def _render_preview(
    saved: Saved,
    found: Preview,
    content: bytes,
    name: str,
    scenario: str,
    chapter: ChapterWish | None = None,
) -> Response:
    page = render_template(
        "word_preview.html",
        bar=Bar(saved, "word"),
        version=Bar(saved, "word").version,
        scenario=scenario,
        scenario_label=_label_of(scenario, saved),
        chapter=chapter,
        charts=_charts() if chapter is None else chapter.charts or "",
        as_there=AS_THERE,
        language=_named_language(),
        found=found,
        name=name,
        sent=urlsafe_b64encode(content).decode(),
        most=MOST_SHOWN,
        sides=(THEIRS, OURS),
    )
    return make_response(page)


def _scenario() -> str:
    """The scenario of the address or of the form."""
    return _named_scenario() or EXPECTED


def _named_scenario() -> str | None:
    """The same, and nothing where none was chosen."""
    return request.values.get("scenario") or None


def _charts() -> str:
    """What is put where a picture belongs."""
    sent = request.form.get("charts")
    return proposing.NATIVE if sent == proposing.NATIVE else proposing.PICTURES


def _language() -> str:
    """The language of the address or of the form."""
    return _named_language() or proposing.USUAL_LANGUAGE


def _named_language() -> str:
    """The same, and nothing where none was chosen."""
    return request.values.get("language", "")


def _manner() -> FillWish:
    """How what is put in is written."""
    return FillWish(charts=_charts(), language=_named_language() or None)


def _label_of(scenario: str, saved: Saved) -> str:
    known: Iterable[tuple[str, str]] = (
        (each.scenario, each.scenario_label) for each in scenarios_of_version(saved)
    )
    return dict(known).get(scenario, scenario)
