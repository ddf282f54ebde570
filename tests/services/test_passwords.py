"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import pytest

from valuecalc.errors import InputError
from valuecalc.services import passwords
from valuecalc.services.common_passwords import BASES


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "ninechars",
        "password12",
        "Password2026!",
        "P@ssw0rd123",
        "!!letmein!!",
        "1234567890",
        "0987654321",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "12-34-56-78-90",
        "iloveyou2026",
    ],
)
def test_what_is_tried_first_is_refused(weak: str) -> None:
    with pytest.raises(InputError) as refused:
        passwords.refuse_weak(weak)
    assert refused.value.remedy


@pytest.mark.parametrize("own", ["ann.lee@example.com", "Ann Lee-Smith", "Northern Accounts"])
def test_what_others_know_of_somebody_is_refused(own: str) -> None:
    with pytest.raises(InputError, match="made of your name"):
        passwords.refuse_weak(f"{own}1", own)


@pytest.mark.parametrize(
    "good",
    ["correct horse staple", "pässwörter sind schön", "9f!kd02_mnXz", "密码很长很长的一句话呢"],
)
def test_a_password_that_is_hard_to_guess_is_taken(good: str) -> None:
    passwords.refuse_weak(good, "Ann Lee", "ann@example.com", "North")


def test_a_few_hundred_words_are_known() -> None:
    assert len(BASES) > 300
    assert all(word == word.lower() for word in BASES)


def test_a_password_is_kept_as_argon2id_and_found_right_again() -> None:
    kept = passwords.hashed("correct horse staple")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(kept, "correct horse staple")
    assert not passwords.is_right(kept, "correct horse stapl")
    assert not passwords.is_outdated(kept)


def test_nobodys_password_is_kept_like_any_other_so_that_it_takes_as_long() -> None:
    assert not passwords.is_outdated(passwords.NOBODYS)
    assert not passwords.is_right(None, "anything")


def test_a_letter_is_the_same_however_the_keyboard_sends_it() -> None:
    assert passwords.is_right(passwords.hashed("cafe\u0301 noir brûlé"), "caf\u00e9 noir brûlé")


def test_a_hash_that_is_none_opens_nothing() -> None:
    assert not passwords.is_right("not a hash", "not a hash")
