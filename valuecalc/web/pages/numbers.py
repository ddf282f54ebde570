"""The numbers of a case in one form: change them, see the effect, save.

Somebody else may save while the form is open. Then the changes of both are merged; where both
changed the same field, the form comes back and asks which one is to stay.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from valuecalc.case.case import Assumption, Evidence, Grade
from valuecalc.errors import CaseError, Problem
from valuecalc.formula import quantity
from valuecalc.schemas.case import dump_case, load_sound_case
from valuecalc.schemas.keyed import patched
from valuecalc.services import comparison, merging, saved_cases
from valuecalc.services.access import Action, require
from valuecalc.services.comparison import Comparison
from valuecalc.services.saved_cases import Saved
from valuecalc.services.unproven import unproven
from valuecalc.web.identity import actor
from valuecalc.web.pages.saved_case import Bar, version_number
from valuecalc.web.storage import store

blueprint = Blueprint("numbers", __name__, url_prefix="/cases/<uid>/numbers")

NUMBERS = ("low", "value", "high")
EVIDENCE = ("grade", "source", "owner", "note")
PROBABILITY = "probability"
MINE, THEIRS = "mine", "theirs"

TYPED_DECIMALS = 4
"""Numbers with more of them were worked out, such as by travelling from a reference."""


@dataclass(frozen=True)
class Row:
    """One assumption in the form: what is in each field, and what is wrong with it."""

    assumption: Assumption
    texts: Mapping[str, str]
    mistakes: Mapping[str, Problem]

    def name(self, field: str) -> str:
        """The name of one of its fields in the form."""
        return f"{self.assumption.id}.{field}"

    @property
    def unit(self) -> str:
        """What its numbers are counted in: `EUR per hour`, `jobs per year`."""
        unit = self.assumption.unit
        head = "%" if quantity.is_percentage(unit) else quantity.currency_of(unit) or ""
        return f"{head}{quantity.unit_tail(unit)}".strip()

    @property
    def is_open(self) -> bool:
        """Whether its evidence is shown at once: something in it has to be mended."""
        return any(field in self.mistakes for field in EVIDENCE)


def texts_of(assumption: Assumption) -> dict[str, str]:
    """What the fields of an assumption hold before anybody types."""
    numbers = {field: getattr(assumption, field) for field in NUMBERS}
    texts = {field: _written(each, assumption.unit) for field, each in numbers.items()}
    evidence = assumption.evidence
    if evidence is None:
        return {**texts, **dict.fromkeys(EVIDENCE, "")}
    return {**texts, **{field: str(getattr(evidence, field)) for field in EVIDENCE}}


def _written(value: float | None, unit: str) -> str:
    """A number as one would type it; unless somebody changes it, every digit is kept."""
    if value is None:
        return ""
    if quantity.is_percentage(unit):
        return f"{_readable(value * 100):,f}%"
    number = f"{_readable(value):,f}"
    return quantity.as_price(number) if quantity.currency_of(unit) else number


def _readable(value: float) -> Decimal:
    """All digits that somebody may have typed; of a longer tail as many as one can use."""
    # Within the noise of arithmetic, 63.480000000000004 is 63.48.
    clean = float(f"{value:.12g}")
    likely = clean if math.isclose(value, clean, rel_tol=1e-14) else value
    # As a decimal, because a float in this format would show the digits of its binary form.
    exact = Decimal(quantity.show_plain(likely))
    if _decimals(exact) <= TYPED_DECIMALS:
        return exact
    return Decimal(quantity.show_plain(round(value, max(2, 5 - exact.adjusted()))))


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


@blueprint.get("")
def form(uid: str) -> str:
    """The form with the numbers of the newest version."""
    saved = saved_cases.load(store(), actor(), uid)
    require(actor(), Action.EDIT, saved.head.team_id, saved_cases.KIND)
    return _render(saved, {})


@blueprint.post("")
def save(uid: str) -> Response:
    """Save the numbers, or show their effect, or say what is wrong with them."""
    number = version_number(request.form.get("version", ""))
    base = saved_cases.load(store(), actor(), uid, number)
    require(actor(), Action.EDIT, base.head.team_id, saved_cases.KIND)
    document = patched(base.document, _patch(base))
    try:
        # As it will be kept, so that 6 % typed beside 5% is shown as 6%.
        document = dump_case(load_sound_case(document))
    except CaseError as error:
        return make_response(_render(base, _by_place(base, error)), 422)
    if "preview" in request.form:
        compared = comparison.compare_documents(base.document, document)
        return make_response(_render(base, {}, compared))
    return _saved(base, document)


def _saved(base: Saved, document: Mapping[str, Any]) -> Response:
    uid = base.head.uid
    note = request.form.get("note", "").strip()[:1000]
    chosen = {side: _places(side) for side in (MINE, THEIRS)}
    try:
        merging.save(store(), actor(), uid, base.version.number, document, note, **chosen)
    except merging.Collision as collision:
        return make_response(_render(base, {}, collision=collision), 409)
    return redirect(url_for("saved_case.show", uid=uid), code=303)


def _places(side: str) -> list[str]:
    """The places of conflicts where one side was chosen."""
    prefix = "choose:"
    return [
        name.removeprefix(prefix)
        for name, choice in request.form.items()
        if name.startswith(prefix) and choice == side
    ]


def probability_text(base: Saved) -> str:
    """What the field for the chance of winning holds before anybody types."""
    return _written(base.case.probability, "%")


def _patch(base: Saved) -> dict[str, Any]:
    """The merge patch of everything that was changed in the form."""
    patch: dict[str, Any] = {"assumptions": dict(_patches(base))}
    before = probability_text(base)
    typed = request.form.get(PROBABILITY, before).strip()
    return patch if typed == before else {**patch, PROBABILITY: typed or None}


def _patches(base: Saved) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each assumption that was changed in the form, the changed fields."""
    for assumption in base.case.assumptions:
        before = texts_of(assumption)
        typed = {field: _typed(assumption, field, before[field]) for field in before}
        patch: dict[str, Any] = {
            field: typed[field] or None for field in NUMBERS if typed[field] != before[field]
        }
        evidence = {
            field: typed[field] or None for field in EVIDENCE if typed[field] != before[field]
        }
        if evidence:
            patch["evidence"] = evidence if typed["grade"] else None
        elif "value" in patch and assumption.evidence is not None:
            patch["evidence"] = _unproven(assumption)
        if patch:
            yield assumption.id, patch


