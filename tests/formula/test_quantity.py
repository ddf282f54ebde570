"""Numbers as people write them, read and written back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.errors import QuantityError
from valuecalc.formula import quantity
from valuecalc.formula.quantity import Quantity, read, show, show_plain, show_short, show_with_unit


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1250", 1250, None),
        ("1,250", 1250, None),
        ("1,250,000.50", 1_250_000.5, None),
        ("1 250", 1250, None),
        ("1\u00a0250\u202f000", 1_250_000, None),
        (" 12 ", 12, None),
        (".5", 0.5, None),
        ("1.234", 1.234, None),
        ("-3", -3, None),
        ("\u22123", -3, None),
        ("+3", 3, None),
        ("(500)", -500, None),
        ("(£500)", -500, "GBP"),
        ("1e-5", 1e-5, None),
        ("2.5m", 2.5e6, None),
        ("2.5 M", 2.5e6, None),
        ("3k", 3000, None),
        ("3 thousand", 3000, None),
        ("4 mio", 4e6, None),
        ("4 million", 4e6, None),
        ("1.5bn", 1.5e9, None),
        ("2 tn", 2e12, None),
        ("12%", 0.12, "%"),
        ("12.5 %", 0.125, "%"),
        ("2%/month", 0.02, "%/month"),
        ("£22", 22, "GBP"),
        ("-£3k", -3000, "GBP"),
        ("£-3", -3, "GBP"),
        ("$1,000.00", 1000, "USD"),
        ("€5", 5, "EUR"),
        ("GBP 500", 500, "GBP"),
        ("gbp 500", 500, "GBP"),
        ("500 GBP", 500, "GBP"),
        ("CHF500", 500, "CHF"),
        ("22 GBP/user", 22, "GBP/user"),
        ("£22/user/month", 22, "GBP/user/month"),
        ("3 nodes", 3, "nodes"),
        ("10 kg", 10, "kg"),
        ("5 min", 5, "min"),
        ("5 months", 5, "months"),
        ("5 metres", 5, "metres"),
        ("7 bookings", 7, "bookings"),
        ("2m users", 2e6, "users"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float, unit: str | None) -> None:
    found = read(text)
    assert found.value == pytest.approx(value, rel=1e-15)
    assert found.unit == unit


def test_per_in_words_is_a_slash() -> None:
    assert read("£22 per user").unit == "GBP/user"


@pytest.mark.parametrize(
    ("text", "value"), [("62", 0.62), ("62%", 0.62), ("0.5", 0.005), ("-3", -0.03)]
)
def test_in_a_place_counted_in_percent_a_plain_number_is_one(text: str, value: float) -> None:
    assert read(text, "%").value == pytest.approx(value)
    assert read(text, "%/month").value == pytest.approx(value)


def test_numbers_that_are_numbers_already_are_fractions_as_they_are() -> None:
    assert read(0.12, "%") == Quantity(0.12, None)
    assert read(5) == Quantity(5.0, None)


@pytest.mark.parametrize(
    ("text", "cause", "remedy"),
    [
        ("", "A number is missing.", "Write one such as 1,250"),
        ("   ", "A number is missing.", "Write one such as 1,250"),
        ("1,5", "“1,5” uses a decimal comma.", "Write 1.5."),
        ("1,25", "“1,25” uses a decimal comma.", "Write 1.25."),
        ("1.234,5", "“1.234,5” uses a decimal comma.", "Write 1234.5."),
        ("£1,5m", "“£1,5m” uses a decimal comma.", "Write £1.5m."),
        ("12,5%", "“12,5%” uses a decimal comma.", "Write 12.5%."),
        ("10-20", "“10-20” is a range.", "Put the lower number in low and the higher one in high."),
        ("10–20", "“10–20” is a range.", "Put the lower number in low"),
        ("10 to 20", "“10 to 20” is a range.", "Put the lower number in low"),
        ("£3k-£5k", "“£3k-£5k” is a range.", "Put the lower number in low"),
        ("5% to 10%", "“5% to 10%” is a range.", "Put the lower number in low"),
        ("abc", "“abc” is not a number.", "Write one such as 1,250"),
        ("(500", "“(500” is not a number.", "Write one such as"),
        ("500)", "“500)” is not a number.", "Write one such as"),
        ("()", "“()” is not a number.", "Write one such as"),
        ("--5", "“--5” is not a number.", "Write one such as"),
        ("(-5)", "“(-5)” is not a number.", "Write one such as"),
        ("1 00", "“1 00” is not a number.", "Write one such as"),
        ("1,00,000", "“1,00,000” is not a number.", "Write one such as"),
        ("1_000", "“1_000” is not a number.", "Write one such as"),
        ("1.2.3", "“1.2.3” is not a number.", "Write one such as"),
        ("5%%", "“5%%” is not a number.", "Write one such as"),
        ("nan", "“nan” is not a number.", "Write one such as"),
        ("inf", "“inf” is not a number.", "Write one such as"),
        ("£5%", "“£5%” names two units.", "Write one of them."),
        ("£5 GBP", "“£5 GBP” names two units.", "Write one of them."),
        ("1e400", "“1e400” is not a finite number.", "Write an ordinary number."),
        ("1e19", "“1e19” is larger than any amount", "Stay below 1e+18."),
        ("9" * 61, "is too long for a number.", "Use at most 60 characters."),
        (True, "“True” is not a number.", "Write 1 or 0."),
        (math.nan, "“nan” is not a finite number.", "Write an ordinary number."),
        (math.inf, "“inf” is not a finite number.", "Write an ordinary number."),
        (10**30, "is larger than any amount", "Stay below 1e+18."),
        (10**400, "A number of hundreds of digits", "Stay below 1e+18."),
        pytest.param(
            10**5000, "A number of hundreds of digits", "Stay below 1e+18.", id="huge integer"
        ),
    ],
)
def test_what_is_no_number_is_refused_with_the_corrected_text(
    text: str | float, cause: str, remedy: str
) -> None:
    with pytest.raises(QuantityError) as caught:
        read(text)
    assert cause in caught.value.cause
    assert remedy in caught.value.remedy


@given(st.text(max_size=70))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        found = read(text)
    except QuantityError as error:
        assert error.cause
    else:
        assert math.isfinite(found.value)


# --------------------------------------------------------------------------- written back

AMOUNTS = st.floats(-1e18, 1e18, allow_nan=False)
UNITS = st.sampled_from(["1", "%", "GBP", "USD/month", "CHF", "user", "GBP/user/month", "kWh"])


@given(AMOUNTS)
def test_the_plain_text_reads_back_exactly(number: float) -> None:
    assert read(show_plain(number)).value == number


@given(AMOUNTS, UNITS)
def test_a_shown_number_reads_back_to_the_digits_shown(number: float, unit: str) -> None:
    shown = show(number, unit)
    back = read(shown).value
    size = abs(number)
    percent = 100 if unit == "%" else 1
    places = 0 if size * percent >= 1000 else 2 if size * percent >= 10 or unit == "%" else 4
    smallest = 0.5 * 10**-places / percent
    if unit in ("GBP", "CHF"):
        smallest = max(smallest, 0.005)
    assert back == pytest.approx(number, rel=5e-2 if size * percent < 0.01 else 5e-4, abs=smallest)


@given(AMOUNTS, UNITS, st.integers(0, 6))
def test_a_number_shown_with_fixed_decimals_is_rounded_to_them(
    number: float, unit: str, digits: int
) -> None:
    scale = 100 if unit == "%" else 1
    half = 0.5 * 10**-digits / scale
    if unit in ("GBP", "CHF"):
        half = max(half, 0.005)
    shown = read(show(number, unit, digits=digits)).value
    assert shown == pytest.approx(number, rel=1e-12, abs=half * 1.0001)


@given(AMOUNTS, UNITS)
def test_a_short_number_is_right_to_three_digits(number: float, unit: str) -> None:
    shown = read(show_short(number, unit)).value
    scale = 100 if unit == "%" else 1
    # Small amounts of money are shown to the penny.
    penny = 0 if unit in ("%", "1") else 0.00501
    if 0.001 < abs(number) * scale < 1e15:
        assert shown == pytest.approx(number, rel=5.1e-3, abs=penny)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (5_000_016, "GBP", "£5,000,016"),
        (-3000, "GBP", "\u2212£3,000"),
        (38.5, "GBP", "£38.50"),
        (38, "GBP", "£38"),
        (0.004, "GBP", "£0"),
        (-0.001, "GBP", "£0"),
        (1234.56, "GBP", "£1,235"),
        (0.125, "%", "12.5%"),
        (1.5, "%", "150%"),
        (104_167, "subscriber", "104,167"),
        (2.5, "CHF", "CHF\u00a02.50"),
        (0.33333, "1", "0.3333"),
        (12.3456, "1", "12.35"),
        (0.00001, "1", "1e-05"),
        (1e15, "1", "1e+15"),
        (0, "1", "0"),
        (-0.0, "GBP", "£0"),
        (math.nan, "GBP", "–"),
        (math.inf, "%", "–"),
        (-math.inf, "user", "–"),
    ],
)
def test_a_number_is_written_with_the_digits_that_the_eye_can_use(
    value: float, unit: str, text: str
) -> None:
    assert show(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1_666_666, "GBP", "£1.67m"),
        (522_400, "GBP", "£522k"),
        (999_499, "GBP", "£999k"),
        (999_500, "GBP", "£1.00m"),
        (999_600_000, "GBP", "£1.00bn"),
        (12_000_048, "GBP", "£12.0m"),
        (9_996_000, "GBP", "£10.0m"),
        (-3000, "GBP", "\u2212£3.00k"),
        (999.6, "GBP", "£1.00k"),
        (500, "GBP", "£500"),
        (38.5, "GBP", "£38.50"),
        (0.1234, "%", "12.3%"),
        (0.5, "1", "0.5"),
        (0, "GBP", "£0"),
        (2e12, "GBP", "£2.00tn"),
        (math.nan, "GBP", "–"),
        (math.inf, "GBP", "–"),
    ],
)
def test_a_headline_has_three_digits(value: float, unit: str, text: str) -> None:
    assert show_short(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (22, "GBP/subscriber/month", "£22 per subscriber per month"),
        (3, "node", "3\u00a0nodes"),
        (1, "node", "1\u00a0node"),
        (2, "person", "2\u00a0people"),
        (4, "analysis", "4\u00a0analyses"),
        (2, "box", "2\u00a0boxes"),
        (2, "city", "2\u00a0cities"),
        (2, "day", "2\u00a0days"),
        (5, "kWh", "5\u00a0kWh"),
        (0.02, "%/month", "2% per month"),
        (7, "1", "7"),
    ],
)
def test_a_quantity_is_written_with_its_whole_unit(value: float, unit: str, text: str) -> None:
    assert show_with_unit(value, unit) == text


def test_a_plus_is_written_where_it_is_asked_for() -> None:
    assert show(5, "GBP", sign=True) == "+£5"
    assert show(-5, "GBP", sign=True) == "\u2212£5"
    assert show(0, "GBP", sign=True) == "£0"


def test_the_currency_is_what_a_unit_begins_with() -> None:
    assert quantity.currency_of("GBP/month") == "GBP"
    assert quantity.currency_of("user/GBP") is None
    assert quantity.currency_of("kWh") is None


@pytest.mark.parametrize(
    ("value", "unit", "digits", "shown"),
    [
        (1234.5, "GBP", None, "£1,235"),
        (2.5, "1", 0, "3"),
        (0.125, "%", 0, "13%"),
        (1.005, "GBP", 2, "£1.01"),
        (-0.5, "1", 0, "\u22121"),
    ],
)
def test_a_half_is_rounded_up_as_in_a_spreadsheet(
    value: float, unit: str, digits: int | None, shown: str
) -> None:
    assert quantity.show(value, unit, digits=digits) == shown


def test_a_half_is_rounded_up_in_short_numbers() -> None:
    assert quantity.show_short(170_500, "GBP") == "£171k"
