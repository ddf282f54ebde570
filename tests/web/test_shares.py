"""The team's side of sharing: the page of links, the page of a proposal, and the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import cheap_passwords
from tests.team_members import new_token
from tests.web.cases import MARKUP, minimal
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import proposals, saved_cases, shared, shares
from valuecalc.services.access import Role
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import now

HERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code words are kept as passwords are."""
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return saved_cases.create(store, people.editor.actor, load_case(minimal()))[0]


def make(store: Database, people: Cast, kept: Saved, **wish: Any) -> shares.WithSecret:
    allowed = {"label": "Company M", "may_comment": True, "may_change": ("users",), **wish}
    return shares.create(store, people.editor.actor, kept.head.uid, Wish(**allowed))


def propose(store: Database, secret: str, users: str = "200", name: str = "Bo Fox") -> str:
    """Send a number through a link; the id of the proposal."""
    visit = shared.open_link(store, secret)
    numbers = proposals.read(visit, {"users": users}, {"users": "Billing"})
    return proposals.send(store, visit, numbers, name, "", HERE).uid


def page_of(kept: Saved) -> str:
    return f"/cases/{kept.head.uid}/shares"


def link_in(response: TestResponse) -> str:
    """The address on the page that shows it once."""
    assert response.status_code == 200, response.text
    [address] = lxml.html.fromstring(response.text).xpath("//input[@id='secret-link']/@value")
    return str(address)


def wish(people: Cast, kept: Saved, **form: Any) -> dict[str, Any]:
    """The form for a new link as the page shows it, with some fields typed over."""
    page = people.editor.open(page_of(kept))
    [nonce] = page.xpath("//input[@name='nonce']/@value")
    return {"label": "Company M", "nonce": nonce, "version": str(kept.version.number), **form}


# --------------------------------------------------------------------------- links


def test_a_new_link_is_shown_once_and_leads_to_the_case(people: Cast, kept: Saved) -> None:
    form = wish(people, kept, may_change="users", may_comment="yes")
    response = people.editor.send(page_of(kept), form)
    address = link_in(response)
    assert response.headers["Cache-Control"] == "no-store"
    path = re.sub(r"^http://[^/]+", "", address)
    assert "Small case" in people.stranger.client.get(path).text
    assert address not in people.editor.open(page_of(kept)).text_content()
    assert not people.editor.open(page_of(kept)).xpath("//input[@id='secret-link']")


def test_a_form_sent_twice_makes_one_link(people: Cast, kept: Saved, store: Database) -> None:
    form = wish(people, kept)
    assert link_in(people.editor.send(page_of(kept), form))
    assert people.editor.send(page_of(kept), form).status_code == 303
    assert len(shares.of_case(store, people.editor.actor, kept.head.uid)[1]) == 1


def test_a_link_is_for_reading_alone_unless_somebody_ticks_more(people: Cast, kept: Saved) -> None:
    section = people.editor.open(page_of(kept)).get_element_by_id("new")
    assert section.xpath(".//input[@name='may_change']")
    assert section.xpath(".//input[@type='checkbox'][@checked]") == []


@pytest.mark.parametrize(
    ("form", "field", "cause"),
    [
        ({"code_word": "abc"}, "new-code-word", "too easy to guess"),
        ({"expires": "2020-01-01"}, "new-expires", "is over"),
        ({"expires": "soon"}, "new-expires", "is no date"),
        ({"label": "x" * 101}, "new-label", "101 characters"),
        ({"label": "a\0b"}, "new-label", "U+0000"),
        ({"may_change": "nobody"}, "new-may-change", "no assumption “nobody”"),
    ],
)
def test_a_mistake_in_the_form_stands_beside_its_field(
    people: Cast, kept: Saved, form: dict[str, str], field: str, cause: str
) -> None:
    response = people.editor.send(page_of(kept), wish(people, kept, **form))
    assert response.status_code == 422
    [mistake] = lxml.html.fromstring(response.text).xpath(f"//span[@id='{field}-mistake']")
    assert cause in mistake.text_content()


