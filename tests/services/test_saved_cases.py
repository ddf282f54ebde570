"""Cases that are kept: nothing is lost, nothing is overwritten, nobody sees what is not his."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import assumption, benefit, case, investment
from tests.team_members import new_member, new_team
from valuecalc.case.case import Case
from valuecalc.errors import (
    CaseError,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    Unauthenticated,
)
from valuecalc.services import saved_cases, versions
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.store import audit
from valuecalc.store.database import Database
from valuecalc.store.tables import IdempotencyKey, StoredCase, Team, Version, now

Outcome = TypeVar("Outcome")

SOUND = case(
    assumption("users", 100, "user", grade="B"),
    assumption("price", 5, "GBP/user/month", grade="A"),
    benefit("gain", "users * price"),
    investment("cost", "1000 GBP"),
)
DRAFT = replace(SOUND, benefits=(replace(SOUND.benefits[0], formula="nobody * 5"),))


def with_users(count: float) -> Case:
    return SOUND.with_values({"users": count})


def titled(title: str, **changes: Any) -> Case:
    return replace(SOUND, title=title, **changes)


def kept(store: Database, actor: Actor, made: Case = SOUND, **more: Any) -> Saved:
    saved, _ = saved_cases.create(store, actor, made, **more)
    return saved


def at_once(calls: Sequence[Callable[[], Outcome]]) -> list[Outcome | Refusal]:
    """What becomes of calls that all begin at the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Outcome]) -> Outcome | Refusal:
        gate.wait()
        try:
            return call()
        except Refusal as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def actions_of(store: Database, team: Team) -> list[str]:
    with store.read() as session:
        return [each.action for each in audit.page(session, [team.id], 100, None).rows]


# --------------------------------------------------------------------------- create and load


def test_a_case_comes_back_as_it_was_kept(store: Database, ann: Actor, team: Team) -> None:
    uid = kept(store, ann, note="First meeting").head.uid
    found = saved_cases.load(store, ann, uid)
    assert found.case == SOUND
    assert found.tag == f"{uid}.1"
    assert found.team is not None and found.team.uid == team.uid
    assert (found.version.note, found.version.author) == ("First meeting", "Ann Lee")
    assert actions_of(store, team) == ["case.created"]


def test_the_head_shows_the_figures_of_the_case(store: Database, ann: Actor) -> None:
    head = kept(store, ann).head
    assert head.value == 100 * 5 * 36 - 1000
    assert head.npv is not None and head.npv < head.value
    assert head.evidence_share == 1


def test_a_case_with_mistakes_is_kept_as_a_draft_without_figures(
    store: Database, ann: Actor
) -> None:
    head = kept(store, ann, DRAFT).head
    assert (head.value, head.npv, head.evidence_share) == (None, None, None)
    assert saved_cases.load(store, ann, head.uid).case == DRAFT


def test_without_a_team_a_case_goes_to_the_only_one(store: Database, ann: Actor) -> None:
    both = new_member(store, new_team(store, "One"), new_team(store, "Two"))
    with pytest.raises(InputError, match="which team"):
        kept(store, both)
    assert kept(store, ann).team is not None


def test_the_version_of_a_number_that_there_is_not_is_not_found(
    store: Database, ann: Actor
) -> None:
    uid = kept(store, ann).head.uid
    with pytest.raises(NotFound, match="version"):
        saved_cases.load(store, ann, uid, 2)


# --------------------------------------------------------------------------- save


def test_a_save_makes_a_version_that_says_what_changed(
    store: Database, ann: Actor, bob: Actor
) -> None:
    first = kept(store, ann)
    second = saved_cases.save(store, bob, first.head.uid, with_users(120), first.tag, "Billing")
    assert second.version.number == 2
    assert (second.version.author, second.version.note) == ("Bob Ray", "Billing")
    [change] = second.version.changes
    assert change["place"] == "assumptions.users.value"
    assert (change["before"], change["after"]) == (100, 120)
    assert second.head.value == 120 * 5 * 36 - 1000


