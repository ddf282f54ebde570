"""What a proposal says: every number as calculated, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from tests.builders import assumption, benefit, calculation, case, investment, scenario
from tests.documents.proposal_reader import Document, small_pictures
from valuecalc.case.case import Assumption, Case, Evidence, Goal, Grade, Person, Proposition, Source
from valuecalc.documents.embedding import Catalogue, Words
from valuecalc.documents.languages import USUAL
from valuecalc.documents.proposal import write
from valuecalc.engine.calculate import calculate
from valuecalc.engine.compare import compare
from valuecalc.engine.result import Figure, Result
from valuecalc.formula import quantity
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

MODELS = sorted(file.stem for file in models_folder().glob("*.yaml"))
REFERENCE = "new-data-services"
TO_FILL_IN = {
    "Logo",
    *(f"{what}, {who}" for what in ("Name", "Role", "Date") for who in ("customer", "our side")),
}
"""Controls that hold nothing of the case."""

CHARTS = (
    "image.waterfall",
    "image.cumulative_cash",
    "image.histogram",
    "image.tornado",
    "plan.gantt",
)

SECTIONS = [
    "Executive summary",
    "Value proposition",
    "How the value comes about",
    "Benefits by person and goal",
    "Benefits",
    "Investment",
    "Cash flow by year",
    "How each line is worked out",
    "Assumptions and evidence",
    "Scenarios",
    "How sure the value is",
    "Conventions in force",
    "Equations of the main figures",
    "Implementation plan",
    "Decisions",
    "Open points",
    "Public sources",
    "Sign-off",
]


@pytest.fixture(autouse=True, scope="module")
def _small_pictures() -> Iterator[None]:
    with small_pictures():
        yield


@cache
def model(name: str) -> Case:
    return case_from_text((models_folder() / f"{name}.yaml").read_bytes())


@cache
def scenarios_of(name: str) -> tuple[Result, ...]:
    return compare(model(name))


@cache
def written(name: str, scenario: str = "expected") -> tuple[Result, Document]:
    """A model's result in a scenario, and its proposal."""
    result = calculate(model(name), scenario)
    return result, Document(write(result, scenarios_of(name)))


def whole(figure: Figure) -> str:
    """A figure as a table shows it in which no amount has decimals."""
    if figure.value is None or not quantity.currency_of(figure.unit):
        return figure.text
    return quantity.show(figure.value, figure.unit, digits=0)


def proposal(case: Case) -> Document:
    return Document(write(calculate(case)))


def small(**more: object) -> Case:
    """A case whose numbers can be worked out in the head."""
    return case(
        assumption("users", 100, "user", low=80, high=120, grade="B"),
        calculation("gain_of_all", "users * 5 * 1 GBP/user/month"),
        benefit("gain", "gain_of_all", realisation="80%", risk="10%"),
        investment("licence", "6000 GBP"),
        scenario("fewer", users=50),
        months=24,
        **more,  # type: ignore[arg-type]
    )


# the first page


def test_the_first_page_names_title_customer_scenario_and_the_day_of_the_decision() -> None:
    _, document = written(REFERENCE)
    assert document.styled("Title") == ["New data services"]
    assert document.styled("Subtitle") == ["for Company A"]
    facts = dict(document.table("What this document is"))
    assert facts["Scenario"] == "Expected"
    assert facts["Decision"] == "1\u00a0January\u00a02027"
    assert facts["Horizon"] == "3 years"


def test_the_key_message_says_what_the_investment_brings() -> None:
    _, document = written(REFERENCE)
    assert document.styled("KeyMessage") == [
        "Over 3 years, an investment of £3,000,000 brings benefits of £15,000,048: a value of "
        "£12,000,048. It pays back after 7.2 months. Discounted at 10% a year, the net present "
        "value is £9,994,399."
    ]