def test_the_list_says_what_each_link_allows_and_how_often_it_was_opened(
    store: Database, people: Cast, kept: Saved
) -> None:
    made = make(store, people, kept, code_word="open sesame", expires=now().date())
    for _ in range(2):
        shared.note_opening(store, shared.open_link(store, made.secret))
    text = people.editor.text(page_of(kept))
    for said in ("Company M Open", "with a code word", "may comment", "asks for 1 number"):
        assert said in text
    assert "Opened 2 times, last on" in text
    assert f"works until {now():%-d %B %Y}" in text


def test_a_link_can_be_renewed_changed_and_withdrawn(
    store: Database, people: Cast, kept: Saved
) -> None:
    made = make(store, people, kept, code_word="open sesame")
    place = f"{page_of(kept)}/{made.shared.share.uid}"
    renewed = re.sub(r"^http://[^/]+", "", link_in(people.editor.send(f"{place}/renew")))
    stranger = people.stranger.client
    assert stranger.get(f"/s/{made.secret}").status_code == 404
    assert "Code word" in stranger.get(renewed).text
    kept_word = {"label": "M", "keep_code_word": "yes", "expires": "", "may_change": "users"}
    assert people.editor.send(f"{place}/change", kept_word).status_code == 303
    assert "Code word" in stranger.get(renewed).text
    no_word = {"label": "M", "code_word": "", "expires": ""}
    assert people.editor.send(f"{place}/change", no_word).status_code == 303
    page = stranger.get(renewed)
    assert "Small case" in page.text
    assert "Your numbers" not in page.text
    assert people.editor.send(f"{place}/withdraw").status_code == 303
    assert stranger.get(renewed).status_code == 404
    assert "Withdrawn" in people.editor.text(page_of(kept))


def test_a_viewer_cannot_share(store: Database, people: Cast, kept: Saved) -> None:
    share = make(store, people, kept).shared.share.uid
    for visitor in (people.viewer, people.commenter):
        assert visitor.client.get(page_of(kept)).status_code == 403
        for path in ("", f"/{share}/renew", f"/{share}/withdraw", f"/{share}/change"):
            assert visitor.send(page_of(kept) + path, {"label": "X"}).status_code == 403
    assert people.other.client.get(page_of(kept)).status_code == 404
    assert people.other.send(f"{page_of(kept)}/{share}/withdraw").status_code == 404
    assert people.stranger.client.get(page_of(kept)).status_code == 303


def test_an_answer_is_read_by_the_customer(store: Database, people: Cast, kept: Saved) -> None:
    made = make(store, people, kept)
    visit = shared.open_link(store, made.secret)
    shared.comment(store, visit, "Bo Fox", MARKUP, "assumptions.users", HERE)
    page = people.editor.open(page_of(kept))
    assert MARKUP in page.text_content()
    place = f"{page_of(kept)}/{made.shared.share.uid}/answers"
    assert people.editor.send(place, {"text": "It is."}).status_code == 303
    assert people.editor.send(place, {"text": " "}).status_code == 422
    assert "It is." in people.stranger.client.get(f"/s/{made.secret}").text


# --------------------------------------------------------------------------- proposals


@pytest.fixture
def proposal(store: Database, people: Cast, kept: Saved) -> str:
    """The address of the page of a proposal of 200 users instead of 100."""
    uid = propose(store, make(store, people, kept).secret)
    return f"/cases/{kept.head.uid}/proposals/{uid}"


def decide(visitor: Visitor, place: str, **form: str) -> TestResponse:
    [tag] = visitor.open(place).xpath("//input[@name='tag']/@value")
    return visitor.send(place, {"tag": tag, **form})


def test_a_proposal_is_shown_with_its_effect_and_accepted(
    store: Database, people: Cast, kept: Saved, proposal: str
) -> None:
    assert "1 to decide" in people.editor.text(page_of(kept))
    text = people.editor.text(proposal).replace("\u00a0", " ")
    assert "100 users 200 users 100 users +£15,000" in text
    response = decide(people.editor, proposal, **{"decide-users": "accept"})
    assert response.headers["Location"] == f"{proposal}?done=yes"
    text = people.editor.text(response.headers["Location"])
    assert "Decided. Version 2 is the newest one." in text
    newest = saved_cases.load(store, people.viewer.actor, kept.head.uid)
    assert newest.version.on_behalf_of == "Bo Fox, Company M"
    assert "Bo Fox" in people.viewer.text(f"/cases/{kept.head.uid}/versions")


