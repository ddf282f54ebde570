"""The page behind a customer's link: what it shows, what it hides, what it takes in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import lxml.html
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import cheap_passwords
from tests.web.cases import ARABIC, MARKUP, hostile, minimal
from tests.web.visitors import Cast, cast
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import comments, deciding, proposals, saved_cases, shares
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Share, now
from valuecalc.web.pages import visitors

CODE_WORD = "open sesame"
FIELDS = "//form[@id='numbers-form']//input[@id]"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


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


class Link:
    """A link in the browser of a customer."""

    def __init__(self, app: Flask, made: shares.WithSecret) -> None:
        self.client: FlaskClient = app.test_client()
        self.secret = made.secret
        self.share = made.shared.share

    def get(self, path: str = "", **options: Any) -> TestResponse:
        return self.client.get(f"/s/{self.secret}{path}", **options)

    def page(self, path: str = "") -> lxml.html.HtmlElement:
        response = self.get(path)
        assert response.status_code == 200, response.text
        return lxml.html.fromstring(response.text)

    def text(self, path: str = "") -> str:
        return " ".join(self.page(path).text_content().split())

    def send(self, path: str, **form: str) -> TestResponse:
        """Send a form with the token that the page holds."""
        found = _TOKEN.search(self.get().text)
        token = {"csrf_token": found[1]} if found else {}
        return self.client.post(f"/s/{self.secret}{path}", data={**token, **form})


Make = Callable[..., Link]


@pytest.fixture
def link(app: Flask, store: Database, people: Cast, kept: Saved) -> Make:
    """Makes a link to the case, or to the one of a document, and opens a browser for it."""

    def make(document: dict[str, Any] | None = None, **wish: Any) -> Link:
        editor = people.editor.actor
        saved = kept
        if document is not None:
            saved = saved_cases.create(store, editor, load_case(document))[0]
        allowed = {"label": "Company M", "may_comment": True, "may_change": ("users",), **wish}
        return Link(app, shares.create(store, editor, saved.head.uid, Wish(**allowed)))

    return make


# --------------------------------------------------------------------------- reading


def test_the_page_says_from_whom_it_is_and_shows_the_case(link: Make, people: Cast) -> None:
    text = link().text()
    assert f"Prepared for Company M by {people.editor.actor.name}" in text
    assert f"Version of {now():%-d %B %Y}" in text
    assert "Value £6.00k" in text


def test_assumptions_come_before_what_follows_from_them(link: Make) -> None:
    page = link().page()
    ids = [each.get("id") for each in page.xpath("//main//section[@id]")]
    assert ids[:4] == ["numbers", "assumptions", "statement", "benefits"]


def test_every_number_is_explained_behind_the_same_link(link: Make) -> None:
    opened = link()
    addresses = {each.get("href") for each in opened.page().xpath("//a[@data-explain]")}
    assert f"/s/{opened.secret}/explain/value" in addresses
    for address in addresses:
        assert address.startswith(f"/s/{opened.secret}/explain/")
    assert "Total benefits − Total investment" in opened.text("/explain/value")


def test_the_page_leads_nowhere_else(link: Make) -> None:
    """No navigation of the service, no sign-in, nothing of the team."""
    opened = link()
    for path in ("", "/explain/value", "/explain/nothing"):
        page = lxml.html.fromstring(opened.get(path).text)
        for each in page.xpath("//a[@href]"):
            address = each.get("href")
            assert address.startswith((f"/s/{opened.secret}", "#", "/static/")), address
        actions = {each.get("action") for each in page.xpath("//form")}
        assert actions <= {"/theme"} | {each for each in actions if f"/s/{opened.secret}" in each}


@pytest.mark.parametrize("scenario", ["conservative", "stretch"])
def test_scenarios_can_be_chosen(link: Make, scenario: str) -> None:
    assert f"scenario “{scenario.title()}”" in link().text(f"?scenario={scenario}")


def test_the_page_says_what_its_files_hold(link: Make) -> None:
    assert "The files above hold this version, in the scenario “Expected”" in link().text()
    assert "in the scenario “Stretch”" in link().text("?scenario=stretch")


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_shared_version_can_be_downloaded(link: Make, kind: str) -> None:
    response = link().get(f"/download/{kind}")
    assert response.status_code == 200
    assert response.data.startswith(b"PK")
    assert "small-case" in response.headers["Content-Disposition"]


def test_a_downloaded_workbook_knows_the_way_back_to_its_case(kept: Saved, link: Make) -> None:
    content = link().get("/download/xlsx").data
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    known = {each.name: each.value for each in book.custom_doc_props.props}
    assert known["Case id"] == kept.head.uid
    assert known["Version"] == "1"


def test_later_versions_names_of_versions_and_remarks_of_the_team_are_not_shown(
    store: Database, people: Cast, kept: Saved, link: Make
) -> None:
    editor = people.editor.actor
    opened = link()
    later = load_case(minimal() | {"title": "Secret plan"})
    saved_cases.save(store, editor, kept.head.uid, later, kept.tag, note="They must not know")
    comments.add(store, editor, kept.head.uid, "Between ourselves")
    page = opened.get().text
    for hidden in ("Secret plan", "They must not know", "Between ourselves", "Shared with"):
        assert hidden not in page
    assert kept.head.uid not in page


@pytest.mark.parametrize("path", ["?scenario=nonsense", "/explain/nonsense"])
def test_a_wrong_name_in_the_address_is_told_with_a_way_back(link: Make, path: str) -> None:
    opened = link()
    response = opened.get(path)
    assert response.status_code == 404
    assert f'href="/s/{opened.secret}"' in response.text


def test_a_link_opens_no_other_door(link: Make) -> None:
    opened = link()
    opened.get()
    for path in ("/cases", f"/cases/{opened.share.uid}/shares"):
        assert opened.client.get(path).status_code == 303
    assert opened.client.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize("path", ["", "/explain/value", "/download/xlsx", "/explain/nonsense"])
def test_nobody_keeps_or_lists_the_page(link: Make, path: str) -> None:
    headers = link().get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_links_to_sources_tell_other_sites_nothing(link: Make) -> None:
    page = link(hostile(), may_change=()).page()
    outside = page.xpath("//a[starts-with(@href, 'http')]")
    assert outside
    assert all("noreferrer" in each.get("rel") for each in outside)


@pytest.mark.parametrize("text", [MARKUP, ARABIC])
def test_hostile_texts_are_shown_as_text(link: Make, text: str) -> None:
    opened = link(hostile(text), label=text[:60])
    opened.send("/comments", name=text[:60], text=text, about="")
    page = opened.page()
    assert not page.xpath("//script[not(@src)]")
    assert text in page.text_content()


# --------------------------------------------------------------------------- dead links


def test_all_dead_links_look_the_same(
    app: Flask, store: Database, people: Cast, kept: Saved, link: Make
) -> None:
    editor = people.editor.actor
    withdrawn, expired, renewed = link(), link(code_word=CODE_WORD), link()
    shares.withdraw(store, editor, withdrawn.share.uid)
    with store.write() as session:
        session.get_one(Share, expired.share.id).expires_at = now()
    shares.renew(store, editor, renewed.share.uid)
    answers = [each.get() for each in (withdrawn, expired, renewed)]
    answers += [app.test_client().get(f"/s/{made_up}") for made_up in ("x", "a" * 43, "%00", "%E2")]
    answers += [withdrawn.get("/download/xlsx"), expired.get("/explain/value?scenario=x")]
    assert {each.status_code for each in answers} == {404}
    assert len({each.data for each in answers}) == 1
    assert "This link is not valid (any more)" in answers[0].text
    assert "Ask the person who sent it." in answers[0].text


def test_forms_of_a_dead_link_are_refused_in_the_same_way(
    store: Database, people: Cast, link: Make
) -> None:
    opened = link()
    found = _TOKEN.search(opened.get().text)
    assert found
    shares.withdraw(store, people.editor.actor, opened.share.uid)
    answers = [
        opened.client.post(f"/s/{opened.secret}{path}", data={"csrf_token": found[1]})
        for path in ("/numbers", "/proposals", "/comments", "/code-word", "/explain/value")
    ]
    assert {each.status_code for each in answers} == {404}
    assert {each.data for each in answers} == {opened.get().data}


def test_a_link_to_a_binned_case_is_dead_until_it_is_put_back(
    store: Database, people: Cast, kept: Saved, link: Make
) -> None:
    opened = link()
    saved_cases.delete(store, people.editor.actor, kept.head.uid)
    assert opened.get().status_code == 404
    saved_cases.put_back(store, people.editor.actor, kept.head.uid)
    assert opened.get().status_code == 200


def test_the_secret_is_not_logged(link: Make, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        opened = link(code_word=CODE_WORD)
        opened.send("/code-word", code_word=CODE_WORD)
        opened.get("/explain/nonsense")
        opened.get("/nowhere")
    written = caplog.text + "".join(capfd.readouterr())
    assert opened.secret not in written
    assert CODE_WORD not in written


# --------------------------------------------------------------------------- the code word


def test_a_code_word_is_asked_for_before_anything_is_shown(link: Make) -> None:
    opened = link(code_word=CODE_WORD)
    for path in ("", "/explain/value", "/download/xlsx"):
        response = opened.get(path)
        assert "Code word" in response.text
        assert "Small case" not in response.text
    assert opened.get("/download/xlsx").status_code == 403
    assert opened.send("/numbers", **{"value-users": "5"}).status_code == 403


def test_the_right_code_word_opens_the_page_and_this_page_alone(link: Make) -> None:
    one, other = link(code_word=CODE_WORD), link(code_word=CODE_WORD)
    assert one.send("/code-word", code_word="wrong word").status_code == 422
    response = one.send("/code-word", code_word=CODE_WORD)
    assert response.status_code == 303
    [cookie] = response.headers.getlist("Set-Cookie")
    assert f"Path=/s/{one.secret}" in cookie
    assert "HttpOnly" in cookie
    assert "Small case" in one.text()
    value = one.client.get_cookie(visitors.CODE_WORD, path=f"/s/{one.secret}")
    assert value is not None
    other.client.set_cookie(visitors.CODE_WORD, value.value, path=f"/s/{other.secret}")
    assert "Small case" not in other.get().text


@pytest.mark.parametrize("changes", [{"code_word": "another word"}, {"code_word": "open sesame"}])
def test_a_changed_code_word_shuts_out_whoever_knew_the_old_one(
    store: Database, people: Cast, link: Make, changes: dict[str, str]
) -> None:
    opened = link(code_word=CODE_WORD)
    opened.send("/code-word", code_word=CODE_WORD)
    assert "Small case" in opened.get().text
    shares.change(store, people.editor.actor, opened.share.uid, changes)
    assert "Small case" not in opened.get().text


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é", "x" * 4000])
def test_a_made_up_cookie_is_none(link: Make, cookie: str) -> None:
    opened = link(code_word=CODE_WORD)
    opened.client.set_cookie(visitors.CODE_WORD, cookie, path=f"/s/{opened.secret}")
    assert "Small case" not in opened.get().text


def test_the_team_needs_no_code_word_to_look(people: Cast, link: Make) -> None:
    opened = link(code_word=CODE_WORD)
    assert "Small case" in people.viewer.client.get(f"/s/{opened.secret}").text
    assert "Small case" not in people.other.client.get(f"/s/{opened.secret}").text


# --------------------------------------------------------------------------- openings


def openings(store: Database, people: Cast, opened: Link) -> int:
    return shares.load(store, people.editor.actor, opened.share.uid).openings.count


def test_what_a_visitor_loads_within_half_an_hour_counts_once(
    app: Flask, store: Database, people: Cast, link: Make
) -> None:
    opened = link()
    for path in ("", "", "/explain/value", "?scenario=stretch"):
        opened.get(path)
    assert openings(store, people, opened) == 1
    app.test_client().get(f"/s/{opened.secret}")
    assert openings(store, people, opened) == 2


def test_an_opening_counts_again_after_half_an_hour(
    store: Database, people: Cast, link: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = link()
    opened.get()
    monkeypatch.setattr(visitors, "ONE_OPENING", -visitors.ONE_OPENING)
    opened.get()
    assert openings(store, people, opened) == 2


def test_the_team_a_code_word_form_and_a_look_ahead_are_no_openings(
    store: Database, people: Cast, link: Make
) -> None:
    opened, locked = link(), link(code_word=CODE_WORD)
    people.viewer.client.get(f"/s/{opened.secret}")
    opened.get(headers={"Sec-Purpose": "prefetch"})
    opened.client.head(f"/s/{opened.secret}")
    locked.get()
    assert openings(store, people, opened) == 0
    assert openings(store, people, locked) == 0
    people.other.client.get(f"/s/{opened.secret}")
    assert openings(store, people, opened) == 1


def test_a_visitor_is_remembered_for_this_link_alone(link: Make) -> None:
    opened = link()
    [cookie] = [
        each
        for each in opened.get().headers.getlist("Set-Cookie")
        if each.startswith(visitors.OPENED)
    ]
    assert f"Path=/s/{opened.secret};" in f"{cookie};"
    assert "Max-Age=1800" in cookie
    assert "HttpOnly" in cookie


# --------------------------------------------------------------------------- own numbers


def test_the_effect_is_shown_beside_ours_and_nothing_is_kept(store: Database, link: Make) -> None:
    opened = link()
    response = opened.send("/numbers", **{"value-users": "0.2k", "source-users": "Billing"})
    page = lxml.html.fromstring(response.text)
    rows = {
        row.xpath("string(th)"): [each.text_content().strip() for each in row.xpath("td")]
        for row in page.xpath("//section[@id='effect']//tbody/tr")
    }
    assert rows["Value"] == ["£6,000", "£21,000", "+£15,000"]
    assert "This is a preview" in response.text
    assert page.xpath("string(//input[@id='value-users']/@value)") == "0.2k"
    assert page.xpath("string(//input[@id='source-users']/@value)") == "Billing"
    assert "Value £6.00k" in opened.text()
    assert "Numbers sent so far" not in opened.text()


def test_numbers_of_a_preview_are_explained_with_the_customers_numbers(link: Make) -> None:
    opened = link()
    page = lxml.html.fromstring(opened.send("/numbers", **{"value-users": "200"}).text)
    [button] = page.xpath("//button[contains(@formaction, '/explain/assumptions.users')]")
    [field] = page.xpath(f"//form[@id='{button.get('form')}']//textarea")
    answer = opened.client.post(button.get("formaction"), data={"document": field.text})
    assert answer.status_code == 200
    text = " ".join(lxml.html.fromstring(answer.text).text_content().split())
    assert "200\u00a0users" in answer.text
    assert "preview with your numbers" in text
    assert "Company M" in text


def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(link: Make) -> None:
    opened = link()
    form = {"value-users": "lots", "source-users": "Billing", "name": "Bo", "note": "Hello"}
    for path in ("/numbers", "/proposals"):
        response = opened.send(path, **form)
        assert response.status_code == 422
        page = lxml.html.fromstring(response.text)
        [mistake] = page.xpath("//span[@id='value-users-mistake']")
        assert "“lots” is not a number." in mistake.text_content()
        [field] = page.xpath("//input[@id='value-users']")
        assert field.get("aria-describedby") == "value-users-mistake"
        kept = {each.get("name"): each.get("value") for each in page.xpath(FIELDS)}
        assert {key: kept[key] for key in form} == form


def test_numbers_are_sent_with_a_name(store: Database, people: Cast, link: Make) -> None:
    opened = link()
    assert "Say who you are." in opened.send("/proposals", **{"value-users": "200"}).text
    response = opened.send("/proposals", **{"value-users": "200", "name": "Bo Fox"})
    assert response.status_code == 303
    text = opened.text("?sent=numbers")
    assert "Thank you: your numbers have been sent." in text
    assert "200 users in place of 100 users Not decided yet" in text.replace("\u00a0", " ")


def test_the_customer_sees_what_became_of_each_number(
    store: Database, people: Cast, kept: Saved, link: Make
) -> None:
    opened = link()
    opened.send("/proposals", **{"value-users": "200", "name": "Bo Fox"})
    editor = people.editor.actor
    [received] = proposals.of_case(store, editor, kept.head.uid).rows
    decisions = deciding.Decisions(decline={"users": "Counted in March"})
    deciding.decide(store, editor, received.proposal.uid, decisions, kept.tag)
    text = opened.text()
    assert "Not taken over “Counted in March”" in text


@pytest.mark.parametrize("id", ["nobody", "licence", "title"])
def test_no_other_number_can_be_slipped_in(link: Make, id: str) -> None:
    opened = link()
    form = {f"value-{id}": "5", "name": "Bo"}
    for path in ("/numbers", "/proposals"):
        response = opened.send(path, **form)
        assert response.status_code == 422
        assert "does not ask for" in response.text


def test_a_link_that_asks_for_nothing_takes_nothing(link: Make) -> None:
    opened = link(may_change=(), may_comment=False)
    assert not opened.page().xpath("//section[@id='numbers']")
    assert not opened.page().xpath("//section[@id='comments']")
    sent = opened.send("/proposals", **{"value-users": "5", "name": "Bo"})
    assert sent.status_code in (400, 422)


@pytest.mark.parametrize(
    "document", ["", "x", "[]", "{}", '{"values": 1, "sources": {}}', "[" * 999]
)
def test_a_made_up_summary_of_numbers_is_refused(link: Make, document: str) -> None:
    opened = link()
    for path in ("/numbers", "/explain/value"):
        answer = opened.client.post(f"/s/{opened.secret}{path}", data={"document": document})
        assert answer.status_code in (400, 422), (path, answer.status_code)


def test_what_is_kept_needs_the_token_of_the_page(link: Make) -> None:
    opened = link()
    for path, form in (
        ("/proposals", {"value-users": "5", "name": "Bo"}),
        ("/comments", {"text": "Hello", "name": "Bo"}),
    ):
        assert opened.client.post(f"/s/{opened.secret}{path}", data=form).status_code == 400
    assert "Not decided yet" not in opened.text()


@pytest.mark.parametrize("path", ["/numbers", "/proposals", "/comments", "/code-word"])
def test_where_forms_are_sent_to_leads_back_when_it_is_opened(link: Make, path: str) -> None:
    opened = link()
    response = opened.get(path)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/s/{opened.secret}"


# --------------------------------------------------------------------------- comments


def test_comments_and_answers_are_shown_with_what_they_are_about(
    store: Database, people: Cast, link: Make
) -> None:
    opened = link()
    form = {"name": "Bo Fox", "text": "All of them?", "about": "assumptions.users"}
    assert opened.send("/comments", **form).status_code == 303
    shares.answer(store, people.editor.actor, opened.share.uid, "All but prepaid.")
    text = opened.text("?sent=comments")
    assert "about Users All of them?" in text
    assert "All but prepaid." in text


def test_a_comment_with_a_mistake_is_not_lost(link: Make) -> None:
    response = link().send("/comments", text="All of them?", name="", about="assumptions.users")
    assert response.status_code == 422
    page = lxml.html.fromstring(response.text)
    assert page.xpath("//textarea[@id='text']")[0].text.strip() == "All of them?"
    assert page.xpath("//option[@selected]/@value") == ["assumptions.users"]
    assert "Say who you are." in page.xpath("//span[@id='commenter-mistake']")[0].text_content()
    assert not page.xpath("//span[@id='sender-mistake']")
