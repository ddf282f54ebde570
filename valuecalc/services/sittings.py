"""The versions of a case put together in sittings, as people remember them.

While somebody types, every pause makes a version. What they did before and after a coffee are
two things for a reader, and the versions in between are not: versions of one author that
follow each other within half an hour are one sitting. A version that somebody named, went back
to, or took over from a customer is something of its own, and so is the first one, before which
there was nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from valuecalc.schemas.changes import Change, changes_between, load_changes
from valuecalc.store.tables import Version

LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """What one author did in one go.

    `versions` are its saves, the newest first, without their documents. `changes` lead from
    the version before the first of them to the last one. `value_before` and `value` are in
    `currency_before` and `currency`; they are None where the case could not be worked out, and
    `value_before` also where nothing came before.
    """

    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    value_before: float | None
    value: float | None
    currency_before: str
    currency: str

    @property
    def newest(self) -> Version:
        """The version that the sitting ended with."""
        return self.versions[0]

    @property
    def first(self) -> int:
        """The number of its first version."""
        return self.versions[-1].number

    @property
    def last(self) -> int:
        """The number of its last version."""
        return self.newest.number

    @property
    def author(self) -> str:
        """Who saved."""
        return self.newest.author

    @property
    def begin(self) -> datetime:
        """When the first of its versions was saved."""
        return self.versions[-1].at

    @property
    def end(self) -> datetime:
        """When the last of its versions was saved."""
        return self.newest.at

    @property
    def saves(self) -> int:
        """How many versions it made."""
        return len(self.versions)

    @property
    def difference(self) -> float | None:
        """Value after less value before; None unless both exist, in one currency."""
        if self.value is None or self.value_before is None:
            return None
        return self.value - self.value_before if self.currency == self.currency_before else None


def is_one_sitting(earlier: Version, later: Version) -> bool:
    """Whether a version goes on with what the one right before it began."""
    return (
        earlier.author_id == later.author_id
        and not stands_alone(earlier)
        and not stands_alone(later)
        and later.at - earlier.at <= LONGEST_PAUSE
    )


def stands_alone(version: Version) -> bool:
    """Whether a version is something of its own."""
    is_special = version.name is not None or version.restored_from is not None
    return version.number == 1 or is_special or bool(version.on_behalf_of)


def grouped(versions: Iterable[Version]) -> Iterator[tuple[Version, ...]]:
    """Versions, from the newest on, as the runs that are one sitting each."""
    run: list[Version] = []
    for version in versions:
        if run and not is_one_sitting(version, run[-1]):
            yield tuple(run)
            run = []
        run.append(version)
    if run:
        yield tuple(run)


def sitting(
    run: Sequence[Version], before: Version | None, documents: Mapping[int, str]
) -> Sitting:
    """A run of versions with what they changed since the version before them.

    `documents` are the texts of the last of the run and of the one before it, by number.
    """
    after = _document(documents, run[0])
    earlier = _document(documents, before)
    return Sitting(
        versions=tuple(run),
        changes=_changes(run, earlier, after),
        value_before=before.value if before else None,
        value=run[0].value,
        currency_before=earlier.get("currency", ""),
        currency=after.get("currency", ""),
    )


def _document(documents: Mapping[int, str], version: Version | None) -> dict[str, Any]:
    text = documents.get(version.number) if version else None
    return json.loads(text) if text else {}


def _changes(
    run: Sequence[Version], earlier: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Change, ...]:
    if len(run) == 1:
        return load_changes(run[0].changes)
    return changes_between(earlier, after)
