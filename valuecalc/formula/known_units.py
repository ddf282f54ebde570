"""The units that are known by name: currencies, times, and a few technical ones.

Whatever is not known is a noun of its own, the same in singular and plural.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from valuecalc.formula.quantity import SYMBOLS
from valuecalc.loading import later

if TYPE_CHECKING:
    import pint
else:
    pint = later("pint")

CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN
    BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
    KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL""".split()
)

_DEFINITIONS = """
year = [time] = yr
quarter = year / 4
month = year / 12
day = year / 365
week = 7 * day
hour = day / 24 = hr
minute = hour / 60 = min
second = minute / 60 = sec
kWh = [energy]
Wh = kWh / 1000
MWh = 1000 * kWh
GWh = 1000 * MWh
TWh = 1000 * GWh
kW = kWh / hour
MW = 1000 * kW
GB = [information]
MB = GB / 1000
TB = 1000 * GB
PB = 1000 * TB
kg = [mass] = kilogram
gram = kg / 1000
tonne = 1000 * kg
km = [length] = kilometre = kilometer
metre = km / 1000 = meter
mile = 1.609344 * km
litre = [volume] = liter
""".strip()

_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "mice": "mouse",
    "lives": "life",
    "shelves": "shelf",
    "indices": "index",
    "analyses": "analysis",
    "caches": "cache",
    "niches": "niche",
    "headaches": "headache",
    "quizzes": "quiz",
    "gas": "gas",
    "gases": "gas",
    "lens": "lens",
    "lenses": "lens",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "premises": "premises",
    "series": "series",
    "news": "news",
    "uses": "use",
    "excuses": "excuse",
    "fuses": "fuse",
}
# In small letters too, because they are no words; `all` or `try` would be.
_SMALL_CODES = frozenset(
    """aud brl cad chf cny czk dkk eur gbp hkd huf inr jpy krw mxn nok nzd pln sek sgd usd
    zar""".split()
)


@cache
def _registry() -> pint.UnitRegistry[float]:
    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None, cache_folder=None)
    registry.load_definitions(_DEFINITIONS.splitlines())
    return registry


@lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    """The one name of a unit: `GBP`, `month` of `months`, `kWh`, `subscriber`."""
    if word in SYMBOLS:
        return SYMBOLS[word]
    if word in CURRENCIES or word in _SMALL_CODES:
        return word.upper()
    small = word.lower()
    for name in (word, small, _singular(small), _small_names().get(small, "")):
        if name and _is_known(name):
            return str(_registry().get_name(name))
    return _singular(small)


def _is_known(name: str) -> bool:
    # To the registry "nan" is a number, and a name with "_" in front a part of itself.
    try:
        return name in _registry()
    except (AttributeError, ValueError):
        return False


@cache
def _small_names() -> dict[str, str]:
    """The known units by their names in small letters: `kwh` is `kWh`."""
    names = [line.split("=")[0].strip() for line in _DEFINITIONS.splitlines()]
    return {name.lower(): name for name in names}


def _singular(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if len(noun) < 4 or noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    is_long = noun.endswith(("ches", "shes", "xes", "sses", "zzes", "tzes"))
    # Of a bonus or a campus, but of a house or a cause.
    of_us = noun.endswith("uses") and not noun.endswith(("ouses", "auses"))
    if is_long or of_us:
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") else noun


@lru_cache(maxsize=4096)
def base_of(name: str) -> tuple[float, tuple[tuple[str, int], ...]]:
    """Factor and base dimensions of one named unit."""
    if name in CURRENCIES or not _is_known(name):
        return 1.0, ((name, 1),)
    quantity = _registry().Quantity(1, name).to_root_units()
    dimensions = tuple(
        (str(key), int(str(power))) for key, power in quantity.dimensionality.items()
    )
    return float(quantity.magnitude), dimensions
