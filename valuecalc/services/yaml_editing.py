"""One assumption of a YAML text is written anew, and everything else is left as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from valuecalc.case.case import Assumption, Evidence
from valuecalc.formula import quantity

MEASURED = frozenset("value low high values distribution range outcomes pilot evidence".split())
"""What is written anew; the rest of an assumption stays."""

Pair = tuple[yaml.Node, yaml.Node]


class CannotEdit(Exception):
    """The text is laid out in a way that cannot be edited in place."""


def with_assumption(text: str, assumption: Assumption) -> str:
    """The text with the number, the range and the evidence of an assumption as given.

    Raises `CannotEdit` for a text that is no YAML with such an assumption.
    """
    node = _node_of(text, assumption.id)
    kept = [pair for pair in node.value if pair[0].value not in MEASURED]
    if node.flow_style:
        return _flow(text, node, kept, assumption)
    return _block(text, node, assumption)


def _node_of(text: str, id: str) -> yaml.MappingNode:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise CannotEdit(str(error)) from None
    for node in _assumptions(root):
        if any(key.value == "id" and value.value == id for key, value in node.value):
            return node
    raise CannotEdit(id)


def _assumptions(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    pairs = root.value if isinstance(root, yaml.MappingNode) and not root.flow_style else ()
    for key, value in pairs:
        if key.value == "assumptions" and isinstance(value, yaml.SequenceNode):
            yield from (each for each in value.value if isinstance(each, yaml.MappingNode))


def _flow(text: str, node: yaml.MappingNode, kept: list[Pair], assumption: Assumption) -> str:
    """`{id: …, value: …}`: what is kept, as it was written, and what is new."""
    old = [text[key.start_mark.index : value.end_mark.index] for key, value in kept]
    inside = ", ".join([*old, *_lines(assumption)])
    return f"{text[: node.start_mark.index]}{{{inside}}}{text[node.end_mark.index :]}"


def _block(text: str, node: yaml.MappingNode, assumption: Assumption) -> str:
    """Lines of their own: those of what is written anew go, and the new ones follow the first."""
    lines = text.splitlines(keepends=True)
    starts = [key.start_mark.line for key, _ in node.value]
    ends = [*starts[1:], _last_line(lines, node)]
    if node.value[0][0].value in MEASURED:
        raise CannotEdit("the first line would go")
    margin = " " * node.value[0][0].start_mark.column
    written: list[str] = []
    for number, (key, _) in enumerate(node.value):
        if key.value not in MEASURED:
            written += lines[starts[number] : ends[number]]
    new = [f"{margin}{line}\n" for line in _lines(assumption)]
    if not written[-1].endswith("\n"):
        written[-1] += "\n"
    return "".join([*lines[: starts[0]], *written, *new, *lines[ends[-1] :]])


def _last_line(lines: list[str], node: yaml.MappingNode) -> int:
    """The line behind the mapping, without the blank lines and comments that follow it."""
    end = node.end_mark.line if node.end_mark.column == 0 else node.end_mark.line + 1
    end = min(end, len(lines))
    if node.end_mark.column and lines[node.end_mark.line : end]:
        before = lines[node.end_mark.line][: node.end_mark.column]
        end -= 0 if before.strip() else 1
    while lines[end - 1].strip() == "" or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def _lines(assumption: Assumption) -> Iterator[str]:
    """What is written anew, as it stands in a mapping."""
    for name in ("value", "low", "high"):
        number = getattr(assumption, name)
        if number is not None:
            yield f"{name}: {_number(number, assumption.unit)}"
    if assumption.values:
        yield f"values: [{', '.join(_number(each, assumption.unit) for each in assumption.values)}]"
    if assumption.evidence is not None:
        yield f"evidence: {{{', '.join(_evidence(assumption.evidence))}}}"


def _number(number: float, unit: str) -> str:
    """A number that reads back as the same: `25.5`, or `12%`."""
    if not quantity.is_percentage(unit):
        return repr(number).removesuffix(".0")
    texts = [f"{number * 100:.{digits}g}%" for digits in (15, 16, 17)]
    same = (each for each in texts if quantity.read(each, unit).value == number)
    return next(same, texts[-1])


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield f"grade: {evidence.grade}"
    yield f"source: {_text(evidence.source)}"
    if evidence.date is not None:
        yield f"date: {evidence.date.isoformat()}"
    for name in ("owner", "note", "tested"):
        text = getattr(evidence, name)
        if text:
            yield f"{name}: {_text(text)}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
