"""How unsure a case is, in its document: outcomes, pilots, correlations, the simulation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from valuecalc.case.risk import (
    MAX_DRAWS,
    MAX_SEED,
    METHODS,
    MIN_DRAWS,
    Correlation,
    Outcome,
    Pilot,
    Simulation,
)
from valuecalc.schemas.fields import Choice, Identifier, Many, Note, Quantity, Rate, Unread, Whole
from valuecalc.schemas.problems import Flaw, mistake, pair_of, shown
from valuecalc.schemas.reading import read_number
from valuecalc.schemas.shape import Shape

MAX_OUTCOMES = 50
MAX_CORRELATIONS = 500


class OutcomeSchema(Shape):
    """One value that an assumption can take, and its chance."""

    makes = Outcome
    example = "{value: 100, chance: 30%}"

    # Its unit is that of the assumption, which reads it.
    value = Unread(required=True, about="The value, in the unit of the assumption.", example="100")
    chance = Rate(required=True, least=0, most=1, about="How likely it is.", example="30%")


class PilotSchema(Shape):
    """A test that would settle an assumption."""

    makes = Pilot
    example = "{cost: 20k, note: Four weeks at one site}"

    cost = Quantity(
        required=True, least=0, about="What it costs, in the currency of the case.", example="20k"
    )
    note = Note(about="What is tested, where and for how long.")


# --------------------------------------------------------------------------- correlations


class Rank(Quantity):
    """A rank correlation, from -1 to 1. `0.6` and `60%` are the same, as in statistics."""

    def __init__(self, **options: Any) -> None:
        super().__init__(unit="%", **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> Any:
        number = read_number(value)
        if number.unit not in (None, "%"):
            raise mistake(
                "unit", f"“{shown(value)}” is in {number.unit}.", "Write a share such as 60%."
            )
        if not -1 <= number.value <= 1:
            raise mistake(
                "range",
                f"“{shown(value)}” is no correlation.",
                "Write one between -100% and 100%, such as 60%.",
            )
        return number.value


class Pair(Many):
    """A list of exactly two."""

    def _refuse_no_list(self, value: Any) -> None:
        if not isinstance(value, list | tuple) or len(value) != 2:
            cause = "A list of two assumptions is expected here."
            raise mistake("shape", cause, "Write it in square brackets: [price, churn].")


class CorrelationSchema(Shape):
    """Two assumptions that move together."""

    makes = Correlation
    example = "{between: [price, churn], rank: 60%}"

    between = Pair(
        Identifier(),
        required=True,
        most=2,
        about="The ids of the two assumptions.",
        example="[price, churn]",
    )
    rank = Rank(required=True, about="Spearman’s rank correlation.", example="60%")
    note = Note(about="Why they move together.")

    @validates_schema(skip_on_field_errors=True)
    def _is_between_two(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(set(data["between"])) < 2:
            cause = f"“{data['between'][0]}” is named twice."
            remedy = "Name two assumptions, such as [price, churn]."
            raise ValidationError({"between": [Flaw("conflict", cause, remedy)]})


def duplicate_pairs(items: object) -> Iterator[tuple[int, Flaw]]:
    """The raw correlations of pairs that have one already, by their position."""
    known: set[str] = set()
    for index, item in enumerate(items if isinstance(items, list | tuple) else ()):
        pair = pair_of(item)
        if pair is not None and pair in known:
            words = " and ".join(map(shown, pair.split("~")))
            yield index, Flaw("duplicate", f"The pair {words} stands here twice.", "Keep one.")
        known |= {pair} if pair else set()


# --------------------------------------------------------------------------- the simulation


class Draws(Whole):
    """How many draws, within what is useful and what can be worked out in time."""

    def _refuse_outside(self, number: float, unit: str) -> None:
        if number > MAX_DRAWS:
            cause = f"{number:,.0f} draws are more than {MAX_DRAWS:,}."
            raise mistake(
                "range", cause, f"Write {MAX_DRAWS:,} or fewer; 16,384 are mostly enough."
            )
        if number < MIN_DRAWS:
            cause = f"{number:,.0f} draws are fewer than {MIN_DRAWS:,} and say too little."
            raise mistake("range", cause, f"Write {MIN_DRAWS:,} or more; 16,384 are mostly enough.")


class Seed(Whole):
    """A whole number that is kept to its last digit, which a floating-point one is not."""

    openapi = {"type": ["integer", "string"], "minimum": 0, "maximum": MAX_SEED}

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> int:
        number = _exact(value)
        if number is None or not 0 <= number <= MAX_SEED:
            raise mistake(
                "seed",
                f"“{shown(value)}” is no seed.",
                f"Write a whole number from 0 to {MAX_SEED:,}.",
            )
        return number

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        return value


_DIGITS = re.compile(r"[0-9]{1,19}|[0-9]{1,3}(?:,[0-9]{3}){1,6}")


def _exact(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value.replace(",", ""))
    return value if isinstance(value, int) else None


class SimulationSchema(Shape):
    """How a case is simulated; the same settings give the same draws."""

    makes = Simulation
    example = "{draws: 16384, seed: 1}"

    draws = Draws(about=f"How many draws, {MIN_DRAWS:,} to {MAX_DRAWS:,}.", example="16384")
    seed = Seed(about="What the random draws begin with.", example="1")
    method = Choice(METHODS, about="Which draws: Sobol points, or plain random ones.")