def test_a_value_below_zero_that_never_pays_back_is_said_plainly() -> None:
    result, document = written("field-service", "conservative")
    [message] = document.styled("KeyMessageLoss")
    assert f"brings benefits of only {result.figure('total_benefits').text}: a value of" in message
    assert "It does not pay back within 3 years." in message
    assert "Payback: Not within the horizon of 3 years." in document.styled("TableNote")
    assert not document.styled("KeyMessage")


def test_the_equation_shows_value_as_benefits_less_investment() -> None:
    result, document = written(REFERENCE)
    [cells] = document.table("Value is total benefits less total investment")
    assert [cell.split("\n")[0] for cell in cells] == [
        result.figure("value").text,
        "=",
        result.figure("total_benefits").text,
        "\u2212",
        result.figure("total_investment").text,
    ]


@pytest.mark.parametrize("name", MODELS)
def test_every_headline_figure_stands_in_the_strip_with_its_label(name: str) -> None:
    result, document = written(name)
    strips = document.tables("Headline figures")[0] + document.tables("Value is total")[0]
    shown = {cell for row in strips for cell in row}
    assert {f"{each.text}\n{each.label}" for each in result.headline} <= shown


# the statement


@pytest.mark.parametrize("name", MODELS)
def test_the_statement_has_its_five_parts_in_their_order(name: str) -> None:
    result, document = written(name)
    rows = document.table("The value proposition in its five parts")
    assert [row[0] for row in rows] == [lead for lead, _ in result.statement.parts]
    assert [row[1] for row in rows[:-1]] == [text for _, text in result.statement.parts[:-1]]


def test_the_statement_lists_what_it_is_based_on() -> None:
    result, document = written(REFERENCE)
    last = document.table("The value proposition in its five parts")[-1]
    assert last[1].split("\n") == list(result.statement.based_on)


def test_a_long_list_of_assumptions_says_how_many_more_there_are() -> None:
    result, document = written("field-service")
    lines = document.table("The value proposition in its five parts")[-1][1].split("\n")
    assert tuple(lines[:-1]) == result.statement.based_on[: len(lines) - 1]
    left = len(result.statement.based_on) - (len(lines) - 1)
    assert lines[-1].startswith(f"and {left} more")


# the figures


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("scenario", ["expected", "conservative"])
def test_every_control_is_tagged_with_a_figure_and_shows_its_text(name: str, scenario: str) -> None:
    result, document = written(name, scenario)
    catalogue = Catalogue(result, scenarios_of(name))
    assert document.controls
    for control in document.controls:
        if control.tag in TO_FILL_IN:
            assert control.text.strip() == "", control.tag
        elif control.tag in CHARTS:
            assert control.text == "", control.tag
        elif control.tag.startswith("text."):
            content = catalogue.content(control.tag)
            assert isinstance(content, Words)
            assert control.text == content.text, control.tag
        else:
            figure = result.figure(control.tag)
            assert control.text in (figure.text, whole(figure)), control.tag


@pytest.mark.parametrize("name", MODELS)
def test_every_figure_that_a_reader_asks_for_stands_in_a_control(name: str) -> None:
    result, document = written(name)
    groups = ("headline", "line", "year", "evidence", "assumption", "calculation")
    wanted = {each.name for each in result.figures.values() if each.group in groups}
    of_outcomes = {
        f"{line.prefix}.{column}" for line in result.outcomes for column in result.axis.columns
    }
    of_categories = {each for each in wanted if each.startswith("categories.")}
    assert wanted - of_outcomes - of_categories <= {control.tag for control in document.controls}


def test_the_name_of_a_control_for_people_is_the_label_of_its_figure() -> None:
    _, document = written(REFERENCE)
    [*controls] = [each for each in document.controls if each.tag == "npv"]
    assert {each.alias for each in controls} == {"Net present value (NPV)"}


