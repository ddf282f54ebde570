"""What may come in and go out around links for customers.

What the team sends, by form or by the API, is read by the schemas; what a customer types into
the page of a link by the functions. Either way every mistake is found at once and is named by
its field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from marshmallow import ValidationError, pre_dump

from valuecalc.case.case import Assumption, Case
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas.fields import (
    Choice,
    DateField,
    Flag,
    Identifier,
    Many,
    Note,
    Table,
    Text,
)
from valuecalc.schemas.paging import Cursor, Integer, Moment, SliceQuery, next_field, or_null
from valuecalc.schemas.parts import MAX_ITEMS
from valuecalc.schemas.people import OneLine
from valuecalc.schemas.problems import mistake, problems_of
from valuecalc.schemas.reading import is_blank, read_identifier, read_in_unit, read_text
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Count, Items, Number, OutputShape, Texts, Words

SOURCE_LENGTH = 200
NOTE_LENGTH = 2_000
REASON_LENGTH = 500
COMMENT_LENGTH = 5_000
SHORTEST_CODE_WORD = 6
LONGEST_CODE_WORD = 100

Value = TypeVar("Value")

# --------------------------------------------------------------------------- the team's requests


class CodeWord(Text):
    """What a customer has to know besides the link."""

    limit = LONGEST_CODE_WORD

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        word = read_text(value, self.limit)
        if len(word) < SHORTEST_CODE_WORD:
            raise mistake(
                "range",
                "The code word is too easy to guess.",
                f"Use at least {SHORTEST_CODE_WORD} characters.",
            )
        return word


class Reason(Note):
    """Why something was declined."""

    limit = REASON_LENGTH


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a link should allow.

    `label` is the customer's name, `expires` the last day on which the link works (in UTC),
    `may_change` the ids of the assumptions for which the customer may propose numbers.
    `version` is the number of the version to show, the newest one without it.
    """

    label: str = ""
    code_word: str = field(default="", repr=False)
    expires: date | None = None
    may_comment: bool = False
    may_change: tuple[str, ...] = ()
    version: int | None = None


def _label(**options: Any) -> OneLine:
    about = "The customer’s name, as it is to stand in versions and evidence."
    return OneLine(about=about, example="Company A", **options)


def _code_word(**options: Any) -> CodeWord:
    return CodeWord(about="What the customer has to know besides the link.", **options)


def _expires(**options: Any) -> DateField:
    about = "The last day on which the link works, in UTC; null for no end."
    field = DateField(allow_none=True, about=about, example="2027-03-31", **options)
    # What is blank counts as null.
    pattern = str(field.metadata["pattern"])[1:-1]
    field.metadata = {**field.metadata, "pattern": f"^({pattern})?$"}
    return field


def _may_comment(**options: Any) -> Flag:
    return Flag(about="Whether the customer may comment.", **options)


def _may_change(**options: Any) -> Many:
    about = "The ids of the assumptions for which the customer may propose numbers."
    return Many(Identifier(), most=MAX_ITEMS, about=about, **options)


class NewShareSchema(RequestShape):
    """A link that is to be made."""

    makes = Wish

    label = _label(load_default="")
    code_word = _code_word(load_default="")
    expires = _expires(load_default=None)
    may_comment = _may_comment(load_default=False)
    may_change = _may_change(load_default=())
    version = Integer(
        least=1,
        load_default=None,
        allow_none=True,
        about="The number of the version to show; the newest one if it is left out.",
    )


