"""Charts in any language: nothing in their pictures, words and tables is English for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.documents.test_risk_pictures import DRAWERS
from tests.pseudo_language import CLOSE, OPEN, PSEUDO, english_in
from valuecalc.documents import languages
from valuecalc.documents.charts import (
    PAPER,
    Bar,
    Bins,
    GanttRow,
    Mark,
    Rank,
    Share,
    Swing,
    Table,
    cumulative_cash,
    cumulative_table,
    describe_cumulative,
    describe_gantt,
    describe_histogram,
    describe_likelihood,
    describe_ranking,
    describe_shares,
    describe_tornado,
    describe_waterfall,
    gantt,
    gantt_table,
    histogram,
    histogram_table,
    likelihood,
    likelihood_table,
    png,
    ranking,
    ranking_table,
    risk,
    shares,
    shares_table,
    tornado,
    tornado_table,
    waterfall,
    waterfall_rows,
    waterfall_table,
)
from valuecalc.documents.charts.day_axis import day_ticks
from valuecalc.documents.charts.scale import ticks
from valuecalc.documents.charts.text import Fitted, clean, measure, shorten, wrap
from valuecalc.documents.languages import Language
from valuecalc.engine.sensitivity.tornado import tornado as find_tornado
from valuecalc.formula import quantity
from valuecalc.phrases import phrase, plural
from valuecalc.resources import models_folder
from valuecalc.schemas.case import case_from_text

OWN = ("qwa", "qwb", "qwc", "qwd", "qwe", "GBP")
"""The author's words, which are in no catalogue."""

SVG = "{http://www.w3.org/2000/svg}"
GERMAN = Language("de")
DAY = date(2027, 5, 3)


def short(amount: float) -> str:
    return quantity.show_short(amount, "GBP")


MANY = [
    *(Bar("qwa", 1e6 / number, "benefit") for number in range(1, 9)),
    *(Bar("qwb", 2e5 / number, "investment") for number in range(1, 8)),
    Bar("qwc", 2.2e6, "total"),
]
CASH = [(month, min(month, 12) * -50e3 + max(0, month - 12) * 51e3) for month in range(61)]
CASH_MORE = {
    "payback": 24,
    "payback_label": phrase("It pays back"),
    "discounted": [(month, amount * 0.9) for month, amount in CASH],
}
BAND = [(month, amount - 2e5, amount + 2e5) for month, amount in CASH]
SHARES = [Share("qwa", 0.9985, short(1e6)), Share("qwb", 0.0015, short(1e3))]
SWINGS = [
    Swing("qwa", quantity.show(24, "GBP"), quantity.show(27, "GBP"), -450_000, 3_200_000),
    Swing("qwb", quantity.show(90_000), quantity.show(120_000), None, 2_700_000),
]
BINS = Bins([-2e6, -1e6, 0, 1e6, 2e6], [1, 2, 6, 1], below=1, above=2)
CURVE = [(-1e6, 1.0), (0.0, 0.9), (1e6, 0.5), (3e6, 0.0)]
MARKS = [Mark("qwa", 0.0), Mark("qwb", 1e6)]
RANKS = [Rank("qwa", 145_000, 9_000, 20_000), Rank("qwb", 3e3)]
COSTS = phrase("costs")
NOTHING = phrase("Nothing")


def _step(number: int, **more: object) -> GanttRow:
    days: dict[str, object] = {
        name: DAY + timedelta(days=40 * number + length)
        for name, length in (("start", 0), ("finish", 30), ("latest", 35))
    }
    made = {"id": str(number), "label": "qwa", "kind": "task", **days, **more}
    return GanttRow(**made)  # type: ignore[arg-type]


PLAN = (
    _step(0, kind="decision", side="qwb", owner="qwc"),
    _step(1, done=0.5, is_critical=True, after=("0",)),
    *(_step(number, is_critical=True) for number in range(2, 8)),
    _step(8, kind="milestone", due=DAY),
    _step(9, done=0.25),
)

