"""Passwords: which ones are good enough, and how they are kept.

Kept as Argon2id with the parameters that RFC 9106 recommends where memory is scarce (64 MiB).
Checking one takes about a quarter of a second on purpose.
"""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from valuecalc.errors import InputError
from valuecalc.schemas.people import SHORTEST_PASSWORD
from valuecalc.services.common_passwords import is_common

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "NLeYRpk9J5AHxjf2ih9V7Q$F7Tz0/nkdLDt4GcPVsoJlgz0Tqsrms2V/IdU5H+m+DE"
)
"""Compared where there is no account or no password, so that it takes as long."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(_normal(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether it is the password that `kept` was made of; takes as long when there is none."""
    try:
        is_same = _hasher.verify(kept or NOBODYS, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return is_same and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether it was kept with parameters that are no longer ours."""
    return _hasher.check_needs_rehash(kept)


def refuse_weak(password: str, *known: str) -> None:
    """Let pass what is hard to guess, also for those who know the texts in `known`.

    Raises `InputError`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InputError(
            f"The password has {len(password)} characters; {SHORTEST_PASSWORD} are needed.",
            "Make it longer: a few words that have nothing to do with each other are good.",
        )
    if is_common(password):
        raise InputError(
            "This password is one of those that are tried first.",
            "Take a few words that have nothing to do with each other.",
        )
    if any(_is_made_of(password, text) for text in known):
        raise InputError(
            "The password is made of your name, your e-mail address or your team’s name.",
            "Take a few words that have nothing to do with you.",
        )


def _is_made_of(password: str, text: str) -> bool:
    """Whether little is left of the password without the text."""
    plain, parts = password.lower(), [text.lower(), *text.lower().replace("@", " ").split()]
    longest = max((part for part in parts if len(part) > 2 and part in plain), key=len, default="")
    return bool(longest) and len(plain) - len(longest) < 6


def _normal(password: str) -> str:
    # The same letter may arrive as one character or as two, by system and keyboard.
    return unicodedata.normalize("NFKC", password)