def test_a_figure_that_does_not_exist_is_a_dash_with_its_reason() -> None:
    result, document = written("field-service", "conservative")
    assert {each.text for each in document.controls if each.tag == "irr"} == {"–"}
    irr = result.figure("irr")
    assert f"{irr.label}: {irr.note}" in document.styled("TableNote")


def test_reasons_that_are_the_same_are_given_once() -> None:
    broken = case(
        assumption("zero", 0.0),
        benefit("gain", "100 GBP/month / zero"),
        investment("licence", "10 GBP"),
    )
    document = proposal(broken)
    [message] = document.styled("KeyMessageLoss")
    assert message.startswith("The value cannot be worked out yet. “Gain” is undefined")
    notes = [each for each in document.styled("TableNote") if "is undefined in" in each]
    assert notes[0].startswith("Value; Total benefits and 9 others: “Gain” is undefined")
    assert "The charts cannot be drawn while an amount is undefined." in document.text


def test_an_undefined_amount_is_never_shown_as_a_sum() -> None:
    broken = case(
        assumption("zero", 0.0),
        benefit("gain", "100 GBP/month / zero"),
        investment("licence", "10 GBP"),
    )
    rows = {row[0]: row[1:] for row in proposal(broken).table("Cash flow by year")}
    assert set(rows["Cumulative, at the end"][:4]) == {"–"}
    assert rows["Licence"][:2] == ["£10", "£0"]


def test_a_figure_whose_name_is_too_long_for_word_stands_as_plain_text() -> None:
    long = "a" * 60
    document = proposal(case(benefit(long, "100 GBP/month"), investment("licence", "10 GBP")))
    assert all(len(each.tag) <= 64 for each in document.controls)
    assert document.table("Benefits: each line")[1][4] == "£3,600"


# benefits and investment


def test_a_line_is_listed_with_category_grade_gross_total_and_present_value() -> None:
    result = calculate(small())
    document = Document(write(result))
    head, gain, total = document.table("Benefits: each line")
    assert head == [
        "Benefit",
        "Category",
        "Grade",
        "Before haircuts",
        "Total",
        "Present value",
    ]
    assert gain == [
        "Gain",
        "Other benefit, soft",
        "B",
        "£12,000",
        "£8,640",
        result.figure("benefits.gain.pv").text,
    ]
    assert total[0] == "Total benefits"
    assert total[4] == "£8,640"


def test_a_line_is_worked_out_in_words_in_numbers_and_from_gross_to_net() -> None:
    facts = dict(proposal(small()).table("How “Gain” is worked out"))
    assert facts["Category"] == "Benefit: other benefit, soft"
    assert facts["Formula"] == "Gain of all"
    assert facts["In numbers"] == "£500 per month, in Jan\u00a02027"
    assert facts["When"] == "From Jan\u00a02027"
    assert facts["Haircuts"] == (
        "£12,000 gross × 0.8 (realisation 80%) × 0.9 (risk 10%) = £8,640 net"
    )
    assert facts["Evidence"].startswith("B: Customer’s estimate")


def test_an_amount_that_is_spread_over_months_stands_for_none_of_them() -> None:
    made = case(benefit("gain", "1 GBP"), investment("fee", "100 GBP + 5 GBP", spread=10))
    facts = dict(proposal(made).table("How “Fee” is worked out"))
    assert facts["When"].startswith("Over 10 months from")
    assert facts["In numbers"] == "£100 + £5 = £105"


def test_a_line_without_haircuts_says_so() -> None:
    facts = dict(proposal(small()).table("How “Licence” is worked out"))
    assert facts["Haircuts"] == "None: the amount counts in full"
    assert facts["When"] == "Once, at the decision"


def test_haircuts_that_change_over_time_are_not_passed_off_as_one_product() -> None:
    changing = case(
        Assumption(id="share", label="Share", value=0.5, values=(0.5, 0.8), unit="%"),
        benefit("gain", "100 GBP/month", realisation="share"),
        investment("licence", "10 GBP"),
        months=24,
    )
    haircuts = dict(proposal(changing).table("How “Gain” is worked out"))["Haircuts"]
    assert haircuts == ("£2,400 gross × 0.5 (realisation 50%, changing over time) → £1,560 net")


