"""A sentence in a control of its own, in which each figure has one as well."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from valuecalc.documents.embedding import writing
from valuecalc.documents.embedding.contents import Content, Words
from valuecalc.documents.embedding.controls import CONTENT, SDT, Control
from valuecalc.documents.proposal.xml import Element


def saying(control: Control, contents: Mapping[str, Content]) -> str:
    """What a sentence says once the figures in it are filled."""
    filled = deepcopy(control.element)
    for each in _inside(filled):
        content = contents.get(each.tag)
        if isinstance(content, Words):
            writing.put(each, content.text)
    return Control(filled, control.number).text


def join(control: Control) -> None:
    """Let the words of a sentence stand in its own control alone."""
    for each in _inside(control.element):
        for inner in list(each.element.find(CONTENT)):
            each.element.addprevious(inner)
        each.element.getparent().remove(each.element)


def _inside(element: Element) -> list[Control]:
    return [Control(each, 0) for each in element.iter(SDT) if each is not element]
