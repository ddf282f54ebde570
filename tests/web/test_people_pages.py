"""Pages of accounts, teams and invitations, as browsers of several people see them."""

from __future__ import annotations

import re

import lxml.html
import pytest
from flask import Flask

from tests import cheap_passwords
from tests.cheap_passwords import GOOD, OTHER
from tests.web.people import Browser, new_owner, signed_in, texts

ANN = "ann@example.com"
ZOE = {"name": "Zoe Ray", "email": "zoe@example.com", "password": GOOD}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def app(vacant_app: Flask) -> Flask:
    new_owner(vacant_app, ANN)
    return vacant_app


@pytest.fixture
def ann(app: Flask) -> Browser:
    return signed_in(app, ANN)


def team_of(browser: Browser) -> str:
    """The address of the only team."""
    [address] = browser.get("/teams").xpath('//table//a[contains(@href, "/teams/")]/@href')
    return str(address)


def invite(browser: Browser, **fields: str) -> str:
    """The path of the link that the page shows."""
    team = team_of(browser)
    answer = browser.send(team, f"{team}/invitations", **fields)
    assert answer.status_code == 200, answer.text
    link = str(lxml.html.fromstring(answer.text).xpath('string(//input[@id="link"]/@value)'))
    assert re.fullmatch(r"http://localhost/invitations/[\w-]{43}", link)
    return link.removeprefix("http://localhost")


def joined(app: Flask, owner: Browser, role: str = "editor", **fields: str) -> Browser:
    """Somebody new in the team."""
    browser, path = Browser(app), invite(owner, role=role)
    assert browser.send(path, path, **{**ZOE, **fields}).status_code == 303
    return browser


# --------------------------------------------------------------------------- invitations


def test_somebody_is_invited_joins_and_is_a_member(app: Flask, ann: Browser) -> None:
    zoe = joined(app, ann, "commenter")
    assert texts(zoe.get("/teams"), "//tbody/tr/td[1]") == ["commenter"]
    names = texts(ann.get(team_of(ann)), '//section[@id="members"]//tbody/tr/th')
    assert names == ["Ann Lee you", "Zoe Ray"]
    assert "accepted" in texts(ann.get(team_of(ann)), '//*[@id="invitations"]//tbody/tr/td[2]')


def test_the_link_of_an_invitation_is_shown_once(ann: Browser) -> None:
    path = invite(ann, role="viewer")
    assert path not in ann.client.get(team_of(ann)).text


def test_a_link_works_once(app: Flask, ann: Browser) -> None:
    path = invite(ann, role="viewer")
    assert Browser(app).send(path, path, **ZOE).status_code == 303
    assert Browser(app).client.get(path).status_code == 410


