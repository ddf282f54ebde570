"""Comments on a case: what may come in, and what goes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from marshmallow import pre_dump

from valuecalc.schemas.fields import Flag, Note, Text
from valuecalc.schemas.paging import Cursor, Integer, Moment, SliceQuery, next_field, or_null
from valuecalc.schemas.requests import RequestShape
from valuecalc.schemas.result import Count, Items, OutputShape, Words


def _place(**options: Any) -> Text:
    about = "The path of what it is about; empty for the whole case."
    return Text(about=about, example="assumptions.subscribers", **options)


class CommentListQuery(SliceQuery):
    """Which comments to list."""

    cursor = Cursor(int, load_default=None)
    place = _place(load_default=None)
    resolved = Flag(load_default=None, about="Those that are dealt with, or those that are not.")


class NewCommentSchema(RequestShape):
    """A comment to write."""

    example = "{text: Is this per month?, place: assumptions.subscribers}"

    text = Note(required=True, about="What is said.", example="Is this per month?")
    place = or_null(_place(load_default=""))
    version = Integer(least=1, load_default=None, about="The version; the newest without it.")


class CaseCommentSchema(OutputShape):
    """A comment on a case or on one place in it."""

    id = Words(about="Its id.")
    version = Count(about="The version that it was written on.")
    place = Words(about="The path of what it is about; empty for the whole case.")
    text = Words(about="What is said.")
    author = Words(about="Who wrote it.")
    by_customer = Flag(about="Whether it came over a customer’s link.")
    at = Moment(about="When it was written.")
    resolved_by = Words(allow_none=True, about="Who has dealt with it; null while it is open.")
    resolved_at = Moment(allow_none=True, about="When it was dealt with.")

    @pre_dump
    def _flattened(self, comment: Any, **_: Any) -> dict[str, Any]:
        copied = "version place text author at resolved_by resolved_at".split()
        return {
            **{name: getattr(comment, name) for name in copied},
            "id": comment.uid,
            "by_customer": comment.share_id is not None and comment.author_id is None,
        }


class CommentSliceSchema(OutputShape):
    """Some comments of a case."""

    comments = Items(CaseCommentSchema, about="The comments, the oldest first.")
    next = next_field()


def read_comment(text: str, place: str) -> tuple[str, str]:
    """The text of a comment and its place, fit to be kept. Raises `CaseError`."""
    found = cast(dict[str, str], _NEW.load({"text": text, "place": place}))
    return found["text"], found["place"]


def dump_comment(comment: Any) -> dict[str, Any]:
    """A comment as JSON."""
    return cast(dict[str, Any], _COMMENT.dump(comment))


def dump_comments(comments: Iterable[Any], next: str | None) -> dict[str, Any]:
    """A slice of comments as JSON."""
    return {"comments": _COMMENT.dump(list(comments), many=True), "next": next}


_COMMENT = CaseCommentSchema()
_NEW = NewCommentSchema()