def test_all_that_is_free_can_be_accepted_at_once(
    store: Database, people: Cast, kept: Saved, proposal: str
) -> None:
    first, again = (decide(people.editor, proposal, all="accept") for _ in range(2))
    assert first.headers["Location"].endswith("done=yes")
    assert again.headers["Location"].endswith("done=again")
    newest = saved_cases.load(store, people.viewer.actor, kept.head.uid)
    assert newest.case.assumptions[0].value == 200


def test_a_form_of_decisions_sent_twice_decides_once(
    store: Database, people: Cast, kept: Saved, proposal: str
) -> None:
    [tag] = people.editor.open(proposal).xpath("//input[@name='tag']/@value")
    form = {"tag": tag, "decide-users": "decline", "reason-users": "Counted in March"}
    assert people.editor.send(proposal, form).headers["Location"].endswith("done=yes")
    again = people.editor.send(proposal, form)
    assert again.headers["Location"].endswith("done=again")
    assert "had been decided before" in people.editor.text(again.headers["Location"])
    assert "“Counted in March”" in people.editor.text(proposal)


def test_a_decision_on_an_older_version_is_told_and_what_was_typed_is_kept(
    store: Database, people: Cast, kept: Saved, proposal: str
) -> None:
    [tag] = people.editor.open(proposal).xpath("//input[@name='tag']/@value")
    later = load_case(minimal() | {"title": "Another title"})
    saved_cases.save(store, people.owner.actor, kept.head.uid, later, kept.tag)
    response = people.editor.send(proposal, {"tag": tag, "decide-users": "accept"})
    assert response.status_code == 409
    page = lxml.html.fromstring(response.text)
    assert people.owner.actor.name in page.xpath("//p[@role='alert']")[0].text_content()
    assert page.xpath("//input[@checked]/@value") == ["accept"]


def test_a_number_that_has_moved_has_to_be_replaced_on_purpose(
    store: Database, people: Cast, kept: Saved, proposal: str
) -> None:
    moved = minimal()
    moved["assumptions"][0]["value"] = 110
    saved_cases.save(store, people.owner.actor, kept.head.uid, load_case(moved), kept.tag)
    page = people.editor.open(proposal)
    assert "changed since" in page.text_content()
    assert page.xpath("//input[@name='decide-users']/@value") == ["", "replace", "decline"]
    assert decide(people.editor, proposal, **{"decide-users": "accept"}).status_code == 409
    assert decide(people.editor, proposal, **{"decide-users": "replace"}).status_code == 303


def test_who_may_only_read_sees_a_proposal_without_buttons(people: Cast, proposal: str) -> None:
    page = people.viewer.open(proposal)
    assert not page.xpath("//input[@type='radio']")
    assert people.viewer.send(proposal, {"decide-users": "accept"}).status_code == 403
    assert people.other.client.get(proposal).status_code == 404


# --------------------------------------------------------------------------- the API


