"""A case as large as they come in practice: sixty assumptions, forty lines."""

from __future__ import annotations

from typing import Any

ASSUMPTIONS, BENEFITS, INVESTMENTS, CALCULATIONS = 60, 24, 16, 8
GRADES = ("A", "B", "C", "D", "E")
TEAMS, HOURS, RATES = range(0, 24), range(24, 48), range(48, 60)


def large_document() -> dict[str, Any]:
    """The document of the case, which has no mistakes."""
    return {
        "format": "valuecalc/1",
        "title": "A programme for a whole company",
        "customer": "Company L",
        "currency": "GBP",
        "timeline": {"start": "2027-01", "years": 5, "period": "month"},
        "discounting": {"rate": 0.08},
        "assumptions": [_assumption(number) for number in range(ASSUMPTIONS)],
        "calculations": [_calculation(number) for number in range(CALCULATIONS)],
        "benefits": [_benefit(number) for number in range(BENEFITS)],
        "investments": [_investment(number) for number in range(INVESTMENTS)],
        "scenarios": [{"id": "slow", "label": "Slow", "set": {"a0": 60, "a24": 2}}],
    }


def _assumption(number: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": f"a{number}", "label": f"Assumption number {number}"}
    if number in TEAMS:
        row |= {"value": 80 + number, "low": 60 + number, "high": 95 + number, "unit": "user"}
    elif number in HOURS:
        row |= {"value": 3, "low": 2, "high": 4, "unit": "hour/user/month"}
    else:
        row |= {"value": 40 + number, "unit": "GBP/hour"}
    if number % 6:
        grade = GRADES[number % 5]
        row["evidence"] = {"grade": grade, "source": "Head of billing", "date": "2026-11-03"}
    return row


def _calculation(number: int) -> dict[str, Any]:
    formula = f"a{number} * a{number + 24}"
    return {"id": f"c{number}", "label": f"Hours of team {number}", "formula": formula}


def _benefit(number: int) -> dict[str, Any]:
    hours = f"c{number}" if number < CALCULATIONS else f"a{number} * a{number + 24}"
    return {
        "id": f"b{number}",
        "label": f"Time saved in team {number}",
        "formula": f"{hours} * a{48 + number % 12}",
        "category": "productivity",
        "starts": 1 + number % 6,
        "ramp": {"months": number % 9},
        "realisation": "80%",
    }


def _investment(number: int) -> dict[str, Any]:
    row = {"id": f"i{number}", "label": f"Cost of part {number}", "category": "one_off"}
    if number % 3:
        return row | {"formula": f"{10 + number}k GBP"}
    return row | {"formula": f"{1 + number}k GBP/year", "category": "running"}
