"""Links: made by who may, shown once, dead when they should be, and read by customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests import cheap_passwords
from tests.team_members import new_member
from tests.web.cases import minimal
from valuecalc.errors import (
    CaseError,
    Conflict,
    Forbidden,
    NotFound,
    TooMany,
    Unauthenticated,
)
from valuecalc.schemas.case import load_case
from valuecalc.schemas.shares import Wish
from valuecalc.services import attempts, code_words, comments, saved_cases, shared, shares
from valuecalc.services.access import STRANGER, Actor, Role
from valuecalc.services.saved_cases import Saved
from valuecalc.services.shares import State, WithSecret
from valuecalc.store import shares as stored
from valuecalc.store.database import Database
from valuecalc.store.tables import Share, Team, now

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"

Make = Callable[..., WithSecret]


@pytest.fixture(autouse=True)
def quick_code_words(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def saved(store: Database, ann: Actor) -> Saved:
    return saved_cases.create(store, ann, load_case(minimal()))[0]


@pytest.fixture
def make(store: Database, ann: Actor, saved: Saved) -> Make:
    """Makes a link to the case."""

    def made(**wish: Any) -> WithSecret:
        return shares.create(store, ann, saved.head.uid, Wish(**wish))

    return made


def age(store: Database, made: WithSecret, **changes: Any) -> None:
    """Change the row of a link behind the back of the verbs."""
    with store.write() as session:
        share = session.get(Share, made.shared.share.id)
        for name, value in changes.items():
            setattr(share, name, value)


def everything_stored(store: Database) -> str:
    """All rows of all tables as one text."""
    with store.read() as session:
        names = Share.metadata.tables
        return "\n".join(
            str(row) for name in names for row in session.execute(text(f'SELECT * FROM "{name}"'))
        )


# --------------------------------------------------------------------------- making


def test_a_link_leads_to_its_version_whatever_is_saved_later(
    store: Database, ann: Actor, saved: Saved, make: Make
) -> None:
    made = make(label="Company M")
    later = load_case(minimal() | {"title": "Quite another title"})
    saved_cases.save(store, ann, saved.head.uid, later, saved.tag)
    visit = shared.open_link(store, made.secret)
    assert visit.case.title == "Small case"
    assert (visit.customer, visit.sender, visit.team) == ("Company M", "Ann Lee", "North")


def test_sharing_freezes_a_version_and_names_it_once(
    store: Database, ann: Actor, saved: Saved, make: Make
) -> None:
    make(label="Company M")
    make(label="Company N")
    frozen = saved_cases.load(store, ann, saved.head.uid).version
    assert frozen.name == f"Shared with Company M on {now():%-d %B %Y}"
    assert frozen.frozen_by == "Ann Lee"


def test_neither_the_secret_nor_the_code_word_is_kept(store: Database, make: Make) -> None:
    made = make(code_word="open sesame")
    kept = everything_stored(store)
    assert made.shared.share.uid in kept
    assert made.secret not in kept
    assert "sesame" not in kept
    assert made.secret not in repr(made)


def test_a_secret_has_256_bits(make: Make) -> None:
    assert len(make().secret) == 43


def test_the_same_key_makes_one_link_and_gives_its_secret_out_once(
    store: Database, ann: Actor, saved: Saved
) -> None:
    first, again = (
        shares.create(store, ann, saved.head.uid, Wish(label="M"), key="one") for _ in range(2)
    )
    assert first.secret
    assert not again.secret
    assert first.shared.share.uid == again.shared.share.uid
    with pytest.raises(Conflict, match="another request"):
        shares.create(store, ann, saved.head.uid, Wish(label="N"), key="one")


def test_only_assumptions_of_the_version_can_be_asked_for(make: Make) -> None:
    with pytest.raises(CaseError) as refused:
        make(may_change=("users", "usrs"))
    [problem] = refused.value.problems
    assert (problem.place, problem.remedy) == ("may_change", "Did you mean users?")


def test_a_day_that_is_over_is_no_last_day(make: Make) -> None:
    yesterday = now().date() - timedelta(days=1)
    with pytest.raises(CaseError, match="is over"):
        make(expires=yesterday)
    assert make(expires=now().date()).shared.state is State.OPEN


def test_a_case_with_mistakes_cannot_be_shared(store: Database, ann: Actor) -> None:
    broken = minimal()
    broken["benefits"][0]["formula"] = "nobody * 2"
    draft, _ = saved_cases.create(store, ann, load_case(broken))
    with pytest.raises(CaseError, match="nobody"):
        shares.create(store, ann, draft.head.uid, Wish())


# --------------------------------------------------------------------------- who may


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COMMENTER])
def test_who_may_not_change_a_case_may_not_share_it(
    store: Database, team: Team, saved: Saved, make: Make, role: Role
) -> None:
    reader = new_member(store, team, role=role)
    uid = make().shared.share.uid
    for verb in (
        lambda: shares.create(store, reader, saved.head.uid, Wish()),
        lambda: shares.of_case(store, reader, saved.head.uid),
        lambda: shares.load(store, reader, uid),
        lambda: shares.change(store, reader, uid, {"label": "X"}),
        lambda: shares.renew(store, reader, uid),
        lambda: shares.withdraw(store, reader, uid),
        lambda: shares.openings(store, reader, uid),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_nothing_of_it_exists_for_another_team_or_a_stranger(
    store: Database, outsider: Actor, saved: Saved, make: Make
) -> None:
    uid = make().shared.share.uid
    with pytest.raises(NotFound):
        shares.load(store, outsider, uid)
    with pytest.raises(NotFound):
        shares.create(store, outsider, saved.head.uid, Wish())
    with pytest.raises(Unauthenticated):
        shares.load(store, STRANGER, uid)
    with pytest.raises(NotFound):
        shares.load(store, outsider, "\0")


# --------------------------------------------------------------------------- dead links


def test_a_withdrawn_link_is_dead_at_once_and_for_good(
    store: Database, ann: Actor, make: Make
) -> None:
    made = make()
    shares.withdraw(store, ann, made.shared.share.uid)
    with pytest.raises(NotFound, match="link"):
        shared.open_link(store, made.secret)
    with pytest.raises(Conflict, match="withdrawn"):
        shares.renew(store, ann, made.shared.share.uid)
    assert shares.withdraw(store, ann, made.shared.share.uid).state is State.WITHDRAWN


def test_a_link_works_to_the_end_of_its_last_day(store: Database, ann: Actor, make: Make) -> None:
    today = now().date()
    made = make(expires=today)
    midnight = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1)
    assert made.shared.share.expires_at == midnight
    assert made.shared.expires == today
    age(store, made, expires_at=now())
    with pytest.raises(NotFound):
        shared.open_link(store, made.secret)
    assert shares.load(store, ann, made.shared.share.uid).state is State.EXPIRED
    shares.change(store, ann, made.shared.share.uid, {"expires": None})
    assert shared.open_link(store, made.secret)


def test_a_renewed_link_has_a_new_secret_and_the_old_one_is_dead(
    store: Database, ann: Actor, make: Make
) -> None:
    made = make()
    renewed = shares.renew(store, ann, made.shared.share.uid)
    assert shared.open_link(store, renewed.secret)
    with pytest.raises(NotFound):
        shared.open_link(store, made.secret)


def test_the_links_of_a_case_in_the_bin_are_dead_until_it_is_put_back(
    store: Database, ann: Actor, saved: Saved, make: Make
) -> None:
    made = make()
    saved_cases.delete(store, ann, saved.head.uid)
    with pytest.raises(NotFound):
        shared.open_link(store, made.secret)
    with pytest.raises(NotFound):
        shares.load(store, ann, made.shared.share.uid)
    saved_cases.put_back(store, ann, saved.head.uid)
    assert shared.open_link(store, made.secret)


@pytest.mark.parametrize("secret", ["", "x", "\0", "\u202e", "a" * 10_000])
def test_a_made_up_secret_leads_nowhere(store: Database, make: Make, secret: str) -> None:
    make()
    with pytest.raises(NotFound):
        shared.open_link(store, secret)


# --------------------------------------------------------------------------- code words


def test_a_code_word_has_to_be_right(store: Database, make: Make) -> None:
    visit = shared.open_link(store, make(code_word="open sesame").secret)
    assert visit.needs_code_word
    assert not code_words.check(store, visit.share, "Open sesame", HERE)
    assert code_words.check(store, visit.share, " open sesame ", HERE)


def test_wrong_code_words_are_limited_per_link_and_address(store: Database, make: Make) -> None:
    share = shared.open_link(store, make(code_word="open sesame").secret).share
    other = shared.open_link(store, make(code_word="open sesame").secret).share
    for _ in range(attempts.MOST):
        assert not code_words.check(store, share, "wrong", HERE)
    with pytest.raises(TooMany):
        code_words.check(store, share, "open sesame", HERE)
    assert code_words.check(store, share, "open sesame", ELSEWHERE)
    assert code_words.check(store, other, "open sesame", HERE)


@pytest.mark.parametrize("changed", [{"code_word": "another word"}, {"code_word": None}, "renewed"])
def test_who_has_shown_a_code_word_is_shut_out_when_it_or_the_secret_changes(
    store: Database, ann: Actor, make: Make, changed: Any
) -> None:
    made = make(code_word="open sesame")
    before = shared.open_link(store, made.secret)
    secret = made.secret
    if changed == "renewed":
        secret = shares.renew(store, ann, before.share.uid).secret
    else:
        shares.change(store, ann, before.share.uid, changed)
    assert shared.open_link(store, secret).mark != before.mark


def test_no_two_links_share_a_mark(store: Database, make: Make) -> None:
    marks = {shared.open_link(store, make(code_word="open sesame").secret).mark for _ in "ab"}
    assert len(marks) == 2


# --------------------------------------------------------------------------- openings


def test_openings_are_counted_with_their_moments(store: Database, ann: Actor, make: Make) -> None:
    made = make()
    visit = shared.open_link(store, made.secret)
    for _ in range(3):
        shared.note_opening(store, visit)
    seen = shares.load(store, ann, made.shared.share.uid)
    assert seen.openings.count == 3
    listed = shares.openings(store, ann, made.shared.share.uid, limit=2)
    assert (len(listed.rows), listed.has_more) == (2, True)
    assert seen.openings.last == listed.rows[0].at


# --------------------------------------------------------------------------- comments


def test_a_customer_reads_only_what_was_said_on_his_own_link(
    store: Database, ann: Actor, saved: Saved, make: Make
) -> None:
    one, other = make(label="M", may_comment=True), make(label="N", may_comment=True)
    visit = shared.open_link(store, one.secret)
    shared.comment(store, visit, "Bo Fox", "Is this right?", "assumptions.users", HERE)
    shared.comment(store, shared.open_link(store, other.secret), "Cy", "Ours?", "", HERE)
    comments.add(store, ann, saved.head.uid, "Do not tell them")
    shares.answer(store, ann, one.shared.share.uid, "It is.")
    said = [(each.author, each.text) for each in shared.comments(store, visit)]
    assert said == [("Bo Fox", "Is this right?"), ("Ann Lee", "It is.")]


@pytest.mark.parametrize(
    ("name", "words", "place", "expected"),
    [
        ("", "Text", "", "name"),
        ("Bo", "", "", "text"),
        ("Bo", " \n ", "", "text"),
        ("B\0o", "Text", "", "name"),
        ("B\u202eo", "Text", "", "name"),
        ("B\no", "Text", "", "name"),
        ("x" * 101, "Text", "", "name"),
        ("Bo", "x" * 1_000_000, "", "text"),
        ("Bo", "Te\0xt", "", "text"),
        ("Bo", "Text", "assumptions.nobody", "place"),
        ("Bo", "Text", "title", "place"),
    ],
)
def test_a_comment_that_cannot_be_kept_is_refused_with_its_field(
    store: Database, make: Make, name: str, words: str, place: str, expected: str
) -> None:
    visit = shared.open_link(store, make(may_comment=True).secret)
    with pytest.raises(CaseError) as refused:
        shared.comment(store, visit, name, words, place, HERE)
    assert [each.place for each in refused.value.problems] == [expected]
    assert not shared.comments(store, visit)


def test_markup_and_any_script_are_kept_as_they_were_written(store: Database, make: Make) -> None:
    visit = shared.open_link(store, make(may_comment=True).secret)
    written = "<script>alert('x')</script> زيادة الإيرادات"
    shared.comment(store, visit, "<b>Bo</b>", written, "", HERE)
    [kept] = shared.comments(store, visit)
    assert (kept.author, kept.text) == ("<b>Bo</b>", written)


def test_a_comment_sent_twice_is_one(store: Database, make: Make) -> None:
    visit = shared.open_link(store, make(may_comment=True).secret)
    uids = {shared.comment(store, visit, "Bo", "Hello", "", HERE).uid for _ in range(2)}
    assert len(uids) == 1
    assert len(shared.comments(store, visit)) == 1


def test_a_link_that_takes_no_comments_refuses_them(store: Database, make: Make) -> None:
    visit = shared.open_link(store, make().secret)
    with pytest.raises(Forbidden):
        shared.comment(store, visit, "Bo", "Hello", "", HERE)


def test_a_comment_on_a_link_withdrawn_meanwhile_is_refused(
    store: Database, ann: Actor, make: Make
) -> None:
    made = make(may_comment=True)
    visit = shared.open_link(store, made.secret)
    shares.withdraw(store, ann, made.shared.share.uid)
    with pytest.raises(NotFound):
        shared.comment(store, visit, "Bo", "Hello", "", HERE)


def test_what_one_address_sends_is_limited(store: Database, make: Make) -> None:
    visit = shared.open_link(store, make(may_comment=True).secret)
    for number in range(shared.POSTS_FROM_ONE_ADDRESS):
        shared.comment(store, visit, "Bo", f"Hello {number}", "", HERE)
    with pytest.raises(TooMany):
        shared.comment(store, visit, "Bo", "Once more", "", HERE)
    assert shared.comment(store, visit, "Bo", "From elsewhere", "", ELSEWHERE)


def test_the_comments_of_a_link_are_limited(
    store: Database, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "MOST_COMMENTS", 2)
    visit = shared.open_link(store, make(may_comment=True).secret)
    for number in range(2):
        shared.comment(store, visit, "Bo", f"Hello {number}", "", HERE)
    with pytest.raises(Conflict, match="too many"):
        shared.comment(store, visit, "Bo", "One more", "", HERE)
    with store.read() as session:
        assert stored.count_comments(session, visit.share.id) == 2
