"""Evidence after the number that it stood behind was changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from valuecalc.services.unproven import evidence_of_row

DAY = date(2026, 11, 3)
MEASURED = {"grade": "A", "source": "Annual report", "owner": "Ms Fox", "tested": "pilot"}


def row(value: str, **changes: Any) -> dict[str, Any]:
    found = {"id": "arpu", "label": "Revenue per user", "unit": "GBP/user/month", "value": value}
    return {**found, "evidence": MEASURED, **changes}


def evidence(changed: dict[str, Any], before: str = "£22") -> dict[str, str] | None:
    return evidence_of_row(changed, before, "GBP", "Ann Lee", DAY)


def test_another_number_counts_as_our_own_assumption() -> None:
    assert evidence(row("£26")) == {
        "grade": "E",
        "source": "Changed by Ann Lee",
        "date": "2026-11-03",
        "note": "Was £22 per user per month (A, Annual report). "
        "Say where the new number comes from.",
    }


def test_evidence_without_a_source_is_named_by_its_grade() -> None:
    found = evidence(row("£26", evidence={"grade": "C"}))
    assert found is not None
    assert "(C)" in found["note"]


@pytest.mark.parametrize("same", ["22", "£22", "GBP 22", "22.00", " £ 22 "])
def test_the_same_number_written_otherwise_keeps_its_evidence(same: str) -> None:
    assert evidence(row(same)) is None


@pytest.mark.parametrize(
    "changed",
    [
        row("lots"),
        row(""),
        row("£26", evidence=None),
        row("£26", evidence={"grade": "E", "source": "Ours"}),
        row("£26", id="not a name"),
        {"id": "arpu"},
        {},
    ],
    ids=["unreadable", "empty", "no evidence", "our own word", "no id", "no row", "nothing"],
)
def test_what_cannot_be_told_or_has_nothing_to_lose_stays(changed: dict[str, Any]) -> None:
    assert evidence(changed) is None


def test_a_share_is_compared_as_what_it_is() -> None:
    assert evidence(row("60", unit="%"), "60%") is None
    assert evidence(row("0.6", unit="%"), "60%") is not None
