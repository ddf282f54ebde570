"""The house style of a company: what a Word file of theirs gives to a proposal.

Taken are the styles, the theme, the fonts, the numbers of headings, the page with its margins,
and headers and footers with their pictures; nothing else of the file, and no text of its body.
The file is read behind the gate and in a process of its own.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from valuecalc.documents import gate, sheets
from valuecalc.errors import FileRefused

PROCESS = "valuecalc.documents.proposal.house_process"
PATIENCE = 30.0
"""Seconds until the process is ended."""


@dataclass(frozen=True)
class Edge:
    """A part that is a `header` or a `footer`, and of which pages: `default`, `first` or `even`."""

    kind: str
    use: str
    part: str


@dataclass(frozen=True, kw_only=True)
class House:
    """A house style, ready for the file of a proposal.

    `parts` are whole parts by their names in the file, relations and pictures among them.
    `names` are the ids of styles that are called something else there, `colours` those that
    stand for ours. `page` and `margins` are the attributes of the page in twips, `text_width`
    is what the margins leave. `numbers` are the formats of heading numbers, such as `%1.%2`.
    """

    parts: Mapping[str, bytes]
    names: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    margins: Mapping[str, str] = field(default_factory=dict)
    text_width: int
    edges: tuple[Edge, ...] = ()
    has_first_page: bool = False
    has_even_pages: bool = False
    numbers: tuple[str, ...] = ()


def read(template: bytes) -> House:
    """The house style of a Word file (`.docx` or `.dotx`). Raises `FileRefused`."""
    gate.check(template, "docx")
    try:
        answer = sheets.output(json.dumps(_asked(template)).encode(), PROCESS, PATIENCE)
    except FileRefused:
        raise FileRefused(
            "The template cannot be read, or takes too long to be read.",
            "Open it in Word, save it as .docx, and send that file.",
        ) from None
    found: dict[str, Any] = json.loads(answer)
    if "refused" in found:
        raise FileRefused(*found["refused"])
    parts = {name: b64decode(part) for name, part in found.pop("parts").items()}
    edges = tuple(Edge(*each) for each in found.pop("edges"))
    return House(parts=parts, edges=edges, numbers=tuple(found.pop("numbers")), **found)


def _asked(template: bytes) -> dict[str, str]:
    return {"template": b64encode(template).decode()}
