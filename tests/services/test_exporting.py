"""Files of kept cases: an id of their own, the audit log, and the history of versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from tests.services.test_saved_cases import DRAFT, SOUND, kept, with_users
from tests.team_members import new_member
from valuecalc.services import audit_log, exporting, saved_cases, shared, shares, versions
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shares import Wish
from valuecalc.store.database import Database
from valuecalc.store.tables import Event, Team


def about(content: bytes) -> Mapping[str, str]:
    """What stands beside each label of the sheet About."""
    sheet = openpyxl.load_workbook(BytesIO(content), read_only=True)["About"]
    rows = sheet.iter_rows(max_col=2, values_only=True)
    return {str(label): str(words) for label, words in rows if label and words}


def exports(store: Database, team: Team) -> list[Event]:
    """The exports in the audit log, the newest first."""
    owner = new_member(store, team, role=Role.OWNER, name="Olga Owner")
    _, found = audit_log.page(store, owner, team.uid, action=exporting.EXPORTED)
    return list(found.rows)


@pytest.fixture
def second(store: Database, ann: Actor) -> Saved:
    """A case in its second version, which has a note."""
    saved = kept(store, ann)
    changed = with_users(110)
    return saved_cases.save(store, ann, saved.head.uid, changed, saved.tag, "Users of March.")


def test_an_export_says_who_made_it_for_whom_and_the_log_knows_it(
    store: Database, team: Team, bob: Actor, second: Saved
) -> None:
    told = about(exporting.export(store, second, bob, "xlsx", "expected").content)
    assert told["Exported by"] == f"Bob Ray, {team.name}"
    assert (told["Version"], told["Case id"]) == ("2", second.head.uid)
    [event] = exports(store, team)
    assert (event.actor, event.subject) == ("Bob Ray", second.head.uid)
    assert event.detail == {
        "version": 2,
        "format": "xlsx",
        "scenario": "expected",
        "export_id": told["Export id"],
    }


def test_two_exports_of_one_version_are_told_apart(
    store: Database, team: Team, bob: Actor, second: Saved
) -> None:
    for format in ("xlsx", "docx"):
        exporting.export(store, second, bob, format)
    found = exports(store, team)
    assert [each.detail["format"] for each in found] == ["docx", "xlsx"]
    assert len({each.detail["export_id"] for each in found}) == 2


def test_what_cannot_be_exported_is_not_recorded(
    store: Database, team: Team, ann: Actor, second: Saved
) -> None:
    with pytest.raises(Exception, match="format"):
        exporting.export(store, second, ann, "odt")
    assert exports(store, team) == []


def test_a_customer_s_export_names_the_link_and_carries_no_notes_of_the_team(
    store: Database, team: Team, ann: Actor, second: Saved
) -> None:
    made = shares.create(store, ann, second.head.uid, Wish(label="Mr Miller"))
    visit = shared.open_link(store, made.secret)
    content = exporting.export_shared(store, visit, STRANGER, "xlsx").content
    told = about(content)
    assert (told["Exported by"], told["Version"]) == (team.name, "2")
    assert not any("March" in words for words in told.values())
    [event] = exports(store, team)
    assert (event.actor, event.user_id) == ("Mr Miller", None)
    assert event.detail["share"] == made.shared.share.uid
    assert event.detail["export_id"] == told["Export id"]


def test_a_draft_s_workbook_is_recorded_too(store: Database, team: Team, ann: Actor) -> None:
    saved = kept(store, ann, DRAFT)
    exporting.export_unfinished(store, saved, ann)
    [event] = exports(store, team)
    assert event.detail["format"] == "unfinished workbook"


# --------------------------------------------------------------------------- history


def test_the_history_tells_each_version_s_note_from_the_newest_on(
    store: Database, ann: Actor, bob: Actor, second: Saved
) -> None:
    uid = second.head.uid
    versions.freeze(store, ann, uid, 2, "Offer of 3 March")
    third = saved_cases.save(store, bob, uid, with_users(120), second.tag)
    told = about(exporting.export(store, saved_cases.load(store, ann, uid), ann, "xlsx").content)
    day = f"{third.version.at.day} {third.version.at:%B %Y}"
    assert told[f"Version 3, {day}"] == "Bob Ray: Changed: Users."
    assert told[f"Version 2, {day}"] == "Ann Lee: “Offer of 3 March”. Users of March."
    assert told[f"Version 1, {day}"] == "Ann Lee"
    assert "Before that" not in told


def test_what_was_done_in_one_go_is_one_entry_and_later_versions_are_left_out(
    store: Database, ann: Actor, bob: Actor, second: Saved
) -> None:
    uid = second.head.uid
    third = saved_cases.save(store, ann, uid, with_users(120), second.tag, "Users of April.")
    saved_cases.save(store, bob, uid, with_users(130), third.tag)
    entries, earlier = exporting.history(store, ann, saved_cases.load(store, ann, uid, 3))
    assert [each.versions for each in entries] == ["2–3", "1"]
    assert entries[0].what == "Users of March. Users of April."
    assert earlier == 0


def test_a_long_history_is_cut_and_says_how_many_versions_came_before(
    store: Database, ann: Actor, bob: Actor
) -> None:
    saved = kept(store, ann)
    for number in range(exporting.HISTORY + 2):
        who = (ann, bob)[number % 2]
        changed = with_users(200 + number)
        saved = saved_cases.save(store, who, saved.head.uid, changed, saved.tag, "x" * 900)
    entries, earlier = exporting.history(store, ann, saved)
    assert (len(entries), earlier) == (exporting.HISTORY, 3)
    assert all(len(each.what) <= exporting.LONGEST_WHAT + 2 for each in entries)
    told = about(exporting.export(store, saved, ann, "xlsx").content)
    assert told["Before that"].startswith("And 3 earlier versions")
    assert entries[0].when - entries[-1].when <= timedelta(days=1)


# --------------------------------------------------------------------------- not kept


def test_a_case_that_is_not_kept_says_where_it_was_read_and_who_exported_it(
    bob: Actor,
) -> None:
    told = about(
        exporting.export_unkept(SOUND, bob, "xlsx", "expected", "the straw-man x", "Team").content
    )
    assert told["Exported by"] == "Bob Ray, Team"
    assert told["Version"] == "not kept: exported from the straw-man x"
    nobody = about(
        exporting.export_unkept(SOUND, STRANGER, "xlsx", "expected", "the file a").content
    )
    assert "Exported by" not in nobody
    assert "Version history" not in nobody