class ShareChangeSchema(RequestShape):
    """What is to be different about a link; what is left out stays."""

    label = or_null(_label())
    code_word = _code_word(allow_none=True)
    expires = _expires()
    may_comment = or_null(_may_comment())
    may_change = or_null(_may_change())


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What the team makes of proposed numbers, by the ids of the assumptions.

    `accept` are taken over, `decline` are not, each with the reason. A number that somebody
    has changed since it was shared is only replaced when it stands in `replace`, too.
    """

    accept: tuple[str, ...] = ()
    decline: Mapping[str, str] = field(default_factory=dict)
    replace: tuple[str, ...] = ()


class DecisionsSchema(RequestShape):
    """What is made of proposed numbers."""

    makes = Decisions

    accept = Many(
        Identifier(), most=MAX_ITEMS, load_default=(), about="The ids of what is taken over."
    )
    decline = Table(
        Reason(allow_none=True),
        read_key=read_identifier,
        most=MAX_ITEMS,
        about="The ids of what is not taken over, each with the reason, which may be empty.",
    )
    replace = Many(
        Identifier(),
        most=MAX_ITEMS,
        load_default=(),
        about="Those of the accepted that are to replace a number changed since it was shared.",
    )

    def build(self, data: dict[str, Any]) -> Decisions:
        """The decisions; a reason that was not given is an empty one."""
        given = data.pop("decline", {})
        return Decisions(decline={id: reason or "" for id, reason in given.items()}, **data)


class AnswerSchema(RequestShape):
    """What the team says to the customer on the page of the link."""

    text = Note(required=True, about="What is said.", example="We have taken this up.")
    place = or_null(
        Text(load_default="", about="What it is about.", example="assumptions.subscribers")
    )


class ShareRowsQuery(SliceQuery):
    """Which openings or proposals to list."""

    cursor = Cursor(int, load_default=None)


# --------------------------------------------------------------------------- the customer's forms


class Reading:
    """Reads the fields of a form one after the other and keeps every mistake."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, place: str, reader: Callable[[], Value], otherwise: Value) -> Value:
        """What `reader` gives; `otherwise` when it raises, with the mistake kept."""
        try:
            return reader()
        except ValidationError as error:
            self.problems.extend(problems_of(error.messages, whole=place))
            return otherwise

    def text(self, place: str, text: str, limit: int) -> str:
        """A text, which may be empty."""
        return self.read(place, lambda: read_text(text, limit), "")

    def needed(self, place: str, text: str, limit: int, cause: str) -> str:
        """A text, which must not be empty; `cause` says so."""

        def reader() -> str:
            found = read_text(text, limit)
            if not found:
                raise mistake("missing", cause)
            return found

        return self.read(place, reader, "")

    def name(self, text: str) -> str:
        """The name of whoever sends the form."""

        def reader() -> str:
            if is_blank(text):
                raise mistake("missing", "Say who you are.")
            return str(OneLine().deserialize(text))

        return self.read("name", reader, "")

    def finish(self) -> None:
        """Raises `CaseError` with every mistake, if there were any."""
        if self.problems:
            raise CaseError(self.problems)


@dataclass(frozen=True)
class Said:
    """A remark of a customer; `place` is empty for the whole case."""

    name: str
    text: str
    place: str


def read_comment(name: str, text: str, place: str, case: Case) -> Said:
    """A remark on the whole case or on one place of it. Raises `CaseError`."""
    reading = Reading()
    said = Said(
        name=reading.name(name),
        text=reading.needed("text", text, COMMENT_LENGTH, "The comment is empty."),
        place=reading.read("place", lambda: _place(place, case), ""),
    )
    reading.finish()
    return said


def places_of(case: Case) -> dict[str, str]:
    """The places of a case that can be commented on, with their labels."""
    return {
        **{f"assumptions.{each.id}": each.label for each in case.assumptions},
        **{f"benefits.{each.id}": each.label for each in case.benefits},
        **{f"investments.{each.id}": each.label for each in case.investments},
    }


def _place(place: str, case: Case) -> str:
    if place and place not in places_of(case):
        raise mistake("choice", "This is not on the page.", "Choose something else.")
    return place


@dataclass(frozen=True)
class Numbers:
    """What a customer has entered, by the ids of assumptions.

    `values` are in the units of the assumptions, percentages fractions; `sources` say where
    they come from, as far as that was said.
    """

    values: Mapping[str, float]
    sources: Mapping[str, str]


