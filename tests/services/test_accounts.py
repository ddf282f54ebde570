"""Accounts: the first one, signing in, passwords, and sessions that end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import cheap_passwords
from tests.cheap_passwords import GOOD, OTHER
from valuecalc.errors import (
    CaseError,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
)
from valuecalc.services import accounts, attempts, identity, passwords
from valuecalc.services.access import Actor
from valuecalc.store.database import Database
from valuecalc.store.tables import Event, Membership, User, now

KEY = "k" * 40
ANN = {"name": "Ann Lee", "email": "Ann@Example.com", "password": GOOD, "team": "North"}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords.use(monkeypatch)


@pytest.fixture
def owner(store: Database) -> User:
    return accounts.set_up(store, ANN)


def acting(store: Database, user: User) -> Actor:
    return identity.actor_of_session(store, identity.session_mark(user))


def places(error: pytest.ExceptionInfo[CaseError]) -> set[str]:
    return {problem.place for problem in error.value.problems}


def actions(store: Database) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(Event.action).order_by(Event.id)))


# --------------------------------------------------------------------------- the first account


def test_the_first_account_owns_the_first_team(store: Database) -> None:
    assert not accounts.anybody(store)
    user = accounts.set_up(store, ANN)
    assert accounts.anybody(store)
    assert user.email == "ann@example.com"
    [role] = acting(store, user).roles.values()
    assert role == "owner"
    assert actions(store) == ["account.created", "team.created"]


def test_nobody_sets_the_service_up_a_second_time(store: Database, owner: User) -> None:
    with pytest.raises(Conflict, match="first account in the meantime"):
        accounts.set_up(store, {**ANN, "email": "bob@example.com"})


def test_of_two_who_set_it_up_at_once_one_wins(store: Database) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def try_it(number: int) -> None:
        start.wait()
        try:
            accounts.set_up(store, {**ANN, "email": f"a{number}@example.com"})
            outcomes.append("made")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1
        assert session.scalar(select(func.count()).select_from(Membership)) == 1


def test_the_key_of_the_first_start_depends_on_the_secret_and_ends_with_it(
    store: Database,
) -> None:
    key = accounts.set_up_key(KEY)
    assert accounts.is_set_up_key(store, KEY, key)
    assert not accounts.is_set_up_key(store, "x" * 40, key)
    assert not accounts.is_set_up_key(store, KEY, "")
    assert not accounts.is_set_up_key(store, KEY, "ключ")
    accounts.set_up(store, ANN)
    assert not accounts.is_set_up_key(store, KEY, key)


def test_every_mistake_is_told_at_once(store: Database) -> None:
    with pytest.raises(CaseError) as error:
        accounts.set_up(store, {"name": "", "email": "ann", "password": GOOD, "team": "N\0"})
    assert places(error) == {"name", "email", "team"}
    with pytest.raises(CaseError) as error:
        accounts.set_up(store, {**ANN, "password": "North12345"})
    assert places(error) == {"password"}
    assert not accounts.anybody(store)


def test_what_is_not_asked_for_is_refused(store: Database) -> None:
    with pytest.raises(CaseError) as error:
        accounts.set_up(store, {**ANN, "oidc_subject": "x", "session_epoch": "9"})
    assert places(error) == {"oidc_subject", "session_epoch"}


def test_the_operator_adds_owners_at_any_time_but_not_twice(store: Database, owner: User) -> None:
    accounts.create_owner(store, {**ANN, "email": "bob@example.com", "team": "South"})
    with pytest.raises(Conflict, match="account with this e-mail"):
        accounts.create_owner(store, {**ANN, "email": "BOB@example.com"})


# --------------------------------------------------------------------------- e-mail addresses


@pytest.mark.parametrize(
    "written",
    [
        "ann",
        "ann@",
        "@example.com",
        "ann@example..com",
        "ann@-example.com",
        "ann lee@example.com",
        "ann@example.com\nBcc: all@example.com",
        "ann@example.com\0",
        "ann\u202e@example.com",
        "<script>@example.com",
        f"{'a' * 65}@example.com",
        f"ann@{'a' * 300}.com",
        "a" * 1_000_000,
        "\u212aate@example.com",
        "ann@ex\uff41mple.com",
    ],
)
def test_what_is_no_address_is_refused(store: Database, written: str) -> None:
    with pytest.raises(CaseError) as error:
        accounts.set_up(store, {**ANN, "email": written})
    assert places(error) == {"email"}
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("written", ["jürgen@bücher.example", "o'neil+vc@example.co.uk", "a@b"])
def test_addresses_of_all_kinds_are_taken(store: Database, written: str) -> None:
    assert accounts.set_up(store, {**ANN, "email": written}).email == written


# --------------------------------------------------------------------------- signing in


def test_somebody_signs_in_with_the_password_whatever_the_case_of_the_address(
    store: Database, owner: User
) -> None:
    user = accounts.sign_in(store, " ANN@example.com ", GOOD)
    assert user.id == owner.id
    assert user.last_seen_at is not None
    assert actions(store)[-1] == "account.signed_in"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", "wrong"),
        ("nobody@example.com", GOOD),
        ("", ""),
        ("\0", GOOD),
        ("a" * 1_000_000, GOOD),
        ("ann@example.com", "x" * 1_000_000),
        ("ann@example.com", "\0"),
        ("ann@example.com' OR 1=1 --", GOOD),
    ],
)
def test_every_other_attempt_gets_the_same_answer_after_the_same_work(
    store: Database,
    owner: User,
    email: str,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    class Watched:
        def verify(self, kept: str, given: str) -> bool:
            compared.append(kept)
            return cheap_passwords.CHEAP.verify(kept, given)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with pytest.raises(Unauthenticated, match="address or the password is not right"):
        accounts.sign_in(store, email, password)
    assert len(compared) == 1


def test_an_account_without_a_password_cannot_sign_in_with_one(
    store: Database, owner: User
) -> None:
    with store.write() as session:
        session.merge(owner).password_hash = None
    with pytest.raises(Unauthenticated):
        accounts.sign_in(store, owner.email, "")


def test_the_eleventh_attempt_is_refused_even_with_the_right_password(
    store: Database, owner: User
) -> None:
    for _ in range(attempts.MOST):
        with pytest.raises(Unauthenticated):
            accounts.sign_in(store, owner.email, "wrong")
    with pytest.raises(TooMany) as refused:
        accounts.sign_in(store, owner.email.upper(), GOOD)
    assert 0 < (refused.value.retry_after or 0) <= attempts.WINDOW.total_seconds()


def test_an_address_that_nobody_has_is_locked_in_the_same_way(store: Database) -> None:
    for _ in range(attempts.MOST):
        with pytest.raises(Unauthenticated):
            accounts.sign_in(store, "nobody@example.com", "wrong")
    with pytest.raises(TooMany):
        accounts.sign_in(store, "nobody@example.com", "wrong")


def test_attempts_are_forgotten_after_a_success_and_after_a_while(
    store: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        for _ in range(attempts.MOST - 1):
            with pytest.raises(Unauthenticated):
                accounts.sign_in(store, owner.email, "wrong")
        accounts.sign_in(store, owner.email, GOOD)
    for _ in range(attempts.MOST):
        with pytest.raises(Unauthenticated):
            accounts.sign_in(store, owner.email, "wrong")
    later = now() + attempts.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(attempts, "now", lambda: later)
    assert accounts.sign_in(store, owner.email, GOOD).id == owner.id


def test_many_guesses_at_the_same_moment_are_no_way_around(store: Database, owner: User) -> None:
    refused: list[type[Refusal]] = []

    def guess() -> None:
        try:
            accounts.sign_in(store, owner.email, "wrong")
        except Refusal as error:
            refused.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count(Unauthenticated) == attempts.MOST
    assert refused.count(TooMany) == 4


def test_a_password_kept_with_other_parameters_is_kept_anew(
    store: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = owner.password_hash
    dearer = type(cheap_passwords.CHEAP)(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", dearer)
    after = accounts.sign_in(store, owner.email, GOOD)
    assert after.password_hash != before
    assert "t=2" in str(after.password_hash)
    assert accounts.sign_in(store, owner.email, GOOD).id == owner.id


# --------------------------------------------------------------------------- one's own account


def test_another_password_ends_the_other_sessions(store: Database, owner: User) -> None:
    mark = identity.session_mark(owner)
    changed = accounts.change_password(store, acting(store, owner), GOOD, OTHER)
    assert not identity.actor_of_session(store, mark).is_known
    assert identity.actor_of_session(store, identity.session_mark(changed)).is_known
    assert accounts.sign_in(store, owner.email, OTHER).id == owner.id


@pytest.mark.parametrize(
    ("current", "password", "place"),
    [("wrong", OTHER, "current"), (GOOD, "password123", "password"), (GOOD, GOOD, "password")],
)
def test_a_password_is_not_changed_without_proof_or_for_a_weak_one(
    store: Database, owner: User, current: str, password: str, place: str
) -> None:
    with pytest.raises(CaseError) as error:
        accounts.change_password(store, acting(store, owner), current, password)
    assert places(error) == {place}
    assert accounts.sign_in(store, owner.email, GOOD).session_epoch == owner.session_epoch


def test_guessing_the_password_of_an_open_session_is_limited_too(
    store: Database, owner: User
) -> None:
    actor = acting(store, owner)
    for _ in range(attempts.MOST):
        with pytest.raises(CaseError):
            accounts.change_password(store, actor, "wrong", OTHER)
    with pytest.raises(TooMany):
        accounts.change_password(store, actor, GOOD, OTHER)


def test_signing_out_everywhere_ends_every_session(store: Database, owner: User) -> None:
    accounts.end_sessions(store, acting(store, owner))
    assert not acting(store, owner).is_known


@pytest.mark.parametrize(
    "verb",
    [
        lambda store, actor: accounts.rename(store, actor, "Eve"),
        accounts.end_sessions,
        lambda store, actor: accounts.change_password(store, actor, GOOD, OTHER),
    ],
)
def test_a_token_changes_nothing_of_an_account(
    store: Database, owner: User, verb: Callable[[Database, Actor], object]
) -> None:
    with pytest.raises(Forbidden, match="A token may not"):
        verb(store, Actor(user=owner, via="token Nightly"))


# --------------------------------------------------------------------------- forgotten passwords


def test_a_reset_link_works_once(store: Database, owner: User) -> None:
    mark = identity.session_mark(owner)
    key = accounts.reset_key(store, KEY, owner.email)
    assert not identity.actor_of_session(store, mark).is_known
    assert accounts.account_to_reset(store, KEY, key).id == owner.id
    accounts.reset_password(store, KEY, key, OTHER)
    assert accounts.sign_in(store, owner.email, OTHER).id == owner.id
    with pytest.raises(Gone):
        accounts.reset_password(store, KEY, key, GOOD)


def test_a_newer_reset_link_replaces_the_one_before(store: Database, owner: User) -> None:
    first = accounts.reset_key(store, KEY, owner.email)
    accounts.reset_key(store, KEY, owner.email)
    with pytest.raises(Gone):
        accounts.account_to_reset(store, KEY, first)


def test_a_reset_link_ends_after_a_day(
    store: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = accounts.reset_key(store, KEY, owner.email)
    later = now() + accounts.RESET_LINK_LASTS
    monkeypatch.setattr(accounts, "now", lambda: later)
    with pytest.raises(Gone):
        accounts.account_to_reset(store, KEY, key)


@pytest.mark.parametrize("forged", ["", ".", "a.b.c.d", "\0", "ключ", "x" * 100_000])
def test_a_made_up_reset_link_opens_nothing(store: Database, owner: User, forged: str) -> None:
    with pytest.raises(Gone):
        accounts.account_to_reset(store, KEY, forged)


def test_a_reset_link_cannot_be_turned_to_another_account(store: Database, owner: User) -> None:
    other = accounts.create_owner(store, {**ANN, "email": "bob@example.com"})
    key = accounts.reset_key(store, KEY, owner.email)
    with pytest.raises(Gone):
        accounts.account_to_reset(store, KEY, key.replace(owner.uid, other.uid))
    with pytest.raises(Gone):
        accounts.account_to_reset(store, "x" * 40, key)


def test_who_has_no_account_gets_no_reset_link(store: Database) -> None:
    with pytest.raises(NotFound):
        accounts.reset_key(store, KEY, "nobody@example.com")
