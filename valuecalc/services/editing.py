"""The editor's verbs: work out what is typed, keep what can be kept, look for what others did."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from valuecalc.case.case import Case
from valuecalc.engine.calculate import calculate
from valuecalc.engine.result import Result
from valuecalc.engine.scenarios import EXPECTED
from valuecalc.errors import CaseError, PreconditionFailed, Problem
from valuecalc.schemas.case import dump_case, load_case, load_sound_case
from valuecalc.schemas.changed_units import in_new_units
from valuecalc.schemas.keeping import kept
from valuecalc.schemas.typed import typed
from valuecalc.schemas.written import written
from valuecalc.services import cases, merging, saved_cases
from valuecalc.services.access import Action, Actor, require
from valuecalc.services.expectations import still_expected
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

TRIES = 3
"""So often a change is merged anew, when others save at the same moment."""


ROWS = (
    *("assumptions", "calculations", "benefits", "investments"),
    *("scenarios", "alternatives", "goals", "people"),
)
"""The lists of a case in which most of its document stands."""
_NOWHERE = object()


class WithId(Protocol):
    """An item of a list of a case."""

    @property
    def id(self) -> str:
        """What it goes by."""


Row = TypeVar("Row", bound=WithId)


@dataclass(frozen=True)
class WorkedOut:
    """What came of a document as it is typed.

    `case` is None where its shape is wrong, `result` where it cannot be worked out; `problems`
    say why, or what is odd. `sound` is the case without what cannot be read.
    """

    case: Case | None
    result: Result | None
    problems: tuple[Problem, ...]
    sound: Case

    def tidy(self, document: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
        """What can be read, as a written document without the rows that are as `before`.

        Somebody who types changes one row, and writing the others would take as long as
        working the case out.
        """
        units = {each.id: each.unit for each in self.sound.assumptions}
        rows: dict[str, Any] = {
            name: _changed(getattr(self.sound, name), document.get(name), before.get(name))
            for name in ROWS
        }
        return written(dump_case(replace(self.sound, **rows)), units)


def _changed(rows: Sequence[Row], now: object, before: object) -> tuple[Row, ...]:
    known, found = _by_id(before), _by_id(now)
    return tuple(each for each in rows if found.get(each.id) != known.get(each.id, _NOWHERE))


def _by_id(items: object) -> dict[Any, Any]:
    rows = items if isinstance(items, list) else []
    return {str(each.get("id")): each for each in rows if isinstance(each, Mapping)}


@lru_cache(maxsize=64)
def _written(document: str) -> dict[str, Any]:
    return written(json.loads(document))


def written_document(saved: Saved) -> Mapping[str, Any]:
    """The written document of a version; it is shared, and not to be changed."""
    return _written(saved.version.document)


def worked_out(
    document: Mapping[str, Any], base: Mapping[str, Any], scenario: str = EXPECTED
) -> WorkedOut:
    """Work out a document as it is typed; nothing is kept. Raises `UnknownName`.

    `base` is the document that it was made from. A scenario that has been taken away is no
    mistake of the document, and so the expected one stands in.
    """
    tidy = in_new_units(typed(document), base)
    try:
        case = still_expected(load_case(tidy), base)
    except CaseError:
        return WorkedOut(None, None, _mistakes(tidy), kept(tidy, base)[0])
    try:
        cases.refuse_mistakes(case)
    except CaseError:
        return WorkedOut(case, None, cases.check(case), case)
    known = {*("conservative", "expected", "stretch"), *(each.id for each in case.scenarios)}
    result = calculate(case, scenario if scenario in known else EXPECTED)
    return WorkedOut(case, result, result.warnings, case)


def _mistakes(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    try:
        load_sound_case(document)
    except CaseError as error:
        return error.problems
    return ()


@dataclass(frozen=True)
class Kept:
    """What was saved: the newest version, what could not be kept yet, and whose changes are in."""

    saved: Saved
    left: tuple[Problem, ...] = ()
    merged_with: str = ""


def save(
    store: Database,
    actor: Actor,
    uid: str,
    base: int,
    document: Mapping[str, Any],
    note: str = "",
    mine: Collection[str] = (),
    theirs: Collection[str] = (),
) -> Kept:
    """Save a document as it was typed, which was made from the version number `base`.

    What cannot be read is left out, and said. `mine` and `theirs` are the places of conflicts
    where the one or the other is to stay. Raises `Collision` for places that are in neither.
    """
    started_from = saved_cases.load(store, actor, uid, base)
    require(actor, Action.EDIT, started_from.head.team_id, saved_cases.KIND)
    tidy = in_new_units(typed(document), started_from.document)
    case, left = kept(tidy, started_from.document)
    before = saved_cases.load(store, actor, uid)
    saved = _merged(store, actor, uid, base, dump_case(case), note, mine, theirs)
    other = "" if before.version.number == base else before.version.author
    return Kept(saved, left, other)


def _merged(store: Database, *arguments: Any) -> Saved:
    for _ in range(TRIES - 1):
        try:
            return merging.save(store, *arguments)
        except PreconditionFailed:
            continue  # somebody saved between the reading and the writing
    return merging.save(store, *arguments)


def newest(store: Database, actor: Actor, uid: str, since: int) -> Saved | None:
    """The newest version, if somebody has saved since the version of that number."""
    found = saved_cases.load(store, actor, uid)
    require(actor, Action.EDIT, found.head.team_id, saved_cases.KIND)
    return found if found.version.number > since else None
