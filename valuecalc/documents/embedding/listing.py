"""All content controls of a document, whoever they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from valuecalc.documents.embedding import places, spans, state
from valuecalc.documents.embedding.controls import SDT, Control, find
from valuecalc.documents.embedding.package import Package
from valuecalc.documents.embedding.report import shortened
from valuecalc.documents.embedding.state import ChapterChoice, Exported
from valuecalc.documents.native_charts.kinds import CHART


@dataclass(frozen=True)
class Listed:
    """A control: its tag and title, where it stands, what it is, and what can be read in it.

    `has_chart` says whether a chart stands in it that Word draws; `around` is the tag of the
    control in which it stands, empty for none.
    """

    tag: str
    title: str
    place: str
    special: str
    text: str
    has_chart: bool = False
    around: str = ""


@dataclass(frozen=True)
class Described:
    """A document before it is filled: its controls, and what it says of itself.

    `language` is the tag of the language that it was filled in and `scenario` the id of what was
    filled in, empty where that is not known; `exported` says which proposal of ours it is, if it
    is one, and `chosen` what a chapter in it consisted of the last time. `text_width` is that of
    the text where a chapter stands or goes, in twips, 0 where that is not known or not asked for.
    """

    controls: tuple[Listed, ...]
    language: str = ""
    scenario: str = ""
    exported: Exported | None = None
    chosen: ChapterChoice | None = None
    text_width: int = 0


def as_plain(package: Package, text_width: int = 0) -> dict[str, Any]:
    """A document as JSON can hold what `described` reads."""
    known = state.read(package)
    return {
        "controls": [vars(each) for each in listed(package)],
        "language": known.language,
        "scenario": known.scenario,
        "exported": known.exported and vars(known.exported),
        "chosen": known.chosen and vars(known.chosen),
        "text_width": text_width,
    }


def described(plain: Mapping[str, Any]) -> Described:
    """What `as_plain` has written."""
    controls = tuple(Listed(**each) for each in plain["controls"])
    exported, chosen = plain["exported"], plain["chosen"]
    return Described(
        controls,
        plain["language"],
        plain["scenario"],
        exported and Exported(**{**exported, "sections": tuple(exported["sections"])}),
        chosen and ChapterChoice(**{**chosen, "sections": tuple(chosen["sections"])}),
        plain["text_width"],
    )


def listed(package: Package) -> list[Listed]:
    """The controls of all parts that are filled, in their order."""
    found = []
    for part in package.with_text:
        content = package.read(part)
        if content is not None and b"sdt" in content:
            for each in find(spans.parsed(content)):
                place = places.of(part, each)
                text = shortened(each.text)
                has_chart = next(each.element.iter(CHART), None) is not None
                around = _around(each)
                found.append(
                    Listed(each.tag, each.title, place, each.special, text, has_chart, around)
                )
    return found


def _around(control: Control) -> str:
    holder = next(control.element.iterancestors(SDT), None)
    return "" if holder is None else Control(holder, 0).tag
