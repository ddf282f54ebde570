"""The languages that documents can be written in.

A language is one file here: a catalogue `de.po` in the format that translators use, whose name
is the locale. What is written where, how numbers, dates and money look, comes from Babel, which
knows the locale. To add a language, run `make texts ARGS="it"`, translate `it.po`, and it can be
chosen everywhere.

Whatever puts text into a document says it with `spoken`, in the language of the `speaking` block
around it; English without one. Somebody's own words stay as they are.
"""

from valuecalc.documents.languages.language import (
    USUAL,
    Language,
    current,
    find,
    listed,
    speaking,
    spoken,
    spoken_pieces,
)

__all__ = [
    "USUAL",
    "Language",
    "current",
    "find",
    "listed",
    "speaking",
    "spoken",
    "spoken_pieces",
]
