"""The page that explains figures, evidence, formulas and keys."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for

from valuecalc.case.case import Grade
from valuecalc.engine.result import Figure
from valuecalc.formula import quantity
from valuecalc.formula.functions import FUNCTIONS, Function
from valuecalc.services import library
from valuecalc.web.pages.calculate import example_text
from valuecalc.web.pages.places import EXPECTED
from valuecalc.web.pages.worked_out import choose, scenarios_of

blueprint = Blueprint("help", __name__)

EXPLAINED_GROUPS = ("headline", "total", "evidence")
PER_KIND = ("categories.", "evidence.")
"""Figures of which there is one for each kind of benefit; they are told of in a sentence."""


@dataclass(frozen=True)
class FunctionHelp:
    """A function of the formula language with the result of its example as text."""

    function: Function

    @property
    def result_text(self) -> str:
        """What the example gives."""
        return quantity.show(self.function.result)


@blueprint.get("/help")
def show() -> str:
    """Everything that a reader of a case may ask."""
    return render_template(
        "help.html",
        figures=explained_figures(),
        grades=list(Grade),
        functions=[FunctionHelp(function) for function in FUNCTIONS.values()],
        example=example_text(library.FEATURED),
        example_slug=library.FEATURED,
        request_example=request_example(),
    )


def explained_figures() -> list[Figure]:
    """The figures that every case has, in the order in which they are shown."""
    figures = choose(scenarios_of(library.FEATURED), EXPECTED).figures.values()
    explained = [figure for figure in figures if figure.group in EXPLAINED_GROUPS]
    return [figure for figure in explained if not figure.name.startswith(PER_KIND)]


def request_example() -> str:
    """A call of the API, to be copied into a terminal."""
    address = url_for("v1.calculate", _external=True)
    return (
        f"curl {address} \\\n  --header 'Content-Type: application/json' \\\n"
        '  --data \'{"case": { … }, "scenario": "expected"}\''
    )
