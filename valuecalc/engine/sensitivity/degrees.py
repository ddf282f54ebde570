"""How the lines of a case depend on an assumption: not at all, linearly, or otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from valuecalc.case.binding import Binding
from valuecalc.case.case import Benefit, Line
from valuecalc.formula import algebra
from valuecalc.formula.tree import Binary, Name, Node, Number, names

HAIRCUTS = ("realisation", "attribution", "risk")


def degrees_in(binding: Binding, assumption: str) -> dict[str, int | None]:
    """How each calculation and line depends on an assumption, haircuts and growth included.

    0 not at all, 1 linearly, None otherwise. A stock that is multiplied every period by
    something that depends on the assumption is a power of it, and so not linear.
    """
    degrees: dict[str, int | None] = {each.id: 0 for each in binding.case.assumptions}
    degrees[assumption] = algebra.LINEAR
    moved = {assumption}
    for group in binding.groups:
        if all(moved.isdisjoint(binding.uses(name)) for name in group):
            degrees |= dict.fromkeys(group, algebra.CONSTANT)
            continue
        _settle(binding, group, degrees)
        moved |= {name for name in group if degrees[name] != algebra.CONSTANT}
    found = dict(degrees)
    for line in binding.case.lines:
        if moved.isdisjoint(binding.uses(line.id)):
            continue
        factors = [
            algebra.degree(binding.formulas[line.id, field].tree, degrees.__getitem__)
            for field in line.formulas
            if field not in ("formula", "growth")
        ]
        found[line.id] = algebra.product(degrees[line.id], *factors)
        growth = binding.formulas.get((line.id, "growth"))
        if growth and algebra.degree(growth.tree, degrees.__getitem__) != algebra.CONSTANT:
            found[line.id] = None
    return found


def _settle(binding: Binding, group: tuple[str, ...], degrees: dict[str, int | None]) -> None:
    """Set the degrees of a group; members of a circle are gone over until nothing changes."""
    degrees |= dict.fromkeys(group, algebra.CONSTANT)
    while True:
        before = [degrees[name] for name in group]
        for name in group:
            tree = binding.formulas[name, "formula"].tree
            degrees[name] = algebra.degree(tree, degrees.__getitem__)
        if before == [degrees[name] for name in group]:
            return


def added_by_one(binding: Binding, line: Line, assumption: str, *, gross: bool) -> Node | None:
    """What one unit of an assumption adds to a line per time, as a formula.

    For a line that is linear in it. Haircuts are in it unless it is the `gross` amount that
    counts; growth and timing are not. Of its names the assumption moves none. None where it
    cannot be written: the line rests on a circle, or on an earlier period of what moves.
    """
    moved = {name for name, degree in degrees_in(binding, assumption).items() if degree != 0}
    formulas: dict[str, Node] = {assumption: Name(assumption)}
    for name in (name for group in binding.groups for name in group if name in moved):
        written = _written(binding.formulas[name, "formula"].tree, formulas, moved)
        if written is not None:
            formulas[name] = written
    whole = _written(_weight(binding, line, gross), formulas, moved)
    return None if whole is None else algebra.coefficient(whole, assumption)


def _written(tree: Node, formulas: Mapping[str, Node], moved: Collection[str]) -> Node | None:
    if any(name in moved and name not in formulas for name in names(tree)):
        return None
    return algebra.put_in(tree, formulas)


def _weight(binding: Binding, line: Line, gross: bool) -> Node:
    """The formula of a line times its haircuts."""
    whole = binding.formulas[line.id, "formula"].tree
    for field in () if gross else (name for name in HAIRCUTS if name in line.formulas):
        share = binding.formulas[line.id, field].tree
        if field == "risk":
            share = Binary("-" if isinstance(line, Benefit) else "+", Number(1.0), share)
        whole = algebra.times(whole, share)
    return whole