def test_a_save_without_a_change_makes_no_version(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    again = saved_cases.save(store, ann, first.head.uid, SOUND, first.tag)
    assert again.tag == first.tag


def test_a_save_has_to_name_the_version_that_it_began_with(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    with pytest.raises(PreconditionRequired):
        saved_cases.save(store, ann, first.head.uid, with_users(1), None)


@pytest.mark.parametrize("tag", ["{uid}.2", "{uid}", "{uid}.11", "", "x.{uid}.1", "{uid}.1.1"])
def test_a_save_of_another_version_is_refused_with_the_name_of_who_saved(
    store: Database, ann: Actor, tag: str
) -> None:
    first = kept(store, ann)
    with pytest.raises(PreconditionFailed, match="Ann Lee has saved version 1"):
        saved_cases.save(store, ann, first.head.uid, with_users(1), tag.format(uid=first.head.uid))


def test_one_of_several_tags_is_enough(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    tags = ("other.1", first.tag)
    assert saved_cases.save(store, ann, first.head.uid, with_users(1), tags).version.number == 2


def test_two_who_save_the_same_version_at_once_do_not_overwrite_each_other(
    store: Database, ann: Actor, bob: Actor
) -> None:
    first = kept(store, ann)
    for round in range(1, 6):
        tag = f"{first.head.uid}.{round}"
        outcomes = at_once(
            [
                lambda who=who, count=count, tag=tag: saved_cases.save(  # type: ignore[misc]
                    store, who, first.head.uid, with_users(count), tag
                )
                for who, count in ((ann, 1000 + round), (bob, 2000 + round))
            ]
        )
        [won] = [each for each in outcomes if isinstance(each, Saved)]
        [lost] = [each for each in outcomes if not isinstance(each, Saved)]
        assert isinstance(lost, PreconditionFailed)
        assert won.version.author in str(lost)
        newest = saved_cases.load(store, ann, first.head.uid)
        assert newest.version.number == round + 1
        assert newest.case == won.case


def test_a_version_is_never_changed(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    before = first.version.document
    saved_cases.save(store, ann, first.head.uid, with_users(7), first.tag)
    assert saved_cases.load(store, ann, first.head.uid, 1).version.document == before
    with pytest.raises(AssertionError, match="never changed"), store.write() as session:
        found = session.get(Version, (first.head.id, 1))
        assert found is not None
        found.document = "{}"
    assert saved_cases.load(store, ann, first.head.uid, 1).version.document == before


def test_a_patch_changes_what_it_names_and_nothing_else(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    patch = {"title": "Renamed", "assumptions": {"users": {"value": "1,200"}}}
    after = saved_cases.patch(store, ann, first.head.uid, first.tag, patch)
    assert after.case == replace(with_users(1200), title="Renamed")


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"assumptions": {"users": {"value": "lots"}}}, "assumptions.users.value"),
        ({"assumptions": ["users"]}, "assumptions"),
        ({"title": None}, "title"),
    ],
)
def test_a_patch_that_makes_no_case_is_refused_with_the_place(
    store: Database, ann: Actor, patch: dict[str, Any], place: str
) -> None:
    first = kept(store, ann)
    with pytest.raises(CaseError) as caught:
        saved_cases.patch(store, ann, first.head.uid, first.tag, patch)
    assert caught.value.problems[0].place == place
    assert saved_cases.load(store, ann, first.head.uid).tag == first.tag


# --------------------------------------------------------------------------- repeated requests


def test_a_repeated_request_makes_one_case(store: Database, ann: Actor) -> None:
    first, is_replay = saved_cases.create(store, ann, SOUND, key="k1")
    assert not is_replay
    saved_cases.save(store, ann, first.head.uid, with_users(9), first.tag)
    again, is_replay = saved_cases.create(store, ann, SOUND, key="k1")
    assert is_replay
    assert (again.head.uid, again.version.number) == (first.head.uid, 1)


def test_a_key_that_was_used_for_another_case_is_refused(store: Database, ann: Actor) -> None:
    kept(store, ann, key="k1")
    with pytest.raises(Conflict):
        kept(store, ann, with_users(2), key="k1")
    with pytest.raises(Conflict):
        kept(store, ann, note="Another note", key="k1")


def test_two_people_may_use_the_same_key(store: Database, ann: Actor, bob: Actor) -> None:
    assert kept(store, ann, key="k").head.uid != kept(store, bob, key="k").head.uid


def test_requests_with_one_key_that_arrive_at_once_make_one_case(
    store: Database, ann: Actor
) -> None:
    for round in range(3):
        key = f"race {round}"
        outcomes = at_once(
            [lambda key=key: saved_cases.create(store, ann, SOUND, key=key)] * 8  # type: ignore[misc]
        )
        made = [each for each in outcomes if isinstance(each, tuple)]
        assert len(made) == 8, outcomes
        assert len({saved.head.uid for saved, _ in made}) == 1
        assert [is_replay for _, is_replay in made].count(False) == 1
    assert len(saved_cases.page(store, ann).rows) == 3


def test_different_requests_with_one_key_that_arrive_at_once_make_one_case(
    store: Database, ann: Actor
) -> None:
    outcomes = at_once(
        [
            lambda n=n: saved_cases.create(store, ann, with_users(n), key="race")  # type: ignore[misc]
            for n in range(1, 7)
        ]
    )
    assert sum(isinstance(each, Conflict) for each in outcomes) == 5
    assert len(saved_cases.page(store, ann).rows) == 1


def test_a_key_is_forgotten_after_a_week_and_with_its_case(store: Database, ann: Actor) -> None:
    first = kept(store, ann, key="k1")
    with store.write() as session:
        found = session.get(IdempotencyKey, (ann.account.id, "k1"))
        assert found is not None
        found.at = now() - saved_cases.KEYS_ARE_KEPT - timedelta(hours=1)
    kept(store, ann, key="k2")
    assert kept(store, ann, with_users(3), key="k1").head.uid != first.head.uid
    second = kept(store, ann, key="k3")
    put_into_bin(store, ann, second, days_ago=31)
    saved_cases.empty_bin(store, 30)
    assert kept(store, ann, key="k3").head.uid != second.head.uid


# --------------------------------------------------------------------------- the bin


def put_into_bin(store: Database, actor: Actor, saved: Saved, days_ago: float = 0) -> None:
    saved_cases.delete(store, actor, saved.head.uid)
    with store.write() as session:
        head = session.get(StoredCase, saved.head.id)
        assert head is not None
        head.deleted_at = now() - timedelta(days=days_ago)


def test_a_case_in_the_bin_is_not_there_until_it_is_put_back(store: Database, ann: Actor) -> None:
    first = kept(store, ann)
    saved_cases.delete(store, ann, first.head.uid, first.tag)
    with pytest.raises(NotFound):
        saved_cases.load(store, ann, first.head.uid)
    with pytest.raises(NotFound):
        saved_cases.save(store, ann, first.head.uid, with_users(1), first.tag)
    assert not saved_cases.page(store, ann).rows
    assert [each.head.uid for each in saved_cases.page(store, ann, in_bin=True).rows] == [
        first.head.uid
    ]
    assert saved_cases.put_back(store, ann, first.head.uid).case == SOUND
    assert saved_cases.load(store, ann, first.head.uid).tag == first.tag


def test_the_bin_is_emptied_of_what_has_lain_in_it_for_thirty_days(
    store: Database, ann: Actor, team: Team
) -> None:
    old, young, used = kept(store, ann), kept(store, ann), kept(store, ann)
    put_into_bin(store, ann, old, days_ago=30.1)
    put_into_bin(store, ann, young, days_ago=29.9)
    assert saved_cases.empty_bin(store, 30) == 1
    with pytest.raises(NotFound):
        saved_cases.put_back(store, ann, old.head.uid)
    saved_cases.put_back(store, ann, young.head.uid)
    assert saved_cases.load(store, ann, used.head.uid).case == SOUND
    assert actions_of(store, team).count("case.removed") == 1
    with store.read() as session:
        assert session.get(Version, (old.head.id, 1)) is None


def test_only_who_read_the_newest_version_may_bin_a_case_that_he_names(
    store: Database, ann: Actor
) -> None:
    first = kept(store, ann)
    saved_cases.save(store, ann, first.head.uid, with_users(2), first.tag)
    with pytest.raises(PreconditionFailed):
        saved_cases.delete(store, ann, first.head.uid, first.tag)


# --------------------------------------------------------------------------- lists


def titles(store: Database, actor: Actor, **filters: Any) -> list[str]:
    return [each.head.title for each in saved_cases.page(store, actor, **filters).rows]


def all_uids(store: Database, actor: Actor, limit: int, between: Callable[[], None]) -> list[str]:
    """Every case that somebody who turns the pages sees; `between` happens at each turn."""
    found: list[str] = []
    after = None
    while True:
        slice = saved_cases.page(store, actor, limit, after)
        found += [each.head.uid for each in slice.rows]
        assert len(found) < 100, "the list never ends"
        if not slice.has_more:
            return found
        after = saved_cases.cursor_after(slice.rows[-1])
        between()


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(limit=st.integers(1, 5), count=st.integers(0, 7), added=st.integers(0, 3))
def test_who_turns_the_pages_sees_every_case_once_whatever_is_added_meanwhile(
    store: Database, limit: int, count: int, added: int
) -> None:
    actor = new_member(store, new_team(store))
    made = [kept(store, actor).head.uid for _ in range(count)]

    def add() -> None:
        for _ in range(added):
            kept(store, actor)

    assert all_uids(store, actor, limit, add) == made[::-1]


def test_cases_of_one_moment_are_each_listed_once(store: Database, ann: Actor) -> None:
    moment = now()
    made = [kept(store, ann).head for _ in range(5)]
    with store.write() as session:
        for head in made:
            found = session.get(StoredCase, head.id)
            assert found is not None
            found.updated_at = moment
    assert sorted(all_uids(store, ann, 2, lambda: None)) == sorted(head.uid for head in made)


def test_the_case_that_was_saved_last_comes_first(store: Database, ann: Actor) -> None:
    first, second = kept(store, ann, titled("First")), kept(store, ann, titled("Second"))
    assert titles(store, ann) == ["Second", "First"]
    saved_cases.save(store, ann, first.head.uid, titled("First, again"), first.tag)
    assert titles(store, ann) == ["First, again", "Second"]
    assert titles(store, ann, changed_since=second.head.updated_at + timedelta(microseconds=1)) == [
        "First, again"
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("100%", {"Save 100% of it"}),
        ("_", {"snake_case"}),
        ("\\", {"back\\slash"}),
        ("größe", {"GRÖSSE der Städte"}),
        ("städte grösse", {"GRÖSSE der Städte"}),
        ("ΣΊΣΥΦΟΣ", {"Σίσυφος"}),
        ("ﬁber", {"Fiber to the home"}),
        ("fiber home", {"Fiber to the home"}),
        ("fiber work", set()),
        ("%", {"Save 100% of it"}),
        ("a' OR 1=1 --", set()),
        ("acme", {"Fiber to the home"}),
    ],
)
def test_words_are_looked_for_as_they_are_in_any_case(
    store: Database, ann: Actor, words: str, expected: set[str]
) -> None:
    for title in ("Save 100% of it", "snake_case", "GRÖSSE der Städte", "Σίσυφος", "back\\slash"):
        kept(store, ann, titled(title))
    kept(store, ann, titled("Fiber to the home", customer="ACME"))
    assert set(titles(store, ann, words=words)) == expected


