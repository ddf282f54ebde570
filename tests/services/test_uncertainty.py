from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import reference
from valuecalc.errors import InputError
from valuecalc.services import uncertainty


def test_every_break_even_of_an_enormous_case_is_refused_with_the_remedy() -> None:
    enormous = reference.case(months=600, lines=500)
    with pytest.raises(InputError, match="too much for every break-even at once") as refused:
        uncertainty.break_evens(enormous)
    assert refused.value.remedy == "Ask for one assumption at a time."


def test_one_break_even_of_an_enormous_case_is_answered() -> None:
    enormous = reference.case(months=600, lines=500)
    price = next(each.id for each in enormous.assumptions if each.id.endswith("licence"))
    found = uncertainty.break_even(enormous, price)
    assert found.method == "exact"
    moved = replace(
        enormous, assumptions=enormous.with_values({price: found.values[0]}).assumptions
    )
    assert uncertainty.break_even(moved, price).values == pytest.approx(found.values)
