"""The answer while somebody types: what the case comes to, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from valuecalc.engine.result import Result
from valuecalc.errors import DocumentError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.keyed import CASE, Outline
from valuecalc.schemas.problems import item_names
from valuecalc.services import editing
from valuecalc.services.saved_cases import Saved
from valuecalc.web.pages.case_page import CasePage
from valuecalc.web.pages.editor.page import EditorPage, Scenarios, script_json
from valuecalc.web.pages.places import EXPECTED, EditPlace

FOLDER = "editor/live"
PANEL = "panel"
MOST_PARTS = 200
MOST_CELLS = 100_000
"""Numbers of a case (its assumptions and lines, times its periods) up to which one answer holds
everything that is asked for. Beyond, it holds the panel and one other part, and names the rest,
which is asked for again; and the script waits a few seconds between two answers."""

_PART = re.compile(r"[a-z][a-z-]{0,40}")


@dataclass(frozen=True)
class Asked:
    """What the script asks for: the document as it is typed, a scenario, and parts of the page.

    `opened` is the value of the case when the editor was opened; None where nobody knows.
    """

    document: Mapping[str, Any]
    scenario: str
    parts: tuple[str, ...]
    opened: float | None = None

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Asked:
        """What a request asks for. Raises `DocumentError`."""
        document, parts = body.get("document"), body.get("parts", ["panel"])
        scenario = body.get("scenario") or EXPECTED
        is_list = isinstance(parts, list) and len(parts) <= MOST_PARTS
        if not isinstance(document, dict) or not isinstance(scenario, str) or not is_list:
            raise DocumentError(
                "The request holds no document, or parts that are no list.",
                'Send {"document": {…}, "scenario": "expected", "parts": ["panel"]}.',
            )
        names = [each.partition(".")[0] for each in parts if isinstance(each, str)]
        known = [each for each in dict.fromkeys(names) if _PART.fullmatch(each)]
        return cls(document, scenario, tuple(known), _value_opened(body.get("opened")))


def _value_opened(figures: object) -> float | None:
    value = figures.get("value") if isinstance(figures, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def answer(saved: Saved, asked: Asked) -> str:
    """The answer as a page: its data as JSON, then the parts that were asked for."""
    found = editing.worked_out(asked.document, saved.document, asked.scenario)
    place = EditPlace(saved.head.uid, asked.scenario)
    page = page_of(saved, asked.document, found, place)
    now, left = at_once(page, asked.parts)
    parts = _rendered(page, now) if page.is_complete else Markup("")
    data = _data(page, found, asked.opened, left)
    return "".join(
        (
            '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Answer</title>',
            f'</head><body><script type="application/json" id="answer">{data}',
            f"</script>{parts}</body></html>",
        )
    )


def page_of(
    saved: Saved, document: Mapping[str, Any], found: editing.WorkedOut, place: EditPlace
) -> EditorPage:
    """What the templates of the editor read."""
    worked = None
    if found.result is not None and found.case is not None:
        worked = CasePage(found.result, Scenarios(found.case), place)
    return EditorPage(saved, document, place, worked, found.problems)


def at_once(page: EditorPage, parts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The parts that one answer holds, and those that have to be asked for again."""
    if not is_large(page):
        return parts, ()
    panel = [each for each in parts if each == PANEL]
    others = [each for each in parts if each != PANEL]
    return (*panel, *others[:1]), others[1:]


def is_large(page: EditorPage) -> bool:
    """Whether working the case out takes so long that nobody can wait for all of it."""
    if page.result is None:
        return False
    case = page.result.case
    rows = len(case.assumptions) + len(case.computed)
    return rows * case.timeline.periods > MOST_CELLS


def _rendered(page: EditorPage, parts: Sequence[str]) -> Markup:
    names = [each for each in parts if _exists(each)]
    texts = [
        render_template(f"{FOLDER}/{each}.html", editor=page, page=page.worked, place=page.place)
        for each in names
    ]
    return Markup("\n").join(Markup(each) for each in texts)  # noqa: S704 - templates escape


def _exists(part: str) -> bool:
    folder = Path(current_app.root_path, current_app.template_folder or "")
    return (folder / FOLDER / f"{part}.html").is_file()


def _data(
    page: EditorPage, found: editing.WorkedOut, opened: float | None, left: Sequence[str]
) -> Markup:
    result = page.result
    head = page.saved.head
    return script_json(
        {
            "complete": page.is_complete,
            "problems": [problem_data(each) for each in page.problems],
            "tidy": tidied(page, found),
            "sections": {name: asdict(each) for name, each in page.sections.items()},
            "spoken": spoken(result) if result else "",
            "newest": head.version,
            "by": page.saved.version.author,
            "figures": _figures(result) if result else {},
            "headline": result.lead.short if result else "",
            "since": since(result, opened) if result else "",
            "large": is_large(page),
            "left": list(left),
        }
    )


def problem_data(problem: Problem) -> dict[str, str]:
    """A problem for the script."""
    return {
        "place": problem.place,
        "level": problem.severity.value,
        "cause": problem.cause,
        "remedy": problem.remedy,
    }


def _figures(result: Result) -> dict[str, float | None]:
    return {name: result.value(name) for name in ("value", "npv", "payback")}


def since(result: Result, opened: float | None) -> str:
    """By how much the value has moved since the editor was opened; empty for nothing."""
    value = result.figures["value"]
    if (
        opened is None
        or value.value is None
        or value.short == quantity.show_short(opened, value.unit)
    ):
        return ""
    change = value.value - opened
    text = quantity.show_short(abs(change), value.unit)
    return f"{'▲' if change > 0 else '▼'} {text} since you opened it"


def spoken(result: Result) -> str:
    """What somebody hears who does not see the result."""
    lead, payback = result.lead, result.figures["payback"]
    when = payback.text if payback.value is not None else payback.note
    return f"{lead.label} {lead.short}, payback {when}"


def tidied(page: EditorPage, found: editing.WorkedOut) -> dict[str, str]:
    """The texts that read well and are written otherwise, by their places."""
    canonical = found.tidy(page.document, editing.written_document(page.saved))
    # Beside what cannot be read stands what was there before, which nobody has typed.
    wrong = {_row(each.place) for each in found.problems} if found.case is None else set()
    pairs = _tidied(page.document, canonical, CASE, "")
    return {place: text for place, text in pairs if _row(place) not in wrong}


def _row(place: str) -> str:
    return ".".join(place.split(".")[:2])


def _tidied(typed: Any, canonical: Any, outline: Outline, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(typed, Mapping) and isinstance(canonical, Mapping):
        for key in typed.keys() & canonical.keys():
            inner = outline.below(key)
            below = f"{place}.{key}" if place else key
            yield from _tidied(typed[key], canonical[key], inner, below)
    elif isinstance(typed, list) and isinstance(canonical, list):
        if outline.items is None:
            return
        by_name = dict(zip(item_names(canonical), canonical, strict=True))
        for name, item in zip(item_names(typed), typed, strict=True):
            if name is not None and name in by_name:
                yield from _tidied(item, by_name[name], outline.items, f"{place}.{name}")
    elif isinstance(typed, str) and isinstance(canonical, str) and typed != canonical:
        yield place, canonical
