"""The later sections of the editor: their fields, and what is worked out beside them."""

from __future__ import annotations

import json
import re
from typing import Any

import lxml.html
import pytest
from flask import Flask

from tests.web.cases import MARKUP, empty, hostile, minimal, undefined
from tests.web.visitors import Cast, cast
from valuecalc.errors import Problem
from valuecalc.schemas.case import load_case
from valuecalc.schemas.written import written
from valuecalc.services import cases, library, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web.pages.editor.sections import GROUPS, SectionFields, anchor_of

Page = lxml.html.HtmlElement

SECTIONS = ("people", "scenarios", "alternatives", "results", "conventions", "history")
PARTS = (
    *("people", "scenarios", "alternatives", "conventions"),
    *("cash-flow", "evidence", "checks", "figures", "history"),
)


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def rich() -> dict[str, Any]:
    """A case with something in every section."""
    return minimal() | {
        "assumptions": [
            {"id": "users", "label": "Users", "value": 100, "low": 80, "high": 130, "unit": "user"},
            {"id": "effort", "label": "Effort", "value": 40, "unit": "hour"},
            {"id": "unused", "label": "Unused", "value": 7},
        ],
        "benefits": [
            {"id": "time", "label": "Less time", "formula": "users * 50 GBP/user/year", "goal": "a"}
        ],
        "people": [
            {"id": "cfo", "name": "A. Jones", "role": "Finance director"},
            {"id": "us", "name": "B. Lee", "side": "vendor"},
        ],
        "goals": [
            {"id": "a", "label": "Lower cost", "owner": "cfo"},
            {"id": "b", "label": "Faster answers", "parent": "a"},
        ],
        "scenarios": [
            {"id": "late", "label": "A late start", "set": {"effort": 55}, "discount_rate": 0.12}
        ],
        "alternatives": [
            {
                "id": "other",
                "label": "Another tool",
                "kind": "next_best",
                "set": {"users": 60},
                "benefits": [
                    {"id": "time", "label": "Less time", "formula": "users * 50 GBP/user/year"}
                ],
                "investments": [{"id": "fee", "label": "Fee", "formula": "500 GBP/year"}],
            }
        ],
    }


def keep(store: Database, people: Cast, document: dict[str, Any]) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(document))[0]


def opened(people: Cast, kept: Saved) -> Page:
    return people.editor.open(f"/cases/{kept.head.uid}/edit")


def live(people: Cast, kept: Saved, *parts: str, document: dict[str, Any] | None = None) -> Page:
    """The answer to what is typed, with some parts of the page."""
    response = people.editor.client.post(
        f"/cases/{kept.head.uid}/edit/live",
        json={"document": document or written(kept.document), "parts": parts},
        headers={"X-CSRFToken": people.editor.token()},
    )
    assert response.status_code == 200, response.text
    return lxml.html.fromstring(response.text)


def answered(people: Cast, kept: Saved) -> Page:
    """Everything that is worked out, as it comes to the page when somebody is near."""
    return live(people, kept, *PARTS)


def outputs(page: Page) -> dict[str, str]:
    """What stands in each place of our parts; templates hold no such place."""
    found = page.xpath("//*[@data-live][not(ancestor::template)]")
    names = {each: each.get("data-live") for each in found}
    ours = {each: name for each, name in names.items() if name.partition(".")[0] in PARTS}
    assert len(ours) == len(set(ours.values())), "two elements have one place"
    return {name: words(each) for each, name in ours.items()}


def words(element: Page) -> str:
    """What is read in an element; what stands in elements of its own is apart."""
    text = " ".join(" ".join(element.itertext()).split())
    return re.sub(r" (?=[.,:;])", "", text)


def explained(people: Cast, address: str, form: dict[str, str]) -> Page:
    """The page that explains a figure."""
    response = people.editor.send(address, form)
    assert response.status_code == 200, response.text
    return lxml.html.fromstring(response.text)


def said(page: Page, name: str) -> str:
    return outputs(page)[name]


def field(page: Page, place: str) -> Page:
    [found] = page.xpath(f'//*[@id="f-{place}"][not(ancestor::template)]')
    return found


