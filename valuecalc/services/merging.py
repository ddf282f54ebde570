"""Saving a change that somebody made to an older version than the newest.

The change is merged into the newest version field by field. Where both changed the same field,
nothing is saved: whoever saves has to choose, and says so by what he takes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from valuecalc.case.case import Case
from valuecalc.errors import Conflict as ConflictError
from valuecalc.schemas.case import load_case
from valuecalc.schemas.keyed import patched
from valuecalc.schemas.merging import (
    TOGETHER,
    Conflict,
    Question,
    merged,
    questions,
    reordered,
)
from valuecalc.services import saved_cases
from valuecalc.services.access import Actor
from valuecalc.services.expectations import still_expected
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database

MERGED = "Merged with the changes of version {number}, saved by {author}."


class Collision(ConflictError):
    """Places that somebody else has changed as well, and differently.

    `newest` is what is there now, `conflicts` are the questions: `ours` is what is there,
    `theirs` what was to be saved. Fields that only make sense together are one question.
    """

    def __init__(self, newest: Saved, conflicts: tuple[Question, ...]) -> None:
        self.newest = newest
        self.conflicts = conflicts
        count = "1 place was" if len(conflicts) == 1 else f"{len(conflicts)} places were"
        super().__init__(
            f"{count} changed by {newest.version.author} in the meantime.",
            "Say for each of them which one is to stay.",
        )


def save(
    store: Database,
    actor: Actor,
    uid: str,
    base: int,
    document: Mapping[str, Any],
    note: str = "",
    mine: Collection[str] = (),
    theirs: Collection[str] = (),
) -> Saved:
    """Save `document`, which was made from the version number `base`.

    `mine` are the places of conflicts where it is to win, `theirs` those where what is there
    stays. Raises `Collision` for places that are in neither.
    """
    newest = saved_cases.load(store, actor, uid)
    if newest.version.number == base:
        return saved_cases.save(store, actor, uid, _changed(newest, document), newest.tag, note)
    started_from = saved_cases.load(store, actor, uid, base)
    # Where both differ, the merge keeps what is there: its `ours` is the newest version.
    merge = merged(started_from.document, newest.document, document)
    sides = [{place for each in side for place in each.split(TOGETHER)} for side in (mine, theirs)]
    left = [
        each
        for each in questions(merge.conflicts)
        if not any({one.place for one in each.conflicts} <= side for side in sides)
    ]
    if left:
        raise Collision(newest, tuple(left))
    whole = merge.document
    for each in merge.conflicts:
        if each.place in sides[0]:
            whole = _with_theirs(whole, each)
    told = MERGED.format(number=newest.version.number, author=newest.version.author)
    if note and note[-1] not in ".!?…":
        note += "."
    note = f"{note} {told}".strip()
    return saved_cases.save(store, actor, uid, _changed(newest, whole), newest.tag, note)


def _changed(newest: Saved, document: Mapping[str, Any]) -> Case:
    return still_expected(load_case(document), newest.document)


def _with_theirs(document: Mapping[str, Any], conflict: Conflict) -> dict[str, Any]:
    if conflict.is_order:
        return reordered(document, conflict)
    return patched(document, _patch(conflict.place, conflict.theirs))


def _patch(place: str, value: Any) -> Any:
    """The merge patch that puts a value at a place; None takes away what is there."""
    for key in reversed(place.split(".")):
        value = {key: value}
    return value
