"""Text in charts: made safe, measured with the metrics of the bundled font, and fitted.

Texts of ours are said here in the language that is spoken, so that what is measured is what is
written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape

from valuecalc.documents.charts.font_widths import REGULAR as REGULAR_WIDTHS
from valuecalc.documents.charts.font_widths import SEMIBOLD as SEMIBOLD_WIDTHS
from valuecalc.documents.languages import spoken

REGULAR = 400
SEMIBOLD = 600

ELLIPSIS = "…"

# A page shows the charts in the reader's own sans serif where Inter is missing. The usual ones
# are narrower; the margin covers the few that are a little wider.
_MARGIN = 1.03

# Sums of the same widths in another order may differ by this much of a pixel.
_ROUNDING = 0.01

_WIDE = 100
_EMOJI = 130
_UNKNOWN = 72

_FIRST_STRONG_ISOLATE = "\u2068"
_POP_ISOLATE = "\u2069"
_ZERO_WIDTH_JOINER = "\u200d"

# What XML 1.0 does not allow, and the controls that turn the direction of all text after them.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e]"
)
_ISOLATES = re.compile(r"[\u2066-\u2069]")


@dataclass(frozen=True)
class Fitted:
    """A text in lines that fit. `cut` says that an ellipsis stands for its end."""

    lines: tuple[str, ...]
    cut: bool


def clean(label: str) -> str:
    """A label on one line, without characters that XML forbids or that turn its direction."""
    allowed = _ISOLATES.sub("", _FORBIDDEN.sub("", spoken(label)))
    return " ".join(unicodedata.normalize("NFC", allowed).split())


def markup(text: str) -> str:
    """A text as XML writes it, in an element or in a quoted attribute."""
    return escape(_FORBIDDEN.sub("", spoken(text)), quote=True)


def isolate(text: str) -> str:
    """The text, set apart from its surroundings if it holds right-to-left writing."""
    text = spoken(text)
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def measure(text: str, size: float, weight: int = REGULAR) -> float:
    """The width of a text in pixels, rather too large than too small."""
    widths = SEMIBOLD_WIDTHS if weight >= SEMIBOLD else REGULAR_WIDTHS
    hundredths = sum(
        widths[character] if character in widths else _guessed_width(character)
        for character in spoken(text)
    )
    return hundredths / 100 * size * _MARGIN


def widest(texts: list[str], size: float, weight: int = REGULAR) -> float:
    """The width of the widest of the texts; 0 without any."""
    return max((measure(text, size, weight) for text in texts), default=0.0)


def largest_size(
    texts: list[str], width: float, sizes: tuple[float, ...], weight: int = REGULAR
) -> float:
    """The first of the sizes, from large to small, in which every text fits.

    If none does, a smaller one: an amount is never cut, because its beginning would read as
    another amount.
    """
    fitting = (size for size in sizes if widest(texts, size, weight) <= width + _ROUNDING)
    size = next(fitting, sizes[-1])
    return size * min(1.0, width / max(widest(texts, size, weight), 1.0))


def covered(text: str) -> bool:
    """Whether the bundled font can draw every character of the text."""
    return all(character in REGULAR_WIDTHS or character.isspace() for character in text)


def shorten(text: str, width: float, size: float, weight: int = REGULAR) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    text = spoken(text)
    if measure(text, size, weight) <= width + _ROUNDING:
        return text
    head, _ = _split_at(text, width - measure(ELLIPSIS, size, weight), size, weight)
    return head.rstrip() + ELLIPSIS


def wrap(text: str, width: float, size: float, weight: int = REGULAR, lines: int = 2) -> Fitted:
    """The text in at most so many lines; what is left of it gives way to an ellipsis."""
    taken: list[str] = []
    rest = spoken(text)
    while len(taken) < lines - 1 and measure(rest, size, weight) > width:
        line, rest = _take_line(rest, width, size, weight)
        taken.append(line)
    last = shorten(rest, width, size, weight)
    return Fitted(lines=(*taken, last) if last else tuple(taken), cut=last != rest)


def _take_line(text: str, width: float, size: float, weight: int) -> tuple[str, str]:
    """As many whole words as fit, and the rest; a word too long for a line is broken."""
    words = text.split(" ")
    count = 0
    while count < len(words) and measure(" ".join(words[: count + 1]), size, weight) <= width:
        count += 1
    if count:
        return " ".join(words[:count]), " ".join(words[count:])
    return _split_at(text, width, size, weight)


def _split_at(text: str, width: float, size: float, weight: int) -> tuple[str, str]:
    """The longest beginning that fits, at least one visible character, and the rest."""
    used = 0.0
    end = 0
    for cluster in _clusters(text):
        used += measure(cluster, size, weight)
        if used > width and end:
            break
        end += len(cluster)
    return text[:end], text[end:]


def _clusters(text: str) -> list[str]:
    """The text in the characters a reader sees: an accent or a joined emoji is never split."""
    clusters: list[str] = []
    for character in text:
        if clusters and (_extends(character) or clusters[-1].endswith(_ZERO_WIDTH_JOINER)):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _extends(character: str) -> bool:
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_skin_tone or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _guessed_width(character: str) -> int:
    """The width of a character that the bundled font lacks, in hundredths of an em."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if ord(character) >= 0x1F000:
        return _EMOJI
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return _WIDE
    return _UNKNOWN