def place_by_rows(element: Page) -> str:
    """The place of a field as the script reads it off the page."""
    place = element.get("data-field")
    for row in element.iterancestors():
        if row.get("data-row"):
            [around] = [each for each in row.iterancestors() if each.get("data-list")][:1]
            place = f"{around.get('data-list')}.{row.get('data-row')}.{place}"
    return place


# --------------------------------------------------------------------------- fields


class TestFields:
    def test_each_field_is_called_by_its_place(self, people: Cast, store: Database) -> None:
        page = opened(people, keep(store, people, rich()))
        fields = page.xpath("//section//*[@data-field][not(ancestor::template)]")
        assert [each.get("id") for each in fields] == [
            f"f-{place_by_rows(each)}" for each in fields
        ]
        assert len({each.get("id") for each in fields}) == len(fields) > 50

    def test_no_field_stands_where_the_answers_write(self, people: Cast, store: Database) -> None:
        page = opened(people, keep(store, people, rich()))
        assert page.xpath("//*[@data-live]//*[@data-field]") == []

    def test_every_list_has_a_template_with_the_same_fields(
        self, people: Cast, store: Database
    ) -> None:
        page = opened(people, keep(store, people, rich()))
        for name in ("people", "goals", "alternatives.benefits", "alternatives.investments"):
            *around, own = name.split(".")
            path = "".join(f'//*[@data-list="{each}"]' for each in (*around, own))
            row = page.xpath(f"{path}//*[@data-row][not(ancestor::template)]")[0]
            [template] = page.xpath(f'//template[@data-template="{name}"]')
            wanted = [each.get("data-field") for each in row.xpath(".//*[@data-field]")]
            fields = template.xpath(".//*[@data-field]")
            assert [each.get("data-field") for each in fields] == wanted, name
            assert all("__ID__" in each.get("id") for each in fields)

    def test_a_scenario_is_a_row_with_a_field_for_what_it_sets(
        self, people: Cast, store: Database
    ) -> None:
        page = opened(people, keep(store, people, rich()))
        assert field(page, "scenarios.late.set.effort").get("value") == "55"
        assert field(page, "scenarios.late.discount_rate").get("value") == "12%"

    def test_an_empty_override_shows_what_is_expected(self, people: Cast, store: Database) -> None:
        users = field(opened(people, keep(store, people, rich())), "scenarios.late.set.users")
        assert (users.get("value"), users.get("placeholder")) == ("", "100")

    def test_assumptions_that_nothing_moves_can_be_asked_for(
        self, people: Cast, store: Database
    ) -> None:
        page = opened(people, keep(store, people, rich()))
        assert page.xpath('//*[@id="f-scenarios.late.set.unused"]') == []
        offered = page.xpath('//*[@id="scenarios"]//select[@data-pick]/option/@value')
        assert offered == ["", "unused"]

    def test_an_alternative_has_fields_for_what_it_sets_alone(
        self, people: Cast, store: Database
    ) -> None:
        page = opened(people, keep(store, people, rich()))
        cells = page.xpath('//*[@data-row="other"]//*[@data-cell]/@data-cell')
        assert cells == ["users"]
        assert field(page, "alternatives.other.investments.fee.formula").text.strip() == (
            "500 GBP/year"
        )

    def test_a_convention_left_empty_shows_the_usual_one(
        self, people: Cast, store: Database
    ) -> None:
        page = opened(people, keep(store, people, minimal()))
        for path in ("roi", "payback", "payback_crossing", "finance_view", "headline"):
            select = field(page, f"conventions.{path}")
            assert select[0].get("value") == "", path
            assert select[0].text, path
            assert select.xpath("option[@selected]") == [], path

    def test_the_convention_in_force_is_chosen(self, people: Cast, store: Database) -> None:
        conventions = {"roi": "annual", "finance_view": ["A", "B", "C"], "payback": "whole_periods"}
        page = opened(people, keep(store, people, minimal() | {"conventions": conventions}))
        for path, value in (("roi", "annual"), ("finance_view", "A; B; C")):
            [chosen] = field(page, f"conventions.{path}").xpath("option[@selected]")
            assert chosen.get("value") == value

    def test_grades_that_nobody_thought_of_are_kept_as_a_choice(self) -> None:
        fields = SectionFields({"conventions": {"finance_view": ["A", "D"]}})
        assert fields.finance_views[-1] == ("A; D", "A, D")

    @pytest.mark.parametrize("wrong", ["text", 7, [], {"finance_view": [None]}])
    def test_conventions_that_are_none_do_no_harm(self, wrong: Any) -> None:
        assert SectionFields({"conventions": wrong}).finance_views

    @pytest.mark.parametrize("rows", [None, [None, 7, "x", {}, {"id": "a", "set": 3, "low": 0}]])
    def test_rows_that_are_none_are_left_out(self, rows: Any) -> None:
        fields = SectionFields({"assumptions": rows, "scenarios": rows})
        assert fields.compared == []
        assert fields.set_by({"set": "nonsense"}) == []


