"""What goes out of somebody's own Word document: its tags, what was done, and what is wrong."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from valuecalc.errors import DocumentError
from valuecalc.schemas.fields import Choice, Flag, Identifier, InputField, Part, Text
from valuecalc.schemas.paging import ExactIdentifier
from valuecalc.schemas.proposing import CHARTS, LENGTHS
from valuecalc.schemas.requests import EXPECTED, LanguageTag, RequestShape, language_of_request
from valuecalc.schemas.result import Count, Items, OutputShape, Texts, Words
from valuecalc.schemas.saved import ResultQuery, scenario_field

PLACES = ("heading", "bookmark", "control", "end")
MOST_SPOTS = 2_000
LONGEST_SPOT = 1_000
"""More than any spot of a report has: two cells of a table, and the tag."""


# --------------------------------------------------------------------------- what is asked


def _report_field() -> Flag:
    about = "Answer with JSON: the document in base64, and what was done with each control."
    return Flag(load_default=False, about=about)


def _charts_field() -> Choice:
    return Choice(
        CHARTS,
        load_default="pictures",
        about="What is put where a picture belongs: pictures, or native charts of Word. A chart "
        "that stands there already gets new numbers in either case.",
    )


def _language_field() -> LanguageTag:
    return LanguageTag(
        load_default=None,
        about="The language of what is filled in: en-GB, en-US, de, fr or es. Without one it is "
        "that in which the document was filled before, and at the first time en-GB.",
        example="de",
    )


class CheckQuery(ResultQuery):
    """Which version to check a template with."""

    charts = _charts_field()
    language = _language_field()


class FillQuery(CheckQuery):
    """Which version to fill a document with, and how to answer."""

    report = _report_field()


class UnkeptQuery(RequestShape):
    """In which scenario to work a case out that is sent along."""

    example = f"?scenario={EXPECTED}"
    scenario = scenario_field()


class UnkeptCheckQuery(UnkeptQuery):
    """The same, what charts are, and in which language."""

    charts = _charts_field()
    language = _language_field()


class UnkeptFillQuery(UnkeptCheckQuery):
    """The same, and how to answer."""

    report = _report_field()


class TemplateQuery(RequestShape):
    """In which language the template to begin with is."""

    example = "?language=de"
    language = language_of_request()


_AS_THERE = "Without it as in the chapter that the document has already; in a new one"


def _scenario_as_there() -> Identifier:
    about = "The scenario: conservative, expected, stretch, or the id of a named one."
    return ExactIdentifier(load_default=None, about=f"{about} {_AS_THERE}, expected.")


class SectionList(InputField):
    """Ids of sections, divided by commas."""

    openapi = {"type": "string", "maxLength": 1_000}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> tuple[str, ...]:
        return tuple(filter(None, (each.strip() for each in str(value)[:1_000].split(","))))


class _ChapterFields(RequestShape):
    """What a chapter consists of and where it goes."""

    place = Choice(
        PLACES,
        load_default="control",
        about="Where it goes in a document that has no chapter yet: below a heading, after the "
        "paragraph of a bookmark, into a control tagged `chapter`, or at the end.",
    )
    name = Text(load_default="", about="The heading or the bookmark.", example="Business case")
    sections = SectionList(
        load_default=None,
        about="Only these sections, in this order, divided by commas; an empty text for all that "
        f"the length has but cover and contents. {_AS_THERE}, all of the length.",
        example="summary,value,benefits",
    )
    length = Choice(
        LENGTHS,
        load_default=None,
        about=f"As long as a full proposal, or a short. {_AS_THERE}, full.",
    )
    charts = Choice(
        CHARTS,
        load_default=None,
        about=f"What charts are: pictures, or native charts of Word. {_AS_THERE}, pictures.",
    )
    language = LanguageTag(
        load_default=None,
        about=f"The language of the chapter: en-GB, en-US, de, fr or es. {_AS_THERE}, en-GB.",
        example="de",
    )
    scenario = _scenario_as_there()


class ChapterQuery(_ChapterFields, FillQuery):
    """Which version to write a chapter of, what is in it, where it goes, and how to answer."""


class UnkeptChapterQuery(_ChapterFields, UnkeptFillQuery):
    """The same for a case that is sent along."""


def read_overwrite(texts: Iterable[str]) -> frozenset[str]:
    """What may be written over: tags and spots, each by itself or several as a JSON array.

    Raises `DocumentError`.
    """
    spots = frozenset(spot for text in texts for spot in _spots(text.strip()))
    if len(spots) > MOST_SPOTS or any(len(each) > LONGEST_SPOT for each in spots):
        raise DocumentError(
            "“overwrite” names more than any document has.", "Send “*” to overwrite everything."
        )
    return spots


def _spots(text: str) -> Iterator[str]:
    # No tag of ours begins with a bracket.
    try:
        found = json.loads(text) if text.startswith("[") else [text]
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise DocumentError(
            "“overwrite” is no list of texts.", 'Write it like ["value.npv", "text.title"].'
        )
    yield from filter(None, found)


# --------------------------------------------------------------------------- tags


class WordTagSchema(OutputShape):
    """What a control can be tagged with."""

    name = Words(about="The tag.", example="value.npv")
    label = Words(about="What it is called.", example="Net present value")
    kind = Words(about="figure, short figure, text, table or picture.", example="figure")
    group = Words(about="figures, texts, tables, pictures or plan.", example="figures")
    now = Words(about="What stands behind it, on one short line.", example="£325,915")
    text = Words(about="The whole of it, if it is words; a line to each paragraph.")


class WordTagsSchema(OutputShape):
    """Every tag of a case."""

    tags = Items(WordTagSchema, about="In the order in which people look for them.")


def dump_tags(tags: Iterable[Any]) -> dict[str, Any]:
    """The tags of a case as JSON."""
    return cast(dict[str, Any], _TAGS.dump({"tags": list(tags)}))


# --------------------------------------------------------------------------- reports


class WordControlSchema(OutputShape):
    """A control, or a spot of a table, and what was done with it."""

    outcome = Words(
        about="filled: written anew. unchanged: it says so already. conflict: somebody has typed "
        "over it, and it was left. kept: a row of a person’s own. left: nothing can stand in it. "
        "unknown: there is no such tag. missing: the case has nothing for it.",
        example="conflict",
    )
    tag = Words(about="Its tag.", example="table.benefits")
    spot = Words(about="Its name for `overwrite`.", example="table.benefits[Training][Total]")
    place = Words(about="Where it stands.", example="the body, in a table")
    theirs = Words(about="What stood there.", example="about £12k")
    ours = Words(about="What the case has for it.", example="£12,400")
    cause = Words(about="Why it was not filled.")
    remedy = Words(about="What to do; for an unknown tag, the nearest ones.")


class WordReportSchema(OutputShape):
    """What was done with a document."""

    entries = Items(WordControlSchema, about="Every control of ours, in the order of the document.")
    notes = Texts(about="What else has to be known, such as a link that was cut.")


class FilledDocumentSchema(OutputShape):
    """A filled document, and what was done with it."""

    name = Words(about="The name for the file.", example="new-data-services.docx")
    document = Words(about="The file (.docx) in base64.", example="UEsDBBQAAAA…")
    report = Part(WordReportSchema)


class OtherControlSchema(OutputShape):
    """A control that is none of ours."""

    tag = Words(about="Its tag; empty for none.")
    title = Words(about="Its title; empty for none.", example="Our reference")
    place = Words(about="Where it stands.", example="a header")
    special = Words(about="What it is, if neither text nor pictures.", example="a drop-down list")
    text = Words(about="What can be read in it.")


class UsedTagSchema(OutputShape):
    """How often a document has a tag."""

    tag = Words(example="value.npv")
    count = Count(example="2")


class TemplateCheckSchema(OutputShape):
    """What filling a template would do, and what is wrong with it."""

    is_sound = Flag(about="Whether every control of ours can be filled.")
    report = Part(WordReportSchema, about="What filling it would do.")
    used = Items(UsedTagSchema, about="The tags of ours that it has.")
    untagged = Items(OtherControlSchema, about="Controls without a tag.")
    others = Items(OtherControlSchema, about="Controls whose tag is none of ours.")


def dump_report(report: Any) -> dict[str, Any]:
    """What was done with a document as JSON."""
    return cast(dict[str, Any], _REPORT.dump(report))


def dump_filled(name: str, content: bytes, report: Any) -> dict[str, Any]:
    """A filled document with its report as JSON."""
    document = {"name": name, "document": b64encode(content).decode(), "report": report}
    return cast(dict[str, Any], _FILLED.dump(document))


def dump_check(check: Any) -> dict[str, Any]:
    """What came of checking a template as JSON."""
    used: Mapping[str, int] = check.used
    return cast(
        dict[str, Any],
        _CHECK.dump(
            {
                "is_sound": check.is_sound,
                "report": check.report,
                "used": [{"tag": tag, "count": count} for tag, count in used.items()],
                "untagged": check.untagged,
                "others": check.others,
            }
        ),
    )


_TAGS = WordTagsSchema()
_REPORT = WordReportSchema()
_FILLED = FilledDocumentSchema()
_CHECK = TemplateCheckSchema()
