"""Code words of links: a second thing that a customer has to know, told on another way.

Wrong ones are counted per link and address on the network, so that a stranger cannot shut
the customer out from elsewhere.
"""

from __future__ import annotations

from valuecalc.services import attempts, passwords
from valuecalc.store.database import Database
from valuecalc.store.tables import Share

KIND = "code word"


def hashed(word: str) -> str:
    """What is kept of a code word."""
    return passwords.hashed(word)


def check(store: Database, share: Share, word: str, address: str) -> bool:
    """Whether it is the code word of a link. Raises `TooMany` after too many wrong ones.

    A right and a wrong word take the same time.
    """
    subject = f"{share.uid} {address}"
    attempts.count(store, KIND, subject)
    # Spaces come along when a word is copied from a message.
    is_right = passwords.is_right(share.code_word_hash, word.strip())
    if is_right:
        attempts.forget(store, KIND, subject)
    return is_right