# --------------------------------------------------------------------------- what is worked out


class TestOutputs:
    @pytest.mark.parametrize("document", [rich(), minimal(), undefined()], ids=lambda _: "")
    def test_the_answers_fill_every_place_of_the_page(
        self, people: Cast, store: Database, document: dict[str, Any]
    ) -> None:
        kept = keep(store, people, document)
        on_page = outputs(opened(people, kept))
        filled = outputs(answered(people, kept))
        assert on_page.keys() <= filled.keys()
        # An answer knows every assumption, since it cannot know which of them are shown.
        more = filled.keys() - on_page.keys()
        assert {name.partition(".")[0] for name in more} <= {"scenarios"}

    def test_the_page_comes_without_what_is_asked_for_later(
        self, people: Cast, store: Database
    ) -> None:
        on_page = outputs(opened(people, keep(store, people, rich())))
        early = {"scenarios.name.users", "scenarios.name.effort", "checks.list"}
        made = {name for name, text in on_page.items() if text.endswith(": –")}
        assert {name for name, text in on_page.items() if text} <= early | made
        assert "£" not in "".join(on_page.values())

    def test_a_draft_has_every_section_and_no_amounts(self, people: Cast, store: Database) -> None:
        broken = rich() | {"benefits": [{"id": "x", "label": "X", "formula": "nothing * 2"}]}
        page = opened(people, keep(store, people, broken))
        assert set(SECTIONS) <= set(page.xpath("//section/@id"))
        assert "as soon as the case can be worked out" in said(page, "people.chain")
        assert said(page, "scenarios.late._figures") == ""
        assert "nothing" in said(page, "checks.list")

    def test_an_empty_case_says_how_to_begin(self, people: Cast, store: Database) -> None:
        kept = keep(store, people, empty())
        text = words(opened(people, kept)) + words(answered(people, kept))
        for beginning in ("Add the goals", "Add the people", "No alternatives yet"):
            assert beginning in text

    def test_nothing_of_a_hostile_case_is_markup(self, people: Cast, store: Database) -> None:
        text = hostile()
        text["alternatives"] = [{"id": "x", "label": MARKUP, "note": MARKUP, "set": {"users": 5}}]
        text["scenarios"] = [{"id": "y", "label": MARKUP, "note": MARKUP, "set": {"users": 5}}]
        kept = keep(store, people, text)
        for page in (opened(people, kept), live(people, kept, *PARTS)):
            scripts = page.xpath("//script[not(@src)][not(@type='application/json')]")
            assert scripts == []
            assert page.xpath("//i[text()='\"Q\"']") == []