def test_a_benefit_names_the_goal_that_it_serves_and_its_owner() -> None:
    served = small(
        goals=(Goal(id="grow", label="Grow", owner="chief"),),
        people=(Person(id="chief", name="Chief executive"),),
    )
    with_goal = case(
        *served.assumptions,
        *served.calculations,
        benefit("gain", "gain_of_all", goal="grow", note="Counted once."),
        goals=served.goals,
        people=served.people,
    )
    facts = dict(proposal(with_goal).table("How “Gain” is worked out"))
    assert facts["Serves"] == "Grow (Chief executive)"
    assert facts["Note"] == "Counted once."


def test_outcomes_are_shown_in_their_own_unit_and_never_in_money() -> None:
    result, document = written("contact-centre")
    [outcome] = result.outcomes
    [_, row] = document.table("Outcomes in their own unit")
    total = result.figure(f"{outcome.prefix}.total").text
    assert row == [outcome.label, outcome.grade, total]
    assert total.endswith("calls")
    assert outcome.label not in [row[0] for row in document.table("Cash flow by year")]


# the cash flow


@pytest.mark.parametrize("name", MODELS)
def test_the_cash_flow_has_every_line_by_year_with_total_and_present_value(name: str) -> None:
    result, document = written(name)
    head, *rows = document.table("Cash flow by year")
    assert head[1:] == [*result.axis.column_labels, "Total", "Present value"]
    by_label = {row[0]: row[1:] for row in rows}
    for line in (*result.benefits, *result.investments):
        endings = (*result.axis.columns, "total", "pv")
        # The largest amounts of each model are shown without decimals, and so all are.
        expected = [whole(result.figure(f"{line.prefix}.{ending}")) for ending in endings]
        assert by_label[line.label] == expected
    assert by_label["Net value"][-2:] == [result.figure(name).text for name in ("value", "npv")]


def test_amounts_of_the_cash_flow_are_equally_precise() -> None:
    made = small_and_large("531.78 GBP")
    rows = proposal(made).table("Cash flow by year")
    by_label = {row[0]: row for row in rows}
    assert by_label["Small"][2] == "£532"
    assert by_label["Large"][2] == "£90,000"
    assert not [cell for row in rows for cell in row if "." in cell]


def test_amounts_of_the_cash_flow_have_their_pence_where_all_are_small() -> None:
    rows = proposal(case(benefit("small", "31.78 GBP"))).table("Cash flow by year")
    assert {row[0]: row for row in rows}["Small"][2] == "£31.78"


def small_and_large(amount: str) -> Case:
    return case(benefit("small", amount), benefit("large", "90000 GBP"))


def test_cumulative_cash_ends_at_the_value_and_discounted_cash_sums_to_the_npv() -> None:
    result, document = written("contact-centre")
    rows = {row[0]: row[1:] for row in document.table("Cash flow by year")}
    assert rows["Cumulative, at the end"][3:] == [result.figure("value").text, "", ""]
    assert rows["Net value, discounted"][4] == result.figure("npv").text


def test_a_cash_flow_too_wide_for_the_page_goes_on_in_a_second_table() -> None:
    tables = proposal(small_over(years=10)).tables("Cash flow by year")
    assert len(tables) == 2
    heads = [head for table in tables for head in table[0][1:]]
    years = [f"Year {year}" for year in range(1, 11)]
    assert heads == ["Initial", *years, "Total", "Present value"]


def test_the_years_of_a_century_stand_below_each_other() -> None:
    [table] = proposal(small_over(years=100)).tables("Cash flow by year")
    assert table[0][1:] == [
        "Total benefits",
        "Total investment",
        "Net value",
        "Cumulative, at the end",
    ]
    assert [row[0] for row in table[-3:]] == ["Year 100", "Total", "Present value"]
    assert len(table) == 1 + 101 + 2