def _unproven(assumption: Assumption) -> dict[str, Any]:
    """The evidence of a number that was changed without a word on where the new one comes from."""
    found = unproven(assumption, actor().name, date.today())
    return {each.name: getattr(found, each.name) or None for each in fields(Evidence)}


def _typed(assumption: Assumption, field: str, otherwise: str) -> str:
    return request.form.get(f"{assumption.id}.{field}", otherwise).strip()


def _by_place(base: Saved, error: CaseError) -> dict[str, Problem]:
    """The mistakes by place, with ids instead of positions: `assumptions.users.low`."""
    ids = [each.id for each in base.case.assumptions]
    found: dict[str, Problem] = {}
    for problem in error.problems:
        parts = problem.place.split(".")
        if len(parts) > 1 and parts[0] == "assumptions" and parts[1].isdecimal():
            parts[1] = ids[int(parts[1])]
        found.setdefault(".".join(parts), problem)
    return found


def _render(
    base: Saved,
    mistakes: Mapping[str, Problem],
    compared: Comparison | None = None,
    collision: merging.Collision | None = None,
) -> str:
    rows = [_row(each, mistakes) for each in base.case.assumptions]
    shown = {id(problem) for row in rows for problem in row.mistakes.values()}
    shown |= {id(mistakes[PROBABILITY])} if PROBABILITY in mistakes else set()
    return render_template(
        "numbers.html",
        bar=Bar(base, "numbers"),
        saved=base,
        rows=rows,
        grades=list(Grade),
        mistakes=list(mistakes.values()),
        elsewhere=[each for each in mistakes.values() if id(each) not in shown],
        compared=compared,
        collision=collision,
        note=request.form.get("note", ""),
        probability=request.form.get(PROBABILITY, probability_text(base)),
        wrong_probability=mistakes.get(PROBABILITY),
    )


def _row(assumption: Assumption, mistakes: Mapping[str, Problem]) -> Row:
    before = texts_of(assumption)
    texts = {field: _typed(assumption, field, text) for field, text in before.items()}
    place = f"assumptions.{assumption.id}"
    own = {
        field: mistakes[at]
        for field in texts
        for at in (f"{place}.{field}", f"{place}.evidence.{field}")
        if at in mistakes
    }
    if place in mistakes:
        own.setdefault("value", mistakes[place])
    return Row(assumption, texts, own)
