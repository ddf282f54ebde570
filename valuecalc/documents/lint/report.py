"""What the lint has found, as it is handed on: findings by rule, and what it could not judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from valuecalc.errors import Severity


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks a rule, wherever on a sheet it stands.

    `places` are cells and ranges, the first ones if there are very many; `cells` counts all of
    them, and is 0 for what concerns a whole sheet or the workbook. `example` is the formula of
    the first cell, if there is one.
    """

    rule: int
    sheet: str
    places: tuple[str, ...]
    cells: int
    found: str
    remedy: str
    severity: Severity
    example: str = ""


@dataclass(frozen=True)
class NotJudged:
    """A rule, or a part of it, that this file gives no means to judge."""

    rule: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All findings, ordered by rule and place. `left_out` are those beyond what is kept."""

    formulas: int
    sheets: int
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]
    left_out: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing breaks a rule."""
        return not self.findings

    @property
    def rules_broken(self) -> tuple[int, ...]:
        """The numbers of the rules with findings."""
        return tuple(sorted({each.rule for each in self.findings}))

    def of_rule(self, number: int) -> Report:
        """The same, of one rule alone."""
        return Report(
            formulas=self.formulas,
            sheets=self.sheets,
            findings=tuple(each for each in self.findings if each.rule == number),
            not_judged=tuple(each for each in self.not_judged if each.rule == number),
        )

    def by_rule(self) -> Iterator[tuple[int, tuple[Finding, ...]]]:
        """Each broken rule with its findings."""
        for number in self.rules_broken:
            yield number, tuple(each for each in self.findings if each.rule == number)

    def document(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return asdict(self)


def from_document(document: dict[str, Any]) -> Report:
    """The report that `Report.document` was made of."""
    findings = (
        Finding(**each | {"places": tuple(each["places"]), "severity": Severity(each["severity"])})
        for each in document["findings"]
    )
    return Report(
        formulas=document["formulas"],
        sheets=document["sheets"],
        findings=tuple(findings),
        not_judged=tuple(NotJudged(**each) for each in document["not_judged"]),
        left_out=document["left_out"],
    )