class Program:
    """A program of a member of the team."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)


@pytest.fixture
def api(app: Flask, store: Database, people: Cast) -> Iterator[Program]:
    yield Program(app, new_token(store, people.editor.actor, people.team))


@pytest.fixture
def reading(app: Flask, store: Database, people: Cast) -> Program:
    return Program(app, new_token(store, people.editor.actor, people.team, Role.VIEWER))


def test_a_program_makes_reads_changes_renews_and_withdraws_a_link(
    app: Flask, api: Program, kept: Saved
) -> None:
    wanted = {"label": "M", "may_change": ["users"], "may_comment": True, "code_word": "sesame!"}
    answer = api("POST", f"/cases/{kept.head.uid}/shares", json=wanted)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/shares/{made['id']}"
    assert app.test_client().get(made["link"]).status_code == 200
    assert "sesame" not in answer.text
    read = api("GET", f"/shares/{made['id']}").get_json()
    assert "link" not in read
    assert (read["state"], read["has_code_word"], read["may_change"]) == ("open", True, ["users"])
    listed = api("GET", f"/cases/{kept.head.uid}/shares").get_json()
    assert listed["shares"] == [read]
    changed = api("PATCH", f"/shares/{made['id']}", json={"code_word": None, "expires": None})
    assert changed.get_json() == {**read, "has_code_word": False}
    renewed = api("POST", f"/shares/{made['id']}/renew").get_json()
    assert app.test_client().get(made["link"]).status_code == 404
    app.test_client().get(renewed["link"])
    [opening] = api("GET", f"/shares/{made['id']}/openings").get_json()["openings"]
    assert opening["at"] == api("GET", f"/shares/{made['id']}").get_json()["last_opened_at"]
    assert api("DELETE", f"/shares/{made['id']}").status_code == 204
    assert app.test_client().get(renewed["link"]).status_code == 404
    assert api("POST", f"/shares/{made['id']}/renew").status_code == 409


def test_a_repeated_request_makes_one_link_and_gives_no_second_address(
    api: Program, kept: Saved
) -> None:
    first, again = (
        api(
            "POST",
            f"/cases/{kept.head.uid}/shares",
            json={"label": "M"},
            headers={"Idempotency-Key": "share-1"},
        ).get_json()
        for _ in range(2)
    )
    assert first["id"] == again["id"]
    assert first["link"]
    assert again["link"] is None


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"label": 3}, "label"),
        ({"colour": "red"}, "colour"),
        ({"code_word": "abc"}, "code_word"),
        ({"expires": "2020-01-01"}, "expires"),
        ({"may_change": ["nobody"]}, "may_change"),
        ({"version": 0}, "version"),
        ({"label": "M\u202e"}, "label"),
    ],
)
def test_a_link_that_makes_no_sense_is_refused_with_its_place(
    api: Program, kept: Saved, body: dict[str, Any], place: str
) -> None:
    answer = api("POST", f"/cases/{kept.head.uid}/shares", json=body)
    assert answer.status_code == 422, answer.text
    assert place in {each["place"] for each in answer.get_json()["errors"]}


def test_a_program_decides_on_a_proposal(
    store: Database, people: Cast, api: Program, kept: Saved
) -> None:
    uid = propose(store, make(store, people, kept).secret)
    [listed] = api("GET", f"/cases/{kept.head.uid}/proposals").get_json()["proposals"]
    assert (listed["id"], listed["name"], listed["open"]) == (uid, "Bo Fox", 1)
    read = api("GET", f"/proposals/{uid}")
    [value] = read.get_json()["values"]
    assert (value["shared"], value["proposed"], value["effect"]) == (100, 200, 15_000)
    place, body = f"/proposals/{uid}/decisions", {"accept": ["users"]}
    assert api("POST", place, json=body).status_code == 428
    wrong = api("POST", place, json=body, headers={"If-Match": '"x.1"'})
    assert wrong.status_code == 412
    match = {"If-Match": read.headers["ETag"]}
    for _ in range(2):
        decided = api("POST", place, json=body, headers=match)
        assert decided.status_code == 200, decided.text
        assert decided.headers["ETag"] == f'"{kept.head.uid}.2"'
    [value] = decided.get_json()["values"]
    assert (value["state"], value["version"]) == ("accepted", 2)
    declined = api("POST", place, json={"decline": {"users": None}}, headers=match)
    assert declined.status_code == 409


def test_a_program_answers_a_customer(
    store: Database, people: Cast, api: Program, reading: Program, kept: Saved
) -> None:
    made = make(store, people, kept)
    shared.comment(store, shared.open_link(store, made.secret), "Bo", "Right?", "", HERE)
    place = f"/shares/{made.shared.share.uid}/comments"
    assert api("POST", place, json={"text": "It is."}).status_code == 201
    assert reading("POST", place, json={"text": "No."}).status_code == 403
    said = reading("GET", place).get_json()["comments"]
    assert [(each["text"], each["by_team"]) for each in said] == [
        ("Right?", False),
        ("It is.", True),
    ]


def test_a_program_that_may_only_read_cannot_share(
    store: Database, people: Cast, reading: Program, kept: Saved
) -> None:
    uid = propose(store, make(store, people, kept).secret)
    assert reading("POST", f"/cases/{kept.head.uid}/shares", json={}).status_code == 403
    assert reading("GET", f"/cases/{kept.head.uid}/shares").status_code == 403
    assert reading("GET", f"/proposals/{uid}").status_code == 200
    answer = reading(
        "POST",
        f"/proposals/{uid}/decisions",
        json={"accept": ["users"]},
        headers={"If-Match": f'"{kept.tag}"'},
    )
    assert answer.status_code == 403