def small_over(years: int) -> Case:
    return case(
        benefit("gain", "1000 GBP/month"),
        investment("licence", "6000 GBP"),
        months=12 * years,
        period="year",
    )


# assumptions and evidence


@pytest.mark.parametrize("name", MODELS)
def test_every_assumption_is_listed_with_value_grade_source_and_date(name: str) -> None:
    result, document = written(name)
    rows = document.table("Assumptions with value")[1:]
    assert len(rows) == len(result.assumptions)
    for row, each in zip(rows, result.assumptions, strict=True):
        label, value, _, grade, source = row
        assert label.split("\n")[0] == each.assumption.label
        assert value.split("\n")[0] == result.figure(f"assumptions.{each.assumption.id}").text
        assert each.evidence is not None
        assert grade == each.evidence.grade
        assert source.startswith(each.evidence.source)
        if each.evidence.date:
            assert str(each.evidence.date.year) in source


def described(**evidence: object) -> list[str]:
    """The row of an assumption with such evidence."""
    made = Assumption(
        id="users",
        label="Users",
        value=100,
        low=80,
        high=120,
        unit="user",
        note="All sites.",
        distribution="triangular",
        evidence=Evidence(grade=Grade.A, **evidence),  # type: ignore[arg-type]
    )
    rows = proposal(case(made, benefit("gain", "users * 1 GBP/user/month")))
    return rows.table("Assumptions with value")[1]


def test_evidence_is_given_with_all_that_is_known_about_it() -> None:
    row = described(
        source="Billing system",
        owner="Controller",
        date=date(2026, 3, 1),
        tested="pilot",
        note="Twelve months.",
    )
    assert row == [
        "Users\nAll sites.",
        "100\u00a0users",
        "80\u00a0to 120\ntriangular",
        "A",
        "Billing system, Controller, 1\u00a0March\u00a02026, tested by pilot\nTwelve months.",
    ]


def test_an_assumption_without_evidence_is_shown_up() -> None:
    bare = case(assumption("users", 100, "user"), benefit("gain", "users * 1 GBP/user/month"))
    row = proposal(bare).table("Assumptions with value")[1]
    assert row[3:] == ["–", "No evidence yet; counts as grade E"]


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (None, None, "–"),
        (80, None, "from 80"),
        (None, 120, "up to 120"),
        (80, 120, "80\u00a0to 120"),
    ],
)
def test_a_range_is_shown_as_far_as_it_is_known(
    low: float | None, high: float | None, shown: str
) -> None:
    made = case(
        assumption("users", 100, "user", low=low, high=high),
        benefit("gain", "users * 1 GBP/user/month"),
    )
    assert proposal(made).table("Assumptions with value")[1][2] == shown


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"growth": 0.02}, "+2% a year"),
        ({"values": (100, 110, 120)}, "By year: 100 · 110 · 120"),
        ({"values": (100, 110)}, "By year: 100 · 110 from year 2"),
    ],
)
def test_an_assumption_that_changes_over_the_years_says_how(
    changes: dict[str, object], shown: str
) -> None:
    made = case(
        assumption("users", 100, "user", **changes),
        benefit("gain", "users * 1 GBP/user/month"),
    )
    value = proposal(made).table("Assumptions with value")[1][1]
    assert value == f"100\u00a0users\n{shown}"


def test_a_step_is_shown_with_its_formula_in_words_and_in_numbers() -> None:
    step = proposal(small()).table("Intermediate steps")[1]
    assert step == [
        "Gain of all",
        "Users × 5 × £1 per user per month",
        "100 × 5 × £1 per user per month = £500 per month",
    ]


