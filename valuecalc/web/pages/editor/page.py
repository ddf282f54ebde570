"""What the templates of the editor read: the document as it is typed, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, overload

import orjson
from markupsafe import Markup

from valuecalc.case.case import Case
from valuecalc.engine.result import Result
from valuecalc.errors import Problem
from valuecalc.schemas.written import shortened
from valuecalc.services import cases, editing
from valuecalc.services.saved_cases import Saved
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.editor.form import SECTIONS, form
from valuecalc.web.pages.places import EditPlace
from valuecalc.web.pages.saved_case import Bar

SECTION_OF = {
    "title": "statement",
    "customer": "statement",
    "summary": "statement",
    "proposition": "statement",
    "goals": "people",
    "correlations": "assumptions",
    **{section: section for section, _ in SECTIONS},
}
"""The section of the editor for each field of the case; all others stand with the results."""
REST = "results"


def section_of(place: str) -> str:
    """The section of the editor that a place of the document stands in."""
    first = place.partition(".")[0].partition("[")[0]
    return SECTION_OF.get(first, REST)


@dataclass(frozen=True)
class Count:
    """What is to be done in one section: mistakes to mend, and the rest."""

    errors: int = 0
    todo: int = 0


def counted(problems: Sequence[Problem]) -> dict[str, Count]:
    """The problems of each section that has some."""
    found: dict[str, Count] = {}
    for each in problems:
        section = section_of(each.place)
        before = found.get(section, Count())
        found[section] = Count(before.errors + each.is_error, before.todo + (not each.is_error))
    return found


class Scenarios(Sequence[Result]):
    """A case in all its scenarios, worked out when somebody looks at them."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """All of them."""
        return cases.compare(self.case)

    @overload
    def __getitem__(self, index: int) -> Result: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Result]: ...

    def __getitem__(self, index: int | slice) -> Result | Sequence[Result]:
        return self.results[index]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


@dataclass(frozen=True)
class EditorPage:
    """The editor of a case.

    Templates get it as `editor`, and beside it `page` (its `worked`) and `place`.
    `document` is the written document: every number in it is a text. `worked` is the case as
    it was worked out; None while there are mistakes in it. `problems` are its mistakes and
    oddities.
    """

    saved: Saved
    document: Mapping[str, Any]
    place: EditPlace
    worked: CasePage | None
    problems: tuple[Problem, ...] = ()

    @property
    def uid(self) -> str:
        """The number of the case."""
        return self.saved.head.uid

    @property
    def version(self) -> int:
        """The version that is being edited."""
        return self.saved.version.number

    @property
    def bar(self) -> Bar:
        """What stands above a case that is kept."""
        return Bar(self.saved, "edit")

    @property
    def form(self) -> SimpleNamespace:
        """The choices of the fields, and the words for them."""
        return form

    @property
    def result(self) -> Result | None:
        """The case worked out; None while there are mistakes in it."""
        return self.worked.result if self.worked else None

    @property
    def is_complete(self) -> bool:
        """Whether the case could be worked out."""
        return self.worked is not None

    @property
    def sections(self) -> dict[str, Count]:
        """What is to be done, by section."""
        return counted(self.problems)

    @property
    def json(self) -> Markup:
        """The document for the script of the page."""
        return script_json(self.document)

    @property
    def short_numbers(self) -> Markup:
        """What is shown for numbers with more digits than one can use, for the script."""
        return script_json(shortened(self.document))


def newest_state(saved: Saved) -> dict[str, Any]:
    """The newest version for the script: who saved it, and its written document."""
    document = editing.written_document(saved)
    return {
        "version": saved.version.number,
        "by": saved.version.author,
        "at": f"{saved.version.at:%H:%M}",
        "document": document,
        "shorts": shortened(document),
    }


def script_json(data: Any) -> Markup:
    """Data as the text of a `script` element, which nothing inside can end."""
    text = orjson.dumps(data).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character of markup is left in it
