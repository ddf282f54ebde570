"""Sittings: versions put together as people remember them, whole on every page of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.services.test_saved_cases import DRAFT, SOUND, kept, with_users
from valuecalc.case.case import Case
from valuecalc.errors import NotFound
from valuecalc.services import saved_cases, versions
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Saved
from valuecalc.services.sittings import (
    LONGEST_PAUSE,
    Sitting,
    grouped,
    is_one_sitting,
    stands_alone,
)
from valuecalc.store.database import Database
from valuecalc.store.tables import Version

NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def saved_by(store: Database, author: Actor, before: Saved, case: Case) -> Saved:
    newest = saved_cases.load(store, author, before.head.uid)
    return saved_cases.save(store, author, before.head.uid, case, newest.tag)


def put_at(store: Database, saved: Saved, number: int, moment: datetime) -> None:
    """Make a version an older one than the test has just saved."""
    wanted = (Version.case_id == saved.head.id, Version.number == number)
    with store.write() as session:
        session.execute(update(Version).where(*wanted).values(at=moment))


def timed(store: Database, saved: Saved, moments: Sequence[datetime]) -> None:
    for number, moment in enumerate(moments, 1):
        put_at(store, saved, number, moment)


def spans(store: Database, actor: Actor, saved: Saved) -> list[tuple[int, int]]:
    found = versions.sittings(store, actor, saved.head.uid).rows
    return [(each.first, each.last) for each in found]


@pytest.fixture
def typed(store: Database, ann: Actor) -> Saved:
    """A case in five versions, each a minute after the other: 100 to 104 users."""
    saved = kept(store, ann)
    for count in range(101, 105):
        saved = saved_by(store, ann, saved, with_users(count))
    timed(store, saved, [NINE + number * MINUTE for number in range(5)])
    return saved


# --------------------------------------------------------------------------- what is one sitting


def test_what_one_author_saves_without_a_long_pause_is_one_sitting(
    store: Database, ann: Actor, typed: Saved
) -> None:
    assert spans(store, ann, typed) == [(2, 5), (1, 1)]


def test_a_sitting_says_in_one_list_what_it_changed_and_what_that_was_worth(
    store: Database, ann: Actor, typed: Saved
) -> None:
    [found, first] = versions.sittings(store, ann, typed.head.uid).rows
    [change] = found.changes
    assert (change.before_text, change.after_text) == ("100\u00a0users", "104\u00a0users")
    assert (found.value_before, found.value) == (17_000, 17_720)
    assert found.difference == 720
    assert (found.author, found.saves, found.currency) == ("Ann Lee", 4, "GBP")
    assert (found.begin, found.end) == (NINE + MINUTE, NINE + 4 * MINUTE)
    assert (first.value_before, first.value, first.difference) == (None, 17_000, None)
    assert first.changes == ()


def test_what_was_changed_and_changed_back_is_no_change(store: Database, ann: Actor) -> None:
    saved = kept(store, ann)
    for count in (120, 100):
        saved = saved_by(store, ann, saved, with_users(count))
    [found, _] = versions.sittings(store, ann, saved.head.uid).rows
    assert found.saves == 2
    assert found.changes == ()
    assert found.difference == 0


def test_a_pause_of_half_an_hour_goes_on_and_a_longer_one_does_not(
    store: Database, ann: Actor, typed: Saved
) -> None:
    moments = [NINE + number * MINUTE for number in range(3)]
    moments.append(moments[-1] + LONGEST_PAUSE)
    moments.append(moments[-1] + LONGEST_PAUSE + timedelta(seconds=1))
    timed(store, typed, moments)
    assert spans(store, ann, typed) == [(5, 5), (2, 4), (1, 1)]


def test_another_author_begins_a_sitting(
    store: Database, ann: Actor, bob: Actor, typed: Saved
) -> None:
    saved = saved_by(store, bob, typed, with_users(90))
    saved = saved_by(store, ann, saved, with_users(91))
    timed(store, saved, [NINE + number * MINUTE for number in range(7)])
    found = versions.sittings(store, ann, saved.head.uid).rows
    assert [each.author for each in found] == ["Ann Lee", "Bob Ray", "Ann Lee", "Ann Lee"]
    assert [each.difference for each in found[:2]] == [180, -14 * 180]


def test_a_named_version_stands_alone(store: Database, ann: Actor, typed: Saved) -> None:
    versions.freeze(store, ann, typed.head.uid, 3, "Offer")
    assert spans(store, ann, typed) == [(4, 5), (3, 3), (2, 2), (1, 1)]


def test_a_version_that_was_gone_back_to_stands_alone(
    store: Database, ann: Actor, typed: Saved
) -> None:
    versions.restore(store, ann, typed.head.uid, 2, typed.tag)
    put_at(store, typed, 6, NINE + 5 * MINUTE)
    assert spans(store, ann, typed) == [(6, 6), (2, 5), (1, 1)]


def test_what_was_taken_over_from_a_customer_stands_alone(
    store: Database, ann: Actor, typed: Saved
) -> None:
    uid = typed.head.uid
    saved_cases.save(store, ann, uid, with_users(70), typed.tag, on_behalf_of="Jane Doe")
    put_at(store, typed, 6, NINE + 5 * MINUTE)
    assert spans(store, ann, typed) == [(6, 6), (2, 5), (1, 1)]


def test_a_draft_has_no_value_and_no_difference(store: Database, ann: Actor) -> None:
    saved = saved_by(store, ann, kept(store, ann), DRAFT)
    [found, _] = versions.sittings(store, ann, saved.head.uid).rows
    assert (found.value_before, found.value, found.difference) == (17_000, None, None)


def test_values_in_two_currencies_are_not_compared(store: Database, ann: Actor) -> None:
    saved = saved_by(store, ann, kept(store, ann), replace(SOUND, currency="EUR"))
    [found, first] = versions.sittings(store, ann, saved.head.uid).rows
    assert (first.currency, found.currency_before, found.currency) == ("GBP", "GBP", "EUR")
    assert found.difference is None


# --------------------------------------------------------------------------- page after page


def every_sitting(store: Database, actor: Actor, uid: str, limit: int) -> list[Sitting]:
    found: list[Sitting] = []
    before = None
    while True:
        page = versions.sittings(store, actor, uid, limit, before)
        assert len(page.rows) <= limit
        found += page.rows
        if not page.has_more:
            return found
        before = page.rows[-1].first


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_length_hold_the_same_whole_sittings(
    store: Database, ann: Actor, bob: Actor, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = kept(store, ann)
    for count, author in enumerate((ann, ann, ann, bob, bob, ann, ann, bob), 1):
        saved = saved_by(store, author, saved, with_users(100 + count))
    # The database is asked in pieces that end within sittings.
    monkeypatch.setattr(versions, "READ_AT_ONCE", 2)
    found = every_sitting(store, ann, saved.head.uid, limit)
    assert [(each.first, each.last) for each in found] == [(9, 9), (7, 8), (5, 6), (2, 4), (1, 1)]
    assert [each.difference for each in found] == [180, 360, 360, 540, None]


def test_nobody_sees_the_sittings_of_others(store: Database, outsider: Actor, typed: Saved) -> None:
    with pytest.raises(NotFound):
        versions.sittings(store, outsider, typed.head.uid)


# --------------------------------------------------------------------------- for any versions

PAUSES = st.sampled_from([timedelta(0), MINUTE, LONGEST_PAUSE, LONGEST_PAUSE + MINUTE])
SPECIAL = st.sampled_from([{}, {}, {}, {"name": "Offer"}, {"restored_from": 1}])
SAVES = st.tuples(st.integers(1, 2), PAUSES, SPECIAL, st.sampled_from(["", "", "Jane Doe"]))


def history(saves: list[tuple[int, timedelta, dict[str, object], str]]) -> list[Version]:
    """Versions as they would lie in the database, the newest first."""
    made = []
    moment = NINE
    for number, (author, pause, special, customer) in enumerate(saves, 1):
        moment += pause
        more = {"name": None, "restored_from": None} | special
        made.append(
            Version(number=number, author_id=author, at=moment, on_behalf_of=customer, **more)
        )
    return made[::-1]


@given(st.lists(SAVES, max_size=30))
def test_sittings_hold_every_version_once_and_are_as_long_as_can_be(
    saves: list[tuple[int, timedelta, dict[str, object], str]],
) -> None:
    every = history(saves)
    runs = list(grouped(every))
    assert [each for run in runs for each in run] == every
    for run in runs:
        assert run
        assert len(run) == 1 or not any(stands_alone(each) for each in run)
        assert all(is_one_sitting(old, new) for new, old in pairwise(run))
    for later, earlier in pairwise(runs):
        assert not is_one_sitting(earlier[0], later[-1])


def test_the_first_version_is_no_part_of_what_came_after(store: Database, ann: Actor) -> None:
    saved = saved_by(store, ann, kept(store, ann, SOUND), with_users(1))
    assert spans(store, ann, saved) == [(2, 2), (1, 1)]


# --------------------------------------------------------------------------- to choose from


def test_headings_are_the_newest_versions_and_all_that_have_a_name(
    store: Database, ann: Actor, outsider: Actor, typed: Saved
) -> None:
    uid = typed.head.uid
    versions.freeze(store, ann, uid, 2, "Offer")
    found = versions.headings(store, ann, uid, limit=2)
    assert [(each.number, each.name) for each in found] == [(5, None), (4, None), (2, "Offer")]
    with pytest.raises(NotFound):
        versions.headings(store, outsider, uid)
