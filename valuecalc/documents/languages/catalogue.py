"""The texts of a language by their English: a catalogue in the format of GNU gettext (`.po`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Message

FOLDER = Path(__file__).parent
"""Where the catalogues stand, one file for each language."""


@dataclass(frozen=True)
class Catalogue:
    """`texts` by their English pattern; those that depend on a number have several forms.

    A text that is not there is said in English.
    """

    texts: Mapping[str, tuple[str, ...]]

    def pattern(self, english: str, other: str, form: int) -> str:
        """The pattern to fill in: of a text with a plural the `form` that a number asks for."""
        found = self.texts.get(english)
        if found is None:
            return other if other and form else english
        return found[min(form, len(found) - 1)]


EMPTY = Catalogue({})
"""The catalogue of the language that everything is written in."""


@cache
def read(name: str) -> Catalogue:
    """The catalogue of a locale such as `de`; the empty one for a locale without a file."""
    path = FOLDER / f"{name}.po"
    if not path.is_file():
        return EMPTY
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file, locale=name)
    return Catalogue(
        {_english(each.id): _forms(each.string) for each in messages if _is_read(each)}
    )


def _is_read(message: Message) -> bool:
    """Whether somebody has translated it, and looked at it since its English has changed."""
    return bool(message.id and all(_forms(message.string)) and not message.fuzzy)


def _english(id: str | list[str] | tuple[str, ...]) -> str:
    return id if isinstance(id, str) else id[0]


def _forms(string: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)