DRAWN: dict[str, Callable[[], str]] = {
    "columns": lambda: waterfall(MANY, short, palette=PAPER, chart_id="x"),
    "rows": lambda: waterfall_rows(MANY, short, palette=PAPER, chart_id="x"),
    "no rows": lambda: waterfall_rows([], short, palette=PAPER, chart_id="x"),
    "cash": lambda: cumulative_cash(
        CASH, short, palette=PAPER, chart_id="x", band=BAND, **CASH_MORE
    ),
    "wide cash": lambda: cumulative_cash(CASH, short, palette=PAPER, chart_id="x", width=680),
    "quarters": lambda: cumulative_cash(
        CASH[:3], short, palette=PAPER, chart_id="x", unit="quarter"
    ),
    "months": lambda: cumulative_cash(CASH[:8], short, palette=PAPER, chart_id="x"),
    "no cash": lambda: cumulative_cash([], short, palette=PAPER, chart_id="x"),
    "shares": lambda: shares(SHARES, palette=PAPER, chart_id="x"),
    "no shares": lambda: shares([], palette=PAPER, chart_id="x"),
    "tornado": lambda: tornado(SWINGS, 2e6, short, palette=PAPER, chart_id="x"),
    "no tornado": lambda: tornado([], 2e6, short, palette=PAPER, chart_id="x"),
    "histogram": lambda: histogram(BINS, MARKS, short, palette=PAPER, chart_id="x"),
    "no histogram": lambda: histogram(Bins([], []), [], short, palette=PAPER, chart_id="x"),
    "likelihood": lambda: likelihood(CURVE, MARKS, short, palette=PAPER, chart_id="x"),
    "no likelihood": lambda: likelihood([], [], short, palette=PAPER, chart_id="x"),
    "ranking": lambda: ranking(
        RANKS, short, palette=PAPER, chart_id="x", title=NOTHING, mark=COSTS
    ),
    "no ranking": lambda: ranking([], short, palette=PAPER, chart_id="x", title=NOTHING),
    "plan": lambda: gantt(PLAN, palette=PAPER, chart_id="x"),
    "narrow plan": lambda: gantt(PLAN, palette=PAPER, chart_id="x", width=340),
    "short plan": lambda: gantt(PLAN[:1], palette=PAPER, chart_id="x"),
    "no plan": lambda: gantt([], palette=PAPER, chart_id="x"),
}
TOLD: dict[str, Callable[[], str]] = {
    "waterfall": lambda: describe_waterfall(MANY, short),
    "no waterfall": lambda: describe_waterfall([], short),
    "cash": lambda: describe_cumulative(CASH, short, **_told(CASH_MORE)),
    "cash by quarter": lambda: describe_cumulative(CASH, short, unit="quarter"),
    "cash by year": lambda: describe_cumulative(CASH, short, unit="year"),
    "one amount": lambda: describe_cumulative([(0, -5.0)], short),
    "no cash": lambda: describe_cumulative([], short),
    "shares": lambda: describe_shares(SHARES),
    "no shares": lambda: describe_shares([]),
    "tornado": lambda: describe_tornado(SWINGS, 2e6, short),
    "no tornado": lambda: describe_tornado([], 2e6, short),
    "histogram": lambda: describe_histogram(BINS, MARKS, short),
    "likelihood": lambda: describe_likelihood(CURVE, MARKS, short),
    "likelihood without marks": lambda: describe_likelihood(CURVE[2:], [], short),
    "ranking": lambda: describe_ranking(RANKS, short, COSTS, NOTHING),
    "no ranking": lambda: describe_ranking([], short, COSTS, NOTHING),
    "plan": lambda: describe_gantt(PLAN),
    "no plan": lambda: describe_gantt([]),
}
TABLES: dict[str, Callable[[], Table]] = {
    "waterfall": lambda: waterfall_table(MANY, short),
    "cash": lambda: cumulative_table(CASH, short, **_told(CASH_MORE)),
    "cash by quarter": lambda: cumulative_table(CASH[:7], short, unit="quarter"),
    "cash by year": lambda: cumulative_table(CASH[:7], short, unit="year"),
    "shares": lambda: shares_table(SHARES),
    "tornado": lambda: tornado_table(SWINGS, short),
    "histogram": lambda: histogram_table(BINS, short),
    "likelihood": lambda: likelihood_table(CURVE, MARKS, short),
    "ranking": lambda: ranking_table(RANKS, short, (NOTHING,) * 4),
    "plan": lambda: gantt_table(PLAN),
}


def _told(more: dict) -> dict:
    return {name: more[name] for name in ("discounted", "payback_label")}


def texts_of(svg: str) -> list[str]:
    """Everything in a picture that can be read, heard or pointed at."""
    root = ElementTree.fromstring(svg)
    told = [each.text or "" for each in root.iter() if (each.text or "").strip()]
    tips = [each.get("data-tip", "") for each in root.iter() if each.get("data-tip")]
    after = [each.tail or "" for each in root.iter() if (each.tail or "").strip()]
    return [*told, *after, *tips]


def whole(text: str) -> str:
    """A text that was cut or wrapped, without the mark that was torn apart."""
    if text.count(OPEN) > text.count(CLOSE):
        text += CLOSE
    return OPEN + text if text.count(CLOSE) > text.count(OPEN) else text


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_in_a_picture_stays_english(name: str) -> None:
    with languages.speaking(PSEUDO):
        texts = texts_of(DRAWN[name]())
    assert any(OPEN in each for each in texts)
    for text in texts:
        # A wrapped text may lie on three lines, of which the middle one has lost both marks.
        assert not english_in(whole(text), OWN), text


@pytest.mark.parametrize("name", TOLD)
def test_nothing_in_the_words_stays_english(name: str) -> None:
    told = TOLD[name]()
    assert not english_in(PSEUDO.say(told), OWN)


@pytest.mark.parametrize("name", TABLES)
def test_nothing_in_a_table_stays_english(name: str) -> None:
    table = TABLES[name]()
    for row in (table.header, *table.rows):
        assert not english_in(" ".join(map(PSEUDO.say, row)), OWN), row


