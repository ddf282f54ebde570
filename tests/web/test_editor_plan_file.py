"""A plan of another program in the editor: what it changes, and what the script takes in."""

from __future__ import annotations

import io
import json
from typing import Any

import lxml.html
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.cases import MARKUP
from tests.web.test_editor_plan import planned, words
from tests.web.visitors import Cast, cast
from valuecalc.engine.calculate import calculate
from valuecalc.schemas.case import load_case
from valuecalc.schemas.written import written
from valuecalc.services import plan_files, saved_cases
from valuecalc.services.plan_writing import PROJECT_XML, write
from valuecalc.services.saved_cases import Saved

TABLE = "Task\tDays\tAfter\tOwner\nBuild\t38\t\tJo Poe\nTrain\t2\tBuild\t\nLive\t0\tTrain\t\n"


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def kept(app: Flask, people: Cast) -> Saved:
    store = app.extensions["store"]
    case = load_case(planned(label="Build"))
    return saved_cases.create(store, people.editor.actor, case)[0]


def ask(people: Cast, kept: Saved, document: Any = None, **form: Any) -> TestResponse:
    given = {"document": json.dumps(document or written(kept.document)), **form}
    return people.editor.client.post(
        f"/cases/{kept.head.uid}/edit/plan-file",
        data=given,
        headers={"X-CSRFToken": people.editor.token()},
    )


def page(answer: TestResponse) -> Any:
    return lxml.html.fromstring(answer.text)


def taken(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page(answer).get_element_by_id("taken-plan").text)
    return found


class TestWhatAPlanChanges:
    def test_is_shown_before_anything_is_kept(self, app: Flask, people: Cast, kept: Saved) -> None:
        answer = ask(people, kept, table=TABLE)
        assert answer.status_code == 200
        text = words(page(answer))
        assert "What the table changes" in text
        assert "Of its steps, 1 new, 2 kept, 1 taken out." in text
        assert "New 1 Train" in text
        assert "Taken out 1 Manual" in text
        assert "New among the people 1 Jo Poe" in text
        store = app.extensions["store"]
        again = saved_cases.load(store, people.editor.actor, kept.head.uid)
        assert again.version.number == 1

    def test_has_the_change_of_the_value_and_of_the_end(self, people: Cast, kept: Saved) -> None:
        text = words(page(ask(people, kept, table=TABLE)))
        assert "Value −£1.00k to £13.0k" in text
        assert "End of the plan 27 Jan 2027 → 26 Feb 2027" in text

    def test_is_held_against_what_is_typed_and_not_what_is_kept(
        self, people: Cast, kept: Saved
    ) -> None:
        document = written(kept.document)
        document["plan"]["tasks"].append({"id": "train", "label": "Train", "days": "4 days"})
        assert "3 kept" in words(page(ask(people, kept, document, table=TABLE)))

    def test_what_is_taken_is_the_document_that_the_case_would_be(
        self, people: Cast, kept: Saved
    ) -> None:
        found = taken(ask(people, kept, table=TABLE))
        document = written(kept.document) | {"plan": found["plan"], "people": found["people"]}
        merged = plan_files.merge(kept.case, TABLE.encode())
        assert load_case(document) == merged.case
        assert found["words"] == "The plan is taken in: 1 new, 2 kept, 1 taken out."

    def test_a_project_file_is_read_by_its_name(self, people: Cast, kept: Saved) -> None:
        content = write(calculate(kept.case), kept.case, PROJECT_XML)
        answer = ask(people, kept, file=(io.BytesIO(content), "roll-out.xml"))
        assert "What roll-out.xml changes" in words(page(answer))
        assert taken(answer)["plan"] == written(kept.document)["plan"]

    def test_a_milestone_that_a_benefit_starts_at_is_missed(
        self, people: Cast, kept: Saved
    ) -> None:
        text = words(page(ask(people, kept, table="Task\tDays\nBuild\t5\n")))
        assert "“Live” is no milestone of the file, and “Less” starts or ends at it." in text
        assert "To be mended in the case then" in text
        assert "cannot be worked out until the case is mended" in text

    def test_a_draft_takes_a_plan_as_well(self, people: Cast, kept: Saved) -> None:
        document = written(kept.document) | {"title": ""}
        document["benefits"] = [{"id": "less", "label": "Less", "formula": "nope"}]
        answer = ask(people, kept, document, table=TABLE)
        assert answer.status_code == 200
        assert [each["label"] for each in taken(answer)["plan"]["tasks"]] == ["Build", "Train"]

    def test_a_plan_beyond_the_horizon_is_warned_of(self, people: Cast, kept: Saved) -> None:
        long = TABLE.replace("38", "900")
        assert "after the horizon" in words(page(ask(people, kept, table=long)))


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("table", "why"),
        [
            ("", "column"),
            ("Task\tDays\nBuild\tmany\n", "row 2, column “Days”"),
            ("Task\tDays\tAfter\nA\t1\tB\nB\t1\tA\n", "circle"),
        ],
    )
    def test_is_told_in_the_form_which_keeps_the_table(
        self, people: Cast, kept: Saved, table: str, why: str
    ) -> None:
        answer = ask(people, kept, table=table)
        assert answer.status_code == 422
        assert why in words(page(answer)).replace("Row", "row")
        assert page(answer).get_element_by_id("plan-table").text_content().strip() == table.strip()

    @pytest.mark.parametrize(
        "content",
        [
            b'<!DOCTYPE a [<!ENTITY b "c">]><Project>&b;</Project>',
            b"PK\x03\x04 broken",
            b"\xd0\xcf\x11\xe0 an old file",
            b"\xff\xfe\x00",
            b"",
        ],
    )
    def test_a_hostile_file_is_refused_with_its_reason(
        self, people: Cast, kept: Saved, content: bytes
    ) -> None:
        answer = ask(people, kept, file=(io.BytesIO(content), "plan.xml"))
        assert answer.status_code == 422
        assert page(answer).xpath("//*[@role='alert']//li")

    def test_markup_stays_text(self, people: Cast, kept: Saved) -> None:
        answer = ask(people, kept, table=f"Task\tDays\n{MARKUP}\t5\n")
        assert answer.status_code == 200
        assert MARKUP not in answer.text
        assert taken(answer)["plan"]["tasks"][0]["label"] == MARKUP

    @pytest.mark.parametrize("document", ["", "[]", "{", "5"])
    def test_no_document_is_no_request(self, people: Cast, kept: Saved, document: str) -> None:
        answer = people.editor.client.post(
            f"/cases/{kept.head.uid}/edit/plan-file",
            data={"document": document, "table": TABLE},
            headers={"X-CSRFToken": people.editor.token()},
        )
        assert answer.status_code == 400

    def test_readers_alone_are_refused(self, people: Cast, kept: Saved) -> None:
        people.viewer.open(f"/cases/{kept.head.uid}/edit/plan-file", 403)