class TestPeopleAndGoals:
    def test_the_chain_shows_owner_benefit_and_amount(self, people: Cast, store: Database) -> None:
        page = answered(people, keep(store, people, rich()))
        chain = said(page, "people.chain")
        assert chain.startswith("Lower cost A. Jones, Finance director £15,000 Less time £15,000")
        assert chain.endswith("Faster answers nobody owns it yet No benefit serves this goal yet")

    def test_benefits_without_a_goal_are_listed(self, people: Cast, store: Database) -> None:
        stray = rich()
        stray["benefits"] = [{**stray["benefits"][0], "goal": ""}]
        page = answered(people, keep(store, people, stray))
        assert "Benefits that serve no goal Less time £15,000" in said(page, "people.chain")

    def test_who_owns_no_goal_is_named(self, people: Cast, store: Database) -> None:
        stakes = said(answered(people, keep(store, people, rich())), "people.stakes")
        assert stakes.startswith("A. Jones Finance director £15,000")
        assert stakes.endswith("theirs yet: B. Lee.")

    def test_a_chain_as_long_as_there_may_be_is_shown(self, people: Cast, store: Database) -> None:
        goals = [
            {"id": f"g{at}", "label": f"Goal {at}", "parent": f"g{at - 1}" if at else ""}
            for at in range(200)
        ]
        kept = keep(store, people, rich() | {"goals": goals, "benefits": []})
        # Read as text, since a parser of markup stops at some depth.
        response = people.editor.client.post(
            f"/cases/{kept.head.uid}/edit/live",
            json={"document": written(kept.document), "parts": ["people"]},
            headers={"X-CSRFToken": people.editor.token()},
        )
        assert response.status_code == 200
        assert "Goal 199</b>" in response.text


class TestScenarios:
    def test_a_scenario_says_what_it_makes_of_the_value(
        self, people: Cast, store: Database
    ) -> None:
        document = rich()
        document["scenarios"] = [{"id": "few", "label": "Few", "set": {"users": 90}}]
        page = answered(people, keep(store, people, document))
        assert said(page, "scenarios.few._figures").startswith("Value: £4.50k −£1.50k")

    def test_each_figure_is_explained_in_its_own_scenario(
        self, people: Cast, store: Database
    ) -> None:
        page = answered(people, keep(store, people, rich()))
        [cell] = page.xpath('//*[@data-live="scenarios.late._figures"]')
        addresses = cell.xpath(".//button/@formaction")
        assert addresses
        assert all("scenario=late" in each for each in addresses)
        form = {"document": json.dumps(rich()), "scenario": "expected"}
        value = next(each for each in addresses if "/explain/value?" in each)
        assert "scenario “ A late start ”" in words(explained(people, value, form))

    def test_the_made_ones_show_the_end_that_hurts_and_the_end_that_helps(
        self, people: Cast, store: Database
    ) -> None:
        page = answered(people, keep(store, people, rich()))
        found = [
            said(page, f"scenarios.{each}.users")
            for each in ("conservative", "expected", "stretch")
        ]
        assert found == ["Users: 80", "Users: 100", "Users: 130"]

    def test_a_scenario_that_is_typed_is_answered_at_once(
        self, people: Cast, store: Database
    ) -> None:
        kept = keep(store, people, rich())
        document = json.loads(json.dumps(written(kept.document)))
        document["scenarios"].append({"id": "new", "label": "New", "set": {"users": "50"}})
        page = live(people, kept, "scenarios", document=document)
        assert said(page, "scenarios.new._figures").startswith("Value: −£1.50k −£7.50k")


