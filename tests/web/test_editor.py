"""The addresses of the editor: what its scripts are told, and what they are refused."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.large_case import large_document
from tests.web.cases import MARKUP, hostile, minimal
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.config import Settings
from valuecalc.schemas.case import dump_case, load_case
from valuecalc.schemas.written import written
from valuecalc.services import operation, saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.web import limits
from valuecalc.web.app import create_app
from valuecalc.web.pages.editor import live as live_answers

PROBLEM = "application/problem+json"
VERBS = ("live", "save", "rename")


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return keep(store, people, minimal())


def keep(store: Database, people: Cast, document: dict[str, Any]) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(document))[0]


def address(kept: Saved, verb: str = "") -> str:
    return f"/cases/{kept.head.uid}/edit{'/' if verb else ''}{verb}"


def ask(who: Visitor, kept: Saved, verb: str, body: Any, **headers: str) -> TestResponse:
    """What a script of somebody's page asks for."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return who.client.post(
        address(kept, verb),
        data=sent,
        headers={
            "X-CSRFToken": who.token(),
            "Content-Type": "application/json",
            **headers,
        },
    )


def typed(kept: Saved, **changes: Any) -> dict[str, Any]:
    """The written document, with other fields for its assumption."""
    document = copy.deepcopy(written(kept.document))
    document["assumptions"][0].update(changes)
    return document


def told(response: TestResponse) -> dict[str, Any]:
    """The data of a live answer."""
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/html"
    [text] = lxml.html.fromstring(response.text).xpath('//script[@id="answer"]/text()')
    found: dict[str, Any] = json.loads(text)
    return found


def live(who: Visitor, kept: Saved, document: Any, **more: Any) -> dict[str, Any]:
    return told(ask(who, kept, "live", {"document": document, **more}))


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    """A refusal, which a script can read."""
    assert (response.status_code, response.mimetype) == (status, PROBLEM), response.text
    found: dict[str, Any] = response.get_json()
    assert found["title"]
    assert found["detail"]
    return found


def versions(store: Database, people: Cast, kept: Saved) -> int:
    return saved_cases.load(store, people.owner.actor, kept.head.uid).version.number


# --------------------------------------------------------------------------- the page


def test_the_page_holds_the_document_with_every_number_as_a_text(people: Cast, kept: Saved) -> None:
    page = people.editor.open(address(kept))
    [text] = page.xpath('//script[@id="case-document"]/text()')
    assert json.loads(text) == written(kept.document)
    assert json.loads(text)["assumptions"][0]["value"] == "100"
    [form] = page.xpath('//form[@id="editor"]')
    assert form.get("data-version") == "1"
    assert form.get("data-live-url") == address(kept, "live")


@pytest.mark.parametrize("role", ["viewer", "commenter"])
def test_who_may_not_change_the_case_is_sent_to_its_page(
    people: Cast, kept: Saved, role: str
) -> None:
    answer = getattr(people, role).client.get(address(kept))
    assert (answer.status_code, answer.location) == (303, f"/cases/{kept.head.uid}")


def test_a_stranger_is_asked_to_sign_in(people: Cast, kept: Saved) -> None:
    answer = people.stranger.client.get(address(kept))
    assert answer.status_code == 303
    assert "/sign-in?next=" in answer.location


def test_hostile_texts_end_no_script_of_the_page(people: Cast, store: Database) -> None:
    kept = keep(store, people, hostile("</script><!--<script>" + MARKUP))
    page = people.editor.open(address(kept))
    [text] = page.xpath('//script[@id="case-document"]/text()')
    assert json.loads(text)["title"].startswith("</script>")
    found = live(people.editor, kept, written(kept.document), parts=["panel", "statement"])
    assert found["complete"]


def test_a_draft_opens_in_the_editor(people: Cast, store: Database) -> None:
    broken = minimal() | {"calculations": [{"id": "c", "label": "C", "formula": "users *"}]}
    kept = keep(store, people, broken)
    assert people.editor.open(address(kept)).xpath('//form[@id="editor"]')
    assert not live(people.editor, kept, written(kept.document))["complete"]


# --------------------------------------------------------------------------- while one types


