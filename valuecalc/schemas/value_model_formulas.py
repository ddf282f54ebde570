"""Writes formulas as equations of the value-models format, which are JavaScript expressions."""

from __future__ import annotations

from collections.abc import Callable

from valuecalc.errors import InputError
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
)

_SPELLINGS = {"ln": "Math.log"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_ATOM = 4
_NO_PLACE = "This cannot be written as an equation of one year."


class NotExpressible(InputError):
    """A formula that no equation of the format can hold."""

    code = "not_expressible"


def write_equation(tree: Node, name_of: Callable[[str], str]) -> str:
    """The equation of a checked tree; `name_of` gives the variable of each id.

    Conversions of units are written as factors. Raises `NotExpressible` for what depends on
    the time.
    """
    return _rated(tree, name_of)[0]


def _rated(node: Node, name_of: Callable[[str], str]) -> tuple[str, int]:
    match node:
        case Number():
            return repr(node.value).removesuffix(".0"), _ATOM
        case Name():
            return name_of(node.name), _ATOM
        case Negative():
            return f"-{_inside(node.operand, name_of, _ATOM)}", 0
        case Convert():
            return f"{_inside(node.operand, name_of, 2)} * {node.factor!r}", 2
        case Binary():
            return _binary(node, name_of)
        case Call() if node.function not in ("previous", "sum_over_time"):
            return _call(node, name_of)
        case _:
            raise NotExpressible(_NO_PLACE, "It depends on the time.")


def _binary(node: Binary, name_of: Callable[[str], str]) -> tuple[str, int]:
    if node.operator == "^":
        left, right = (_rated(each, name_of)[0] for each in (node.left, node.right))
        return f"Math.pow({left}, {right})", _ATOM
    strength = _STRENGTH[node.operator]
    left = _inside(node.left, name_of, strength)
    # Brackets on the right keep the order of evaluation, and so the last digit.
    return f"{left} {node.operator} {_inside(node.right, name_of, strength + 1)}", strength


def _inside(node: Node, name_of: Callable[[str], str], strength: int) -> str:
    text, own = _rated(node, name_of)
    return f"({text})" if own < strength else text


def _call(node: Call, name_of: Callable[[str], str]) -> tuple[str, int]:
    condition, *others = node.arguments
    if node.function == "if" and isinstance(condition, Comparison):
        left, right = (_rated(each, name_of)[0] for each in (condition.left, condition.right))
        yes, no = (_rated(each, name_of)[0] for each in others)
        return f"({left} {condition.operator} {right} ? {yes} : {no})", _ATOM
    arguments = [_rated(each, name_of)[0] for each in node.arguments]
    if node.function == "round" and len(arguments) == 2:
        power = f"Math.pow(10, {arguments[1]})"
        return f"Math.round(({arguments[0]}) * {power}) / {power}", 2
    spelling = _SPELLINGS.get(node.function, f"Math.{node.function}")
    return f"{spelling}({', '.join(arguments)})", _ATOM
