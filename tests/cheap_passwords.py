"""Passwords kept in a way that takes no time, for tests that make many accounts."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from valuecalc.services import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "correct horse staple"
OTHER = "seven green lanterns"


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep passwords cheaply until the end of the test."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    monkeypatch.setattr(passwords, "NOBODYS", CHEAP.hash("nobody"))