@pytest.mark.parametrize("name", DRAWERS)
def test_nothing_in_a_picture_of_risk_stays_english(name: str) -> None:
    own = (*OWN, "users", "gain", "fee", "idle", "work", "licence", "Fewer", "Users", "Gain")
    own = (*own, "Fee", "Idle", "Work", "Licence", "Expected", "user")
    with languages.speaking(PSEUDO):
        made = DRAWERS[name](PAPER, 680)
        assert made is not None
        texts = [*texts_of(made.svg), PSEUDO.say(made.title), PSEUDO.say(made.words)]
        texts += [PSEUDO.say(cell) for row in (made.table.header, *made.table.rows) for cell in row]
    for text in texts:
        assert not english_in(whole(text), own), text


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_where_no_language_is_spoken_is_the_english_one(name: str) -> None:
    outside = DRAWN[name]()
    with languages.speaking(languages.USUAL):
        spoken = DRAWN[name]()
    assert outside == spoken.replace("\u00a0", " ")


@pytest.mark.parametrize("tag", ["de", "fr", "es", "en-US"])
def test_a_picture_becomes_a_png_with_the_bundled_font(tag: str) -> None:
    with languages.speaking(Language(tag)):
        for draw in DRAWN.values():
            assert png(draw(), scale=0.5).startswith(b"\x89PNG")


def test_the_amounts_of_an_axis_have_the_separators_of_the_language() -> None:
    marks = ticks(0, 1_250, 5, lambda amount: quantity.show(amount, "GBP"))
    said = [GERMAN.say(each.label) for each in marks]
    assert said == [
        "0\u00a0£",
        "250\u00a0£",
        "500\u00a0£",
        "750\u00a0£",
        "1.000\u00a0£",
        "1.250\u00a0£",
    ]


def test_the_amounts_of_an_axis_lose_decimals_that_none_of_them_needs() -> None:
    marks = ticks(0, 2e6, 4, short)
    assert [each.label for each in marks] == ["£0", "£500k", "£1.0m", "£1.5m", "£2.0m"]
    assert [GERMAN.say(each.label) for each in marks][2:] == [
        "1,0\u00a0Mio.\u00a0£",
        "1,5\u00a0Mio.\u00a0£",
        "2,0\u00a0Mio.\u00a0£",
    ]


def test_the_months_of_an_axis_that_counts_them_lose_decimals_too() -> None:
    def months(amount: float) -> str:
        return plural("{number} month", "{number} months", amount, number=f"{amount:.1f}")

    marks = ticks(0, 8, 4, months)
    assert [each.label for each in marks] == [f"{number} months" for number in (0, 2, 4, 6, 8)]
    assert all(PSEUDO.say(each.label).startswith(each.label[0]) for each in marks)


def test_days_of_an_axis_are_those_of_the_language() -> None:
    weeks = day_ticks(DAY, DAY + timedelta(days=20), 5)
    assert [GERMAN.say(each.label) for each in weeks] == [
        "3.\u00a0Mai",
        "10.\u00a0Mai",
        "17.\u00a0Mai",
    ]
    months = day_ticks(date(2027, 3, 1), date(2027, 6, 1), 5)
    assert [GERMAN.say(each.label) for each in months] == ["Mär", "Apr", "Mai", "Jun"]


def test_what_is_measured_is_what_is_written() -> None:
    text = phrase("total")
    with languages.speaking(PSEUDO):
        assert measure(text, 12) == measure(f"{OPEN}total{CLOSE}", 12)
        assert clean(text) == f"{OPEN}total{CLOSE}"
        assert shorten(text, 1000, 12) == f"{OPEN}total{CLOSE}"
        assert wrap(text, 1000, 12) == Fitted((f"{OPEN}total{CLOSE}",), cut=False)
    assert measure(text, 12) == measure("total", 12)


def test_a_longer_language_moves_nothing_out_of_the_picture() -> None:
    with languages.speaking(PSEUDO):
        root = ElementTree.fromstring(DRAWN["cash"]())
    rows = [
        (float(each.get("x") or 0), float(each.get("y") or 0)) for each in root.iter(f"{SVG}text")
    ]
    assert all(0 <= x <= 340 and 0 <= y <= 230 for x, y in rows)
    assert any(one != other for one, other in pairwise(rows))


@pytest.mark.parametrize(
    ("name", "english", "german"),
    [
        ("irr", "the internal rate of return", "„Interner Zinsfuß (IRR)“"),
        ("total_benefits", "the total benefits", "„"),
        ("npv", "the net present value", "Kapitalwert"),
    ],
)
def test_every_figure_that_is_drawn_is_named_in_the_language(
    name: str, english: str, german: str
) -> None:
    title = titled(name)
    assert english in title
    said = GERMAN.say(title)
    assert german in said
    assert not {"the", "internal", "benefits", "most"} & set(said.split())


def test_a_line_that_people_have_named_stays_as_they_named_it() -> None:
    title = titled("benefits.routes.total")
    assert "the fewer miles, total" in title
    assert "„Fewer miles, gesamt“" in GERMAN.say(title)


def titled(name: str) -> str:
    """What stands above the tornado of a figure."""
    text = (models_folder() / "field-service.yaml").read_bytes()
    made = risk.tornado_picture(find_tornado(case_from_text(text), name))
    assert made is not None
    return made.title
