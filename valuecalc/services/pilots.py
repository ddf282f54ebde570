"""What a pilot has found, from text into a case, and into the file that the case came from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from valuecalc.case.case import Assumption, Case
from valuecalc.engine.uncertainty.pilots import PilotResult, with_pilot
from valuecalc.errors import (
    CaseError,
    InputError,
    Problem,
    QuantityError,
    UnitError,
    UnknownName,
)
from valuecalc.formula import quantity, units
from valuecalc.schemas.case import dump_case
from valuecalc.services import cases, yaml_editing
from valuecalc.services.yaml_editing import CannotEdit


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a pilot has found of an assumption, the numbers as people write them."""

    assumption: str
    value: str
    low: str | None = None
    high: str | None = None
    source: str
    date: date | None
    owner: str = ""
    note: str = ""


def with_measured(case: Case, measured: Measured) -> Case:
    """The case with what was measured in place of what was assumed.

    Raises `UnknownName` for the assumption, and `CaseError` with every number that cannot be
    read or used.
    """
    cases.refuse_mistakes(case)
    after = with_pilot(case, result_of(case, measured))
    cases.refuse_mistakes(after)
    return after


def result_of(case: Case, measured: Measured) -> PilotResult:
    """What was measured, in the unit of its assumption.

    Raises `UnknownName` for the assumption, and `CaseError` with every number that cannot be
    read.
    """
    tested = case.assumption(measured.assumption)
    if tested is None:
        raise UnknownName("assumption", measured.assumption, [each.id for each in case.assumptions])
    numbers = _numbers(tested, measured)
    return PilotResult(
        assumption=tested.id,
        value=numbers["value"],
        low=numbers.get("low"),
        high=numbers.get("high"),
        source=measured.source,
        date=measured.date,
        owner=measured.owner,
        note=measured.note,
    )


def _numbers(tested: Assumption, measured: Measured) -> dict[str, float]:
    texts = {"value": measured.value, "low": measured.low, "high": measured.high}
    found: dict[str, float] = {}
    problems: list[Problem] = []
    for name, text in texts.items():
        if text is None:
            continue
        try:
            found[name] = in_unit(text, tested.unit)
        except (QuantityError, UnitError) as error:
            problems.append(error.problem(f"pilot.{name}"))
    if problems:
        raise CaseError(problems)
    return found


def in_unit(text: str, unit: str) -> float:
    """A number as people write it, in the unit of its assumption: `£22`, `12%`, `90 minutes`.

    One in another unit of its kind is converted; a currency sign alone is enough for an amount
    per something. Raises `QuantityError`, and `UnitError` for another kind of unit.
    """
    read = quantity.read(text, unit)
    if read.unit == "%" and not (quantity.is_percentage(unit) or unit in ("", "1")):
        raise UnitError(f"“{text}” is a percentage, not {unit}.", f"Write it in {unit}.")
    if read.unit in (None, "%", unit, quantity.currency_of(unit)):
        return read.value
    written, wanted = units.read(str(read.unit)), units.read(unit)
    if not written.fits(wanted):
        raise UnitError(f"“{text}” is in {written}, not in {unit}.", f"Write it in {unit}.")
    return read.value * written.factor_to(wanted)


def change_of_npv(before: Case, after: Case) -> str:
    """What a pilot has done to the NPV, in a sentence."""
    old, new = (cases.calculate(each).figure("npv") for each in (before, after))
    return f"{new.label} was {old.text} and is {new.text}."


def as_json(case: Case) -> bytes:
    """A case as a JSON text, which reads back as the same case."""
    return (json.dumps(dump_case(case), indent=2, ensure_ascii=False) + "\n").encode()


def as_yaml(text: bytes, after: Case, assumption: str) -> bytes:
    """The YAML that a case came from with one assumption as it is `after`.

    Everything else stays as it was written, comments included. Where that would not read back
    as the same case, and for a case that came as JSON, it is JSON, which is YAML as well.
    """
    tested = after.assumption(assumption)
    assert tested is not None
    return _edited(text, [tested], after)


def as_yaml_of(text: bytes, before: Case, after: Case) -> bytes:
    """The same for a case of which several assumptions are other ones than they were `before`."""
    changed = [each for each in after.assumptions if each not in before.assumptions]
    return _edited(text, changed, after)


def _edited(text: bytes, changed: Iterable[Assumption], after: Case) -> bytes:
    try:
        edited = text.decode()
        for each in changed:
            edited = yaml_editing.with_assumption(edited, each)
        if cases.read(edited.encode()) == after:
            return edited.encode()
    except (CannotEdit, InputError, UnicodeDecodeError):
        pass
    return as_json(after)
