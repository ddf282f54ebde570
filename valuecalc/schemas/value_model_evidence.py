"""From confidence, sources and claims of a value-models document to our evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from marshmallow import ValidationError

from valuecalc.case.case import Evidence, Grade
from valuecalc.schemas.fields import LABEL_LENGTH, URL_LENGTH
from valuecalc.schemas.reading import read_date, read_url
from valuecalc.schemas.value_model_parts import (
    CUSTOMER,
    BenchmarkClaims,
    Claim,
    Estimate,
    SourceEntry,
    Variable,
)

# Confidence says how sure somebody is, a grade where a number comes from: so a customer's
# variable may be the customer's own number, and anything else at best a published one.
CUSTOMER_GRADES = ((0.9, Grade.A), (0.7, Grade.B), (0.4, Grade.D))
OTHER_GRADES = ((0.4, Grade.D),)
GRADE_OF_BASIS = {
    "customer_data": Grade.C,
    "third_party_research": Grade.D,
    "analyst_estimate": Grade.D,
}


def of_estimate(
    variable: Variable, estimate: Estimate, sources: Mapping[int, SourceEntry]
) -> Evidence:
    """The evidence of an estimate; without a source that can be named it is grade E."""
    cited = [sources[each] for each in estimate.sources if each in sources]
    confidence = estimate.confidence
    told = "" if confidence is None else f"Confidence {confidence:g} in the source model."
    titles = "; ".join(filter(None, (each.title or each.url for each in cited)))
    return Evidence(
        grade=_grade(variable, confidence or 0.0) if titles else Grade.E,
        source=titles[:LABEL_LENGTH],
        url=next(filter(None, (web_address(each.url) for each in cited)), ""),
        note=joined(told, estimate.triangulation_notes, *(each.notes for each in cited)),
    )


def _grade(variable: Variable, confidence: float) -> Grade:
    ladder = CUSTOMER_GRADES if variable.category == CUSTOMER else OTHER_GRADES
    return next((grade for least, grade in ladder if confidence >= least), Grade.E)


def of_claim(claim: Claim, claims: BenchmarkClaims, product: str) -> Evidence:
    """The evidence of a vendor's claim."""
    basis = claim.basis.replace("_", " ") or "no basis"
    return Evidence(
        grade=GRADE_OF_BASIS.get(claim.basis, Grade.E),
        source=f"Benchmark claims of {product} ({basis})"[:LABEL_LENGTH],
        date=day_of(claims.effective_date),
        note=claim.notes,
    )


def joined(*texts: str) -> str:
    """The texts that say something, one under the other."""
    return "\n".join(text for text in texts if text.strip())


def web_address(text: str) -> str:
    """The text if it is a web address, and nothing otherwise."""
    try:
        return read_url(text, URL_LENGTH)
    except ValidationError:
        return ""


def day_of(text: str) -> date | None:
    """The day that a text names, if it names one."""
    try:
        return read_date(text)
    except ValidationError:
        return None
