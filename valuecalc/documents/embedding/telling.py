"""What is said of one control while it is filled, and what a person allowed to be overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from valuecalc.documents.embedding.report import Entry, Outcome, shortened

EVERYTHING = "*"
"""Names all spots that a person has written over."""

TYPED_OVER = "Somebody has written something else here."
_FIRST = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_OVERWRITE = "Keep it, or allow “{spot}” to be overwritten."


@dataclass
class Telling:
    """Collects the entries of one control.

    `overwrite` holds the tags and spots that may be overwritten although a person changed them.
    `is_copy` says that readers do not see the control: it repeats one for older programs.
    """

    tag: str
    place: str
    overwrite: Collection[str] = ()
    entries: list[Entry] = field(default_factory=list)
    is_copy: bool = False

    def may_overwrite(self, spot: str = "") -> bool:
        """Whether what a person wrote may go."""
        return not {EVERYTHING, self.tag, self.spot(spot)}.isdisjoint(self.overwrite)

    def spot(self, within: str = "") -> str:
        """The name of the control, or of a place in it: `table.benefits[Training][Total]`."""
        return f"{self.tag}{within}"

    def add(
        self,
        outcome: Outcome,
        within: str = "",
        *,
        theirs: str = "",
        ours: str = "",
        cause: str = "",
        remedy: str = "",
    ) -> None:
        """Say what was done with the control, or with a place in it."""
        self.entries.append(
            Entry(
                outcome=outcome,
                tag=self.tag,
                spot=self.spot(within),
                place=self.place,
                theirs=shortened(theirs),
                ours=shortened(ours),
                cause=cause,
                remedy=remedy,
            )
        )

    def conflict(self, within: str, theirs: str, ours: str, cause: str = TYPED_OVER) -> None:
        """Say that a person's words stand where ours would, and were kept."""
        remedy = _OVERWRITE.format(spot=self.spot(within))
        self.add(Outcome.CONFLICT, within, theirs=theirs, ours=ours, cause=cause, remedy=remedy)


def told_apart(tellings: Iterable[Telling]) -> tuple[Entry, ...]:
    """All entries; of controls with the same tag at the same place each says which one it is."""
    told = [each for each in tellings if each.entries]
    counts = Counter((each.tag, each.place) for each in told if not each.is_copy)
    return tuple(_numbered(told, counts))


def _numbered(tellings: Iterable[Telling], counts: Counter[tuple[str, str]]) -> Iterator[Entry]:
    seen: Counter[tuple[str, str]] = Counter()
    for each in tellings:
        name = each.tag, each.place
        seen[name] += not each.is_copy
        which = "" if counts[name] < 2 else f", {ordinal(seen[name])} of {counts[name]}"
        for entry in each.entries:
            yield replace(entry, place=f"{entry.place}{which}")


def ordinal(number: int) -> str:
    """Which one of several: `the first`, `the 12th`."""
    if number <= len(_FIRST):
        return f"the {_FIRST[number - 1]}"
    is_teen = number % 100 in (11, 12, 13)
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{ending}"