def test_the_page_of_an_invitation_tells_its_address_to_nobody(
    app: Flask, ann: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    path = invite(ann, role="viewer")
    response = Browser(app).client.get(path)
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert path.rpartition("/")[2] not in capsys.readouterr().err


def test_mistakes_of_a_new_account_are_told_beside_their_fields(app: Flask, ann: Browser) -> None:
    path = invite(ann, role="viewer")
    answer = Browser(app).send(path, path, name="Zoe Ray", email=ANN, password=GOOD)
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    assert texts(page, '//*[@id="email-mistake"]') == [
        "Mistake: There is an account with this e-mail address already. "
        "Sign in with it, or take another address."
    ]
    assert page.xpath('string(//input[@name="name"]/@value)') == "Zoe Ray"
    assert GOOD not in answer.text


def test_somebody_with_an_account_signs_in_comes_back_and_joins(app: Flask, ann: Browser) -> None:
    new_owner(app, "bob@example.com", name="Bob Ray", team="South")
    path, bob = invite(ann, role="viewer"), Browser(app)
    [way] = bob.get(path).xpath('//a[contains(@href, "/sign-in?next")]/@href')
    if not str(way).endswith(path.rpartition("/")[2]):
        [way] = bob.get(path).xpath('//main//a[contains(@href, "/sign-in?next")]/@href')
    back = bob.send(str(way), "/sign-in", email="bob@example.com", password=GOOD)
    assert back.headers["Location"] == path
    assert bob.send(path, path).status_code == 303
    assert texts(bob.get("/teams"), "//tbody//th") == ["North", "South"]


def test_a_bound_invitation_shows_its_address_and_insists_on_it(app: Flask, ann: Browser) -> None:
    path = invite(ann, role="viewer", email="zoe@example.com")
    page = Browser(app).get(path)
    [field] = page.xpath('//input[@name="email"]')
    assert (field.get("value"), field.get("readonly")) == ("zoe@example.com", "readonly")
    answer = Browser(app).send(path, path, **{**ZOE, "email": "eve@example.com"})
    assert answer.status_code == 422
    assert "for zoe@example.com" in answer.text


def test_a_withdrawn_invitation_is_gone(app: Flask, ann: Browser) -> None:
    path, team = invite(ann, role="viewer"), team_of(ann)
    page = ann.get(team)
    [action] = [each.action for each in page.forms if "/withdraw" in each.action]
    assert ann.submit(page, action).status_code == 303
    assert "withdrawn" in Browser(app).client.get(path).text


# --------------------------------------------------------------------------- members


def test_an_owner_changes_a_role_and_takes_somebody_out(app: Flask, ann: Browser) -> None:
    zoe, team = joined(app, ann), team_of(ann)
    page = ann.get(team)
    [role] = [each.action for each in page.forms if each.action.endswith("/role")][1:]
    assert ann.submit(page, role, role="viewer").status_code == 303
    assert texts(zoe.get("/teams"), "//tbody/tr/td[1]") == ["viewer"]
    page = ann.get(team)
    [out] = [each.action for each in page.forms if each.action.endswith("/remove")]
    assert ann.submit(page, out).status_code == 303
    assert zoe.client.get(team).status_code == 404


def test_the_last_owner_is_told_why_he_has_to_stay(ann: Browser) -> None:
    team = team_of(ann)
    for action, fields in ((f"{team}/leave", {}),):
        answer = ann.send(team, action, **fields)
        assert answer.status_code == 422
        assert "A team needs an owner" in answer.text


def test_a_member_sees_who_is_in_the_team_and_nothing_to_manage(app: Flask, ann: Browser) -> None:
    zoe, team = joined(app, ann), team_of(ann)
    page = zoe.get(team)
    assert len(texts(page, '//section[@id="members"]//tbody/tr')) == 2
    actions = {form.action for form in page.forms if form.action.startswith("/teams")}
    assert actions == {f"{team}/leave"}
    assert not page.xpath('//*[@id="invitations" or @id="tokens"]')


@pytest.mark.parametrize(
    "rest", ["/name", "/invitations", f"/tokens/{'x' * 16}/revoke", f"/members/{'x' * 16}/remove"]
)
def test_a_member_who_sends_the_form_all_the_same_is_refused(
    app: Flask, ann: Browser, rest: str
) -> None:
    zoe, team = joined(app, ann), team_of(ann)
    token = zoe.get(team).xpath('string(//meta[@name="csrf-token"]/@content)')
    fields = {"csrf_token": token, "name": "Mine", "role": "owner"}
    assert zoe.client.post(f"{team}{rest}", data=fields).status_code in (403, 404)


def test_a_team_of_others_is_not_there(app: Flask, ann: Browser) -> None:
    new_owner(app, "bob@example.com", name="Bob Ray", team="South")
    bob = signed_in(app, "bob@example.com")
    team = team_of(ann)
    for path in (team, f"{team}/log"):
        assert bob.client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/teams/%00", "/teams/x", f"/teams/{'x' * 16}", "/teams/..%2f"])
def test_an_address_that_nothing_has_leads_nowhere(ann: Browser, path: str) -> None:
    assert ann.client.get(path).status_code == 404


def test_a_team_is_renamed_and_another_one_made(ann: Browser) -> None:
    team = team_of(ann)
    assert ann.send(team, f"{team}/name", name="<b>Nord</b> & Süd").status_code == 303
    assert "&lt;b&gt;Nord&lt;/b&gt; &amp; Süd" in ann.client.get(team).text
    answer = ann.send("/teams", "/teams", name=" ")
    assert answer.status_code == 422
    assert "missing" in answer.text
    assert ann.send("/teams", "/teams", name="South").status_code == 303
    assert len(texts(ann.get("/teams"), "//tbody//th")) == 2


# --------------------------------------------------------------------------- account


def test_a_name_is_changed_everywhere_it_is_shown(ann: Browser) -> None:
    assert ann.send("/account", "/account/name", name="Ann <i>Smith").status_code == 303
    page = ann.get("/account?saved=name")
    assert texts(page, '//*[@class="who-name"]') == ["Your account: Ann <i>Smith"]
    assert texts(page, '//*[@role="status"]') == ["Your name was changed."]


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 1_000_000, "a\0", "a\u202eb"])
def test_a_name_that_cannot_be_is_told_beside_the_field(ann: Browser, name: str) -> None:
    answer = ann.send("/account", "/account/name", name=name)
    assert answer.status_code == 422
    [told] = texts(lxml.html.fromstring(answer.text), '//*[@id="own-name-mistake"]')
    assert told


