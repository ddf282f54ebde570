"""The settings of the service, read once from the environment.

| key | meaning | default |
|---|---|---|
| `VALUECALC_MAX_BODY_BYTES` | the largest request that is read, in bytes | 2000000 |

Where to listen is said on the command line (`valuecalc serve --help`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from valuecalc.errors import InputError, did_you_mean

PREFIX = "VALUECALC_"
MAX_BODY_BYTES = f"{PREFIX}MAX_BODY_BYTES"
KEYS = (MAX_BODY_BYTES,)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be set from outside; every field has a sound default."""

    max_body_bytes: int = 2_000_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """The settings in force. Raises `InputError` with the key's name."""
        _refuse_unknown_keys(environment)
        return cls(max_body_bytes=_bytes(environment, MAX_BODY_BYTES, cls.max_body_bytes))


def _refuse_unknown_keys(environment: Mapping[str, str]) -> None:
    for key in environment:
        if key.startswith(PREFIX) and key not in KEYS:
            raise InputError(f"{key} is no setting of valuecalc.", did_you_mean(key, KEYS))


def _bytes(environment: Mapping[str, str], key: str, default: int) -> int:
    text = environment.get(key, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1000:
        raise InputError(
            f"{key} is “{text}”, which is no number of bytes.",
            "Write a whole number of at least 1000, such as 2000000.",
        )
    return int(text)