class TestAlternatives:
    def test_an_alternative_shows_its_totals(self, people: Cast, store: Database) -> None:
        page = answered(people, keep(store, people, rich()))
        assert said(page, "alternatives.other._total").startswith("£7.50k value")
        assert said(page, "alternatives.other.benefits.time") == "£9,000"
        assert said(page, "alternatives.other.investments.fee") == "£1,500"

    def test_it_is_compared_with_the_case(self, people: Cast, store: Database) -> None:
        compared = said(answered(people, keep(store, people, rich())), "alternatives._compared")
        assert "The reference value is the price of “Another tool”" in compared
        assert "From “ Another tool ” to the case" in compared
        assert "Value of the case £6,000" in compared

    def test_each_figure_of_it_is_explained_as_it_is_in_the_alternative(
        self, people: Cast, store: Database
    ) -> None:
        page = answered(people, keep(store, people, rich()))
        form = {"document": json.dumps(rich())}
        addresses = [
            address
            for part in ("_total", "benefits.time", "investments.fee")
            for address in page.xpath(
                f'//*[@data-live="alternatives.other.{part}"]//button/@formaction'
            )
        ]
        texts = [words(explained(people, each, form)) for each in addresses]
        assert len(texts) == 4
        assert all("Another tool" in each for each in texts)
        assert "60 users" in texts[0]
        assert "£7,500" in texts[0]
        [compared] = page.xpath('//*[@data-live="alternatives._compared"]')
        assert not compared.xpath("./div/table/tbody/tr[not(@class)]/td[not(.//button)]")
        parts = people.editor.send(addresses[0], form)
        assert all(
            "alternative=other" in each
            for each in lxml.html.fromstring(parts.text).xpath(
                "//*[@id='explanation']//@formaction"
            )
        )

    def test_an_alternative_that_is_gone_is_not_explained(
        self, people: Cast, store: Database
    ) -> None:
        kept = keep(store, people, rich())
        form = {"document": json.dumps(rich())}
        address = f"/cases/{kept.head.uid}/edit/explain/value?alternative=nope"
        assert people.editor.send(address, form).status_code == 404

    def test_without_alternatives_nothing_is_compared(self, people: Cast, store: Database) -> None:
        page = answered(people, keep(store, people, minimal()))
        assert said(page, "alternatives._compared") == ""


class TestConventionsAndResults:
    def test_what_a_setting_means_is_said_beside_it(self, people: Cast, store: Database) -> None:
        kept = keep(store, people, minimal())
        assert "annual effective" in said(answered(people, kept), "conventions.discounting")
        document = written(kept.document) | {"conventions": {"roi": "annual"}}
        page = live(people, kept, "conventions", document=document)
        assert "annual ROI" in said(page, "conventions.roi")

    def test_every_figure_is_listed_once(self, people: Cast, store: Database) -> None:
        kept = keep(store, people, rich())
        page = answered(people, kept)
        names = page.xpath('//*[@data-live="figures.groups"]//code/text()')
        assert len(names) == len(set(names)) > 50
        assert {"value", "benefits.time.total", "assumptions.users"} <= set(names)

    def test_every_group_of_figures_has_a_title(self) -> None:
        for straw_man in library.straw_men()[:3]:
            figures = cases.calculate(straw_man.case).figures
            assert {each.group for each in figures.values()} <= set(GROUPS)

    def test_each_check_leads_to_something_on_the_page(self, people: Cast, store: Database) -> None:
        page = opened(people, keep(store, people, minimal()))
        links = page.xpath('//*[@data-live="checks.list"]//a/@href')
        assert links
        ids = set(page.xpath("//*[not(ancestor::template)]/@id"))
        assert {each.removeprefix("#") for each in links} <= ids

    @pytest.mark.parametrize(
        ("place", "anchor"),
        [
            ("benefits", "benefits"),
            ("assumptions.users", "f-assumptions.users.label"),
            ("people.cfo", "f-people.cfo.name"),
            ("benefits.time.formula", "f-benefits.time.formula"),
            ("discounting.rate", "f-discounting.rate"),
            ("expected.value", ""),
            ("", ""),
        ],
    )
    def test_a_place_leads_to_its_field(self, place: str, anchor: str) -> None:
        assert anchor_of(Problem(code="x", place=place, cause="C.", remedy="R.")) == anchor


class TestHistory:
    def test_sittings_say_who_and_what_and_what_it_was_worth(
        self, people: Cast, store: Database
    ) -> None:
        kept = keep(store, people, minimal())
        better = minimal()
        better["assumptions"] = [{**better["assumptions"][0], "value": 120}]
        saved_cases.save(
            store,
            people.owner.actor,
            kept.head.uid,
            load_case(better),
            kept.tag,
            note="After a call",
        )
        history = said(answered(people, kept), "history.sittings")
        assert history.startswith(people.owner.actor.name)
        assert "£9,000 +£3,000 After a call Users, expected value: 120 users." in history
        assert history.endswith("£6,000 The first version.")
