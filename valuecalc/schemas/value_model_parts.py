"""A value-models document as frozen data, as it was written there.

The names are those of the public schemas `ValueModel`, `CustomerVariables` and
`BenchmarkClaims`, version 1.0.0. What the schemas do not name is kept by name in `others`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MONEY, NUMERIC, PERCENTAGE = TYPES = ("Money", "Numeric", "Percentage")
SOLUTION, IMPROVEMENT, MARKET, CUSTOMER = CATEGORIES = (
    "Solution Variable",
    "Improvement Claim",
    "Market Variable",
    "Customer Variable",
)
ONE_TIME, RECURRING = CONTINUITIES = ("one_time", "recurring")
BASES = (
    "customer_data",
    "third_party_research",
    "internal_testing",
    "analyst_estimate",
    "vendor_estimate",
)
MAX_YEARS = 100
MAX_SOURCES = 200


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Base: `others` are the keys that the schema does not name."""

    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Variable(Foreign):
    """An input of equations; a percentage of 30 is 30 %."""

    name: str
    display_name: str = ""
    description: str = ""
    type: str = NUMERIC
    category: str = CUSTOMER
    unit: str = ""
    default_value: float | None = None


@dataclass(frozen=True, kw_only=True)
class Dependency(Foreign):
    """A variable that is worked out from others."""

    variable: str
    equation: str


@dataclass(frozen=True, kw_only=True)
class Continuity(Foreign):
    """How a driver goes on; earlier versions of the schema say `mode` for `type`."""

    type: str = ""
    mode: str = ""
    annual_decay_rate: float = 0.0
    time_horizon_years: int | None = None

    @property
    def kind(self) -> str:
        """`one_time` or `recurring`; empty when the driver does not say."""
        return self.type or self.mode


@dataclass(frozen=True, kw_only=True)
class ValueDriver(Foreign):
    """One source of value; its equation is money, a year's if it recurs."""

    name: str
    equation: str
    number: int | None = None
    category: str = ""
    subcategory: str = ""
    description: str = ""
    variables_used: tuple[str, ...] = ()
    continuity_profile: Continuity = field(default_factory=Continuity)
    tiers_or_modules: tuple[str, ...] = ()
    key_category_metric: str = ""
    key_category_metric_equation: str = ""


@dataclass(frozen=True, kw_only=True)
class Tier(Foreign):
    """A subscription tier or an add-on module."""

    name: str
    module: bool = False
    description: str = ""
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ValueModel(Foreign):
    """What a product is worth to anybody; `currency` is an extension of ours."""

    schema_version: str = ""
    model_id: str = ""
    product_name: str = ""
    product_description: str = ""
    currency: str = ""
    variables: tuple[Variable, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    value_drivers: tuple[ValueDriver, ...] = ()
    tiers_and_modules: tuple[Tier, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Estimate(Foreign):
    """A variable's value at one customer; `sources` are numbers of the registry."""

    name: str
    value: float
    confidence: float | None = None
    sources: tuple[int, ...] = ()
    triangulation_notes: str = ""


@dataclass(frozen=True, kw_only=True)
class RiskAdjustments(Foreign):
    """What a driver's amount is multiplied by; the risk is 0 to 1, the attribution 0 to 100."""

    execution_risk: float = 0.0
    attribution_percentage: float = 100.0
    justification: str = ""
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assessment(Foreign):
    """Whether a driver counts at one customer, and how far."""

    name: str
    selected: bool = True
    reason: str = ""
    risk_adjustments: RiskAdjustments = field(default_factory=RiskAdjustments)


@dataclass(frozen=True, kw_only=True)
class SourceEntry(Foreign):
    """One entry of the registry of sources."""

    id: int
    title: str = ""
    url: str = ""
    variables_supported: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Gap(Foreign):
    """A variable that nobody could estimate."""

    name: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerVariables(Foreign):
    """What is known of one customer."""

    customer: str = ""
    variables: tuple[Estimate, ...] = ()
    value_drivers: tuple[Assessment, ...] = ()
    sources_summary: tuple[SourceEntry, ...] = ()
    missing_variables: tuple[Gap, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Claim(Foreign):
    """What a vendor says that an improvement is elsewhere."""

    variable_name: str
    median: float
    min: float | None = None
    max: float | None = None
    display_name: str = ""
    unit: str = ""
    basis: str = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class BenchmarkClaims(Foreign):
    """The claims of one product."""

    model_id: str = ""
    effective_date: str = ""
    claims: tuple[Claim, ...] = ()
