"""What the public schemas of the value-models format require, as facts.

Restated from `schemas/value_model.json` and `schemas/customer_variables.json` of
The-Value-Project/value-models, version 1.0.0, with what an earlier version of the former
required on top, so that a document that fits is valid against both.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}


def mapping(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def many(item: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


def number(least: float, most: float) -> dict[str, Any]:
    return {"type": "number", "minimum": least, "maximum": most}


CONTINUITY = mapping(
    "type mode",
    type={"enum": ["one_time", "recurring"]},
    mode={"enum": ["one_time", "recurring"]},
    annual_decay_rate=number(0, 1),
    time_horizon_years={"type": "integer", "minimum": 1},
)
VARIABLE = mapping(
    "name display_name description type category",
    name={"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
    display_name=TEXT,
    description=TEXT,
    type={"enum": ["Money", "Numeric", "Percentage"]},
    category={
        "enum": [
            "Solution Variable",
            "Improvement Claim",
            "Market Variable",
            "Customer Variable",
        ]
    },
    unit=TEXT,
    default_value={"type": "number"},
)
DRIVER = mapping(
    "name number category subcategory equation description variables_used continuity_profile "
    "tiers_or_modules key_category_metric key_category_metric_equation",
    name=TEXT,
    number={"type": "integer"},
    category=TEXT,
    subcategory=TEXT,
    equation=TEXT,
    description=TEXT,
    variables_used=TEXTS,
    continuity_profile=CONTINUITY,
    tiers_or_modules=TEXTS,
    key_category_metric=TEXT,
    key_category_metric_equation=TEXT,
)
VALUE_MODEL = mapping(
    "schema_version model_id product_name variables dependencies value_drivers tiers_and_modules",
    schema_version={"const": "1.0.0"},
    model_id=TEXT,
    product_name=TEXT,
    product_description=TEXT,
    variables=many(VARIABLE),
    dependencies=many(mapping("variable equation", variable=TEXT, equation=TEXT)),
    value_drivers=many(DRIVER),
    tiers_and_modules=many(
        mapping(
            "name module description includes",
            name=TEXT,
            module={"type": "boolean"},
            description=TEXT,
            includes=TEXTS,
        )
    ),
)

FILLED = {"type": "string", "minLength": 1}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
CUSTOMER_VARIABLES = mapping(
    "customer variables value_drivers",
    customer=FILLED,
    variables=many(
        mapping(
            "name value confidence sources triangulation_notes",
            name=FILLED,
            value={"type": "number"},
            confidence=number(0, 1),
            sources={**NUMBERS, "minItems": 1},
            triangulation_notes=TEXT,
        ),
        least=1,
    ),
    value_drivers=many(
        mapping(
            "name selected reason risk_adjustments",
            name=FILLED,
            selected={"type": "boolean"},
            reason=FILLED,
            risk_adjustments=mapping(
                "execution_risk attribution_percentage",
                execution_risk=number(0, 1),
                attribution_percentage=number(0, 100),
                justification=TEXT,
                sources=NUMBERS,
            ),
        ),
        least=1,
    ),
    missing_variables=many(mapping("name reason", name=TEXT, reason=TEXT)),
)
