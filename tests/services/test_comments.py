"""Comments: on a place that is there, dealt with or not, and taken back by who may."""

from __future__ import annotations

import pytest

from tests.services.test_saved_cases import kept, with_users
from tests.team_members import new_member
from valuecalc.errors import Forbidden, InputError, NotFound, UnknownName
from valuecalc.services import comments, saved_cases
from valuecalc.services.access import Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.store.database import Database
from valuecalc.store.tables import Team


@pytest.fixture
def commenter(store: Database, team: Team) -> Actor:
    return new_member(store, team, role=Role.COMMENTER, name="Cy Orr")


@pytest.fixture
def saved(store: Database, ann: Actor) -> Saved:
    return kept(store, ann)


def test_a_comment_stands_on_the_newest_version_unless_it_names_one(
    store: Database, commenter: Actor, ann: Actor, saved: Saved
) -> None:
    uid = saved.head.uid
    saved_cases.save(store, ann, uid, with_users(3), saved.tag)
    assert comments.add(store, commenter, uid, "Really?").version == 2
    assert comments.add(store, commenter, uid, "Before?", number=1).version == 1
    with pytest.raises(NotFound, match="version"):
        comments.add(store, commenter, uid, "Later?", number=3)
    assert [each.text for each in comments.page(store, ann, uid).rows] == ["Really?", "Before?"]


@pytest.mark.parametrize(
    "place", ["", "title", "assumptions", "assumptions.users", "assumptions.users.evidence.source"]
)
def test_a_comment_may_stand_on_a_place_of_the_case(
    store: Database, commenter: Actor, saved: Saved, place: str
) -> None:
    comments.add(store, commenter, saved.head.uid, "Sure?", place)
    [found] = comments.page(store, commenter, saved.head.uid, place=place).rows
    assert (found.place, found.author) == (place, "Cy Orr")


@pytest.mark.parametrize(
    "place",
    [
        "asumptions",
        "assumptions.usres",
        "assumptions.",
        ".users",
        "assumptions.users.colour",
        "calculations.none",
    ],
)
def test_a_place_that_is_not_in_the_case_is_refused(
    store: Database, commenter: Actor, saved: Saved, place: str
) -> None:
    with pytest.raises(UnknownName):
        comments.add(store, commenter, saved.head.uid, "Sure?", place)
    assert not comments.page(store, commenter, saved.head.uid).rows


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "half \ud800", "x" * 5001])
def test_a_comment_that_cannot_be_kept_is_refused(
    store: Database, commenter: Actor, saved: Saved, text: str
) -> None:
    with pytest.raises(InputError):
        comments.add(store, commenter, saved.head.uid, text)


def test_a_comment_is_dealt_with_and_taken_up_again(
    store: Database, commenter: Actor, ann: Actor, saved: Saved
) -> None:
    uid = saved.head.uid
    comment = comments.add(store, commenter, uid, "Sure?")
    done = comments.resolve(store, ann, uid, comment.uid)
    assert done.resolved_by == "Ann Lee"
    assert comments.resolve(store, commenter, uid, comment.uid).resolved_by == "Ann Lee"
    assert not comments.page(store, ann, uid, resolved=False).rows
    again = comments.reopen(store, commenter, uid, comment.uid)
    assert (again.resolved_by, again.resolved_at) == (None, None)
    assert len(comments.page(store, ann, uid, resolved=False).rows) == 1


def test_comments_come_in_slices_the_oldest_first(
    store: Database, commenter: Actor, saved: Saved
) -> None:
    made = [comments.add(store, commenter, saved.head.uid, f"{n}") for n in range(5)]
    first = comments.page(store, commenter, saved.head.uid, limit=3)
    rest = comments.page(store, commenter, saved.head.uid, limit=3, after=first.rows[-1].id)
    assert [each.uid for each in (*first.rows, *rest.rows)] == [each.uid for each in made]
    assert (first.has_more, rest.has_more) == (True, False)


def test_ones_own_comment_is_taken_back_that_of_others_only_by_an_editor(
    store: Database, commenter: Actor, ann: Actor, team: Team, saved: Saved
) -> None:
    uid = saved.head.uid
    other = new_member(store, team, role=Role.COMMENTER)
    first, second = (comments.add(store, commenter, uid, text) for text in ("One", "Two"))
    with pytest.raises(Forbidden):
        comments.delete(store, other, uid, first.uid)
    comments.delete(store, commenter, uid, first.uid)
    comments.delete(store, ann, uid, second.uid)
    assert not comments.page(store, ann, uid).rows
    with pytest.raises(NotFound):
        comments.delete(store, ann, uid, second.uid)


def test_a_viewer_reads_comments_and_writes_none(
    store: Database, commenter: Actor, team: Team, saved: Saved
) -> None:
    viewer = new_member(store, team, role=Role.VIEWER)
    comment = comments.add(store, commenter, saved.head.uid, "One")
    assert len(comments.page(store, viewer, saved.head.uid).rows) == 1
    for verb in (comments.resolve, comments.reopen, comments.delete):
        with pytest.raises(Forbidden):
            verb(store, viewer, saved.head.uid, comment.uid)
    with pytest.raises(Forbidden):
        comments.add(store, viewer, saved.head.uid, "Two")


def test_a_comment_is_found_in_its_own_case_only(
    store: Database, commenter: Actor, ann: Actor, outsider: Actor, saved: Saved
) -> None:
    comment = comments.add(store, commenter, saved.head.uid, "One")
    other = kept(store, ann)
    with pytest.raises(NotFound, match="comment"):
        comments.resolve(store, ann, other.head.uid, comment.uid)
    with pytest.raises(NotFound, match="case"):
        comments.page(store, outsider, saved.head.uid)
