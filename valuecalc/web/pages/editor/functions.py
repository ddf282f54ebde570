"""The functions of the formula language, as the suggestions in formulas show them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from inspect import Parameter

from valuecalc.formula.functions import FUNCTIONS, Function


@cache
def described() -> tuple[dict[str, str], ...]:
    """Every function: its name, how it is called, what it does, and an example."""
    return tuple(
        {
            "name": function.name,
            "signature": signature(function),
            "help": function.help.partition("\n")[0],
            "example": function.example,
        }
        for function in FUNCTIONS.values()
    )


def signature(function: Function) -> str:
    """How a function is called: `round(value, [digits])`, `min(values, …)`."""
    first, *parameters = inspect.signature(function.compute).parameters.values()
    assert first.name == "ops"
    return f"{function.name}({', '.join(_arguments(parameters))})"


def _arguments(parameters: list[Parameter]) -> Iterator[str]:
    for each in parameters:
        if each.kind is Parameter.VAR_POSITIONAL:
            yield from (each.name, "…")
        else:
            yield each.name if each.default is Parameter.empty else f"[{each.name}]"
