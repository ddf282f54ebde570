"""What a straw-man depends on: its pages."""

from __future__ import annotations

from flask import Blueprint

from valuecalc.services import library
from valuecalc.web.pages import alternatives, certainty, sensitivity
from valuecalc.web.pages.depending import Source
from valuecalc.web.pages.insights import Subject, give_page, scenario_in
from valuecalc.web.pages.places import LibraryPlace
from valuecalc.web.pages.worked_out import scenarios_of

blueprint = Blueprint("case_insights", __name__, url_prefix="/straw-men/<slug>")


def opened(slug: str) -> Subject:
    """A straw-man in the scenario of the address. Raises `UnknownName`."""
    results = scenarios_of(slug)
    return Subject(
        source=Source(f"straw-man {slug}", library.straw_man(slug).case),
        results=results,
        place=LibraryPlace(slug, scenario_in(results)),
    )


give_page(blueprint, "/certainty", opened, certainty.show)
give_page(blueprint, "/sensitivity", opened, sensitivity.show)
give_page(blueprint, "/alternatives", opened, alternatives.show)
give_page(blueprint, "/point/<figure>", opened, sensitivity.explain)