def test_an_answer_tells_the_result_and_keeps_nothing(
    people: Cast, store: Database, kept: Saved
) -> None:
    found = live(people.editor, kept, typed(kept, value="200"))
    assert found["complete"]
    assert found["figures"] == {"value": 21000.0, "npv": found["figures"]["npv"], "payback": 10.8}
    assert found["headline"] == "£21.0k"
    assert found["spoken"] == "Value £21.0k, payback 10.8 months"
    assert (found["newest"], found["by"]) == (1, people.editor.actor.name)
    assert set(found) >= {
        *("complete", "problems", "tidy", "sections", "spoken"),
        *("newest", "by", "figures", "headline"),
    }
    assert versions(store, people, kept) == 1


def test_what_is_odd_is_told_with_its_place_and_counted(people: Cast, kept: Saved) -> None:
    found = live(people.editor, kept, typed(kept, low="200", high="300"))
    [low] = [each for each in found["problems"] if each["place"] == "assumptions.users.low"]
    assert low == {
        "place": "assumptions.users.low",
        "level": "warning",
        "cause": "Low of “Users”, 200\u00a0users, is above its value, 100\u00a0users.",
        "remedy": (
            "Lower it to that or below, or leave it out. "
            "Until then, it cannot be said how sure the value is."
        ),
    }
    assert found["sections"]["assumptions"] == {"errors": 0, "todo": 2}


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        ("0 at 70%; 300 at 40%", "assumptions.users.outcomes", "add up to 110%, not to 100%"),
        ("lots at 70%; 300 at 30%", "assumptions.users.outcomes[0].value", "is not a number"),
        ("0 at 70%; 300", "assumptions.users.outcomes[1].chance", "“chance” is missing"),
    ],
)
def test_what_is_wrong_with_outcomes_is_told_at_their_field(
    people: Cast, kept: Saved, text: str, place: str, cause: str
) -> None:
    found = live(people.editor, kept, typed(kept, outcomes=text))
    causes = {each["place"]: each["cause"] for each in found["problems"]}
    assert cause in causes[place]


def test_what_cannot_be_read_is_told_and_no_result_with_it(people: Cast, kept: Saved) -> None:
    document = typed(kept, value="lots")
    document["investments"][0]["formula"] = "9000 GBP *"
    found = live(people.editor, kept, document, parts=["panel"])
    assert not found["complete"]
    assert (found["figures"], found["headline"], found["spoken"]) == ({}, "", "")
    errors = {each["place"]: each["level"] for each in found["problems"]}
    assert errors["assumptions.users.value"] == "error"
    assert errors["investments.licence.formula"] == "error"
    assert found["sections"]["investments"]["errors"] == 1
    assert found["tidy"] == {}


def test_no_part_is_sent_while_there_is_no_result(people: Cast, kept: Saved) -> None:
    answer = ask(people.editor, kept, "live", {"document": typed(kept, value="lots")})
    assert "data-live" not in answer.text


def test_numbers_that_read_well_are_told_as_they_will_be_kept(people: Cast, kept: Saved) -> None:
    document = typed(kept, value="0.2k", low=" 80 ", label="Users")
    document["timeline"]["start"] = "2027-01-01"
    document["scenarios"] = [{"id": "late", "label": "Late", "set": {"users": "1.5k"}}]
    assert live(people.editor, kept, document)["tidy"] == {
        "assumptions.users.value": "200",
        "assumptions.users.low": "80",
        "timeline.start": "2027-01",
        "scenarios.late.set.users": "1,500",
    }


def test_rows_without_mistakes_are_tidied_beside_a_wrong_one(people: Cast, kept: Saved) -> None:
    document = typed(kept, value="lots", low="0.05k")
    document["assumptions"].append({"id": "b", "label": "B", "value": "2.5k"})
    assert live(people.editor, kept, document)["tidy"] == {"assumptions.b.value": "2,500"}


def test_only_known_parts_that_were_asked_for_are_rendered(people: Cast, kept: Saved) -> None:
    def parts(*asked: Any) -> set[str]:
        body = {"document": typed(kept), "parts": list(asked)}
        answer = ask(people.editor, kept, "live", body)
        told(answer)
        return {each.split(".")[0] for each in re.findall(r'data-live="([^"]+)"', answer.text)}

    assert parts() == set()
    assert parts("panel", "panel") == {"panel"}
    assert parts("evidence", "evidence.chart", "cash-flow") == {"evidence", "cash-flow"}
    assert parts("../editor", "/etc/passwd", "nothing", 5, None, "", "x" * 5000) == set()


