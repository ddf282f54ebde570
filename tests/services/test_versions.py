"""Versions: a name for good, the way back, and what lies between two of them."""

from __future__ import annotations

import pytest

from tests.services.test_saved_cases import SOUND, at_once, kept, with_users
from valuecalc.errors import Conflict, NotFound, PreconditionFailed, PreconditionRequired
from valuecalc.services import comparison, saved_cases, versions
from valuecalc.services.access import Actor
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database


@pytest.fixture
def three(store: Database, ann: Actor) -> Saved:
    """A case in its third version: 100, 110 and 120 users."""
    saved = kept(store, ann)
    for count in (110, 120):
        saved = saved_cases.save(store, ann, saved.head.uid, with_users(count), saved.tag)
    return saved


def test_versions_are_listed_from_the_newest_on_in_slices(
    store: Database, ann: Actor, three: Saved
) -> None:
    first = versions.page(store, ann, three.head.uid, limit=2)
    assert [each.number for each in first.rows] == [3, 2]
    assert first.has_more
    rest = versions.page(store, ann, three.head.uid, limit=2, before=2)
    assert [each.number for each in rest.rows] == [1]
    assert not rest.has_more


def test_a_listed_version_says_what_it_changed_and_what_it_was_worth(
    store: Database, ann: Actor, three: Saved
) -> None:
    [newest, *_, first] = versions.page(store, ann, three.head.uid).rows
    assert [each["place"] for each in newest.changes] == ["assumptions.users.value"]
    assert first.changes == []
    assert newest.value == 120 * 5 * 36 - 1000


def test_a_name_is_given_once_and_for_good(
    store: Database, ann: Actor, bob: Actor, three: Saved
) -> None:
    uid = three.head.uid
    frozen = versions.freeze(store, ann, uid, 2, "Offer")
    assert (frozen.version.name, frozen.version.frozen_by) == ("Offer", "Ann Lee")
    again = versions.freeze(store, bob, uid, 2, "Offer")
    assert (again.version.frozen_by, again.version.frozen_at) == (
        "Ann Lee",
        frozen.version.frozen_at,
    )
    with pytest.raises(Conflict, match="has the name “Offer” already"):
        versions.freeze(store, ann, uid, 2, "Final offer")
    with pytest.raises(NotFound):
        versions.freeze(store, ann, uid, 4, "Offer")
    assert saved_cases.load(store, ann, uid, 2).version.name == "Offer"


def test_of_two_names_that_are_given_at_once_one_stays(
    store: Database, ann: Actor, three: Saved
) -> None:
    uid = three.head.uid
    outcomes = at_once(
        [lambda n=n: versions.freeze(store, ann, uid, 1, f"Name {n}") for n in range(4)]  # type: ignore[misc]
    )
    [won] = [each for each in outcomes if isinstance(each, Saved)]
    assert sum(isinstance(each, Conflict) for each in outcomes) == 3
    assert saved_cases.load(store, ann, uid, 1).version.name == won.version.name


def test_a_restored_version_is_a_new_one_with_the_old_content(
    store: Database, ann: Actor, bob: Actor, three: Saved
) -> None:
    after = versions.restore(store, bob, three.head.uid, 1, three.tag)
    assert (after.version.number, after.version.restored_from) == (4, 1)
    assert after.version.author == "Bob Ray"
    assert after.case == SOUND
    assert after.head.value == 100 * 5 * 36 - 1000
    assert saved_cases.load(store, ann, three.head.uid, 3).case == with_users(120)


def test_restoring_the_newest_version_makes_none(store: Database, ann: Actor, three: Saved) -> None:
    assert versions.restore(store, ann, three.head.uid, 3, three.tag).tag == three.tag


def test_restoring_has_to_name_the_newest_version(
    store: Database, ann: Actor, three: Saved
) -> None:
    with pytest.raises(PreconditionRequired):
        versions.restore(store, ann, three.head.uid, 1, None)
    with pytest.raises(PreconditionFailed):
        versions.restore(store, ann, three.head.uid, 1, f"{three.head.uid}.2")


def test_two_versions_are_compared_in_changes_and_figures(
    store: Database, ann: Actor, three: Saved
) -> None:
    earlier, later = versions.two(store, ann, three.head.uid, 1, 3)
    found = comparison.dump_comparison(
        comparison.compare_documents(earlier.document, later.document)
    )
    assert [each["place"] for each in found["changes"]] == ["assumptions.users.value"]
    [value] = [each for each in found["effects"]["figures"] if each["name"] == "value"]
    assert value["difference"] == 20 * 5 * 36
