"""What is said of one control while it is filled, and what a person allowed to be overwritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from valuecalc.documents.embedding.report import Entry, Outcome, shortened

EVERYTHING = "*"
"""Names all spots that a person has written over."""

TYPED_OVER = "Somebody has written something else here."
_OVERWRITE = "Keep it, or allow “{spot}” to be overwritten."


@dataclass
class Telling:
    """Collects the entries of one control.

    `overwrite` holds the tags and spots that may be overwritten although a person changed them.
    """

    tag: str
    place: str
    overwrite: Collection[str] = ()
    entries: list[Entry] = field(default_factory=list)

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
