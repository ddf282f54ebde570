"""What goes out of a comparison of two versions: the changes, and what they did to the result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, cast

from valuecalc.schemas.changes import Change, ChangeSchema, Json
from valuecalc.schemas.fields import Part
from valuecalc.schemas.merging import Conflict
from valuecalc.schemas.result import Items, Number, OutputShape, Texts, Words


class FigureEffectSchema(OutputShape):
    """One headline figure before and after."""

    name = Words(about="Its name, the same everywhere.", example="npv")
    label = Words(about="The figure for people.", example="Net present value (NPV)")
    unit = Words(about="Its unit; percentages are fractions.", example="GBP")
    before = Number(about="The earlier number; null when it does not exist.")
    after = Number(about="The later number; null when it does not exist.")
    difference = Number(about="Later less earlier; null when one of them does not exist.")
    before_text = Words(about="The earlier number as it is shown, or why there is none.")
    after_text = Words(about="The later number as it is shown, or why there is none.")
    difference_text = Words(about="The difference with its sign.", example="+£2,000")
    note = Words(about="Why a number does not exist.")


class StepSchema(OutputShape):
    """What one change did to a figure."""

    label = Words(about="What changed.", example="Subscribers on affected plans")
    place = Words(about="Its path in the document; empty for several changes together.")
    amount = Number(about="What it added to the figure.")


class BridgeSchema(OutputShape):
    """From a figure before to the same figure after; the steps add up to the difference."""

    figure = Words(about="The name of the figure.", example="npv")
    label = Words(about="The figure for people.", example="Net present value (NPV)")
    unit = Words(about="The unit of all amounts.", example="GBP")
    before = Number(about="The earlier number.")
    after = Number(about="The later number.")
    steps = Items(StepSchema, about="Changed assumptions in their order, then the structure.")
    note = Words(about="Why there are no steps.")


class EffectsSchema(OutputShape):
    """What the changes did to the result."""

    figures = Items(FigureEffectSchema, about="The headline figures before and after.")
    bridges = Items(BridgeSchema, about="How value and NPV got from the one to the other.")
    notes = Texts(about="What could not be compared, and why.")


class ComparisonSchema(OutputShape):
    """Two versions of a case side by side."""

    changes = Items(ChangeSchema, about="What changed, in the order of the document.")
    effects = Part(EffectsSchema, about="What that did to the result.")


class ConflictSchema(OutputShape):
    """A place that two people changed differently at the same time."""

    place = Words(about="The path in the document.", example="assumptions.subscribers.value")
    label = Words(about="What it belongs to.", example="Subscribers on affected plans")
    field = Words(about="Which part of that, in words.", example="expected value")
    base = Json(about="What both began with; null for nothing.")
    ours = Json(about="What our side made of it; null for nothing.")
    theirs = Json(about="What the other side made of it; null for nothing.")
    base_text = Words(about="What both began with, as people read it.")
    ours_text = Words(about="What our side made of it, as people read it.")
    theirs_text = Words(about="What the other side made of it, as people read it.")
    unit = Words(about="The unit of a number there.", example="subscriber")


class Compared(Protocol):
    """What `services.comparison` gives."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed."""

    @property
    def effects(self) -> Any:
        """What that did to the result: `engine.effects.Effects`."""


def dump_comparison(comparison: Compared) -> dict[str, Any]:
    """A comparison as JSON."""
    return cast(dict[str, Any], _COMPARISON.dump(comparison))


def dump_conflicts(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Conflicts of a merge as JSON, in their order."""
    return cast(list[dict[str, Any]], _CONFLICT.dump(list(conflicts), many=True))


_COMPARISON = ComparisonSchema()
_CONFLICT = ConflictSchema()
