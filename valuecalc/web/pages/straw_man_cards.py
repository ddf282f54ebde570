"""Straw-men as cards: for whom each is, what it brings, and what it rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import url_for

from valuecalc.case.case import Case, Grade
from valuecalc.engine.result import Result
from valuecalc.errors import CaseError
from valuecalc.services import cases, charts, references
from valuecalc.services.access import STRANGER
from valuecalc.services.references import StrawMan
from valuecalc.web.identity import actor
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.worked_out import choose, scenarios_of
from valuecalc.web.storage import store

MOST_OF_PROGRAM = 1000

MEASURED = (Grade.A, Grade.B, Grade.C)
"""The grades of what somebody measured or vouches for; the others are published or assumed."""

_SENTENCE = re.compile(r"(.{20,}?[.!?])(?:\s|$)", re.DOTALL)
_NOT_FOR_IDS = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class About:
    """What a card says of a case; the same for every reader.

    `value` and `chart` are empty where the case cannot be worked out; `measured` is the share
    of its benefits that rests on evidence A, B or C, None where there are none.
    """

    brings: str
    customer: str
    horizon: str
    assumptions: int
    benefits: int
    value: str = ""
    measured: float | None = None
    chart: str = ""


@dataclass(frozen=True)
class Card:
    """One straw-man of the gallery."""

    straw_man: StrawMan
    about: About

    @property
    def address(self) -> str:
        """Where all of it stands."""
        if self.straw_man.team is None:
            return url_for("case.show", slug=self.straw_man.id)
        return url_for("reference_page.show", id=self.straw_man.id)

    @property
    def start(self) -> str:
        """Where a case is started from it."""
        parts: dict[str, Any] = {"from": self.straw_man.id}
        return url_for("starting.form", **parts)


def of_program(words: str = "", sector: str = "") -> tuple[StrawMan, ...]:
    """The straw-men that come with the program, or those of them that match."""
    return references.page(
        store(), STRANGER, MOST_OF_PROGRAM, None, words=words, sector=sector
    ).rows


def card_of_program(straw_man: StrawMan) -> Card:
    """The card of a straw-man of the program."""
    result = choose(scenarios_of(straw_man.id), EXPECTED)
    return Card(straw_man, _about(straw_man.id, result.case, result))


ABOUT_IS_KEPT_OF = 256
"""So many straw-men of teams, which are never changed once they are published."""

_about_own: dict[str, About] = {}


def card_of_own(straw_man: StrawMan) -> Card:
    """The card of a straw-man of one of the reader's teams."""
    about = _about_own.get(straw_man.id)
    if about is None:
        about = _worked_out(straw_man.id)
        if len(_about_own) >= ABOUT_IS_KEPT_OF:
            _about_own.clear()
        _about_own[straw_man.id] = about
    return Card(straw_man, about)


def _worked_out(id: str) -> About:
    case = references.load(store(), actor(), id).case
    try:
        return _about(id, case, cases.calculate(case))
    except CaseError:
        return _about(id, case, None)


def _about(id: str, case: Case, result: Result | None) -> About:
    shown = {} if result is None else _figures(id, result)
    return About(
        brings=_first_sentence(case.summary),
        customer=case.customer,
        horizon=case.timeline.horizon_text,
        assumptions=len(case.assumptions),
        benefits=len(case.benefits),
        **shown,
    )


def _figures(id: str, result: Result) -> dict[str, Any]:
    shares = [each.share for each in result.evidence if each.grade in MEASURED]
    known = [each for each in shares if each is not None]
    return {
        "value": result.figures["value"].short,
        "measured": sum(known) if known else None,
        "chart": charts.yearly(result, f"years-{_NOT_FOR_IDS.sub('-', id)}"),
    }


def _first_sentence(text: str) -> str:
    """The first sentence of a summary; all of one that has no end."""
    found = _SENTENCE.match(text.strip())
    return found[1] if found else text.strip()
