"""The page of a case: each number of the result stands where it belongs, as a link."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import lxml.html
import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from tests.web import cases as hard
from tests.web.conftest import Page
from valuecalc.schemas.case import dump_case
from valuecalc.services import cases, library
from valuecalc.web.pages.case_page import SECTIONS

Get = Callable[[str], Page]
Post = Callable[..., TestResponse]

REFERENCE = "/straw-men/new-data-services"


def reference_result(scenario: str = "expected") -> cases.Result:
    return cases.calculate(library.straw_man("new-data-services").case, scenario)


def words(element: Page) -> str:
    return " ".join(element.text_content().split())


def section(page: Page, id: str) -> str:
    return words(page.get_element_by_id(id))


def test_the_value_and_its_equation_lead_the_panel(get: Get) -> None:
    panel = section(get(REFERENCE), "result")
    assert panel.startswith(
        "Value £12.0m over 3 years, undiscounted £15.0m total benefits − £3.00m total"
    )


def test_every_headline_figure_stands_in_the_panel_with_its_label(get: Get) -> None:
    panel = section(get(REFERENCE), "result")
    for figure in reference_result().headline:
        assert figure.short in panel
        assert figure.label.lower() in panel.lower()


def posted_with_headline(post: Post, convention: str, address: str = "/calculate") -> Page:
    case = dump_case(library.straw_man("new-data-services").case)
    case["conventions"] = {**case.get("conventions", {}), "headline": convention}
    return lxml.html.fromstring(post(json.dumps(case), address).text)


def test_a_percentile_leads_the_panel_with_the_expected_value_beside_it(post: Post) -> None:
    panel = section(posted_with_headline(post, "p10"), "result")
    assert panel.startswith(
        "Value, reached in 90% of the draws (P10) £2.38m over 3 years, undiscounted "
        "P10 of 16,384 draws, scrambled Sobol points, seed 1; standard error ±£24,000 "
        "£12.0m expected value = £15.0m total benefits − £3.00m total investment "
        "NPV, reached in 90% of the draws (P10) £1.65m"
    )


def test_a_percentile_stands_in_the_statement_and_among_the_conventions(post: Post) -> None:
    page = posted_with_headline(post, "p20")
    assert "or more in 80% of the draws (P20)" in section(page, "statement")
    assert "Headline figureP20: the value and the NPV" in section(page, "conventions")


def test_a_percentile_is_explained_by_what_was_drawn(post: Post) -> None:
    page = posted_with_headline(post, "p10", "/calculate/explain/value_p10")
    told = words(page.get_element_by_id("explanation"))
    assert "each draw takes a value from each of the 6 ranges below" in told
    assert "seed 1; standard error ±£24,000" in told
    assert "Drawn: 10% of the draws are below 90,000" in told


def test_the_sections_stand_in_their_order_and_the_list_leads_to_them(get: Get) -> None:
    page = get(REFERENCE)
    ids = [id for id, _ in SECTIONS]
    ids.insert(ids.index("evidence"), "plan")
    assert page.xpath("//main/section/@id") == ids
    assert page.xpath("//nav[@data-sections]//a/@href") == [f"#{id}" for id in ids]


def test_the_statement_has_its_five_parts(get: Get) -> None:
    statement = section(get(REFERENCE), "statement")
    places = [statement.index(lead) for lead, _ in reference_result().statement.parts]
    assert len(places) == 5
    assert places == sorted(places)


def test_an_assumption_shows_its_range_unit_evidence_and_use(get: Get) -> None:
    row = section(get(REFERENCE), "assumption-arpu_after")
    for shown in ("£24", "£26", "£27", "per subscriber per month", "Extra revenue per user"):
        assert shown in row
    assert "Evidence grade E Worked example" in row


def test_a_line_shows_its_formula_worked_out(get: Get) -> None:
    line = section(get(REFERENCE), "benefits.arpu")
    assert "subscribers * uplift * margin" in line
    assert "= 104,167 × £4 × 100% = £416,668 per month" in line
    assert "£5,000,016" in line


def test_a_number_that_is_its_own_formula_is_said_once(post: Post) -> None:
    document = hard.minimal()
    document["assumptions"] = [{"id": "fee", "label": "Fee", "value": 9000, "unit": "GBP/year"}]
    document["benefits"][0]["formula"] = "fee"
    document["benefits"].append(document["benefits"][0] | {"id": "more", "formula": "2k GBP/year"})
    page = lxml.html.fromstring(post(document).text)
    worked = [words(each) for each in page.xpath("//article//p[@class='worked']")]
    assert worked == ["= £9,000 per year", "= £2,000 per year", "= £9,000"]


def test_gross_goes_through_the_haircuts_to_net(get: Get) -> None:
    line = section(get("/straw-men/enhanced-diagnostics"), "benefits.extra_margin")
    haircuts = line[line.index("Gross to net") :]
    assert "× 0.85 realisation 85%" in haircuts
    assert "× 0.8 attribution 80%" in haircuts
    assert "× 0.85 risk 15%" in haircuts


def test_every_number_leads_to_its_explanation(client: FlaskClient, get: Get) -> None:
    links = set(get(REFERENCE).xpath("//a[@data-explain]/@href"))
    assert len(links) > 30
    for link in links:
        response = client.get(link)
        assert response.status_code == 200, link


def test_the_cash_flow_adds_up_to_the_value(get: Get) -> None:
    [total] = get(REFERENCE).xpath("//section[@id='cash-flow']//tr[@class='total']")
    result = reference_result()
    shown = [result.figure(f"net.{column}").text for column in result.axis.columns]
    assert [words(cell) for cell in total] == [
        "Net value",
        *shown,
        result.figure("value").text,
        result.figure("npv").text,
    ]


@pytest.mark.parametrize("scenario", ["conservative", "stretch", "cost_to_serve"])
def test_a_scenario_switches_the_whole_page_and_its_links(get: Get, scenario: str) -> None:
    page = get(f"{REFERENCE}?scenario={scenario}")
    assert reference_result(scenario).figure("npv").text in section(page, "cash-flow")
    assert page.xpath("//nav[@aria-labelledby='scenario-title']//*[@aria-current]")[0].text == (
        reference_result(scenario).scenario_label
    )
    links = page.xpath("//a[@data-explain]/@href | //div[@id='downloads']//a/@href")
    assert all(link.endswith(f"scenario={scenario}") for link in links)


def test_scenarios_stand_side_by_side_with_what_they_move(get: Get) -> None:
    table = section(get(REFERENCE), "scenarios")
    for each in cases.compare(library.straw_man("new-data-services").case):
        assert each.scenario_label in table
        assert each.figure("value").text in table
    assert "What differs: 6 assumptions" in table


def test_conventions_and_warnings_are_all_there(get: Get) -> None:
    shown = section(get(REFERENCE), "conventions")
    result = reference_result()
    for convention in result.conventions:
        assert convention.text in shown
    assert result.warnings
    for warning in result.warnings:
        assert warning.cause in shown
        assert warning.remedy in shown


def test_each_chart_has_a_table_that_says_the_same(get: Get) -> None:
    page = get(REFERENCE)
    charts = page.xpath("//figure[.//*[local-name() = 'svg']]")
    assert len(charts) == 3
    assert all(chart.xpath(".//details//table//tbody/tr") for chart in charts)
    assert len(set(page.xpath("//@id"))) == len(page.xpath("//@id"))


def test_a_figure_that_does_not_exist_is_a_dash_with_its_reason(post: Post) -> None:
    page = post(hard.loss()).text
    assert "Not within the horizon of 3 years." in page
    assert 'aria-label="None: Not within the horizon of 3 years."' in page
    assert "None: the" not in post(hard.minimal()).text


def test_a_loss_is_red_with_a_true_minus_sign(post: Post) -> None:
    page = post(hard.loss()).text
    assert "−£885k" in page
    assert "-£" not in page
    assert 'class="figure negative' in page


def test_an_undefined_value_is_a_dash_with_its_reason_and_draws_no_chart(post: Post) -> None:
    response = post(hard.undefined())
    assert response.status_code == 200
    assert response.text.count("“Broken” is undefined in Year 1") > 1
    assert '<svg xmlns="http://www.w3.org/2000/svg"' not in response.text
    assert not re.search(r"\bnan\b", response.text, re.I)


def test_a_case_in_which_nothing_stands_yet_is_shown(post: Post) -> None:
    page = post(hard.empty()).text
    for sentence in ("no assumptions yet", "no benefits in money yet", "no investment yet"):
        assert sentence in page
    assert "Customer not named yet" in page


def test_sixty_assumptions_are_all_shown_and_the_statement_stays_short(post: Post) -> None:
    page = post(hard.large()).text
    assert page.count('id="assumption-volume_') == 60
    assert "and 61 more" in page


@pytest.mark.parametrize("text", [hard.MARKUP, hard.LONG[:200], hard.ARABIC])
def test_any_text_is_shown_as_it_was_written(post: Post, text: str) -> None:
    page = post(hard.hostile(text)).text
    assert str(escape(text)) in page
    if text == hard.MARKUP:
        assert text not in page


FIELDS = (
    "title customer summary change capability delivery source owner tested note "
    "calculation benefit outcome investment goal scenario scenario_note publisher source_title"
).split()


def marked() -> hard.Document:
    """A case in which each text names its field, with characters that mean something in HTML."""
    document = hard.hostile("plain")
    mark = {field: f"{field} <&> '\"" for field in FIELDS}
    document |= {name: mark[name] for name in ("title", "customer", "summary")}
    document["proposition"] |= {name: mark[name] for name in ("change", "capability", "delivery")}
    document["assumptions"][0]["evidence"] |= {
        name: mark[name] for name in ("source", "owner", "tested", "note")
    }
    document["calculations"][0]["label"] = mark["calculation"]
    document["benefits"][0]["label"] = mark["benefit"]
    document["benefits"][1]["label"] = mark["outcome"]
    document["investments"][0]["label"] = mark["investment"]
    document["goals"][0]["label"] = mark["goal"]
    document["scenarios"][0] |= {"label": mark["scenario"], "note": mark["scenario_note"]}
    document["sources"][0] |= {"publisher": mark["publisher"], "title": mark["source_title"]}
    return document


@pytest.mark.parametrize("field", FIELDS)
def test_each_text_of_a_case_is_escaped_where_it_is_shown(post: Post, field: str) -> None:
    page = post(marked()).text
    case_text = page.index("<textarea")
    assert str(escape(f"{field} <&> '\"")) in page[:case_text]
    assert f"{field} <&>" not in page


def test_an_address_that_could_run_a_script_is_no_link(post: Post) -> None:
    document = hard.hostile("x")
    document["sources"] = [{"title": "T", "url": "javascript:alert(1)"}]
    response = post(document)
    assert 'href="javascript' not in response.text


def test_the_page_shows_the_figures_that_the_panel_leaves_out(client: FlaskClient) -> None:
    page = client.get("/straw-men/new-data-services").get_data(as_text=True)
    for label in ("Modified IRR", "Discounted payback", "ROI, undiscounted", "Peak funding"):
        assert label in page


def test_a_plan_shows_what_is_decided_reached_and_done(post: Post) -> None:
    document = hard.minimal() | {
        "people": [{"id": "cfo", "name": "A. Jones", "role": "Finance director"}],
        "plan": {
            "milestones": [{"id": "live", "label": "Go live", "date": "2027-06-01"}],
            "tasks": [
                {
                    "id": "survey",
                    "label": "Site <survey>",
                    "side": "vendor",
                    "days": 10,
                    "after": ["go"],
                    "done": "25%",
                }
            ],
            "decisions": [
                {
                    "id": "go",
                    "label": "Release the budget",
                    "owner": "cfo",
                    "date": "2027-01-15",
                }
            ],
        },
    }
    rows = [
        words(row)
        for row in lxml.html.fromstring(post(document).text).xpath(
            "//section[@id='plan']//tbody/tr"
        )
    ]
    assert rows == [
        "Release the budget Decision A. JonesCustomer 15 Jan 2027 87 days of slack no change –",
        "Site <survey> Task after Release the budget Our team 18 – 29 Jan 2027"
        "10 days 87 days of slack no change 25%",
        "Go live Milestone Joint 1 Jun 2027 Critical – –",
    ]


def test_a_plan_shows_its_bars_its_critical_path_and_what_a_week_costs(get: Get) -> None:
    page = get("/straw-men/claims-handling")
    plan = page.get_element_by_id("plan")
    assert len(plan.xpath(".//svg")) == 2
    assert "The end depends on:" in words(plan)
    assert "Review payments, complaints and leakage" in words(plan)
    cells = [words(each) for each in plan.xpath(".//tbody/tr/td[4]")]
    assert any(each.startswith(("+$", "−$")) for each in cells)
    hrefs = page.xpath("//link[@rel='stylesheet']/@href")
    assert any(each.endswith("css/plan.css") for each in hrefs)


def test_a_case_without_a_plan_has_no_such_section(post: Post) -> None:
    page = lxml.html.fromstring(post(hard.minimal()).text)
    assert page.xpath("//section[@id='plan']") == []
    assert "#plan" not in page.xpath("//nav[@data-sections]//a/@href")
