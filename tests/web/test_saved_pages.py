"""The pages of cases that are kept: the list, the bin, numbers, versions, comments."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask

from tests.web.cases import MARKUP, hostile, minimal
from tests.web.visitors import Cast, Visitor, cast
from valuecalc.schemas.case import load_case
from valuecalc.services import saved_cases
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database


@pytest.fixture
def people(app: Flask) -> Cast:
    return cast(app)


@pytest.fixture
def store(app: Flask) -> Database:
    found: Database = app.extensions["store"]
    return found


def keep(store: Database, people: Cast, document: dict[str, Any] | None = None) -> Saved:
    case = load_case(document or minimal())
    return saved_cases.create(store, people.editor.actor, case)[0]


@pytest.fixture
def kept(store: Database, people: Cast) -> Saved:
    return keep(store, people)


def newest(store: Database, people: Cast, kept: Saved) -> Saved:
    return saved_cases.load(store, people.editor.actor, kept.head.uid)


def numbers(kept: Saved, **fields: str) -> dict[str, str]:
    """The form of the numbers with some fields typed over: `value="120"` is that of `users`."""
    return {"version": str(kept.version.number), **{f"users.{k}": v for k, v in fields.items()}}


# --------------------------------------------------------------------------- the list


def test_a_newcomer_is_told_how_to_begin(people: Cast) -> None:
    assert "No cases yet" in people.editor.text("/cases")
    assert "From a straw-man" in people.editor.text("/cases")
    assert "From a straw-man" not in people.viewer.text("/cases")


def test_the_first_page_of_a_member_is_the_list_of_cases(people: Cast) -> None:
    response = people.viewer.client.get("/")
    assert response.headers["Location"] == "/cases"


def test_the_list_shows_the_figures_and_who_saved_last(people: Cast, kept: Saved) -> None:
    text = people.viewer.text("/cases")
    assert "Small case" in text
    assert "£6.00k" in text
    assert people.editor.actor.name in text


def test_words_and_teams_narrow_the_list(people: Cast, store: Database) -> None:
    keep(store, people, minimal() | {"title": "A bridge"})
    keep(store, people, minimal() | {"title": "A tunnel", "customer": "Dorset"})
    text = people.viewer.text("/cases?q=dorset+TUN")
    assert "A tunnel" in text
    assert "A bridge" not in text
    assert "Nothing matches" in people.viewer.text("/cases?q=airport")
    assert "A tunnel" in people.viewer.text(f"/cases?team={people.team.uid}")


def test_a_long_list_comes_in_slices_without_gaps(people: Cast, store: Database) -> None:
    titles = {f"Case number {number}" for number in range(53)}
    for title in titles:
        keep(store, people, minimal() | {"title": title})
    first = people.viewer.open("/cases")
    [older] = [link.get("href") for link in first.iter("a") if link.text == "Older ones"]
    second = people.viewer.open(older)
    found = re.findall(r"Case number \d+", first.text_content() + second.text_content())
    assert len(found) == 53
    assert set(found) == titles


def test_a_made_up_place_in_the_list_begins_anew(people: Cast, kept: Saved) -> None:
    assert "Small case" in people.viewer.text("/cases?after=nonsense")


def test_nobody_sees_the_cases_of_others(people: Cast, kept: Saved) -> None:
    assert "Small case" not in people.other.text("/cases")
    assert people.other.client.get(f"/cases/{kept.head.uid}").status_code == 404


# --------------------------------------------------------------------------- the case


def test_a_case_shows_its_version_and_its_result(people: Cast, kept: Saved) -> None:
    text = people.viewer.text(f"/cases/{kept.head.uid}")
    assert "Version 1" in text
    assert people.editor.actor.name in text
    assert "£6,000" in text


def test_every_number_leads_to_its_explanation_and_the_files_hold_it(
    people: Cast, kept: Saved
) -> None:
    page = people.viewer.open(f"/cases/{kept.head.uid}")
    links = {link.get("href") for link in page.iter("a") if "/explain/" in link.get("href", "")}
    assert f"/cases/{kept.head.uid}/explain/value" in links
    for link in sorted(links):
        people.viewer.open(link)
    for kind in ("xlsx", "docx"):
        response = people.viewer.client.get(f"/cases/{kept.head.uid}/export.{kind}")
        assert response.data.startswith(b"PK")


def test_an_earlier_version_says_that_it_is_one(people: Cast, kept: Saved, store: Database) -> None:
    people.editor.send(f"/cases/{kept.head.uid}/numbers", numbers(kept, value="200"))
    text = people.viewer.text(f"/cases/{kept.head.uid}?version=1")
    assert "This is an earlier version" in text
    assert "£6,000" in text
    page = people.viewer.open(f"/cases/{kept.head.uid}?version=1")
    links = [
        link.get("href") for link in page.iter("a") if "/explain/value" in link.get("href", "")
    ]
    assert all("version=1" in link for link in links)


@pytest.mark.parametrize("version", ["0", "7", "-1", "x", "99999999999999999999", "²"])
def test_a_version_that_does_not_exist_is_not_found(
    people: Cast, kept: Saved, version: str
) -> None:
    people.viewer.open(f"/cases/{kept.head.uid}?version={version}", status=404)


def test_a_draft_says_what_is_to_be_mended(people: Cast, store: Database) -> None:
    document = minimal()
    document["benefits"][0]["formula"] = "users * wages"
    draft = keep(store, people, document)
    text = people.editor.text(f"/cases/{draft.head.uid}")
    assert "cannot be worked out yet" in text
    assert "wages" in text
    assert "Small case" in people.editor.text("/cases")


def test_hostile_texts_stay_texts(people: Cast, store: Database) -> None:
    kept = keep(store, people, hostile())
    uid = kept.head.uid
    people.commenter.send(f"/cases/{uid}/comments", {"text": MARKUP, "place": "benefits.time"})
    people.editor.send(f"/cases/{uid}/versions/1/freeze", {"name": MARKUP})
    people.editor.send(f"/cases/{uid}/numbers", numbers(kept, value="120", source=MARKUP))
    for path in ("", "/numbers", "/versions", "/comments", "/compare?from=1&to=2"):
        page = people.editor.open(f"/cases/{uid}{path}")
        assert not [each for each in page.iter("script") if each.text]
        assert "<script>alert" in page.text_content() + "".join(page.xpath("//input/@value"))


# --------------------------------------------------------------------------- numbers


def test_a_number_is_changed_and_its_version_says_so(
    people: Cast, kept: Saved, store: Database
) -> None:
    path = f"/cases/{kept.head.uid}/numbers"
    typed = numbers(kept, value="1.2k", low="900", high="1,500", grade="B", source="The CFO")
    response = people.editor.send(path, typed | {"note": "After the meeting"})
    assert response.headers["Location"] == f"/cases/{kept.head.uid}"
    saved = newest(store, people, kept)
    [users] = saved.case.assumptions
    assert (users.value, users.low, users.high) == (1200.0, 900.0, 1500.0)
    assert users.evidence is not None
    assert (users.evidence.grade, users.evidence.source) == ("B", "The CFO")
    text = people.viewer.text(f"/cases/{kept.head.uid}/versions")
    assert "After the meeting" in text
    assert "100 users →to 1,200 users" in text


def test_a_number_that_changes_loses_the_evidence_of_the_old_one(
    people: Cast, store: Database
) -> None:
    document = minimal()
    grounds = {"grade": "D", "source": "Yearbook", "url": "https://example.org", "owner": "Ann"}
    document["assumptions"][0]["evidence"] = grounds
    kept = keep(store, people, document)
    path = f"/cases/{kept.head.uid}/numbers"
    people.editor.send(path, numbers(kept, low="90"))
    kept = newest(store, people, kept)
    assert kept.document["assumptions"][0]["evidence"] == grounds
    people.editor.send(path, numbers(kept, value="120"))
    evidence = newest(store, people, kept).case.assumptions[0].evidence
    assert evidence is not None
    assert (evidence.grade, evidence.owner, evidence.url) == ("E", "", "")
    assert evidence.source == f"Changed by {people.editor.actor.name}"
    assert "Was 100\u00a0users (D, Yearbook)." in evidence.note.replace(" users", "\u00a0users")


def test_what_the_form_does_not_show_stays_as_it_was(people: Cast, store: Database) -> None:
    document = minimal()
    document["assumptions"][0] |= {
        "distribution": "discrete",
        "outcomes": [{"value": 80, "chance": 0.5}, {"value": 120, "chance": 0.5}],
        "common": "growth",
        "pilot": {"cost": 500, "note": "One site"},
    }
    document |= {
        "simulation": {"seed": 2**63 - 1},
        "probability": 0.4,
        "alternatives": [{"id": "wait", "label": "Wait", "set": {"users": 50}}],
    }
    kept = keep(store, people, document)
    people.editor.send(f"/cases/{kept.head.uid}/numbers", numbers(kept, value="110"))
    saved = newest(store, people, kept)
    assert saved.case.assumptions[0].value == 110
    for key in ("outcomes", "common", "pilot", "distribution"):
        assert saved.document["assumptions"][0][key] == document["assumptions"][0][key]
    for key in ("simulation", "probability", "alternatives"):
        assert saved.document[key] == kept.document[key]


def test_a_form_that_was_not_touched_saves_nothing(
    people: Cast, kept: Saved, store: Database
) -> None:
    page = people.editor.open(f"/cases/{kept.head.uid}/numbers")
    form = page.get_element_by_id("numbers")
    people.editor.send(f"/cases/{kept.head.uid}/numbers", dict(form.fields))
    assert newest(store, people, kept).version.number == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (63.480000000000004, "63.48"),
        (15_375_773.809523809, "15,375,773.81"),
        (0.12345678901, "0.123457"),
        (1234.5678, "1,234.5678"),
        (85.0, "85"),
    ],
)
def test_a_number_with_a_long_tail_is_readable_and_keeps_its_tail(
    people: Cast, store: Database, value: float, shown: str
) -> None:
    document = minimal()
    document["assumptions"][0]["value"] = value
    kept = keep(store, people, document)
    path = f"/cases/{kept.head.uid}/numbers"
    form = people.editor.open(path).get_element_by_id("numbers")
    assert form.fields["users.value"] == shown
    people.editor.send(path, dict(form.fields) | {"users.source": "Joe", "users.grade": "B"})
    saved = newest(store, people, kept)
    assert (saved.version.number, saved.case.assumptions[0].value) == (2, value)


def test_each_number_says_in_words_what_it_is_counted_in(people: Cast, store: Database) -> None:
    document = minimal()
    units = {"wage": "GBP/hour", "jobs": "job/year", "lost": "%/month", "free": "1"}
    document["assumptions"] += [
        {"id": id, "label": id, "value": 1, "unit": unit} for id, unit in units.items()
    ]
    kept = keep(store, people, document)
    page = people.editor.open(f"/cases/{kept.head.uid}/numbers")
    shown = [cell.text_content() for cell in page.find_class("unit")]
    assert shown == ["users", "GBP per hour", "jobs per year", "% per month", ""]


def test_money_in_a_field_is_written_as_prices_are(people: Cast, store: Database) -> None:
    document = minimal()
    document["assumptions"] += [
        {"id": "wage", "label": "Wage", "value": 24.2, "unit": "GBP/hour"},
        {"id": "ratio", "label": "Ratio", "value": 24.2, "unit": "1"},
    ]
    kept = keep(store, people, document)
    page = people.editor.open(f"/cases/{kept.head.uid}/numbers")
    typed = page.get_element_by_id("numbers").fields
    assert "24.20" in typed.values()
    assert "24.2" in typed.values()


def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(
    people: Cast, kept: Saved, store: Database
) -> None:
    path = f"/cases/{kept.head.uid}/numbers"
    response = people.editor.send(path, numbers(kept, value="twelve", low="1,5", source="Joe"))
    assert response.status_code == 422
    assert 'value="twelve"' in response.text
    assert 'value="Joe"' in response.text
    assert response.text.count('aria-invalid="true"') >= 2
    assert newest(store, people, kept).version.number == 1


def test_the_effect_can_be_seen_before_saving(people: Cast, kept: Saved, store: Database) -> None:
    path = f"/cases/{kept.head.uid}/numbers"
    response = people.editor.send(path, numbers(kept, value="200") | {"preview": "1"})
    assert "What it would do" in response.text
    assert "+£15,000" in response.text
    assert "200\u00a0users" in response.text
    assert newest(store, people, kept).version.number == 1


def test_two_people_who_change_different_numbers_both_win(people: Cast, store: Database) -> None:
    document = minimal()
    document["assumptions"].append({"id": "sites", "label": "Sites", "value": 3, "unit": "site"})
    kept = keep(store, people, document)
    path = f"/cases/{kept.head.uid}/numbers"
    people.editor.send(path, numbers(kept, value="120"))
    typed = {"version": "1", "sites.value": "4", "note": "After the call"}
    response = people.owner.send(path, typed)
    assert response.status_code == 303
    saved = newest(store, people, kept)
    assert [each.value for each in saved.case.assumptions] == [120.0, 4.0]
    merged = f"Merged with the changes of version 2, saved by {people.editor.actor.name}."
    assert saved.version.note == f"After the call. {merged}"


@pytest.mark.parametrize(("choice", "value"), [("mine", 130.0), ("theirs", 120.0)])
def test_two_people_who_change_the_same_number_are_asked(
    people: Cast, kept: Saved, store: Database, choice: str, value: float
) -> None:
    path = f"/cases/{kept.head.uid}/numbers"
    people.editor.send(path, numbers(kept, value="120"))
    typed = numbers(kept, value="130")
    response = people.owner.send(path, typed)
    assert response.status_code == 409
    assert people.editor.actor.name in response.text
    assert "120\u00a0users" in response.text
    assert "130\u00a0users" in response.text
    assert "This is an earlier version" not in response.text
    assert newest(store, people, kept).version.number == 2
    people.owner.send(path, typed | {"choose:assumptions.users.value": choice})
    assert newest(store, people, kept).case.assumptions[0].value == value


# --------------------------------------------------------------------------- versions


def test_a_version_gets_its_name_once(people: Cast, kept: Saved) -> None:
    path = f"/cases/{kept.head.uid}/versions/1/freeze"
    people.editor.send(path, {"name": "Sent on 3 March"})
    assert "Sent on 3 March" in people.viewer.text(f"/cases/{kept.head.uid}/versions")
    assert people.editor.send(path, {"name": "Another"}).status_code == 409


def test_an_earlier_version_comes_back_as_a_new_one(
    people: Cast, kept: Saved, store: Database
) -> None:
    uid = kept.head.uid
    people.editor.send(f"/cases/{uid}/numbers", numbers(kept, value="120"))
    tag = newest(store, people, kept).tag
    people.editor.send(f"/cases/{uid}/versions/1/restore", {"tag": tag})
    saved = newest(store, people, kept)
    assert saved.version.number == 3
    assert saved.document == kept.document
    assert people.editor.send(f"/cases/{uid}/versions/1/restore", {"tag": tag}).status_code == 412


def test_two_versions_are_compared_by_value_and_by_effect(people: Cast, kept: Saved) -> None:
    uid = kept.head.uid
    people.editor.send(f"/cases/{uid}/numbers", numbers(kept, value="120"))
    text = people.viewer.text(f"/cases/{uid}/compare?from=1&to=2")
    assert "100 users 120 users" in text
    assert "+£3,000" in text
    assert "Nothing changed" in people.viewer.text(f"/cases/{uid}/compare?from=2&to=2")
    people.viewer.open(f"/cases/{uid}/compare?from=1&to=9", status=404)
    people.viewer.open(f"/cases/{uid}/compare?from=x", status=404)


# --------------------------------------------------------------------------- comments, bin


def test_a_comment_is_written_dealt_with_and_taken_back(people: Cast, kept: Saved) -> None:
    path = f"/cases/{kept.head.uid}/comments"
    people.commenter.send(path, {"text": "Before tax?", "place": "assumptions.users"})
    page = people.viewer.open(path)
    assert "Before tax?" in page.text_content()
    assert "Users" in page.text_content()
    [comment] = page.find_class("comment")
    people.editor.send(f"{path}/{comment.get('id')}/resolve")
    assert "Dealt with by" in people.viewer.text(path)
    people.commenter.send(f"{path}/{comment.get('id')}/delete")
    assert "Nobody has said anything yet" in people.viewer.text(path)


def test_a_case_goes_into_the_bin_and_comes_back(people: Cast, kept: Saved) -> None:
    uid = kept.head.uid
    people.editor.send(f"/cases/{uid}/delete")
    people.editor.open(f"/cases/{uid}", status=404)
    assert "Small case" in people.viewer.text("/cases/bin")
    assert "Small case" not in people.viewer.text("/cases")
    people.editor.send(f"/cases/{uid}/put-back")
    assert "Small case" in people.viewer.text("/cases")


def who_may_not(people: Cast) -> dict[str, tuple[Visitor, int]]:
    return {
        "viewer": (people.viewer, 403),
        "other": (people.other, 404),
        "stranger": (people.stranger, 401),
    }


@pytest.mark.parametrize("who", ["viewer", "other", "stranger"])
@pytest.mark.parametrize(
    "path",
    ["numbers", "delete", "put-back", "versions/1/freeze", "versions/1/restore", "comments"],
)
def test_whoever_may_not_change_a_case_changes_nothing(
    people: Cast, kept: Saved, store: Database, who: str, path: str
) -> None:
    visitor, status = who_may_not(people)[who]
    form = numbers(kept, value="1") | {"name": "Mine", "text": "Ha", "tag": kept.tag}
    address = f"/cases/{kept.head.uid}/{path}"
    if who == "stranger":
        assert visitor.client.post(address, data=form).status_code in (400, 401)
    else:
        assert visitor.send(address, form).status_code == status
    assert newest(store, people, kept).version.number == 1
    assert newest(store, people, kept).version.name is None


def test_a_form_without_its_token_changes_nothing(
    people: Cast, kept: Saved, store: Database
) -> None:
    response = people.editor.client.post(f"/cases/{kept.head.uid}/delete")
    assert response.status_code == 400
    assert newest(store, people, kept).head.deleted_at is None


def test_an_owner_downloads_everything_the_team_owns(people: Cast, kept: Saved) -> None:
    page = people.owner.open(f"/teams/{people.team.uid}")
    [link] = [each for each in page.iter("a") if "Download everything" in each.text_content()]
    response = people.owner.client.get(link.get("href"))
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert f"cases/{kept.head.uid}/case.json" in archive.namelist()
    assert "Download everything" not in people.editor.text(f"/teams/{people.team.uid}")
