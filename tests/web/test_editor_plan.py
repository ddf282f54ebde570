"""The plan in the editor: its fields, what is worked out beside them, and what a delay costs."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest
from flask import Flask

from tests.web.cases import MARKUP, minimal
from tests.web.visitors import Cast, cast
from valuecalc.errors import Problem
from valuecalc.schemas.case import load_case
from valuecalc.schemas.written import written
from valuecalc.services import saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.web.pages.editor.sections import anchor_of

Page = lxml.html.HtmlElement


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def kept(app: Flask, people: Cast) -> Saved:
    store = app.extensions["store"]
    return saved_cases.create(store, people.editor.actor, load_case(planned()))[0]


def planned(label: str = f"Build {MARKUP}") -> dict[str, Any]:
    """A case with a plan at which a benefit starts."""
    return minimal() | {
        "timeline": {"start": "2027-01", "years": 2, "period": "month"},
        "benefits": [
            {"id": "less", "label": "Less", "formula": "1000 GBP/month", "starts": "live"}
        ],
        "plan": {
            "start": "2027-01-04",
            "tasks": [
                {"id": "build", "label": label, "days": 18, "done": "50%"},
                {"id": "manual", "label": "Manual", "days": 1},
            ],
            "milestones": [{"id": "live", "label": "Live", "after": ["build"]}],
        },
    }


def words(element: Page) -> str:
    """What is read in an element; what stands in elements of its own is apart."""
    return " ".join(" ".join(element.itertext()).split())


def live(people: Cast, kept: Saved, *parts: str, document: Any = None) -> Page:
    answer = people.editor.client.post(
        f"/cases/{kept.head.uid}/edit/live",
        json={"document": document or written(kept.document), "parts": parts},
        headers={"X-CSRFToken": people.editor.token()},
    )
    assert answer.status_code == 200, answer.text
    return lxml.html.fromstring(answer.text)


def said(page: Page, name: str) -> str:
    [found] = page.xpath(f"//*[@data-live='{name}']")
    return words(found)


class TestTheFields:
    def test_hold_nothing_of_any_case(self, people: Cast, kept: Saved) -> None:
        page = people.editor.open(f"/cases/{kept.head.uid}/edit/plan")
        assert MARKUP not in page.text_content()
        lists = page.xpath("//*[@data-list]/@data-list")
        assert lists == ["plan.tasks", "plan.milestones", "plan.decisions"]
        assert page.xpath("//template[@data-template='plan.tasks']//*[@data-row]/@data-row") == [
            "__ID__"
        ]

    def test_have_a_place_for_everything_that_a_step_can_say(
        self, people: Cast, kept: Saved
    ) -> None:
        page = people.editor.open(f"/cases/{kept.head.uid}/edit/plan")
        fields = page.xpath("//template[@data-template='plan.tasks']//@data-field")
        assert set(fields) == set("label id owner side days done after earliest".split())

    def test_are_not_for_those_who_may_only_read(self, people: Cast, kept: Saved) -> None:
        people.viewer.open(f"/cases/{kept.head.uid}/edit/plan", 403)


class TestWhatIsWorkedOut:
    def test_each_step_has_its_days_and_its_slack(self, people: Cast, kept: Saved) -> None:
        page = live(people, kept, "plan")
        assert said(page, "plan.build") == "4 – 27 Jan 2027 Critical"
        assert said(page, "plan.manual") == "4 Jan 2027 17 days of slack"
        assert said(page, "plan.live") == "27 Jan 2027 Critical Starts Less"

    def test_what_a_week_costs_comes_with_its_own_part(self, people: Cast, kept: Saved) -> None:
        page = live(people, kept, "delays")
        assert page.xpath("//*[@data-live='plan.build']") == []
        assert said(page, "delays.build").startswith("A week later: −£")
        assert said(page, "delays.manual") == "A week later: no change net present value"

    def test_bars_come_with_a_table(self, people: Cast, kept: Saved) -> None:
        page = live(people, kept, "gantt")
        [chart] = page.xpath("//*[@data-live='gantt.chart']")
        assert len(chart.xpath(".//svg")) == 2
        assert "27 January 2027" in words(chart.xpath(".//table")[0])

    def test_a_case_without_a_plan_has_empty_places(self, people: Cast, kept: Saved) -> None:
        document = {key: value for key, value in written(kept.document).items() if key != "plan"}
        document["benefits"] = [{**document["benefits"][0], "starts": "1"}]
        page = live(people, kept, "plan", "delays", "gantt", document=document)
        assert said(page, "plan._span") == ""
        assert said(page, "gantt.chart") == ""

    def test_mistakes_of_the_plan_are_counted_in_its_section(
        self, people: Cast, kept: Saved
    ) -> None:
        document = planned()
        document["plan"]["tasks"][0]["after"] = "manual; nowhere"
        page = live(people, kept, document=document)
        data = json.loads(page.get_element_by_id("answer").text)
        assert data["sections"]["plan"] == {"errors": 1, "todo": 0}
        assert data["problems"][0]["place"] == "plan.tasks.build.after"

    @pytest.mark.parametrize(
        ("place", "anchor"),
        [
            ("plan.tasks.build.days", "f-plan.tasks.build.days"),
            ("plan.tasks.build", "f-plan.tasks.build.label"),
            ("plan.calendar.holidays", "plan"),
            ("plan", "plan"),
        ],
    )
    def test_checks_lead_to_the_field(self, place: str, anchor: str) -> None:
        assert anchor_of(Problem(code="plan", place=place, cause="", remedy="")) == anchor


class TestADelay:
    def ask(self, people: Cast, kept: Saved, **body: Any) -> Any:
        given = {"document": planned(), "step": "build", "days": "5"} | body
        return people.editor.client.post(
            f"/cases/{kept.head.uid}/edit/slip",
            json=given,
            headers={"X-CSRFToken": people.editor.token()},
        )

    def test_tells_what_it_costs_and_what_moves(self, people: Cast, kept: Saved) -> None:
        text = words(lxml.html.fromstring(self.ask(people, kept).text))
        assert "takes 5 working days more" in text
        assert "Value −£1.00k to £13.0k" in text
        assert "End of the plan 5 working days later" in text
        assert "Live : 27 Jan 2027 → 3 Feb 2027" in text

    def test_that_costs_nothing_says_why(self, people: Cast, kept: Saved) -> None:
        text = words(lxml.html.fromstring(self.ask(people, kept, step="manual").text))
        assert "Net present value no change" in text
        assert "it has 17 working days of slack before anything else moves" in text

    def test_can_be_a_gain(self, people: Cast, kept: Saved) -> None:
        text = words(lxml.html.fromstring(self.ask(people, kept, days="-18").text))
        assert "takes 18 working days less" in text

    @pytest.mark.parametrize("days", ["", "many", "1.5", "99999", None, [5], "nan"])
    def test_of_no_number_of_days_is_refused(self, people: Cast, kept: Saved, days: Any) -> None:
        answer = self.ask(people, kept, days=days)
        assert answer.status_code == 400
        assert "whole number" in answer.text

    @pytest.mark.parametrize("body", [{"step": 5}, {"document": "x"}, {"step": "nowhere"}])
    def test_of_nothing_is_refused(self, people: Cast, kept: Saved, body: Any) -> None:
        assert 400 <= self.ask(people, kept, **body).status_code < 500

    def test_keeps_markup_out(self, people: Cast, kept: Saved) -> None:
        assert MARKUP not in self.ask(people, kept).text
