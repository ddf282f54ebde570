"""What kind of sheet each sheet is: about, inputs, calculations, outputs or checks.

The name says it where it can; otherwise what the sheet holds does.
"""

from __future__ import annotations

import re
from enum import StrEnum

from valuecalc.documents.lint.book import Sheet


class Kind(StrEnum):
    """The kind of a sheet."""

    ABOUT = "about"
    INPUTS = "inputs"
    CALCULATIONS = "calculations"
    OUTPUTS = "outputs"
    CHECKS = "checks"


_WORDS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.ABOUT,
        r"about|cover|read ?me|contents?|introduction|intro|info(?:rmation)?|documentation"
        r"|version(?:s| history)?|change ?log|guide|instructions|legend|front",
    ),
    (Kind.CHECKS, r"checks?|audit|controls?|integrity|tests?"),
    (
        Kind.OUTPUTS,
        r"summary|outputs?|dashboard|reports?|charts?|results?|benefits|scenarios?"
        r"|sensitivit(?:y|ies)|tornado|reconciliation|plan|gantt|presentation|kpis?",
    ),
    (Kind.INPUTS, r"inputs?|assumptions?|drivers?|parameters?|rates?|prices?|data|settings"),
    (
        Kind.CALCULATIONS,
        r"calc(?:s|ulations?)?|workings?|cash ?flows?|years?|months?|annual|monthly|quarterly"
        r"|timing|model|p&l|depreciation|debt|tax|revenues?|costs?",
    ),
)


def kind_by_name(name: str) -> Kind | None:
    """What the name of a sheet says it is; None if it says nothing."""
    words = re.sub(r"[_\-.]+", " ", name).lower()
    for kind, pattern in _WORDS:
        if re.search(rf"(?:^|\W)(?:{pattern})(?:$|\W|\d)", words):
            return kind
    return None


def kind_by_content(sheet: Sheet, inputs: int) -> Kind:
    """What most of a sheet is; `inputs` is how many inputs were seen on it."""
    formulas = sum(cell.shape is not None for cell in sheet.cells.values())
    if inputs > formulas:
        return Kind.INPUTS
    return Kind.CALCULATIONS if formulas else Kind.ABOUT