def test_a_password_is_changed_with_the_one_before_as_proof(app: Flask, ann: Browser) -> None:
    wrong = ann.send("/account", "/account/password", current="wrong", password=OTHER)
    assert wrong.status_code == 422
    assert "own-current-mistake" in wrong.text
    right = ann.send("/account", "/account/password", current=GOOD, password=OTHER)
    assert right.status_code == 303
    assert Browser(app).sign_in(ANN, OTHER).status_code == 303


def test_a_token_is_shown_once_and_works(app: Flask, ann: Browser) -> None:
    answer = ann.send("/account", "/account/tokens", name="Nightly", role="viewer")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = lxml.html.fromstring(answer.text)
    token = page.xpath('string(//input[@id="made-token"]/@value)')
    assert f'curl -H "Authorization: Bearer {token}" http://localhost/api/v1/me' in texts(
        page, "//pre"
    )
    me = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert me.get_json()["teams"][0]["role"] == "viewer"
    page = ann.get("/account")
    assert str(token) not in lxml.html.tostring(page).decode()
    [revoke] = [each.action for each in page.forms if each.action.endswith("/revoke")]
    assert ann.submit(page, revoke).status_code == 303
    gone = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 401


@pytest.mark.parametrize("life", ["30", "never"])
def test_a_token_lasts_as_long_as_was_chosen(ann: Browser, life: str) -> None:
    ann.send("/account", "/account/tokens", name="x", role="viewer", expires_in_days=life)
    [ends] = texts(ann.get("/account"), '//td[@data-title="Ends"]')
    assert (ends == "never") == (life == "never")


def test_a_token_that_cannot_be_made_is_told_beside_the_field(app: Flask, ann: Browser) -> None:
    zoe = joined(app, ann, "viewer")
    answer = zoe.send("/account", "/account/tokens", name="", role="viewer")
    assert "token-name-mistake" in answer.text
    answer = zoe.send("/account", "/account/tokens", name="Mine", role="owner")
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    assert "You are viewer in this team" in " ".join(texts(page, '//*[@id="token-role-mistake"]'))
    assert page.xpath('string(//input[@id="token-name"]/@value)') == "Mine"


def test_an_owner_sees_and_revokes_the_tokens_of_others(app: Flask, ann: Browser) -> None:
    zoe, team = joined(app, ann), team_of(ann)
    zoe.send("/account", "/account/tokens", name="Zoe's", role="viewer")
    page = ann.get(team)
    assert texts(page, '//section[@id="tokens"]//tbody/tr/th') == ["Zoe's"]
    [revoke] = [each.action for each in page.forms if "/tokens/" in each.action]
    assert ann.submit(page, revoke).status_code == 303
    assert "revoked" in zoe.client.get("/account").text


# --------------------------------------------------------------------------- audit log


def test_the_log_tells_who_has_done_what(app: Flask, ann: Browser) -> None:
    joined(app, ann)
    page = ann.get(f"{team_of(ann)}/log")
    done = texts(page, "//tbody/tr/td[2]//a[1]")
    assert done == ["member.joined", "invitation.made", "team.created"]
    assert texts(page, "//tbody/tr/th") == ["Zoe Ray", "Ann Lee", "Ann Lee"]
    details = [each.strip() for each in texts(page, "//tbody/tr/td[3]/div")]
    assert all(each and not each.endswith(";") for each in details)
    some = ann.get(f"{team_of(ann)}/log?action=member")
    assert texts(some, "//tbody/tr/td[2]//a[1]") == ["member.joined"]


@pytest.mark.parametrize("query", ["?action=%00", "?subject='--", "?after=x", "?cls=1&self=2"])
def test_a_strange_filter_of_the_log_does_no_harm(ann: Browser, query: str) -> None:
    assert ann.client.get(f"{team_of(ann)}/log{query}").status_code == 200


def test_the_log_is_for_owners(app: Flask, ann: Browser) -> None:
    zoe = joined(app, ann)
    assert zoe.client.get(f"{team_of(ann)}/log").status_code == 403


def test_a_long_log_goes_on(ann: Browser) -> None:
    team = team_of(ann)
    for number in range(52):
        ann.send(team, f"{team}/name", name=f"North {number}")
    page = ann.get(f"{team}/log?action=team")
    seen = len(texts(page, "//tbody/tr"))
    [more] = page.xpath('//a[contains(@href, "after=")]/@href')
    assert "action=team" in more
    assert seen + len(texts(ann.get(str(more)), "//tbody/tr")) == 53