def test_an_answer_on_a_very_large_case_holds_one_part_and_names_the_rest(
    people: Cast, kept: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(*parts: str) -> tuple[set[str], dict[str, Any]]:
        answer = ask(people.editor, kept, "live", {"document": typed(kept), "parts": list(parts)})
        found = {each.split(".")[0] for each in re.findall(r'data-live="([^"]+)"', answer.text)}
        return found, told(answer)

    wanted = ("evidence", "panel", "cash-flow", "statement")
    parts, found = answered(*wanted)
    assert (parts, found["large"], found["left"]) == (set(wanted), False, [])
    monkeypatch.setattr(live_answers, "MOST_CELLS", 1)
    parts, found = answered(*wanted)
    assert (parts, found["large"]) == ({"panel", "evidence"}, True)
    assert found["left"] == ["cash-flow", "statement"]
    parts, found = answered(*found["left"])
    assert (parts, found["left"]) == ({"cash-flow"}, ["statement"])


def test_all_parts_can_be_rendered_of_a_large_case(people: Cast, store: Database) -> None:
    kept = keep(store, people, large_document())
    folder = Path(people.editor.client.application.root_path, "../templates/pages/editor/live")
    names = [each.stem for each in folder.resolve().glob("*.html")]
    assert live(people.editor, kept, written(kept.document), parts=names)["complete"]


def test_a_scenario_can_be_shown_while_one_types(people: Cast, kept: Saved) -> None:
    document = typed(kept, low="50", high="150")
    expected = live(people.editor, kept, document)["figures"]["value"]
    worse = live(people.editor, kept, document, scenario="conservative")["figures"]["value"]
    assert worse < expected
    gone = live(people.editor, kept, document, scenario="gone")["figures"]["value"]
    assert gone == expected


def test_the_answer_tells_that_somebody_else_has_saved(people: Cast, kept: Saved) -> None:
    ask(people.owner, kept, "save", {"base": 1, "document": typed(kept, value="5")})
    found = live(people.editor, kept, typed(kept))
    assert (found["newest"], found["by"]) == (2, people.owner.actor.name)


# --------------------------------------------------------------------------- saving


def test_a_save_answers_with_the_newest_document(
    people: Cast, store: Database, kept: Saved
) -> None:
    answer = ask(people.editor, kept, "save", {"base": 1, "document": typed(kept, value="0.2k")})
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["version"], found["left"], found["merged"]) == (2, [], "")
    assert re.fullmatch(r"\d\d:\d\d", found["at"])
    assert found["document"] == typed(kept, value="200")
    assert versions(store, people, kept) == 2


def test_what_cannot_be_kept_is_told(people: Cast, kept: Saved) -> None:
    body = {"base": 1, "document": typed(kept, value="lots", label="Staff")}
    found = ask(people.editor, kept, "save", body).get_json()
    assert [each["place"] for each in found["left"]] == ["assumptions.users.value"]
    assert found["left"][0]["cause"]
    assert found["document"] == typed(kept, label="Staff")


def test_a_collision_tells_both_sides_for_people(people: Cast, kept: Saved) -> None:
    ask(people.owner, kept, "save", {"base": 1, "document": typed(kept, value="500")})
    body = {"base": 1, "document": typed(kept, value="7")}
    answer = ask(people.editor, kept, "save", body)
    assert (answer.status_code, answer.mimetype) == (409, "application/json")
    found = answer.get_json()
    assert (found["version"], found["by"]) == (2, people.owner.actor.name)
    assert found["document"] == typed(kept, value="500")
    assert found["conflicts"] == [
        {
            "place": "assumptions.users.value",
            "label": "Users",
            "field": "expected value",
            "base": "100\u00a0users",
            "mine": "7\u00a0users",
            "theirs": "500\u00a0users",
        }
    ]
    solved = ask(people.editor, kept, "save", {**body, "mine": ["assumptions.users.value"]})
    assert solved.get_json()["document"] == typed(kept, value="7")
    assert solved.get_json()["merged"] == people.owner.actor.name


