"""Check a template: what its controls will be filled with, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from valuecalc.documents.embedding import apart, refill
from valuecalc.documents.embedding.catalogue import Catalogue
from valuecalc.documents.embedding.chapter_place import PREFIX
from valuecalc.documents.embedding.listing import Listed
from valuecalc.documents.embedding.report import Outcome, Report


@dataclass(frozen=True)
class Check:
    """What came of a check.

    `report` says of every control what filling it would do. `untagged` are the controls
    without a tag, `others` those whose tag is none of ours, `used` how often each tag is.
    """

    report: Report
    untagged: tuple[Listed, ...]
    others: tuple[Listed, ...]
    used: Mapping[str, int]

    @property
    def is_sound(self) -> bool:
        """Whether every control of ours can be filled."""
        return not self.report.of(Outcome.UNKNOWN, Outcome.LEFT, Outcome.CONFLICT)


def check(document: bytes, catalogue: Catalogue) -> Check:
    """Check a template against what a result has. Raises `FileRefused`."""
    described = apart.described(document)
    controls = described.controls
    report = refill.fill_described(document, described, catalogue).report
    told = {each.tag for each in report.entries}
    tagged = [each for each in controls if each.tag]
    return Check(
        report=report,
        untagged=tuple(each for each in controls if not each.tag),
        others=tuple(each for each in tagged if each.tag not in told and not _is_of_chapter(each)),
        used=Counter(each.tag for each in tagged if each.tag in told),
    )


def _is_of_chapter(control: Listed) -> bool:
    return f"{control.tag}.".startswith(PREFIX)