def test_benefits_are_shared_out_by_the_strength_of_their_evidence() -> None:
    result, document = written("contact-centre")
    rows = document.table("Benefits by grade of evidence")[1:]
    assert [row[:2] for row in rows] == [[grade, grade.label] for grade in Grade]
    assert rows[-1][2:] == [result.figure("total_benefits").text, "100.0%"]


def test_what_is_left_on_strong_evidence_alone_is_said_in_words_and_in_the_table() -> None:
    result, document = written("contact-centre")
    left = result.figure("finance_view.value").text
    sentence = (
        f"Counting only benefits on evidence of grade A and B, the value is {left} (Table\u00a0"
    )
    assert sentence in document.section("How the value comes about")
    rows = dict(row[:2] for row in document.table("Hard and soft benefits"))
    assert rows["Value, finance view"] == left


# scenarios


def test_the_scenarios_stand_side_by_side_with_their_own_numbers() -> None:
    compared = scenarios_of("contact-centre")
    _, document = written("contact-centre")
    head, *rows = document.table("Headline figures of the scenarios")
    assert head[1:] == [each.scenario_label for each in compared]
    by_label = {row[0]: row[1:] for row in rows}
    assert by_label["Value"] == [each.figure("value").text for each in compared]
    assert by_label["Payback"] == [each.figure("payback").text for each in compared]
    note = "Payback (Conservative): Not within the horizon of 3 years."
    assert note in document.section("Scenarios")


def test_what_a_scenario_changes_is_listed_against_the_expected_value() -> None:
    rows = dict(proposal(small()).table("What each scenario changes"))
    assert rows["Fewer"] == "Users: 50\u00a0users instead of 100\u00a0users"
    assert rows["Conservative"] == "Every assumption with a range at the end that hurts"


def test_more_scenarios_than_fit_go_on_in_a_second_table() -> None:
    many = small()
    crowd = case(
        *many.assumptions,
        *many.calculations,
        *many.benefits,
        *(scenario(f"scenario_{number}", users=number + 1.0) for number in range(9)),
    )
    tables = proposal(crowd).tables("Headline figures of the scenarios")
    assert len(tables) == 3
    assert sum(len(table[0]) - 1 for table in tables) == 12


def test_a_scenario_alone_cannot_say_what_the_others_are() -> None:
    result = calculate(small(), "conservative")
    assert "Scenarios" not in [text for _, text in Document(write(result)).headings]


# the last pages


def test_the_sections_follow_in_their_order() -> None:
    _, document = written("contact-centre")
    assert [text for level, text in document.headings if level == 1] == SECTIONS


@pytest.mark.parametrize("name", MODELS)
def test_every_convention_in_force_is_printed(name: str) -> None:
    result, document = written(name)
    rows = document.table("The conventions that the figures follow")
    assert rows == [[each.label, USUAL.say(each.text)] for each in result.conventions]


@pytest.mark.parametrize("name", MODELS)
def test_every_warning_is_an_open_point_with_cause_and_remedy(name: str) -> None:
    result, document = written(name)
    section = document.section("Open points")
    if not result.warnings:
        assert section == "None: the case passes every check."
    for warning in result.warnings:
        assert warning.cause in section
        assert warning.remedy in section


def test_what_the_team_expected_of_a_figure_is_no_open_point_of_the_customer() -> None:
    made = small(expected={"value": 1.0, "nothing": 2.0})
    assert {each.place for each in calculate(made).warnings} >= {
        "expected.value",
        "expected.nothing",
    }
    section = proposal(made).section("Open points")
    assert "Expected figures" not in section
    assert "which of the two is wrong" not in section


def test_the_place_of_an_open_point_is_named_as_people_know_it() -> None:
    _, document = written("predictive-maintenance")
    places = [row[0] for row in document.table("Open points")[1:]]
    assert "Overtime avoided on the other recovered hours" in places


