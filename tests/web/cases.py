"""Cases that are hard to show: hostile texts, very many lines, a loss, nothing at all."""

from __future__ import annotations

import json
from typing import Any

MARKUP = "<script>alert('x')</script> & <i>\"Q\"</i>"
LONG = "A label that somebody wrote in full sentences because the field let them do so, " * 3
ARABIC = "زيادة الإيرادات لكل مشترك في خدمات البيانات الجديدة"

Document = dict[str, Any]


def as_text(document: Document) -> str:
    """The document as somebody would paste it."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def minimal() -> Document:
    """One number, one benefit, one investment."""
    return {
        "format": "valuecalc/1",
        "title": "Small case",
        "customer": "Company M",
        "currency": "GBP",
        "timeline": {"start": "2027-01", "years": 3, "period": "year"},
        "assumptions": [{"id": "users", "label": "Users", "value": 100, "unit": "user"}],
        "benefits": [
            {
                "id": "time",
                "label": "Less time",
                "formula": "users * 50 GBP/user/year",
                "category": "cost_reduction",
            }
        ],
        "investments": [{"id": "licence", "label": "Licence", "formula": "9000 GBP"}],
    }


def empty() -> Document:
    """A case in which nothing has been entered yet."""
    return {"format": "valuecalc/1", "title": "Nothing yet"}


def loss() -> Document:
    """A case that never pays back and has no internal rate of return."""
    return minimal() | {"investments": [{"id": "a", "label": "Dear", "formula": "900000 GBP"}]}


def undefined() -> Document:
    """A case in which a benefit divides by zero."""
    document = minimal()
    zero = {"id": "zero", "label": "Zero", "value": 0}
    broken = {"id": "broken", "label": "Broken", "formula": "users * 50 GBP/user/year / zero"}
    return document | {
        "assumptions": [*document["assumptions"], zero],
        "benefits": [*document["benefits"], broken],
    }


def hostile(text: str = MARKUP) -> Document:
    """The same text in every field that takes one."""
    evidence = {"grade": "B", "source": text, "owner": text, "note": text, "tested": text}
    document = minimal()
    return document | {
        "title": text,
        "customer": text,
        "summary": text,
        "proposition": {
            "change": text,
            "result": text,
            "by": text,
            "capability": text,
            "delivery": text,
        },
        "assumptions": [
            {
                "id": "users",
                "label": text,
                "value": 100,
                "low": 80,
                "high": 130,
                "unit": "user",
                "note": text,
                "evidence": {**evidence, "date": "2026-11-03", "url": "https://example.org/?a&b"},
            }
        ],
        "calculations": [
            {"id": "twice", "label": text, "formula": "2 * users", "note": text},
        ],
        "benefits": [
            {
                "id": "time",
                "label": text,
                "formula": "twice * 50 GBP/user/year",
                "category": "cost_reduction",
                "realisation": "80%",
                "goal": "aim",
                "note": text,
            },
            {
                "id": "smiles",
                "label": text,
                "formula": "users * 3 smile/user/year",
                "non_monetary": True,
            },
        ],
        "investments": [
            {
                "id": "licence",
                "label": text,
                "formula": "9000 GBP",
                "starts": "live",
                "note": text,
            }
        ],
        "scenarios": [{"id": "late", "label": text, "set": {"users": 90}, "note": text}],
        "goals": [{"id": "aim", "label": text, "owner": "boss"}],
        "people": [{"id": "boss", "name": text, "role": text}],
        "plan": {"milestones": [{"id": "live", "label": text, "date": "2027-01-01"}]},
        "reference": {"sector": text, "region": text, "customer": text, "note": text},
        "sources": [{"title": text, "publisher": text, "date": text, "note": text}],
    }


def large(assumptions: int = 60, benefits: int = 24, investments: int = 9) -> Document:
    """A case as big as they come, over ten years of months."""
    return minimal() | {
        "title": "Large case",
        "timeline": {"start": "2027-01", "years": 10, "period": "month"},
        "assumptions": [
            {
                "id": f"volume_{number}",
                "label": f"Volume of the process number {number}",
                "value": 1_000 + number,
                "low": 900,
                "high": 2_000_000,
                "unit": "transaction/month",
                "evidence": {"grade": "ABCDE"[number % 5], "source": "Workshop with operations"},
            }
            for number in range(assumptions)
        ],
        "benefits": [
            {
                "id": f"saving_{number}",
                "label": f"Cheaper transactions in the process number {number}",
                "formula": f"volume_{number} * 4.25 GBP/transaction",
                "category": "cost_reduction",
                "ramp": {"months": 6},
                "realisation": "80%",
            }
            for number in range(benefits)
        ],
        "investments": [
            {
                "id": f"cost_{number}",
                "label": f"Work package {number}",
                "formula": f"{250_000 + number} GBP",
                "risk": "10%",
            }
            for number in range(investments)
        ],
    }
