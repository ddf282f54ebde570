"""Searching texts: the same finds, whatever the database and its language settings.

What is searched is kept folded in a column of its own, because SQLite folds ASCII letters
only, and PostgreSQL folds by the language that it was set up with.
"""

from __future__ import annotations

import unicodedata
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

Row = TypeVar("Row")

_BETWEEN = "\n"


def folded(*texts: str) -> str:
    """Texts as one, so that two that differ in case or in the form of characters are equal."""
    whole = _BETWEEN.join(map(storable, texts))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold())


def storable(text: str) -> str:
    """The text without what no database can hold, and so none can find."""
    return text.replace("\0", "").encode(errors="ignore").decode()


def with_words(query: Select[Row], column: InstrumentedAttribute[str], words: str) -> Select[Row]:
    """The query, for rows in whose folded `column` every one of `words` stands."""
    for word in folded(words).split():
        query = query.where(column.contains(word, autoescape=True))
    return query


def with_texts(query: Select[Row], wanted: dict[InstrumentedAttribute[str], str]) -> Select[Row]:
    """The query, for rows whose folded columns equal these texts; an empty one asks nothing."""
    for column, text in wanted.items():
        if text:
            query = query.where(column == folded(text))
    return query
