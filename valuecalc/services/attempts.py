"""How often a secret that people choose may be guessed.

Counted in the database, because every server process must see it. An attempt counts before
the secret is compared, so that many at the same time are no way around; what succeeds is
forgotten.
"""

from __future__ import annotations

import math
from datetime import timedelta

from valuecalc.errors import TooMany
from valuecalc.store import people
from valuecalc.store.database import Database
from valuecalc.store.tables import now, sha256

MOST = 10
WINDOW = timedelta(minutes=15)


def count(store: Database, kind: str, subject: str) -> None:
    """Note an attempt on `subject`, such as an e-mail address. Raises `TooMany`."""
    moment = now()
    counted = store.run(
        lambda session: people.count_attempt(session, _key(kind, subject), moment, WINDOW)
    )
    if counted.count > MOST:
        left = counted.since + WINDOW - moment
        minutes = max(1, math.ceil(left / timedelta(minutes=1)))
        raise TooMany(
            "There were too many wrong attempts.",
            f"Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again.",
            retry_after=max(1, math.ceil(left.total_seconds())),
        )


def forget(store: Database, kind: str, subject: str) -> None:
    """Start counting from nothing, as the right one was given."""
    store.run(lambda session: people.forget_attempts(session, _key(kind, subject)))


def _key(kind: str, subject: str) -> str:
    return sha256(f"{kind}\n{subject}")
