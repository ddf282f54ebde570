"""Takes the names of a customer and of its people out of a case.

Names go from every text, and from ids, formulas and units in the same way, so that these still
refer to each other. What a text gives away without a name, nobody can find here.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast

from valuecalc.case.case import Case, Evidence, Person, Proposition
from valuecalc.formula.functions import FUNCTIONS
from valuecalc.formula.grammar import TIME_WORDS
from valuecalc.formula.known_units import CURRENCIES

T = TypeVar("T")

CODE_FIELDS = frozenset(
    "id formula growth realisation attribution risk unit parent goal figure scale_with driver"
    " line after starts ends set expected between common".split()
)
"""Fields that hold ids, formulas or units."""

WORD_FIELDS = frozenset(
    "category distribution range side timing day_count roi payback payback_crossing headline"
    " currency kind method weekdays".split()
)
"""Fields that hold words of the format, which are never names."""

SHORTEST = 4
"""From this length on a name is found inside other words, and whatever its capitals."""

_LEGAL_FORM = re.compile(
    r"[,\s]+(?:ltd|limited|plc|inc|incorporated|corp|corporation|gmbh|ag|kg|sa|s\.a|sas|llc|llp|co"
    r"|company|group|holdings?|se|nv|bv|ab|asa|as|oy|oyj|spa|srl|kk|pty)\.?$",
    re.IGNORECASE,
)
_JOBS = frozenset(
    "director manager executive officer controller engineer lead leader sponsor buyer analyst"
    " accountant nurse architect planner supervisor owner president secretary treasurer evaluator"
    " administrator coordinator specialist consultant partner chair board team committee".split()
)
_COMMON = frozenset(
    "american bank british capital central city company council county data digital direct east"
    " eastern energy european express federal first food general german global great greater group"
    " health hospital house international kingdom life local metro national north northern power"
    " premier prime public regional retail royal service services smart south southern standard"
    " state systems telecom trust union united university water west western world".split()
)
"""Words that begin the names of many and give nobody away."""

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Lord|Lady"
_SIDES = {"customer": "Customer", "vendor": "Our team", "joint": "Joint team"}


def anonymous(case: Case) -> Case:
    """A straw-man without the names of its customer, unless a permission to name is recorded."""
    about = case.reference
    if about is not None and about.permission.strip():
        return case
    name = case.customer.strip().casefold()
    if about is not None and name == anonymous_customer(about.sector).casefold():
        # It is anonymous already: taking that out would leave "the customer", which is another.
        return without_names(case, ())
    if about is not None and name and name in about.customer.casefold():
        about = dataclasses.replace(about, customer=anonymous_customer(about.sector))
    return without_names(dataclasses.replace(case, reference=about), (case.customer,))


def without_names(
    case: Case, names: Iterable[str], brands: Iterable[str] = (), people: Iterable[str] = ()
) -> Case:
    """The case without some names of its customer, and without those of its people.

    `brands` are taken out only where they stand as a word of their own, with a capital. `people`
    are names of others of the customer's.
    """
    variants = {variant for name in names for variant in _variants(name)}
    others = [Person(id="", name=name) for name in dict.fromkeys(people) if len(name) >= SHORTEST]
    named = tuple(each for each in (*case.people, *others) if each.name != anonymous_name(each))
    if not variants and not named:
        return case
    return _Scrubber(variants, tuple(brands), named, _free_word(case)).clean(case)


def brand(name: str) -> tuple[str, ...]:
    """The first word of a name of several, where it is that of few: `Zephyr` of Zephyr Energy."""
    first, *rest = _shortest(name).split() or [""]
    is_common = first.casefold() in _COMMON or not first[:1].isupper()
    return (first,) if rest and len(first) >= SHORTEST and not is_common else ()


def anonymous_customer(sector: str) -> str:
    """What a customer is called without its name: `A telecommunications company`."""
    if not sector.strip():
        return "A company"
    word = sector.strip()
    lower = word if word.isupper() else word[0].lower() + word[1:]
    return f"{'An' if lower[0].lower() in 'aeiou' else 'A'} {lower} company"


def anonymous_name(person: Person) -> str:
    """What stands for a person: a job title stays, a name becomes the role."""
    if _is_job(person.name):
        return person.name
    return person.role or _SIDES.get(person.side, "Customer")


def _is_job(name: str) -> bool:
    words = name.casefold().split()
    return bool(words) and (words[-1] in _JOBS or words[:2] in (["head", "of"], ["chief", "of"]))


def _shortest(name: str) -> str:
    return min(_variants(name), key=len, default="")


def _variants(name: str) -> set[str]:
    """A name, and what is left of it without its legal form."""
    found, rest = set(), name.strip()
    while len(rest) > 1:
        found.add(rest)
        shorter = _LEGAL_FORM.sub("", rest)
        if shorter == rest or len(shorter) < 3:
            break
        rest = shorter
    return found


def _free_word(case: Case) -> str:
    """What stands for the customer in ids: a word that none of them has yet."""
    others = [line for each in case.alternatives for line in (*each.benefits, *each.investments)]
    taken = " ".join(each.id for each in (*case.referable, *others)).lower()
    return next(
        word for word in ("customer", "client", "firm", "organisation", "zz") if word not in taken
    )


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "_".join(re.findall(r"[A-Za-z0-9]+", plain)).lower()


@dataclass
class _Scrubber:
    """Takes names out of everything that a case holds."""

    names: set[str]
    brands: tuple[str, ...]
    people: tuple[Person, ...]
    word: str

    def __post_init__(self) -> None:
        ordered = sorted(self.names, key=len, reverse=True)
        people = sorted(self.people, key=lambda each: len(each.name), reverse=True)
        # People come first: their roles may name the customer.
        self.in_text = [(_MAIL, "an e-mail address")]
        for each in people:
            self.in_text += [(form, anonymous_name(each)) for form in _person_patterns(each.name)]
        self.in_text += [(_pattern(name, article=True), "the customer") for name in ordered]
        self.in_text += [(_brand_pattern(each), "the customer") for each in self.brands]
        self.in_code = [*self.code_patterns(ordered, self.word)]
        brands = [slug for slug in map(_slug, self.brands) if slug and slug not in _KNOWN]
        self.in_code += [(_code_word(slug), self.word) for slug in brands]
        for number, each in enumerate(people, start=1):
            self.in_code += self.code_patterns([each.name], f"person_{number}")
            self.in_code += self.id_patterns(each, f"person_{number}")
        slugs = (_slug(name).replace("_", "") for name in (*ordered, *(p.name for p in people)))
        self.in_addresses = [slug for slug in slugs if len(slug) >= SHORTEST]

    def code_patterns(self, names: Iterable[str], word: str) -> list[tuple[re.Pattern[str], str]]:
        found = []
        for slug in (_slug(name) for name in names):
            for form in dict.fromkeys((slug, slug.replace("_", ""))):
                if len(form) < 3 or form in _KNOWN:
                    continue
                first, last = _ends(slug.split("_"), of="A-Za-z0-9")
                found.append((re.compile(first + re.escape(form) + last, re.IGNORECASE), word))
        return found

    def id_patterns(self, person: Person, word: str) -> list[tuple[re.Pattern[str], str]]:
        """The id of a person that has a part of the name in it, such as `jsmith`."""
        parts = (part for part in _slug(person.name).split("_") if len(part) > 2)
        if person.id.lower() in _KNOWN or not any(part in person.id.lower() for part in parts):
            return []
        return [(_code_word(person.id, "A-Za-z0-9_"), word)]

    def clean(self, thing: T, name: str = "", owner: object = None) -> T:
        """The thing without names; `name` is the field of `owner` that holds it."""
        return cast(T, self._clean(thing, name, owner))

    def _clean(self, thing: Any, name: str, owner: object) -> Any:
        if isinstance(thing, Person):
            thing = dataclasses.replace(thing, name=anonymous_name(thing))
        if isinstance(thing, str) and not isinstance(thing, Enum):
            return self.string(thing, name, owner)
        if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            changed = {
                each.name: self._clean(getattr(thing, each.name), each.name, thing)
                for each in dataclasses.fields(thing)
            }
            return dataclasses.replace(thing, **changed)
        if isinstance(thing, tuple):
            return tuple(self._clean(each, name, owner) for each in thing)
        if isinstance(thing, Mapping):
            return {
                self.string(key, name, owner) if isinstance(key, str) else key: value
                for key, value in thing.items()
            }
        return thing

    def string(self, text: str, name: str, owner: object) -> str:
        if not text or name in WORD_FIELDS:
            return text
        if name == "url":
            # Addresses join words in any way: acme-telecom.com, /AcmeTelecom/.
            plain = "".join(re.findall(r"[A-Za-z0-9]+", text))
            return "" if any(slug in plain.lower() for slug in self.in_addresses) else text
        return self.code(text) if _is_code(name, owner) else self.text(text)

    def code(self, text: str) -> str:
        for pattern, word in self.in_code:
            text = pattern.sub(word, text)
        return text

    def text(self, text: str) -> str:
        for pattern, word in self.in_text:
            text = pattern.sub(lambda found, word=word: _fitting(word, found), text)  # type: ignore[misc]
        return text


def _is_code(name: str, owner: object) -> bool:
    if name == "owner":
        return not isinstance(owner, Evidence)
    return name in CODE_FIELDS or (isinstance(owner, Proposition) and name in ("source", "target"))


_OF_FIGURES = frozenset(
    "annual assumptions benefit benefits calculations categories cost delay discounted evidence"
    " finance_view funding gross hard initial investment investments irr mirr month net npv payback"
    " peak pv ratio roi share soft total value year".split()
)
_KNOWN = _OF_FIGURES | {*FUNCTIONS, *TIME_WORDS, *(each.lower() for each in CURRENCIES)}
"""Words of formulas and of the names of figures: there they are no names."""


def _ends(words: list[str], of: str) -> tuple[str, str]:
    """What has to stand before and behind a name: its short words are found as whole ones only.

    So `Company A` is not in "company accounts", and `Acme` is in "AcmeNet".
    """
    first = f"(?<![{of}])" if len(words[0]) < SHORTEST else ""
    last = f"(?![{of}])" if len(words[-1]) < SHORTEST else ""
    return first, last


def _pattern(name: str, article: bool = False) -> re.Pattern[str]:
    words = name.split()
    first, last = _ends(words, of=r"\w")
    the = r"(?:\b[Tt]he\s+)?" if article else ""
    body = the + first + r"[\s._-]*".join(map(re.escape, words)) + last
    return re.compile(body, re.IGNORECASE if len(name) >= SHORTEST else 0)


def _brand_pattern(name: str) -> re.Pattern[str]:
    forms = "|".join(map(re.escape, dict.fromkeys((name, name.upper()))))
    return re.compile(rf"(?:\b[Tt]he\s+)?(?<!\w)(?:{forms})(?!\w)")


def _code_word(word: str, of: str = "A-Za-z0-9") -> re.Pattern[str]:
    return re.compile(rf"(?<![{of}]){re.escape(word)}(?![{of}])", re.IGNORECASE)


def _person_patterns(name: str) -> list[re.Pattern[str]]:
    """A name in full, and the last part of it behind a title or an initial."""
    words = name.split()
    found = [_pattern(name)]
    if len(words) > 1:
        initial, last = re.escape(words[0][0]), re.escape(words[-1])
        found.append(re.compile(rf"\b(?:(?:{_TITLES})\.?\s+|{initial}\.\s*){last}\b"))
    return found


def _fitting(word: str, found: re.Match[str]) -> str:
    """The word with a capital where a sentence begins."""
    before = found.string[: found.start()].rstrip()
    begins = not before or before.endswith((".", "!", "?", ":"))
    return f"{word[:1].upper()}{word[1:]}" if begins else word
