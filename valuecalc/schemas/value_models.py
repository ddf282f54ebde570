"""The open value-models format of The Value Project, read and written for exchange.

A document is a `ValueModel` (what a product is worth to anybody) that may hold, as
extensions, the `CustomerVariables` of one customer and the vendor's `BenchmarkClaims`; or the
three stand side by side under these names. docs/exchange.md says what maps to what.

What we write carries our own case too, under `valuecalc`, because the format knows no costs,
dates or discounting. It is used again only when nothing else in the document was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from marshmallow import ValidationError

from valuecalc.case.case import Case
from valuecalc.engine.result import Result
from valuecalc.errors import CaseError, Problem, Severity
from valuecalc.schemas.assembly import MAX_DEPTH, MAX_NODES
from valuecalc.schemas.case import dump_case, load_sound_case
from valuecalc.schemas.problems import problems_of
from valuecalc.schemas.shape import Shape
from valuecalc.schemas.value_model_notes import Documents
from valuecalc.schemas.value_model_parts import BenchmarkClaims, CustomerVariables, ValueModel
from valuecalc.schemas.value_model_reading import CaseMaker
from valuecalc.schemas.value_model_shape import (
    BenchmarkClaimsShape,
    CustomerVariablesShape,
    ValueModelShape,
)
from valuecalc.schemas.value_model_writing import DocumentMaker

MODEL, CUSTOMER, CLAIMS, OWN = "value_model", "customer_variables", "benchmark_claims", "valuecalc"
MAX_BITS = 1_000  # more than any number of JSON that a float could hold


@dataclass(frozen=True)
class Imported:
    """A case made from a document, and what the case does not say as the document did.

    A note that is an error names something that could not be read and was left out; the case
    can be calculated without it.
    """

    case: Case
    notes: tuple[Problem, ...]


def read_value_model(data: object) -> Imported:
    """The case that a value-models document describes.

    Raises `CaseError` with every mistake of shape, and with those of the case that comes out,
    such as variables that need each other in a circle.
    """
    content = _mapping(data)
    _refuse_size(content)
    own = _own_case(content)
    if own is not None:
        return Imported(own, ())
    documents = _documents(content)
    maker = CaseMaker(documents)
    case = load_sound_case(dump_case(maker.make()))
    changed = (_changed(),) if OWN in content else ()
    return Imported(case, (*changed, *maker.notes.made))


def write_value_model(case: Case, result: Result, *, standard_only: bool = False) -> dict[str, Any]:
    """The document of a case that has been calculated: a `ValueModel` with its extensions.

    `standard_only` leaves out our own case, and with it whatever the format cannot hold;
    `not_carried` tells what that is. The chance of winning is never in it: the file goes to
    customers.
    """
    maker = DocumentMaker(case, result)
    document = maker.value_model()
    # The schema asks for a number and a driver at least.
    if case.assumptions and result.benefits:
        document[CUSTOMER] = maker.customer_variables()
    if standard_only:
        return document
    own = {"case": dump_case(replace(case, probability=None))}
    return {**document, OWN: {**own, "seal": _seal({**document, OWN: own})}}


def not_carried(case: Case, result: Result) -> tuple[Problem, ...]:
    """What a reader other than valuecalc does not see of a case, part by part."""
    maker = DocumentMaker(case, result)
    maker.value_model()
    return tuple(maker.losses)


def _mapping(data: object) -> Mapping[str, Any]:
    if isinstance(data, Mapping) and all(isinstance(key, str) for key in data):
        return data
    raise CaseError([_problem("shape", "document", "It is no mapping of names and values.", _FORM)])


_FORM = 'Begin it with {"schema_version": "1.0.0", "variables": […], "value_drivers": […]}.'


def _problem(code: str, place: str, cause: str, remedy: str) -> Problem:
    return Problem(code=code, place=place, cause=cause, remedy=remedy)


def _refuse_size(content: object) -> None:
    """Refuse what is too large or too deep, or holds itself; it goes level by level."""
    level, count = [content], 0
    for _ in range(MAX_DEPTH):
        inner = [each for each in level if isinstance(each, Mapping | list | tuple)]
        if any(isinstance(each, int) and each.bit_length() > MAX_BITS for each in level):
            break
        if not inner:
            return
        count += sum(map(len, inner))
        if count > MAX_NODES:
            break
        level = [
            value
            for each in inner
            for value in (each.values() if isinstance(each, Mapping) else each)
        ]
    cause = (
        f"It has more than {MAX_NODES:,} values, is nested more than {MAX_DEPTH} deep, or holds "
        "a number of hundreds of digits."
    )
    remedy = "Leave out what does not belong to the model."
    raise CaseError([_problem("too_large", "document", cause, remedy)])


def _documents(content: Mapping[str, Any]) -> Documents:
    """The three parts of a document. Raises `CaseError` with the mistakes of all of them."""
    side_by_side = MODEL in content
    place = MODEL if side_by_side else ""
    extensions = {MODEL, CUSTOMER, CLAIMS, OWN}
    top = {key: value for key, value in content.items() if key not in extensions}
    problems: list[Problem] = []
    model = _load(ValueModelShape(), content[MODEL] if side_by_side else top, place, problems)
    customer = _load(CustomerVariablesShape(), content.get(CUSTOMER), CUSTOMER, problems)
    claims = _load(BenchmarkClaimsShape(), content.get(CLAIMS), CLAIMS, problems)
    if problems or model is None:
        missing = _problem("missing", place or "document", "There is no value model.", _FORM)
        raise CaseError(problems or [missing])
    return Documents(
        cast(ValueModel, model),
        cast(CustomerVariables, customer or CustomerVariables()),
        cast(BenchmarkClaims, claims or BenchmarkClaims()),
        place,
    )


def _load(shape: Shape, data: object, place: str, problems: list[Problem]) -> object:
    if data is None:
        return None
    try:
        return shape.load(cast(Any, data))
    except ValidationError as error:
        messages = {place: error.messages} if place else error.messages
        around = {place: data} if place else data
        problems += problems_of(messages, around, whole="document")
        return None


def _own_case(content: Mapping[str, Any]) -> Case | None:
    """Our own case inside a document that nobody has changed since we wrote it."""
    own = content.get(OWN)
    if not isinstance(own, Mapping) or own.get("seal") != _seal(content):
        return None
    return load_sound_case(own["case"])


def _seal(content: Mapping[str, Any]) -> str:
    """A checksum of a document without its seal; how numbers are spelled makes no difference."""
    own = content[OWN]
    unsealed = {**content, OWN: {"case": own.get("case")}}
    text = json.dumps(_plain(unsealed), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


def _changed() -> Problem:
    return Problem(
        code="changed",
        place=OWN,
        cause="The document was changed after it was written, and so its own case is not used.",
        remedy="Only what the format itself holds is read; the other notes say what is missing.",
        severity=Severity.WARNING,
    )