def test_a_public_source_is_given_with_publisher_day_link_and_note() -> None:
    source = Source(
        title="Report",
        publisher="Office",
        url="https://example.org/report?a=1&b=2",
        date="2026-03-01",
        note="Page 3.",
    )
    document = proposal(small(sources=(source, Source(title="Book", date="2019"))))
    assert document.styled("Source") == [
        "Office: Report, 1\u00a0March\u00a02026. https://example.org/report?a=1&b=2 Page 3.",
        "Book, 2019.",
    ]


# the pictures


def test_the_charts_are_drawn_over_the_whole_width_and_described() -> None:
    _, document = written(REFERENCE)
    extents = document.find(".//wp:inline/wp:extent")
    assert [each.get("cx") for each in extents[1:]] == ["5760000"] * 5
    _, waterfall, cash, *_ = (each.get("descr") for each in document.find(".//wp:docPr"))
    assert "Value £12.0m" in waterfall
    assert "Raised by Higher revenue per user £15.0m" in waterfall
    assert "Pays back after 7.2 months" in cash
    pictures = [data for name, data in document.parts.items() if name.endswith(".png")]
    assert [data[:4] for data in pictures] == [b"\x89PNG"] * 6


def test_the_chart_of_a_case_that_never_pays_back_says_so() -> None:
    _, document = written("field-service", "conservative")
    [_, _, cash, *_] = (each.get("descr") for each in document.find(".//wp:docPr"))
    assert "Does not pay back within 3 years." in cash


def test_without_lines_nothing_is_drawn_and_nothing_fails() -> None:
    document = proposal(Case(title="Nothing yet"))
    assert len(document.find(".//w:drawing")) == 1, "the place of a logo"
    for sentence in (
        "There are no amounts to draw yet.",
        "No benefit is counted in money yet.",
        "No investment is counted yet.",
        "The case has no assumptions yet.",
    ):
        assert sentence in document.text


def test_benefits_without_an_investment_have_nothing_to_pay_back() -> None:
    document = proposal(case(benefit("gain", "100 GBP/month")))
    [message] = document.styled("KeyMessage")
    assert "an investment of £0 brings benefits of £3,600" in message
    assert "pay" not in message
    assert "Payback: There is no investment to pay back." in document.styled("TableNote")


def test_captions_are_numbered_one_after_the_other() -> None:
    _, document = written("contact-centre")
    captions = document.styled("Caption")
    numbers = [each.split(".")[0] for each in captions]
    assert numbers == [f"Table\u00a0{number}" for number in range(1, len(captions) + 1)]
    figures = [each.split(".")[0] for each in document.styled("PictureCaption")]
    assert figures == [f"Figure\u00a0{number}" for number in (1, 2, 3, 4, 5)]
    instructions = {each.text.strip() for each in document.find(".//w:instrText")}
    assert {"SEQ Table \\* ARABIC", "SEQ Figure \\* ARABIC"} <= instructions


def test_the_statement_without_words_still_has_its_five_parts() -> None:
    empty = small(proposition=Proposition(figure="benefits.gain.year_1"))
    result = calculate(empty)
    rows = Document(write(result)).table("The value proposition in its five parts")
    assert [row[1] for row in rows[1:3]] == ["…", "…"]
    assert f"resulting in {result.figure('benefits.gain.year_1').text} in benefits" in rows[0][1]


@pytest.mark.parametrize("scenario", ["expected", "fewer"])
def test_only_the_column_of_its_own_scenario_is_filled_again(scenario: str) -> None:
    compared = compare(small())
    result = next(each for each in compared if each.scenario == scenario)
    document = Document(write(result, compared))
    others = (*TO_FILL_IN, *CHARTS)
    tagged = {each.tag: each.text for each in document.controls if each.tag not in others}
    shown = {tag: text for tag, text in tagged.items() if not tag.startswith("text.")}
    assert shown["value"] == result.figure("value").text
    assert all(result.figure(tag).text == text for tag, text in shown.items())
