"""What a shared case depends on: its pages behind a customer's link, to be read only.

They show what follows from the case that the link shows anyway, and nothing of the sale.
"""

from __future__ import annotations

from flask import Blueprint, g

from valuecalc.errors import Conflict, Forbidden, InputError, NotFound, TooMany
from valuecalc.services.shared import Visit
from valuecalc.web.pages import alternatives, certainty, sensitivity, shared
from valuecalc.web.pages.depending import Source
from valuecalc.web.pages.insights import Subject, give_page, scenario_in
from valuecalc.web.pages.places import SharedPlace

blueprint = Blueprint("shared_insights", __name__, url_prefix="/s/<secret>")

# Whoever is let in, how pages keep to themselves, and what failures tell: as for the link's page.
blueprint.before_request(shared.enter)
blueprint.after_request(shared.keep_to_itself)
blueprint.register_error_handler(NotFound, shared.not_valid)
blueprint.register_error_handler(InputError, shared.not_usable)
for refusal in (Forbidden, Conflict, TooMany):
    blueprint.register_error_handler(refusal, shared.not_done)


def opened(secret: str) -> Subject:
    """The shared version in the scenario of the address."""
    visit: Visit = g.visit
    results = shared.worked_out(visit)
    return Subject(
        source=Source.of(visit.version.document, visit.case),
        results=results,
        place=SharedPlace(secret, scenario_in(results)),
        secret=secret,
    )


give_page(blueprint, "/certainty", opened, certainty.show)
give_page(blueprint, "/sensitivity", opened, sensitivity.show)
give_page(blueprint, "/alternatives", opened, alternatives.show)
give_page(blueprint, "/point/<figure>", opened, sensitivity.explain)
