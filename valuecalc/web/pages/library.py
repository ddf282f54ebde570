"""The first page of strangers, and the gallery of straw-men for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.engine.result import Figure, Result
from valuecalc.services import charts, library
from valuecalc.web.identity import actor
from valuecalc.web.pages import lists
from valuecalc.web.pages.places import EXPECTED, LibraryPlace
from valuecalc.web.pages.references import next_after, own_straw_men, sectors_of_own
from valuecalc.web.pages.straw_man_cards import Card, card_of_own, card_of_program, of_program
from valuecalc.web.pages.worked_out import choose, scenarios_of

blueprint = Blueprint("library", __name__)

LISTED = {"value": "Value", "value_year_1": "First year", "payback": "Payback"}
FEATURED_TILES = ("value_year_1", "npv", "payback", "benefit_cost_ratio")
OWN_ON_A_PAGE = 24
LONGEST_TEXT = 300
A_FEW = 5
"""From more straw-men than these on, they can be filtered by sector."""


@dataclass(frozen=True)
class Entry:
    """One straw-man in the list."""

    slug: str
    result: Result
    place: LibraryPlace

    @property
    def figures(self) -> list[tuple[str, Figure]]:
        """The figures of its row, each with the heading of its column."""
        return [(title, self.result.figures[name]) for name, title in LISTED.items()]

    @property
    def tiles(self) -> list[Figure]:
        """The figures beside the statement of the featured one."""
        return [self.result.figures[name] for name in FEATURED_TILES]

    @property
    def sector(self) -> str:
        """The line of business that it comes from."""
        reference = self.result.case.reference
        return reference.sector if reference else ""


@blueprint.get("/")
def show_all() -> Response | str:
    """The cases of whoever has signed in; for everybody else every straw-man with its figures."""
    if actor().is_known:
        return redirect(url_for("case_list.show_all"))
    entries = list(_entries())
    featured = next((each for each in entries if each.slug == library.FEATURED), None)
    return render_template(
        "library.html",
        entries=entries,
        featured=featured,
        waterfall=charts.waterfall(featured.result) if featured else None,
        sectors=_sectors(each.sector for each in entries),
        has_many=len(entries) > A_FEW,
    )


def _entries() -> Iterator[Entry]:
    for straw_man in library.straw_men():
        result = choose(scenarios_of(straw_man.slug), EXPECTED)
        yield Entry(straw_man.slug, result, LibraryPlace(straw_man.slug))


def _sectors(found: Iterable[str]) -> list[str]:
    """The sectors to choose from."""
    return sorted({*found} - {""}, key=str.casefold)


@blueprint.get("/straw-men")
def show_straw_men() -> str:
    """The gallery: the newest straw-men of the reader's teams, then those of the program."""
    words, sector = _asked("q"), _asked("sector")
    own = own_straw_men(OWN_ON_A_PAGE, lists.cursor(int, int), words=words, sector=sector)
    everything = of_program()
    return render_template(
        "gallery.html",
        own=[card_of_own(each) for each in own.rows],
        next=next_after(own),
        cards=[] if lists.is_further() else _cards(words, sector),
        words=words,
        sector=sector,
        sectors=_sectors([*(each.sector for each in everything), *sectors_of_own()]),
    )


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()[:LONGEST_TEXT]


def _cards(words: str, sector: str) -> list[Card]:
    return [card_of_program(each) for each in of_program(words=words, sector=sector)]