def test_filters_ask_for_customer_currency_and_team(store: Database, ann: Actor) -> None:
    kept(store, ann, titled("A", customer="Müller AG"))
    kept(store, ann, titled("B", customer="Müller"))
    assert titles(store, ann, customer="MÜLLER") == ["B"]
    assert titles(store, ann, currency="EUR") == []
    assert len(titles(store, ann, currency="gbp")) == 2
    with pytest.raises(NotFound):
        titles(store, ann, team_uid="A" * 16)


@pytest.mark.parametrize("uid", ["", "a\0b", "\ud800", "x" * 5000, "' OR 1=1"])
def test_an_id_that_is_none_is_not_found(store: Database, ann: Actor, uid: str) -> None:
    with pytest.raises(NotFound):
        saved_cases.load(store, ann, uid)
    assert titles(store, ann, words=uid or "nothing at all") == []


@pytest.mark.parametrize("note", ["a\0b", "\ud800", "x" * 5001])
def test_a_note_that_cannot_be_kept_is_refused(store: Database, ann: Actor, note: str) -> None:
    with pytest.raises(InputError):
        kept(store, ann, note=note)


# --------------------------------------------------------------------------- rights


def test_others_and_strangers_do_not_learn_that_a_case_exists(
    store: Database, ann: Actor, outsider: Actor
) -> None:
    first = kept(store, ann)
    for attempt in attempts(store, outsider, first):
        with pytest.raises(NotFound, match="no such case"):
            attempt()
    for attempt in attempts(store, STRANGER, first):
        with pytest.raises(Unauthenticated):
            attempt()
    assert titles(store, outsider) == []


def attempts(store: Database, actor: Actor, saved: Saved) -> list[Callable[[], object]]:
    uid, tag = saved.head.uid, saved.tag
    return [
        lambda: saved_cases.load(store, actor, uid),
        lambda: saved_cases.save(store, actor, uid, with_users(1), tag),
        lambda: saved_cases.patch(store, actor, uid, tag, {"title": "Mine"}),
        lambda: saved_cases.delete(store, actor, uid),
        lambda: saved_cases.put_back(store, actor, uid),
        lambda: versions.freeze(store, actor, uid, 1, "Mine"),
        lambda: versions.restore(store, actor, uid, 1, tag),
        lambda: versions.page(store, actor, uid),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER])
def test_who_may_only_read_changes_nothing(
    store: Database, ann: Actor, team: Team, role: Role
) -> None:
    first = kept(store, ann)
    reader = new_member(store, team, role=role)
    load, *changes, listing = attempts(store, reader, first)
    load()
    listing()
    for attempt in changes:
        with pytest.raises(Forbidden, match="editor"):
            attempt()
    with pytest.raises(Forbidden):
        kept(store, reader)
    assert saved_cases.load(store, ann, first.head.uid).tag == first.tag
