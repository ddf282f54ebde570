"""Equations that Word shows and edits as such: a small tree, and its markup (OMML).

`show(row("NPV", "=", total("t=0", "n", fraction(...))))` is a paragraph of its own. Letters
stand in italics, as mathematics has them; names of more than one letter and digits upright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

from valuecalc.documents.languages import spoken, spoken_pieces
from valuecalc.documents.proposal.xml import Element, element, w
from valuecalc.phrases import Phrase

FONT = "Cambria Math"


class _Shown:
    """What can be the value of a phrase."""

    @property
    def text(self) -> str:
        """The term as it is read aloud."""
        return plain(cast("Term", self))


@dataclass(frozen=True)
class Row(_Shown):
    """Terms one after the other."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Fraction(_Shown):
    """One term above another."""

    above: Term
    below: Term


@dataclass(frozen=True)
class Index(_Shown):
    """A term with another one at its foot."""

    base: Term
    foot: Term


@dataclass(frozen=True)
class Power(_Shown):
    """A term with another one at its head."""

    base: Term
    exponent: Term


@dataclass(frozen=True)
class Brackets(_Shown):
    """A term in brackets as tall as it is."""

    inner: Term


@dataclass(frozen=True)
class Sum(_Shown):
    """The sum of a term from one bound to another."""

    low: Term
    high: Term
    of: Term


Term: TypeAlias = str | Row | Fraction | Index | Power | Brackets | Sum
"""What an equation is made of; a phrase may have terms for its values."""


def row(*terms: Term) -> Row:
    """Terms one after the other."""
    return Row(terms)


def paragraph(style: str, equation: Term, keep_next: bool = True) -> Element:
    """A paragraph that holds an equation alone, at its left."""
    position = element("m:oMathParaPr", _value("m:jc", "left"))
    whole = element("m:oMathPara", position, element("m:oMath", *_made(equation)))
    properties = w("pPr", w("pStyle", val=style), w("keepNext") if keep_next else None)
    return w("p", properties, whole)


def inline(equation: Term) -> Element:
    """An equation inside a line of text."""
    return element("m:oMath", *_made(equation))


def plain(term: Term) -> str:
    """The equation as it is read aloud, for a test or a program that knows no equations."""
    match term:
        case str():
            return term
        case Row():
            return "".join(map(plain, term.terms))
        case Fraction():
            return f"({plain(term.above)})/({plain(term.below)})"
        case Index():
            return f"{plain(term.base)}_{plain(term.foot)}"
        case Power():
            return f"{plain(term.base)}^({plain(term.exponent)})"
        case Brackets():
            return f"({plain(term.inner)})"
        case Sum():
            return f"Σ[{plain(term.low)}..{plain(term.high)}] {plain(term.of)}"


def _made(term: Term) -> list[Element]:
    match term:
        case Phrase():
            return [each for piece in spoken_pieces(term) for each in _made(piece)]
        case str():
            return [_run(spoken(term))]
        case Row():
            return [each for part in term.terms for each in _made(part)]
        case Fraction():
            return [element("m:f", _part("num", term.above), _part("den", term.below))]
        case Index():
            return [element("m:sSub", _part("e", term.base), _part("sub", term.foot))]
        case Power():
            return [element("m:sSup", _part("e", term.base), _part("sup", term.exponent))]
        case Brackets():
            return [element("m:d", _part("e", term.inner))]
        case Sum():
            return [_sum(term)]


def _sum(term: Sum) -> Element:
    properties = element("m:naryPr", _value("m:chr", "∑"), _value("m:limLoc", "undOvr"))
    bounds = (_part("sub", term.low), _part("sup", term.high))
    return element("m:nary", properties, *bounds, _part("e", term.of))


def _part(name: str, term: Term) -> Element:
    return element(f"m:{name}", *_made(term))


def _value(name: str, value: str) -> Element:
    return element(name, attributes={"m:val": value})


def _run(text: str) -> Element:
    shown = element("m:t", attributes={"xml:space": "preserve"})
    shown.text = text
    font = w("rPr", w("rFonts", ascii=FONT, hAnsi=FONT))
    return element("m:r", _upright(text.strip()), font, shown)


def _upright(text: str) -> Element | None:
    """How names and signs are kept out of italics; nothing for a single letter."""
    if len(text) == 1 and text.isalpha():
        return None
    has_words = any(len(word) > 1 and word.isalpha() for word in text.split())
    return element("m:rPr", element("m:nor") if has_words else _value("m:sty", "p"))
