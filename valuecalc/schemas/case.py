"""The document of a case, both ways: `load_case` and `dump_case`.

Loading finds every mistake of shape at once; what names refer to, units and circles are
checked on the case itself, by `valuecalc.case.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, validates_schema

from valuecalc.case import checks
from valuecalc.case.case import Case
from valuecalc.errors import CaseError, Problem
from valuecalc.schemas.alternatives import (
    MAX_ALTERNATIVES,
    AlternativeSchema,
    refuse_taken_ids,
)
from valuecalc.schemas.document import Path, read_document
from valuecalc.schemas.fields import (
    Choice,
    Currency,
    Many,
    Note,
    Part,
    Quantity,
    Rate,
    Table,
    Text,
)
from valuecalc.schemas.overrides import refuse_wrong_overrides, with_read_overrides
from valuecalc.schemas.parts import (
    MAX_ITEMS,
    MAX_OTHERS,
    AssumptionSchema,
    BenefitSchema,
    CalculationSchema,
    ConventionsSchema,
    DiscountingSchema,
    GoalSchema,
    InvestmentSchema,
    PersonSchema,
    PropositionSchema,
    ScenarioSchema,
    SourceSchema,
    TimelineSchema,
    items_of,
    refuse_duplicates,
)
from valuecalc.schemas.plan import PlanSchema
from valuecalc.schemas.problems import located, problems_of
from valuecalc.schemas.provenance import OriginSchema, ReferenceSchema
from valuecalc.schemas.reading import is_blank, read_figure_name, read_in_unit
from valuecalc.schemas.repair import without_mistakes
from valuecalc.schemas.risk import (
    MAX_CORRELATIONS,
    CorrelationSchema,
    SimulationSchema,
    duplicate_pairs,
)
from valuecalc.schemas.shape import Shape

FORMAT = "valuecalc/1"
MAX_SCENARIOS = 50
MAX_EXPECTED = 2_000

FORMULA_LISTS = ("assumptions", "calculations", "benefits", "investments")
"""The lists whose ids formulas can name, so that no two of them may be equal."""


def case_from_text(text: str | bytes) -> Case:
    """The case that a YAML or JSON text holds.

    Raises `DocumentError` for a text that cannot be read, `CaseError` with every mistake of
    shape.
    """
    document = read_document(text)
    return load_case(document.data, document.lines)


def load_case(data: object, lines: Mapping[Path, int] | None = None) -> Case:
    """The case that plain data (from JSON, YAML or a form) describes.

    `lines` gives the line of each path in it. Raises `CaseError` with every mistake of shape.
    """
    try:
        return cast(Case, _SCHEMA.load(cast(Any, data)))
    except ValidationError as error:
        raise CaseError(problems_of(error.messages, data, lines)) from None


def messages_about(data: object) -> object:
    """What marshmallow says of plain data that is no case, nested by key; None for a case."""
    try:
        _SCHEMA.load(cast(Any, data))
    except ValidationError as error:
        return error.messages
    return None


def load_sound_case(data: object, lines: Mapping[Path, int] | None = None) -> Case:
    """The case that plain data describes, sound enough to be calculated.

    Raises `CaseError` with every mistake at once: those of shape and those in formulas, units,
    dates and references. Where the shape is wrong the rest is checked as far as it can be.
    """
    try:
        case = cast(Case, _SCHEMA.load(cast(Any, data)))
    except ValidationError as error:
        found = problems_of(error.messages, data, lines)
        places = {problem.place for problem in found}
        others = located(_mistakes_in_the_rest(data, error.messages), data, lines)
        raise CaseError((*found, *(each for each in others if each.place not in places))) from None
    mistakes = checks.errors(case)
    if mistakes:
        raise CaseError(located(mistakes, data, lines))
    return case


def _mistakes_in_the_rest(data: object, messages: object) -> tuple[Problem, ...]:
    """What is wrong with a case besides its shape, as far as that can be told."""
    rest = without_mistakes(data, messages)
    if rest is None:
        return ()
    try:
        return checks.errors(cast(Case, _SCHEMA.load(rest)))
    except ValidationError:
        return ()


def dump_case(case: Case) -> dict[str, Any]:
    """The canonical JSON document of a case: `load_case(dump_case(case)) == case`.

    Numbers are plain, percentages fractions; defaults are left out, except for those on
    which every figure rests. It is to be kept as JSON: in YAML every number becomes text
    again, and the text `0.12` in a place counted in % means 0.12 %.
    """
    return cast(dict[str, Any], _SCHEMA.dump(case))


class CaseSchema(Shape):
    """One value case: the document that everything else is worked out from."""

    makes = Case
    example = "{format: valuecalc/1, title: New data services, …}"
    # A case that is kept must not change its figures when a default does.
    always = frozenset({"currency", "timeline", "discounting"})

    format = Choice(
        (FORMAT,), required=True, dump_default=FORMAT, about="Its shape.", example=FORMAT
    )
    title = Text(required=True, about="What the case is called.", example="New data services")
    customer = Text(about="For whom the value is worked out.")
    summary = Note(about="The case in a few sentences.")
    currency = Currency(about="The currency that results are shown in.", example="GBP")
    timeline = Part(TimelineSchema, about="When the case starts, and how far it looks.")
    discounting = Part(DiscountingSchema, about="How later money is made comparable.")
    conventions = Part(ConventionsSchema, about="Which of the definitions in use are meant.")
    proposition = Part(PropositionSchema, about="What the statement says in words.")
    assumptions = Many(Part(AssumptionSchema), most=MAX_ITEMS, about="What is believed.")
    calculations = Many(Part(CalculationSchema), most=MAX_ITEMS, about="Steps in between.")
    benefits = Many(Part(BenefitSchema), most=MAX_ITEMS, about="What the solution brings.")
    investments = Many(Part(InvestmentSchema), most=MAX_ITEMS, about="What the solution takes.")
    scenarios = Many(Part(ScenarioSchema), most=MAX_SCENARIOS, about="Named overrides.")
    alternatives = Many(
        Part(AlternativeSchema), most=MAX_ALTERNATIVES, about="What else the customer could do."
    )
    correlations = Many(
        Part(CorrelationSchema), most=MAX_CORRELATIONS, about="Assumptions that move together."
    )
    simulation = Part(SimulationSchema, about="How the case is simulated.")
    probability = Rate(least=0, most=1, about="The chance that it comes about.", example="40%")
    goals = Many(Part(GoalSchema), most=MAX_OTHERS, about="The value chain.")
    people = Many(Part(PersonSchema), most=MAX_OTHERS, about="The buying team and ours.")
    plan = Part(PlanSchema, about="How the solution is rolled out.")
    reference = Part(ReferenceSchema, about="What makes the case a straw-man.")
    origin = Part(OriginSchema, about="The straw-men that the case was made from.")
    sources = Many(Part(SourceSchema), most=MAX_OTHERS, about="Public sources of its numbers.")
    expected = Table(
        Quantity(allow_none=True),
        read_key=read_figure_name,
        most=MAX_EXPECTED,
        about="Figures that the case has to give, by name; null for one that does not exist.",
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        others = [(key,) for key in ("scenarios", "alternatives", "goals", "people", "sources")]
        refuse_duplicates(original, FORMULA_LISTS, *others)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _ids_of_alternatives_are_free(
        self, data: Mapping[str, Any], original: Any, **_: Any
    ) -> None:
        refuse_taken_ids(original)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _pairs_differ(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        found = duplicate_pairs(items_of(original, "correlations"))
        flaws = {index: {"between": [flaw]} for index, flaw in found}
        if flaws:
            raise ValidationError({"correlations": flaws})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _overrides_are_numbers(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        refuse_wrong_overrides(original)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _pilots_cost_money(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        default = Case(title="").currency
        is_given = isinstance(original, Mapping) and not is_blank(original.get("currency"))
        currency = data.get("currency", None if is_given else default)
        flaws: dict[int, Any] = {}
        for index, each in enumerate(items_of(original, "assumptions")):
            flaw = _pilot_flaw(each, currency)
            flaws |= {index: {"pilot": {"cost": flaw}}} if flaw else {}
        if flaws:
            raise ValidationError({"assumptions": flaws})

    def build(self, data: dict[str, Any]) -> Case:
        """The case, with the overrides of its scenarios in the units of its assumptions."""
        del data["format"]
        return with_read_overrides(Case(**data))


def _pilot_flaw(assumption: object, currency: str | None) -> Any:
    """What is wrong with the currency of a raw pilot's cost; None when nothing is."""
    pilot = assumption.get("pilot") if isinstance(assumption, Mapping) else None
    cost = pilot.get("cost") if isinstance(pilot, Mapping) else None
    if is_blank(cost) or not _is_number(cost):
        return None
    try:
        read_in_unit(cost, currency)
    except ValidationError as error:
        return error.messages
    return None


def _is_number(value: object) -> bool:
    try:
        read_in_unit(value, None)
    except ValidationError:
        return False  # the field says so
    return True


_SCHEMA = CaseSchema()
