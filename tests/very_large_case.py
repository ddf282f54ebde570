"""A case far larger than practice has them: 150 assumptions, 500 lines, ten years of months."""

from __future__ import annotations

from typing import Any

ASSUMPTIONS, BENEFITS, INVESTMENTS, YEARS = 150, 400, 100, 10


def very_large_document(
    *,
    assumptions: int = ASSUMPTIONS,
    benefits: int = BENEFITS,
    investments: int = INVESTMENTS,
    years: int = YEARS,
) -> dict[str, Any]:
    """The document of such a case, which has no mistakes; with less of anything if wanted.

    A third of the assumptions are numbers of users, a third hours, and a third prices.
    """
    third = assumptions // 3
    return {
        "format": "valuecalc/1",
        "title": "A programme for a whole group",
        "customer": "Company XL",
        "currency": "GBP",
        "timeline": {"start": "2027-01", "years": years, "period": "month"},
        "discounting": {"rate": 0.08},
        "assumptions": [_assumption(number, third) for number in range(3 * third)],
        "benefits": [_benefit(number, third) for number in range(benefits)],
        "investments": [_investment(number) for number in range(investments)],
        "scenarios": [{"id": "slow", "label": "Slow", "set": {"a0": 60, f"a{third}": 2}}],
    }


def _assumption(number: int, third: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"a{number}", "label": f"Assumption number {number}"}
    if number < third:
        row |= {"value": 80 + number, "low": 60 + number, "high": 95 + number, "unit": "user"}
    elif number < 2 * third:
        row |= {"value": 3, "low": 2, "high": 4, "unit": "hour/user/month"}
    else:
        price = 50 + number - 2 * third
        row |= {"value": price, "low": price - 5, "unit": "GBP/hour"}
    row["evidence"] = {"grade": "B", "source": "Head of billing", "date": "2026-11-03"}
    return row


def _benefit(number: int, third: int) -> dict[str, Any]:
    users, hours, price = (
        f"a{place * third + number * step % third}" for place, step in enumerate((1, 3, 7))
    )
    return {
        "id": f"b{number}",
        "label": f"Time saved in team {number}",
        "formula": f"{users} * {hours} * {price}",
        "category": "productivity",
        "starts": 1 + number % 6,
        "ramp": {"months": number % 9},
        "realisation": "80%",
    }


def _investment(number: int) -> dict[str, Any]:
    row = {"id": f"i{number}", "label": f"Cost of part {number}", "category": "one_off"}
    if number % 3:
        return row | {"formula": f"{100 + number}k GBP"}
    return row | {"formula": f"{10 + number}k GBP/year", "category": "running"}