def read_numbers(
    assumptions: Sequence[Assumption], values: Mapping[str, str], sources: Mapping[str, str]
) -> Numbers:
    """The customer's numbers as they were written, for these assumptions and no others.

    A field that was left empty stands for our number. Raises `CaseError`; the places are
    `values.ID` and `sources.ID`, and `values` for the whole.
    """
    reading = Reading()
    found: dict[str, float] = {}
    said: dict[str, str] = {}
    for each in assumptions:
        source = reading.text(f"sources.{each.id}", sources.get(each.id, ""), SOURCE_LENGTH)
        if not is_blank(text := values.get(each.id, "")):
            found[each.id] = reading.read(f"values.{each.id}", _number(text, each.unit), 0.0)
            said |= {each.id: source} if source else {}
    known = {each.id for each in assumptions}
    strangers = (id for id, text in values.items() if id not in known and not is_blank(text))
    reading.problems.extend(_not_asked_for(id) for id in strangers)
    reading.finish()
    return Numbers(found, said)


def _number(text: str, unit: str) -> Callable[[], float]:
    return lambda: read_in_unit(text, unit)


def _not_asked_for(id: str) -> Problem:
    return Problem(
        code="not_asked_for",
        place="values",
        cause="A number was sent that this page does not ask for.",
        remedy="Fill in the fields of the page only.",
    )


@dataclass(frozen=True)
class Sender:
    """Who sends numbers, and what else they say."""

    name: str
    note: str


def read_sender(name: str, note: str) -> Sender:
    """Who sends numbers. Raises `CaseError`."""
    reading = Reading()
    sender = Sender(name=reading.name(name), note=reading.text("note", note, NOTE_LENGTH))
    reading.finish()
    return sender


# --------------------------------------------------------------------------- what goes out


class OpeningSchema(OutputShape):
    """One opening of a link."""

    at = Moment(about="When the page was opened.")


class OpeningSliceSchema(OutputShape):
    """Some openings of a link."""

    openings = Items(OpeningSchema, about="The openings, the last one first.")
    next = next_field()


class ShareSchema(OutputShape):
    """A link; its address is in the answer that makes it, and nowhere else."""

    id = Words(about="Its id.")
    case = Words(about="The id of the case.")
    version = Count(about="The number of the version that it shows.")
    label = Words(about="The customer’s name.")
    state = Choice(("open", "expired", "withdrawn"), about="What the link does.")
    has_code_word = Flag(about="Whether a code word is asked for.")
    may_comment = Flag(about="Whether the customer may comment.")
    may_change = Texts(about="The ids of the assumptions that the customer may propose for.")
    created_at = Moment(about="When it was made.")
    expires = DateField(allow_none=True, about="The last day on which it works; null for no end.")
    withdrawn_at = Moment(allow_none=True, about="When it was withdrawn.")
    opened = Count(about="How often the page was opened by others than the team.")
    last_opened_at = Moment(allow_none=True, about="When it was opened last.")

    @pre_dump
    def _flat(self, shared: Any, **_: Any) -> dict[str, Any]:
        return _flat_share(shared)


def _flat_share(shared: Any) -> dict[str, Any]:
    row = shared.share
    copied = "version label may_comment may_change created_at withdrawn_at".split()
    return {
        **{name: getattr(row, name) for name in copied},
        "id": row.uid,
        "case": shared.head.uid,
        "state": shared.state.value,
        "has_code_word": row.code_word_hash is not None,
        "expires": shared.expires,
        "opened": shared.openings.count,
        "last_opened_at": shared.openings.last,
    }


class SharesSchema(OutputShape):
    """The links of a case."""

    shares = Items(ShareSchema, about="The links, the newest first.")


class ShareWithLinkSchema(ShareSchema):
    """A link with its address, which is shown this once."""

    link = Words(
        allow_none=True,
        about="What to send to the customer; null when it was given out by an earlier request.",
    )

    @pre_dump
    def _flat(self, made: Any, **_: Any) -> dict[str, Any]:
        shared, link = made
        return {**_flat_share(shared), "link": link}


