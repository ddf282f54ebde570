"""The shape of a value-models document: what may stand where.

Less is required than in the public schemas, because published models leave out more than
these allow; and every part may hold more than its fields.
"""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE

from valuecalc.formula.quantity import MAX_MAGNITUDE
from valuecalc.schemas.fields import Choice, Flag, InputField, Many, Note, Part, Text, Whole
from valuecalc.schemas.parts import MAX_ITEMS
from valuecalc.schemas.problems import mistake, shown
from valuecalc.schemas.shape import Shape
from valuecalc.schemas.value_model_parts import (
    BASES,
    CATEGORIES,
    CONTINUITIES,
    MAX_SOURCES,
    MAX_YEARS,
    NUMERIC,
    TYPES,
    Assessment,
    BenchmarkClaims,
    Claim,
    Continuity,
    CustomerVariables,
    Dependency,
    Estimate,
    Gap,
    RiskAdjustments,
    SourceEntry,
    Tier,
    ValueDriver,
    ValueModel,
    Variable,
)


class JsonNumber(InputField):
    """A number of JSON, never a text, between two bounds."""

    def __init__(self, least: float = -MAX_MAGNITUDE, most: float = MAX_MAGNITUDE, **options: Any):
        super().__init__(**options)
        self.least = least
        self.most = most

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise mistake("number", f"“{shown(value)}” is no number of JSON.", "Write one: 12.5.")
        if not self.least <= value <= self.most:
            limits = f"between {self.least:g} and {self.most:g}"
            raise mistake("range", f"{shown(value)} is not {limits}.", f"Write one {limits}.")
        return float(value)


class OpenShape(Shape):
    """A mapping that may hold more than its fields; what it holds more is kept by name."""

    class Meta:
        """Implementations may extend every part of the format."""

        unknown = INCLUDE

    def build(self, data: dict[str, Any]) -> Any:
        """The object that the loaded values make."""
        known = {name: value for name, value in data.items() if name in self.load_fields}
        others = tuple(shown(str(name), 60) for name in data if name not in self.load_fields)
        return self.makes(**known, others=others)


class _VariableShape(OpenShape):
    makes = Variable
    example = '{"name": "users", "type": "Numeric", …}'
    name = Text(required=True, example="users")
    display_name = Text()
    description = Note()
    type = Choice(TYPES, required=True, example=NUMERIC)
    category = Choice(CATEGORIES)
    unit = Text()
    default_value = JsonNumber(allow_none=True)


class _DependencyShape(OpenShape):
    makes = Dependency
    example = '{"variable": "revenue", "equation": "users * price"}'
    variable = Text(required=True, example="revenue")
    equation = Note(required=True, example="users * price")


class _ContinuityShape(OpenShape):
    makes = Continuity
    example = '{"type": "recurring"}'
    type = Choice(CONTINUITIES)
    mode = Choice(CONTINUITIES)
    annual_decay_rate = JsonNumber(0, 1)
    time_horizon_years = Whole(least=1, most=MAX_YEARS, allow_none=True)


class _DriverShape(OpenShape):
    makes = ValueDriver
    example = '{"name": "Fewer visits", "equation": "visits * cost", …}'
    name = Text(required=True, example="Fewer visits")
    equation = Note(required=True, example="visits * cost")
    number = Whole(allow_none=True)
    category = Text()
    subcategory = Text()
    description = Note()
    variables_used = Many(Text(), most=MAX_ITEMS)
    continuity_profile = Part(_ContinuityShape)
    tiers_or_modules = Many(Text(), most=MAX_ITEMS)
    key_category_metric = Note()
    key_category_metric_equation = Note()


class _TierShape(OpenShape):
    makes = Tier
    example = '{"name": "Enterprise", "module": false}'
    name = Text(required=True, example="Enterprise")
    module = Flag()
    description = Note()
    includes = Many(Text(), most=MAX_ITEMS)


class ValueModelShape(OpenShape):
    """The model of a product."""

    makes = ValueModel
    example = '{"variables": […], "value_drivers": […]}'
    schema_version = Text()
    model_id = Text()
    product_name = Text()
    product_description = Note()
    currency = Text()
    variables = Many(Part(_VariableShape), most=MAX_ITEMS, required=True)
    dependencies = Many(Part(_DependencyShape), most=MAX_ITEMS)
    value_drivers = Many(Part(_DriverShape), most=MAX_ITEMS, required=True)
    tiers_and_modules = Many(Part(_TierShape), most=MAX_ITEMS)


class _EstimateShape(OpenShape):
    makes = Estimate
    example = '{"name": "users", "value": 250, "confidence": 0.8, …}'
    name = Text(required=True, example="users")
    value = JsonNumber(required=True, example="250")
    confidence = JsonNumber(0, 1, allow_none=True)
    sources = Many(Whole(), most=MAX_SOURCES)
    triangulation_notes = Note()


class _RiskShape(OpenShape):
    makes = RiskAdjustments
    example = '{"execution_risk": 0.2, "attribution_percentage": 80}'
    execution_risk = JsonNumber(0, 1)
    attribution_percentage = JsonNumber(0, 100)
    justification = Note()
    sources = Many(Whole(), most=MAX_SOURCES)


class _AssessmentShape(OpenShape):
    makes = Assessment
    example = '{"name": "Fewer visits", "selected": true, …}'
    name = Text(required=True, example="Fewer visits")
    selected = Flag()
    reason = Note()
    risk_adjustments = Part(_RiskShape)


class _SourceShape(OpenShape):
    makes = SourceEntry
    example = '{"id": 1, "title": "Annual report 2025"}'
    id = Whole(required=True, example="1")
    title = Text()
    url = Note()
    variables_supported = Many(Text(), most=MAX_ITEMS)
    notes = Note()


class _GapShape(OpenShape):
    makes = Gap
    example = '{"name": "users", "reason": "Not published"}'
    name = Text(required=True, example="users")
    reason = Note()


class CustomerVariablesShape(OpenShape):
    """What is known of one customer."""

    makes = CustomerVariables
    example = '{"customer": "Company A", "variables": […]}'
    customer = Text()
    variables = Many(Part(_EstimateShape), most=MAX_ITEMS)
    value_drivers = Many(Part(_AssessmentShape), most=MAX_ITEMS)
    sources_summary = Many(Part(_SourceShape), most=MAX_SOURCES)
    missing_variables = Many(Part(_GapShape), most=MAX_ITEMS)


class _ClaimShape(OpenShape):
    makes = Claim
    example = '{"variable_name": "saving", "median": 20, …}'
    variable_name = Text(required=True, example="saving")
    median = JsonNumber(required=True, example="20")
    min = JsonNumber(allow_none=True)
    max = JsonNumber(allow_none=True)
    display_name = Text()
    unit = Text()
    basis = Choice(BASES)
    notes = Note()


class BenchmarkClaimsShape(OpenShape):
    """The claims of one product."""

    makes = BenchmarkClaims
    example = '{"model_id": "…", "claims": […]}'
    model_id = Text()
    effective_date = Text()
    claims = Many(Part(_ClaimShape), most=MAX_ITEMS)
