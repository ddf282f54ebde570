"""The work on portfolios for tests, which comes no further than to a gate while that is closed.

It loads no more than the work itself does.
"""

from __future__ import annotations

from tests.services.sums_of_draws import wait_at_the_gate
from valuecalc.services.portfolio_work import DocumentPart
from valuecalc.services.portfolio_work import work as work_itself

OPEN_TO = 6
"""So many cases are worked out while the gate is closed."""


def work(gate: str, part: DocumentPart) -> bytes:
    """A part of a portfolio; those of later cases wait until the file `gate` is gone."""
    if part.first >= OPEN_TO:
        wait_at_the_gate({"gate": gate})
    return work_itself(part)