def test_the_state_is_told_to_those_who_are_behind(people: Cast, kept: Saved) -> None:
    def state(since: str) -> TestResponse:
        return people.editor.client.get(address(kept, f"state?since={since}"))

    assert (state("1").status_code, state("1").text) == (204, "")
    assert state("0").get_json()["version"] == 1
    ask(people.owner, kept, "save", {"base": 1, "document": typed(kept, value="5")})
    found = state("1").get_json()
    assert set(found) == {"version", "by", "at", "document", "shorts", "waiting"}
    assert found["document"] == typed(kept, value="5")
    problem(state("x"), 404)


# --------------------------------------------------------------------------- names, explanations


def test_a_row_gets_another_name_in_a_document_with_mistakes(people: Cast, kept: Saved) -> None:
    body = {"document": typed(kept, value="lots"), "list": "assumptions"}
    answer = ask(people.editor, kept, "rename", {**body, "from": "users", "to": "staff"})
    found = answer.get_json()
    assert found["count"] == 1
    assert found["document"]["assumptions"][0] == {**body["document"]["assumptions"][0]} | {
        "id": "staff"
    }
    assert found["document"]["benefits"][0]["formula"] == "staff * 50 GBP/user/year"


@pytest.mark.parametrize(
    "names",
    [
        {"list": "assumptions", "from": "users", "to": "time"},
        {"list": "assumptions", "from": "users", "to": "not a name"},
        {"list": "assumptions", "from": "nobody", "to": "staff"},
        {"list": "nothing", "from": "users", "to": "staff"},
        {"list": 5, "from": None, "to": ["x"]},
        {},
    ],
)
def test_a_name_that_cannot_be_taken_is_refused(
    people: Cast, kept: Saved, names: dict[str, Any]
) -> None:
    body = {"document": typed(kept), **names}
    found = problem(ask(people.editor, kept, "rename", body), 422)
    assert found["errors"][0]["cause"]


def test_a_figure_is_explained_as_it_is_typed(people: Cast, kept: Saved) -> None:
    form = {"document": json.dumps(typed(kept, value="200"))}
    page = people.editor.send(address(kept, "explain/value"), form)
    assert page.status_code == 200
    [text] = lxml.html.fromstring(page.text).xpath('//*[@id="explanation"]')
    assert "£21,000" in text.text_content()
    assert people.editor.send(address(kept, "explain/no_such"), form).status_code == 404
    broken = {"document": json.dumps(typed(kept, value="lots"))}
    assert people.editor.send(address(kept, "explain/value"), broken).status_code == 422
    assert people.editor.send(address(kept, "explain/value")).status_code == 400


# --------------------------------------------------------------------------- what is refused

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{document: yes",
    "a list": b"[]",
    "a text": b'"x"',
    "no document": b"{}",
    "a document that is a list": b'{"document": [], "base": 1}',
    "a document that is null": b'{"document": null, "base": 1}',
    "a number that is none": b'{"document": {"title": NaN}, "base": 1}',
    "a key twice": b'{"document": {}, "document": {}, "base": 1}',
    "half a character": b'{"document": {"title": "\\ud800"}, "base": 1}',
    "no text": b"\xff\xfe\x00",
    "very deep": b'{"document": {"a": ' + b"[" * 5000 + b"]" * 5000 + b'}, "base": 1}',
    "deep": b'{"document": {"a": ' + b"[" * 40 + b"]" * 40 + b'}, "base": 1}',
    "very many values": b'{"document": {"a": [' + b"1," * 120_000 + b'1]}, "base": 1}',
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_read_is_refused_for_scripts(
    people: Cast, store: Database, kept: Saved, verb: str, name: str
) -> None:
    found = problem(ask(people.editor, kept, verb, BODIES[name]), 400)
    assert found["errors"][0]["cause"]
    assert versions(store, people, kept) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_body_of_ten_megabytes_is_refused(people: Cast, kept: Saved, verb: str) -> None:
    problem(ask(people.editor, kept, verb, b'{"document": "' + b"x" * 10_000_000 + b'"}'), 413)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"title": "T", "assumptions": 5, "benefits": {}, "timeline": [], "people": "x"},
        {"title": {"a": []}, "assumptions": [[], None, 5, {"id": []}, {"id": {}, "value": {}}]},
        {"assumptions": [{"id": "a", "values": "1;2", "evidence": 5, "outcomes": [1, {"a": 2}]}]},
        {"scenarios": [{"id": "s", "set": [1]}], "alternatives": [{"set": {"x": {}}}]},
        {"assumptions": [{"id": f"a{n}"} for n in range(3000)]},
        {f"k{n}": n for n in range(2000)},
        {"benefits": [{"id": "b", "label": "B", "formula": "9^9^9^9"}] * 2},
        {"benefits": [{"id": "b", "label": "B", "formula": "(" * 1999}]},
        {"currency": "XXX", "discounting": {"rate": "-100%"}, "format": 9},
    ],
)
def test_nonsense_in_a_document_is_answered(people: Cast, kept: Saved, document: Any) -> None:
    found = live(people.editor, kept, document)
    assert not found["complete"]
    assert found["problems"]
    answer = ask(people.editor, kept, "save", {"base": 1, "document": document})
    assert answer.status_code == 200, answer.text
    load_case(answer.get_json()["document"])