class ProposedValueSchema(OutputShape):
    """One number that a customer proposes."""

    assumption = Words(about="The id of the assumption.", example="subscribers")
    label = Words(about="The assumption for people.")
    unit = Words(about="The unit of the three numbers; percentages are fractions.")
    shared = Number(about="Our number in the version that was shared.")
    proposed = Number(about="The customer’s number.")
    newest = Number(about="The number in the newest version; null when it is no longer there.")
    has_moved = Flag(about="Whether the newest version has another number than was shared.")
    effect = Number(
        about="What this number alone does to the value of the newest version; null when open."
    )
    source = Words(about="Where the customer has it from.")
    state = Choice(("open", "accepted", "declined"), about="What became of it.")
    reason = Words(about="Why it was declined.")
    decided_by = Words(allow_none=True, about="Who decided.")
    decided_at = Moment(allow_none=True, about="When it was decided.")
    version = Count(allow_none=True, about="The version that took it over.")


class ProposalSchema(OutputShape):
    """Numbers that a customer proposes, in short."""

    id = Words(about="Its id.")
    case = Words(about="The id of the case.")
    share = Words(about="The id of the link that it came in through.")
    label = Words(about="The customer’s name.")
    name = Words(about="Who proposes it.")
    note = Words(about="What they said about it.")
    at = Moment(about="When it was sent.")
    shared_version = Count(about="The version that the customer has seen.")
    open = Count(about="How many of its numbers are not decided yet.")

    @pre_dump
    def _flat(self, received: Any, **_: Any) -> dict[str, Any]:
        return _flat_proposal(received)


def _flat_proposal(received: Any) -> dict[str, Any]:
    row = received.proposal
    return {
        "id": row.uid,
        "case": received.head.uid,
        "share": received.share.uid,
        "label": received.customer,
        "name": row.name,
        "note": row.note,
        "at": row.at,
        "shared_version": row.version,
        "open": received.open_count,
    }


class ProposalSliceSchema(OutputShape):
    """Some of what was proposed for a case."""

    proposals = Items(ProposalSchema, about="The proposals, the newest first.")
    next = next_field()


class ReviewSchema(ProposalSchema):
    """Numbers that a customer proposes, each beside ours and beside the newest version's."""

    newest_version = Count(about="The version that the numbers are compared with.")
    values = Items(ProposedValueSchema, about="The numbers.")

    @pre_dump
    def _flat(self, review: Any, **_: Any) -> dict[str, Any]:
        return {
            **_flat_proposal(review),
            "newest_version": review.newest.version.number,
            "values": [_flat_value(each) for each in review.rows],
        }


def _flat_value(row: Any) -> dict[str, Any]:
    kept = row.value
    copied = "assumption source state reason decided_by decided_at".split()
    return {
        **{name: getattr(kept, name) for name in copied},
        "label": row.label,
        "unit": row.unit,
        "shared": kept.ours,
        "proposed": kept.theirs,
        "newest": row.newest,
        "has_moved": row.has_moved,
        "effect": row.effect,
        "version": kept.decided_in,
    }


class RemarkSchema(OutputShape):
    """Something that was said on the page of a link."""

    id = Words(about="Its id.")
    author = Words(about="Who said it.")
    by_team = Flag(about="Whether it was the team; else it was the customer.")
    place = Words(about="The path of what it is about; empty for the whole case.")
    text = Words(about="What was said.")
    at = Moment(about="When.")

    @pre_dump
    def _flat(self, comment: Any, **_: Any) -> dict[str, Any]:
        copied = "author place text at".split()
        return {
            **{name: getattr(comment, name) for name in copied},
            "id": comment.uid,
            "by_team": comment.author_id is not None,
        }


class RemarksSchema(OutputShape):
    """What was said on the page of a link."""

    comments = Items(RemarkSchema, about="The remarks, the oldest first.")


def dump(schema: type[OutputShape], thing: object) -> dict[str, Any]:
    """Something as JSON, in the shape of a schema."""
    return dict(schema().dump(thing))
