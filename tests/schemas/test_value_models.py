"""Value models of others become cases, and ours become value models; nothing is lost silently."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas.test_value_model_equations import evaluated
from tests.schemas.value_models_schema import CUSTOMER_VARIABLES, VALUE_MODEL
from valuecalc.case.binding import bind
from valuecalc.case.case import Benefit, Case, Grade
from valuecalc.engine.calculate import calculate
from valuecalc.errors import CaseError, Problem
from valuecalc.formula import units
from valuecalc.schemas.value_models import (
    Imported,
    not_carried,
    read_value_model,
    write_value_model,
)
from valuecalc.services import library

SLUGS = library.slugs()
HEADLINE = ("total_benefits", "total_investment", "npv", "roi_discounted", "payback")


def visits_model() -> dict[str, Any]:
    """Two drivers: 1,000 visits at £80, 25 % of them avoided; and a one-off of £9,000."""
    return {
        "schema_version": "1.0.0",
        "model_id": "vm_visits",
        "product_name": "Remote diagnosis",
        "variables": [
            variable("visits", "Numeric", "Customer Variable"),
            variable("visit_cost", "Money", "Customer Variable", unit="GBP"),
            variable("avoided", "Percentage", "Improvement Claim"),
            variable("spending", "Money", "Customer Variable"),
        ],
        "dependencies": [{"variable": "spending", "equation": "visits * visit_cost"}],
        "value_drivers": [
            {
                "name": "Fewer visits",
                "category": "Cost Reduction",
                "equation": "spending * avoided",
                "description": "Faults are found from afar.",
                "variables_used": ["spending", "avoided"],
                "continuity_profile": {
                    "type": "recurring",
                    "annual_decay_rate": 0.1,
                    "time_horizon_years": 2,
                },
                "tiers_or_modules": ["Plus"],
                "key_category_metric": "Spending on visits",
                "key_category_metric_equation": "spending",
            },
            {
                "name": "Stock sold",
                "category": "Working capital",
                "equation": "9000",
                "description": "Spare parts are sold.",
                "variables_used": [],
                "continuity_profile": {"mode": "one_time"},
                "tiers_or_modules": [],
            },
        ],
        "tiers_and_modules": [{"name": "Plus", "module": False, "description": "All"}],
        "customer_variables": {
            "customer": "Company V",
            "variables": [
                estimate("visits", 1000, 0.95),
                estimate("visit_cost", 80, 0.75),
                estimate("avoided", 25, 0.95),
            ],
            "value_drivers": [
                {
                    "name": "Fewer visits",
                    "selected": True,
                    "reason": "They drive a lot.",
                    "risk_adjustments": {
                        "execution_risk": 0.2,
                        "attribution_percentage": 90,
                        "justification": "Two regions have begun.",
                    },
                },
                {
                    "name": "Stock sold",
                    "selected": True,
                    "reason": "They own the stock.",
                    "risk_adjustments": {"execution_risk": 0, "attribution_percentage": 100},
                },
            ],
            "sources_summary": [
                {"id": 1, "title": "Service report 2026", "url": "https://example.com/report"}
            ],
        },
    }


def variable(name: str, type: str, category: str, **more: Any) -> dict[str, Any]:
    words = {"display_name": name.capitalize(), "description": f"Number of {name}."}
    return {"name": name, "type": type, "category": category, **words, **more}


def estimate(name: str, value: float, confidence: float) -> dict[str, Any]:
    known = {"name": name, "value": value, "confidence": confidence}
    return {**known, "sources": [1], "triangulation_notes": "Counted twice."}


def codes(notes: tuple[Problem, ...]) -> set[str]:
    return {each.code for each in notes}


def changed(**customer: Any) -> Imported:
    document = visits_model()
    document["customer_variables"].update(customer)
    return read_value_model(document)


def with_equation(equation: str) -> dict[str, Any]:
    document = visits_model()
    document["value_drivers"][0]["equation"] = equation
    return document


def through_json(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document, allow_nan=False))


# --------------------------------------------------------------------------- reading


def test_the_benefits_are_those_that_the_format_defines() -> None:
    imported = read_value_model(visits_model())
    assert "units" not in codes(imported.notes)
    result = calculate(imported.case)
    # 1,000 x 80 x 25 % x (1 - 20 %) x 90 %, the second year 10 % less
    assert result.value("benefits.fewer_visits.year_1") == pytest.approx(14_400)
    assert result.value("benefits.fewer_visits.year_2") == pytest.approx(12_960)
    assert result.value("benefits.stock_sold.total") == pytest.approx(9_000)
    assert result.value("total_benefits") == pytest.approx(36_360)


def test_the_words_of_the_model_are_those_of_the_case() -> None:
    case = read_value_model(visits_model()).case
    assert (case.title, case.customer, case.currency) == ("Remote diagnosis", "Company V", "GBP")
    assert case.timeline.months == 24
    assert [each.unit for each in case.assumptions] == ["1", "GBP", "%"]
    assert [each.id for each in case.calculations] == ["spending"]
    assert [each.category for each in case.benefits] == ["cost_reduction", "working_capital"]
    note = case.benefits[0].note
    for said in ("from afar", "Spending on visits", "Plus", "They drive a lot", "Two regions"):
        assert said in note


def test_confidence_becomes_a_grade_that_says_where_the_number_comes_from() -> None:
    case = read_value_model(visits_model()).case
    grades = {each.id: each.evidence and each.evidence.grade for each in case.assumptions}
    # An improvement is the vendor's claim: at best it is published, however sure somebody is.
    assert grades == {"visits": Grade.A, "visit_cost": Grade.B, "avoided": Grade.D}
    said = case.assumptions[0].evidence
    assert said is not None
    assert (said.source, said.url) == ("Service report 2026", "https://example.com/report")
    assert "Confidence 0.95" in said.note
    assert "Counted twice" in said.note


def test_a_number_without_a_source_that_can_be_named_is_an_assumption() -> None:
    case = changed(sources_summary=[]).case
    assert {each.evidence and each.evidence.grade for each in case.assumptions} == {Grade.E}


def test_a_source_whose_address_is_no_web_address_is_no_link() -> None:
    source = {"id": 1, "title": "Interview", "url": "javascript:alert(1)"}
    case = changed(sources_summary=[source]).case
    assert case.sources[0].url == ""
    assert "javascript:alert(1)" in case.sources[0].note
    assert all(each.evidence and not each.evidence.url for each in case.assumptions)


def test_the_three_documents_may_stand_side_by_side() -> None:
    document = visits_model()
    customer = document.pop("customer_variables")
    together = {"value_model": document, "customer_variables": customer}
    assert read_value_model(together).case == read_value_model(visits_model()).case


def test_a_driver_that_was_not_selected_is_left_out_and_told() -> None:
    driver = {"name": "Fewer visits", "selected": False, "reason": "No technicians."}
    imported = changed(value_drivers=[driver])
    assert [each.id for each in imported.case.benefits] == ["stock_sold"]
    [note] = [each for each in imported.notes if each.code == "not_selected"]
    assert note.place == "value_drivers[0]"
    assert "No technicians." in note.cause
    assert "not_assessed" in codes(imported.notes)


def test_a_variable_that_is_missing_is_told_with_the_reason() -> None:
    gap = {"name": "avoided", "reason": "Nobody has measured it."}
    document = visits_model()
    document["customer_variables"]["variables"].pop()
    document["customer_variables"]["missing_variables"] = [gap]
    imported = read_value_model(document)
    [note] = [each for each in imported.notes if each.code == "no_value"]
    assert note.place == "variables[2]"
    assert "Nobody has measured it." in note.cause
    assert calculate(imported.case).value("benefits.fewer_visits.total") == 0


def test_a_vendor_s_claim_stands_in_for_an_estimate_with_its_range() -> None:
    document = visits_model()
    document["customer_variables"]["variables"].pop()
    claim = {"variable_name": "avoided", "median": 20, "min": 10, "max": 40}
    document["benchmark_claims"] = {
        "effective_date": "2026-05-15",
        "claims": [{**claim, "basis": "customer_data", "notes": "Twelve customers."}],
    }
    avoided = read_value_model(document).case.assumption("avoided")
    assert avoided is not None
    assert avoided.evidence is not None
    assert (avoided.low, avoided.value, avoided.high) == (0.1, 0.2, 0.4)
    assert avoided.distribution == "triangular"
    assert avoided.evidence.grade is Grade.C
    assert str(avoided.evidence.date) == "2026-05-15"


def test_a_model_without_a_customer_has_its_own_values_as_assumptions() -> None:
    document = visits_model()
    del document["customer_variables"]
    for each in document["variables"]:
        each["default_value"] = 10
    imported = read_value_model(document)
    assert calculate(imported.case).value("benefits.fewer_visits.year_1") == pytest.approx(10)
    assert {each.evidence and each.evidence.grade for each in imported.case.assumptions} == {
        Grade.E
    }


def test_a_percentage_below_one_is_told() -> None:
    document = visits_model()
    document["customer_variables"]["variables"][2]["value"] = 0.25
    [note] = [each for each in read_value_model(document).notes if each.code == "percentage"]
    assert note.cause == "A percentage of 0.25 is read as 0.25 %."
    assert note.remedy == "Write 25 for a share."


def test_an_equation_that_cannot_be_translated_is_left_out_with_the_spot() -> None:
    imported = read_value_model(with_equation("spending * fetch(avoided)"))
    [note] = [each for each in imported.notes if each.is_error]
    assert note.place == "value_drivers[0].equation"
    assert note.excerpt == "spending * fetch(avoided)\n           ^^^^^"
    assert note.remedy.endswith("It is left out.")
    assert [each.id for each in imported.case.benefits] == ["stock_sold"]


def test_amounts_whose_units_do_not_fit_are_plain_numbers_and_that_is_told() -> None:
    imported = read_value_model(with_equation("(visit_cost - 30) * visits"))
    assert "units" in codes(imported.notes)
    # (80 - 30) x 1,000 x 80 % x 90 %
    value = calculate(imported.case).value("benefits.fewer_visits.year_1")
    assert value == pytest.approx(36_000)


def test_an_equation_of_plain_numbers_is_money() -> None:
    imported = read_value_model(with_equation("visits * 3"))
    value = calculate(imported.case).value("benefits.fewer_visits.year_1")
    assert value == pytest.approx(3_000 * 0.8 * 0.9)


def test_what_has_no_counterpart_is_told_with_its_place() -> None:
    document = visits_model()
    document["value_drivers"][0]["competitive_positioning"] = "Better."
    document["pain_points"] = ["Long waits"]
    document["customer_variables"]["variables"].append(estimate("unheard_of", 1, 1))
    notes = read_value_model(document).notes
    places = {each.place for each in notes}
    assert {"value_drivers.competitive_positioning", "pain_points"} <= places
    assert "tiers_and_modules" in places
    assert "no_investment" in codes(notes)
    assert any("unheard_of" in each.cause for each in notes)


def test_names_that_formulas_do_not_know_are_renamed_everywhere() -> None:
    text = json.dumps(visits_model()).replace('"visits"', '"_period"')
    document = json.loads(text.replace("visits * visit_cost", "_period * visit_cost"))
    document["variables"].append(variable("period", "Numeric", "Market Variable"))
    imported = read_value_model(document)
    ids = [each.id for each in imported.case.assumptions]
    assert ids == ["period_2", "visit_cost", "avoided", "period_3"]
    assert "renamed" in codes(imported.notes)
    assert calculate(imported.case).value("benefits.fewer_visits.year_1") == pytest.approx(14_400)


def test_a_text_that_is_too_long_for_a_note_is_cut_and_that_is_told() -> None:
    document = visits_model()
    document["value_drivers"][0]["description"] = "x" * 5_000
    imported = read_value_model(document)
    assert imported.case.benefits[0].note == "x" * 4_999 + "…"
    [note] = [each for each in imported.notes if each.code == "shortened"]
    assert note.place == "value_drivers.fewer_visits"


# --------------------------------------------------------------------------- bad input


def test_variables_that_need_each_other_in_a_circle_are_a_mistake_with_its_place() -> None:
    document = visits_model()
    document["dependencies"] = [
        {"variable": "spending", "equation": "visits * 2"},
        {"variable": "visits", "equation": "spending / 2"},
    ]
    with pytest.raises(CaseError, match=r"calculations\.spending\.formula: .*visits → spending"):
        read_value_model(document)


def itself() -> list[Any]:
    endless: list[Any] = []
    endless += [endless, endless]
    return endless


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("variables", None, "variables"),
        ("variables", "users", "variables"),
        ("variables", [5], "variables[0]"),
        ("variables", [{}], "variables[0].name"),
        ("variables", [{"name": "a", "type": "Text"}], "variables[0].type"),
        ("variables", [{"name": 5, "type": "Money"}], "variables[0].name"),
        ("value_drivers", {"name": "a"}, "value_drivers"),
        ("value_drivers", [{"name": "a"}], "value_drivers[0].equation"),
        ("dependencies", [{"variable": "spending", "equation": ["a"]}], "dependencies[0].equation"),
        ("customer_variables", [], "customer_variables"),
        ("customer_variables", {"variables": [{"name": "visits", "value": "many"}]}, "customer_"),
        ("benchmark_claims", {"claims": [{"median": True}]}, "benchmark_claims.claims[0]"),
        ("pain_points", itself(), "document"),
        ("pain_points", 10**4000, "document"),
        ("variables", [{"name": "a", "type": "Money"}] * 501, "variables"),
    ],
)
def test_bad_input_is_refused_with_its_place(key: str, value: Any, place: str) -> None:
    with pytest.raises(CaseError) as raised:
        read_value_model({**visits_model(), key: value})
    assert raised.value.problems[0].place.startswith(place)


@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {5: 6}, {"value_model": None}])
def test_what_is_no_document_is_refused(data: object) -> None:
    with pytest.raises(CaseError):
        read_value_model(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [("execution_risk", 1.5), ("execution_risk", -0.1), ("attribution_percentage", 101)],
)
def test_a_risk_outside_its_bounds_is_refused(key: str, value: float) -> None:
    document = visits_model()
    document["customer_variables"]["value_drivers"][0]["risk_adjustments"][key] = value
    with pytest.raises(CaseError, match=rf"risk_adjustments\.{key}: .* is not between"):
        read_value_model(document)


def test_every_mistake_is_told_at_once() -> None:
    document = visits_model()
    document["variables"][0]["type"] = "Text"
    document["customer_variables"]["variables"][1]["confidence"] = 80
    with pytest.raises(CaseError) as raised:
        read_value_model(document)
    assert [each.place for each in raised.value.problems] == [
        "variables[0].type",
        "customer_variables.variables[1].confidence",
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def paths_in(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data)
    found = []
    for key, each in items:
        found.append((*path, key))
        if isinstance(each, dict | list):
            found += paths_in(each, (*path, key))
    return found


@given(st.sampled_from(paths_in(visits_model())), ANYTHING)
def test_whatever_stands_anywhere_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    document = visits_model()
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    try:
        imported = read_value_model(document)
    except CaseError as error:
        assert error.problems
    else:
        calculate(imported.case)


@given(st.text(alphabet="visits_co()*/+-?:<>=. 0195,Math", max_size=40))
def test_whatever_an_equation_holds_is_read_or_told(equation: str) -> None:
    try:
        imported = read_value_model(with_equation(equation))
    except CaseError as error:
        assert error.problems
    else:
        assert len(imported.case.benefits) + sum(e.is_error for e in imported.notes) >= 2


# --------------------------------------------------------------------------- writing


def straw_man(slug: str) -> Case:
    return library.straw_man(slug).case


@pytest.mark.parametrize("slug", SLUGS)
def test_a_case_comes_back_as_it_was(slug: str) -> None:
    case = straw_man(slug)
    result = calculate(case)
    imported = read_value_model(through_json(write_value_model(case, result)))
    assert imported == Imported(case, ())
    back = calculate(imported.case)
    assert [back.value(name) for name in HEADLINE] == [result.value(name) for name in HEADLINE]


@pytest.mark.parametrize("slug", SLUGS)
def test_what_we_write_is_valid_against_the_public_schemas(slug: str) -> None:
    case = straw_man(slug)
    document = through_json(write_value_model(case, calculate(case)))
    jsonschema_rs.Draft7Validator(VALUE_MODEL).validate(document)
    jsonschema_rs.Draft7Validator(CUSTOMER_VARIABLES).validate(document["customer_variables"])


def test_the_restated_schemas_can_refuse() -> None:
    assert not jsonschema_rs.Draft7Validator(VALUE_MODEL).is_valid({**visits_model(), "name": 5})
    assert not jsonschema_rs.Draft7Validator(CUSTOMER_VARIABLES).is_valid({"customer": ""})


def as_another_program_reads_it(document: dict[str, Any]) -> dict[str, float]:
    """The attributed amount of each driver, by the steps that the format's reference gives."""
    customer = document["customer_variables"]
    shares = {each["name"] for each in document["variables"] if each["type"] == "Percentage"}
    values = {
        each["name"]: each["value"] / (100 if each["name"] in shares else 1)
        for each in customer["variables"]
    }
    waiting = {each["variable"]: each["equation"] for each in document["dependencies"]}
    while waiting:
        for name in list(waiting):
            try:
                values[name] = evaluated(waiting[name], **values)
            except NameError:
                continue
            del waiting[name]
    adjusted = {each["name"]: each["risk_adjustments"] for each in customer["value_drivers"]}
    return {
        each["name"]: evaluated(each["equation"], **values)
        * (1 - adjusted[each["name"]]["execution_risk"])
        * adjusted[each["name"]]["attribution_percentage"]
        / 100
        for each in document["value_drivers"]
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_another_program_works_out_our_full_annual_benefits(slug: str) -> None:
    case = straw_man(slug)
    result = calculate(case)
    document = through_json(write_value_model(case, result, standard_only=True))
    found = as_another_program_reads_it(document)
    averaged = {each.place for each in not_carried(case, result) if "average" in each.cause}
    binding = bind(case)
    compared = 0
    for line in result.benefits:
        rests_on = {f"calculations.{id}" for id in binding.rests_on(line.id)}
        if averaged & {f"{line.prefix}.formula", *rests_on}:
            continue  # no single year stands for such a line, and the losses say so
        per_year = case.currency if line.flow == "amount" else f"{case.currency}/year"
        expected = line.amount[1] * units.read(line.unit).factor_to(units.read(per_year))
        for factor in line.factors:
            expected *= factor.multiplier
        assert found[line.label] == pytest.approx(expected, rel=1e-9), line.id
        compared += 1
    assert compared


@pytest.mark.parametrize("slug", SLUGS)
def test_without_our_own_part_the_drivers_come_back_and_the_losses_were_told(slug: str) -> None:
    case = straw_man(slug)
    result = calculate(case)
    document = through_json(write_value_model(case, result, standard_only=True))
    imported = read_value_model(document)
    assert not [each for each in imported.notes if each.is_error]
    assert [each.label for each in imported.case.benefits] == [e.label for e in result.benefits]
    told = {each.place for each in not_carried(case, result)}
    assert {f"investments.{each.id}" for each in case.investments} <= told
    assert {f"{e.prefix}.ramp" for e in result.benefits if not e.line.ramp.is_flat} <= told
    assert "discounting" in told
    back = calculate(imported.case)
    for name, expected in as_another_program_reads_it(document).items():
        [line] = [each for each in back.benefits if each.label == name]
        factors = [factor.multiplier for factor in line.factors]
        net = line.amount[1]
        for each in factors:
            net *= each
        assert net == pytest.approx(expected, rel=1e-9), name


def test_a_value_that_was_changed_afterwards_counts_and_our_own_part_does_not() -> None:
    case = straw_man("new-data-services")
    document = through_json(write_value_model(case, calculate(case)))
    [subscribers] = [
        each
        for each in document["customer_variables"]["variables"]
        if each["name"] == "subscribers"
    ]
    subscribers["value"] = 200_000
    imported = read_value_model(document)
    assert imported.notes[0].code == "changed"
    value = calculate(imported.case).value("benefits.higher_revenue_per_user.year_1")
    assert value == pytest.approx(200_000 * 4 * 12)


@pytest.mark.parametrize("slug", SLUGS[:1])
def test_our_own_part_is_not_trusted_once_it_was_changed(slug: str) -> None:
    case = straw_man(slug)
    document = through_json(write_value_model(case, calculate(case)))
    document["valuecalc"]["case"]["title"] = "Something else"
    imported = read_value_model(document)
    assert imported.case.title == case.title
    assert imported.notes[0].code == "changed"


@pytest.mark.parametrize("own", [None, 5, [], {}, {"seal": "x"}, {"case": {}, "seal": None}])
def test_a_broken_part_of_ours_does_no_harm(own: Any) -> None:
    imported = read_value_model({**visits_model(), "valuecalc": own})
    assert imported.case == read_value_model(visits_model()).case


def test_numbers_spelled_differently_are_the_same_document() -> None:
    case = straw_man("new-data-services")
    document = copy.deepcopy(write_value_model(case, calculate(case)))
    document["value_drivers"][0]["number"] = 1.0
    assert read_value_model(document) == Imported(case, ())


def test_a_name_that_javascript_keeps_for_itself_is_written_differently() -> None:
    document = visits_model()
    text = json.dumps(document).replace("visits", "new")
    case = read_value_model(json.loads(text)).case
    written = write_value_model(case, calculate(case), standard_only=True)
    assert "new_" in {each["name"] for each in written["variables"]}
    assert written["dependencies"][0]["equation"] == "new_ * visit_cost"


def test_a_case_without_assumptions_is_written_without_a_customer_s_numbers() -> None:
    case = Case(
        title="Fixed",
        currency="EUR",
        benefits=(Benefit(id="rent", label="Rent", formula="500 EUR/month"),),
    )
    document = through_json(write_value_model(case, calculate(case), standard_only=True))
    jsonschema_rs.Draft7Validator(VALUE_MODEL).validate(document)
    assert "customer_variables" not in document
    imported = read_value_model(document)
    assert imported.case.currency == "EUR"
    assert calculate(imported.case).value("benefits.rent.year_1") == pytest.approx(6_000)