@pytest.mark.parametrize("base", [None, "x", 0, -1, 9, 1.5, [], 10**30])
def test_a_version_that_never_was_is_refused(people: Cast, kept: Saved, base: Any) -> None:
    answer = ask(people.editor, kept, "save", {"base": base, "document": typed(kept)})
    problem(answer, answer.status_code)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("more", [{"parts": "panel"}, {"parts": ["x"] * 999}, {"scenario": [1]}])
def test_a_wrong_question_is_refused(people: Cast, kept: Saved, more: dict[str, Any]) -> None:
    problem(ask(people.editor, kept, "live", {"document": typed(kept), **more}), 400)


@pytest.mark.parametrize("verb", VERBS)
def test_refusals_are_json_for_everybody(people: Cast, kept: Saved, verb: str) -> None:
    body = {"base": 1, "document": typed(kept), "list": "assumptions", "from": "a", "to": "b"}
    for who, status in (("viewer", 403), ("commenter", 403), ("other", 404)):
        problem(ask(getattr(people, who), kept, verb, body), status)
    problem(ask(people.editor, kept, verb, body, **{"X-CSRFToken": "made-up"}), 400)
    problem(people.stranger.client.post(address(kept, verb), json=body), 401)
    problem(people.stranger.client.get(address(kept, "state")), 401)


@pytest.mark.parametrize("verb", VERBS)
def test_a_case_in_the_bin_is_gone(people: Cast, store: Database, kept: Saved, verb: str) -> None:
    saved_cases.delete(store, people.editor.actor, kept.head.uid)
    body = {"base": 1, "document": typed(kept), "list": "assumptions", "from": "users", "to": "b"}
    problem(ask(people.editor, kept, verb, body), 404)
    problem(people.editor.client.get(address(kept, "state?since=1")), 404)
    assert people.editor.client.get(address(kept)).status_code == 404


# --------------------------------------------------------------------------- how often


def limited(folder: Path, rate: str) -> Flask:
    """The application, with a limit on requests."""
    settings = Settings(data_dir=folder, secret_key="s" * 40, rate_limit=rate)
    operation.prepare(settings)
    app = create_app(settings)
    app.testing = True
    return app


def test_typing_does_not_use_up_what_is_allowed_for_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LIVE_LIMIT", "20/hour")
    app = limited(tmp_path, "10/hour")
    people = cast(app)
    kept = keep(app.extensions["store"], people, minimal())
    token = people.editor.token()

    def live_answer() -> TestResponse:
        return people.editor.client.post(
            address(kept, "live"),
            json={"document": typed(kept)},
            headers={"X-CSRFToken": token},
        )

    assert [live_answer().status_code for _ in range(20)] == [200] * 20
    assert people.editor.client.get("/help").status_code == 200
    refused = live_answer()
    assert "Wait" in problem(refused, 429)["detail"]
    assert int(refused.headers["Retry-After"]) > 0
    owner = people.owner.token()
    other = people.owner.client.post(
        address(kept, "live"), json={"document": typed(kept)}, headers={"X-CSRFToken": owner}
    )
    assert other.status_code == 200


def test_what_is_large_is_answered_as_it_would_be_shown(people: Cast, store: Database) -> None:
    kept = keep(store, people, large_document())
    found = live(people.editor, kept, written(dump_case(kept.case)))
    assert found["figures"]["value"] == kept.head.value
