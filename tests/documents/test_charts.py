from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valuecalc.documents.charts import (
    PAPER,
    SCREEN,
    Bar,
    Palette,
    Share,
    cumulative_cash,
    cumulative_table,
    describe_cumulative,
    describe_shares,
    describe_waterfall,
    group_small,
    png,
    shares,
    shares_table,
    waterfall,
    waterfall_rows,
    waterfall_table,
    whole_percent,
)
from valuecalc.documents.charts.font_widths import REGULAR as REGULAR_WIDTHS
from valuecalc.documents.charts.font_widths import SEMIBOLD as SEMIBOLD_WIDTHS
from valuecalc.documents.charts.placing import Area, Box, spread
from valuecalc.documents.charts.png import FONT_FILES
from valuecalc.documents.charts.scale import Scale, round_values, ticks
from valuecalc.documents.charts.series import amount_at, thin, time_ticks
from valuecalc.documents.charts.text import clean, isolate, measure, shorten, wrap
from valuecalc.formula import quantity

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "R&D <b>\"fast\"</b> 'x' > 1 \x00\x0b\ud800\ufffe 🚀"
HEBREW = "חיסכון בזמן (2026)"
NEVER = "Does not pay back within 36 months"


def short(amount: float) -> str:
    sign = "−" if amount < 0 else ""
    for size, letter in ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{sign}£{abs(amount) / size:.3g}{letter}"
    return f"{sign}£{abs(amount):.0f}"


def benefit(label: str, amount: float) -> Bar:
    return Bar(label, amount, "benefit")


def investment(label: str, amount: float) -> Bar:
    return Bar(label, amount, "investment")


def total(label: str, amount: float) -> Bar:
    return Bar(label, amount, "total")


ORDINARY = [
    benefit("Less travel between jobs", 2_100_000),
    benefit("Fewer repeat visits", 522_000),
    benefit("Fewer missed appointments", 435_000),
    investment("Licences", 959_000),
    investment("Implementation", 332_000),
    investment("Training and change", 93_000),
    total("Net value", 1_673_000),
]
NEGATIVE = [benefit("Saving", 300e3), investment("Licences", 959e3), total("Net value", -659e3)]
CROSSING = [
    benefit("Saving", 300),
    investment("Licences", 500),
    benefit("Later saving", 700),
    investment("Running cost", 600),
    total("Net value", -100),
]
ZEROS = [benefit("Saving", 0), investment("Licences", 0), total("Net value", 0)]
HUGE = [benefit("Saving", 1e12), investment("Licences", 3.2e11), total("Net value", 6.8e11)]
LONG = [benefit("Long " * 40, 2e6), investment("Endless" * 30, 1e6), total("Net value", 1e6)]
FOREIGN = [benefit(HEBREW, 2e6), investment(HOSTILE, 1e6), total("Net value", 1e6)]
MANY = [
    *(benefit(f"Benefit {number}", 1e6 / number) for number in range(1, 9)),
    *(investment(f"Investment {number}", 2e5 / number) for number in range(1, 8)),
    total("Net value", 2.2e6),
]
BARS = {
    "ordinary": ORDINARY,
    "negative": NEGATIVE,
    "crossing": CROSSING,
    "zeros": ZEROS,
    "huge": HUGE,
    "long": LONG,
    "foreign": FOREIGN,
    "many": MANY,
    "all but zero": [benefit("Saving", 1e6), investment("Licences", 1e6 + 3), total("Net", -3)],
    "one": [total("Net value", 1e6)],
    "none": [],
}

# A year of outlay, then a ramp of benefits: pays back in month 24.
CASH = [(month, min(month, 12) * -50e3 + max(0, month - 12) * 50e3) for month in range(61)]
DISCOUNTED = [(month, amount * 1.08 ** (-month / 12)) for month, amount in CASH]
SINKING = [(month, -1e4 * month) for month in range(37)]
CENTURY = [(month, 1e5 * math.sin(month / 9) + 1e3 * month) for month in range(1201)]
CASHES: dict[str, dict] = {
    "ordinary": {"points": CASH, "payback": 24, "payback_label": "Pays back in month 24"},
    "discounted": {
        "points": CASH,
        "discounted": DISCOUNTED,
        "payback": 24,
        "payback_label": "Pays back in month 24",
        "band": [(month, amount - 2e5, amount + 2e5) for month, amount in CASH],
    },
    "early": {
        "points": [(0, -100), (1, -100), (60, 6e6)],
        "payback": 1.001,
        "payback_label": "Pays back in month 2",
    },
    "never": {"points": SINKING, "payback_label": NEVER},
    "century": {"points": CENTURY, "payback_label": "Pays back in month 9", "payback": 9},
    "zeros": {"points": [(month, 0) for month in range(13)]},
    "huge": {"points": [(month, -3e12 + 2e11 * month) for month in range(61)]},
    "single": {"points": [(0, 5e4)]},
    "none": {"points": []},
}
GRADES = [
    Share("A Customer's own measured data", 0.46, "£1.41m"),
    Share("B Customer's estimate, named owner", 0.42, "£1.28m"),
    Share("D Third-party benchmark", 0.118, "£361k"),
    Share("E Our assumption", 0.002, "£6k"),
]
SHARES = {
    "grades": GRADES,
    "negative": [Share("Savings", 1.3, "£1.3m"), Share("Dip", -0.3, "−£300k")],
    "foreign": [Share(HEBREW, 0.5, "£1"), Share(HOSTILE, 0.5, "£1"), Share("x" * 200, 0, "£0")],
    "none": [],
}


def every_chart(palette: Palette = SCREEN) -> dict[str, str]:
    charts = {}
    for name, bars in BARS.items():
        charts[f"columns {name}"] = waterfall(bars, short, palette=palette, chart_id="wf")
        for width in (340, 400):
            charts[f"rows {name} {width}"] = waterfall_rows(
                bars, short, palette=palette, chart_id="wf", width=width
            )
    for name, told in CASHES.items():
        for width in (340, 400, 680):
            charts[f"cash {name} {width}"] = cumulative_cash(
                short=short, palette=palette, chart_id="cu", width=width, **told
            )
    for name, rows in SHARES.items():
        for width in (340, 400, 680):
            charts[f"shares {name} {width}"] = shares(
                rows, palette=palette, chart_id="sh", width=width
            )
    return charts


CHARTS = every_chart()
each_chart = pytest.mark.parametrize("svg", CHARTS.values(), ids=CHARTS.keys())


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def words(element: ElementTree.Element) -> str:
    """The visible words of a text element: not those of its title."""
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def texts(svg: str) -> list[str]:
    return [words(element) for element in parse(svg).iter(f"{SVG}text")]


def description(svg: str) -> str:
    found = parse(svg).find(f"{SVG}desc")
    assert found is not None
    return found.text or ""


def filled(svg: str, *colours: str) -> list[dict[str, float]]:
    """The rectangles of some colours: x, y, right, bottom."""
    boxes = []
    for element in parse(svg).iter(f"{SVG}rect"):
        if element.get("fill") in colours:
            x, y, width, height = (float(element.get(n, 0)) for n in ("x", "y", "width", "height"))
            boxes.append({"x": x, "y": y, "right": x + width, "bottom": y + height})
    return boxes


def bars_of(svg: str) -> list[dict[str, float]]:
    return filled(svg, SCREEN.positive, SCREEN.negative, SCREEN.total)


def zero_of(svg: str, axis: str) -> float:
    """Where the zero line of a waterfall lies, on `axis` x or y."""
    lines = [
        element
        for element in parse(svg).iter(f"{SVG}line")
        if element.get("stroke") == SCREEN.axis and not element.get("stroke-dasharray")
    ]
    assert len(lines) == 1
    return float(lines[0].get(f"{axis}1", "nan"))


def text_boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Each text with its left, top, right and bottom."""
    boxes = []
    for element in parse(svg).iter(f"{SVG}text"):
        size = float(element.get("font-size", 12))
        width = measure(words(element), size, int(element.get("font-weight", 400)))
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        left = (
            x - width * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
        )
        boxes.append((words(element), left, y - size * 0.75, left + width, y + size * 0.2))
    return boxes


class TestEveryChart:
    @each_chart
    def test_is_a_described_image(self, svg: str) -> None:
        root = parse(svg)
        assert root.get("role") == "img"
        named = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
        assert [element.text and element.get("id") for element in named] == root.get(
            "aria-labelledby", ""
        ).split()

    @each_chart
    def test_is_legal_under_a_strict_content_security_policy(self, svg: str) -> None:
        for element in parse(svg).iter():
            assert "style" not in element.attrib
            assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject")
            assert not any(name.lower().startswith("on") for name in element.attrib)

    @each_chart
    def test_takes_its_colours_from_the_palette_alone(self, svg: str) -> None:
        used = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg))
        assert used <= {*vars(SCREEN).values(), "none"}

    @pytest.mark.parametrize("svg", every_chart(PAPER).values(), ids=CHARTS.keys())
    def test_has_no_variables_on_paper(self, svg: str) -> None:
        used = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg))
        assert used <= {*vars(PAPER).values(), "none"}

    @each_chart
    def test_cuts_no_text_at_its_edges(self, svg: str) -> None:
        root = parse(svg)
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        for text, left, top, right, bottom in text_boxes(svg):
            assert left >= -1, text
            assert top >= -1, text
            assert right <= width + 1, text
            assert bottom <= height + 1, text

    @each_chart
    def test_lets_no_text_cover_another(self, svg: str) -> None:
        for one, other in combinations(text_boxes(svg), 2):
            beside = one[3] <= other[1] + 0.5 or other[3] <= one[1] + 0.5
            above = one[4] <= other[2] + 0.5 or other[4] <= one[2] + 0.5
            assert beside or above, (one, other)

    def test_is_the_same_for_the_same_input(self) -> None:
        assert every_chart() == CHARTS

    @each_chart
    def test_is_of_a_sane_size(self, svg: str) -> None:
        assert len(svg) < 20_000

    @each_chart
    def test_tells_more_on_hovering_only_where_there_is_something_to_tell(self, svg: str) -> None:
        for element in parse(svg).iter():
            assert (element.get("class") == "hit") == bool(element.get("data-tip"))

    def test_writes_its_identifier_into_all_ids(self) -> None:
        one = waterfall(ORDINARY, short, chart_id="one")
        two = waterfall(ORDINARY, short, chart_id="two")
        assert not {*re.findall(r' id="([^"]+)"', one)} & {*re.findall(r' id="([^"]+)"', two)}

    @pytest.mark.parametrize("chart_id", ["", "1", "a b", 'a"><script>', "a\n"])
    def test_refuses_an_identifier_that_xml_would_not_take(self, chart_id: str) -> None:
        with pytest.raises(ValueError, match="chart_id .* beginning with a letter"):
            waterfall(ORDINARY, short, chart_id=chart_id)

    def test_uses_the_title_and_description_it_is_given(self) -> None:
        svg = waterfall(ORDINARY, short, chart_id="wf", title="A & B", description=HOSTILE)
        assert parse(svg).findtext(f"{SVG}title") == "A & B"
        assert description(svg).startswith("R&D <b>\"fast\"</b> 'x' > 1")

    @settings(max_examples=60, deadline=None)
    @given(label=st.text(max_size=80), amount=st.floats(-1e15, 1e15))
    def test_survives_any_label_and_amount(self, label: str, amount: float) -> None:
        bars = [benefit(label, amount), total("Net value", amount)]
        parse(waterfall_rows(bars, short, chart_id="wf"))
        parse(waterfall(bars, short, chart_id="wf"))
        parse(shares([Share(label, 0.5, label)], chart_id="sh"))
        parse(cumulative_cash([(0, 0), (9, amount)], short, chart_id="cu", payback_label=label))


class TestWaterfall:
    @pytest.mark.parametrize("name", ["ordinary", "negative", "crossing", "huge"])
    @pytest.mark.parametrize(
        ("draw", "axis", "near", "far"),
        [(waterfall, "y", "y", "bottom"), (waterfall_rows, "x", "x", "right")],
        ids=["columns", "rows"],
    )
    def test_draws_each_bar_from_the_level_reached_to_the_next(
        self, name: str, draw: Callable[..., str], axis: str, near: str, far: str
    ) -> None:
        bars = BARS[name]
        svg = draw(bars, short, chart_id="wf")
        boxes = bars_of(svg)
        zero = zero_of(svg, axis)
        end = boxes[-1][far] if abs(boxes[-1][near] - zero) < 0.2 else boxes[-1][near]
        pixels = (end - zero) / bars[-1].amount  # one unit of money, from the last total
        level = 0.0
        for bar, box in zip(bars, boxes, strict=True):
            start = 0.0 if bar.kind == "total" else level
            level = start + (-bar.amount if bar.kind == "investment" else bar.amount)
            expected = sorted((zero + start * pixels, zero + level * pixels))
            assert [box[near], box[far]] == pytest.approx(expected, abs=1.6)

    def test_lets_a_bar_reach_over_zero_in_both_directions(self) -> None:
        svg = waterfall(CROSSING, short, chart_id="wf")
        zero = zero_of(svg, "y")
        licences, later = bars_of(svg)[1:3]
        for box in (licences, later):
            assert box["y"] < zero - 10
            assert box["bottom"] > zero + 10

    def test_draws_a_negative_total_below_the_zero_line(self) -> None:
        svg = waterfall(NEGATIVE, short, chart_id="wf")
        last = bars_of(svg)[-1]
        assert last["y"] == pytest.approx(zero_of(svg, "y"), abs=0.2)
        assert last["bottom"] > last["y"] + 50

    def test_colours_what_adds_and_what_takes_away(self) -> None:
        svg = waterfall([benefit("Dip", -5), investment("Rebate", -5)], short, chart_id="wf")
        fills = [element.get("fill") for element in parse(svg).iter(f"{SVG}rect")]
        assert fills == [SCREEN.negative, SCREEN.positive]

    @pytest.mark.parametrize("draw", [waterfall, waterfall_rows], ids=["columns", "rows"])
    def test_shows_every_label_and_amount(self, draw: Callable[..., str]) -> None:
        svg = draw(ORDINARY, short, chart_id="wf")
        shown = " ".join(texts(svg))
        for word in ("travel", "Implementation", "£2.1m", "−£959k", "−£93k", "£1.67m"):
            assert word in shown
            assert word in description(svg)

    def test_writes_money_as_the_caller_does(self) -> None:
        svg = waterfall(ORDINARY, lambda amount: f"{amount:.0f} kr", chart_id="wf")
        assert "-959000 kr" in texts(svg)
        assert "£" not in svg

    def test_may_write_the_axis_in_another_way(self) -> None:
        svg = waterfall(ORDINARY, short, chart_id="wf", axis_short=lambda amount: f"{amount:g}!")
        assert {"0!", "1e+06!"} <= set(texts(svg))

    def test_does_not_crowd_the_axis_with_ticks_that_read_the_same(self) -> None:
        svg = waterfall([benefit("Saving", 3)], lambda amount: f"{amount / 2:.0f}", chart_id="wf")
        axis = [text for text in texts(svg) if text.isdigit()]
        assert len(axis[:-1]) == len(set(axis[:-1]))

    def test_writes_the_amounts_of_an_axis_with_equally_many_decimals(self) -> None:
        marks = ticks(-0.4e6, 2.1e6, 5, lambda amount: quantity.show_short(amount, "GBP"))
        assert [mark.label for mark in marks] == [
            "−£500k",
            "£0",
            "£500k",
            "£1.0m",
            "£1.5m",
            "£2.0m",
            "£2.5m",
        ]
        marks = ticks(0, 9e6, 3, lambda amount: quantity.show_short(amount, "GBP"))
        assert [mark.label for mark in marks] == ["£0", "£5m", "£10m"]

    def test_takes_rows_when_a_word_does_not_fit_a_column(self) -> None:
        bars = [benefit("Donaudampfschifffahrtsgesellschaft " * 3, 1)] * 5
        svg = waterfall(bars, short, chart_id="wf")
        assert parse(svg).get("width") == "680"
        assert len({box["x"] for box in bars_of(svg)}) == 5  # one beside the other's end
        assert len({box["y"] for box in bars_of(svg)}) == 5

    def test_refuses_columns_on_a_narrow_page(self) -> None:
        with pytest.raises(ValueError, match="Use waterfall_rows"):
            waterfall(ORDINARY, short, chart_id="wf", width=500)

    @pytest.mark.parametrize("draw", [waterfall, waterfall_rows], ids=["columns", "rows"])
    def test_says_so_when_there_is_nothing_to_draw(self, draw: Callable[..., str]) -> None:
        assert texts(draw([], short, chart_id="wf")) == ["No benefits or investments yet"]

    @pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf, 1e300])
    def test_refuses_an_amount_that_cannot_be_drawn(self, amount: float) -> None:
        with pytest.raises(ValueError, match="Bar 'Saving': .* not a finite amount"):
            benefit("Saving", amount)

    def test_refuses_an_unknown_kind(self) -> None:
        with pytest.raises(ValueError, match="no kind 'cost'. Use benefit, investment, total"):
            Bar("Licences", 1, "cost")  # type: ignore[arg-type]

    def test_keeps_the_whole_label_of_one_that_is_cut(self) -> None:
        label = "A label that is so long that it cannot be shown whole on two lines of a row"
        svg = waterfall_rows([benefit(label, 1), total("Net value", 1)], short, chart_id="wf")
        assert any(text.endswith("…") for text in texts(svg))
        titles = {element.text for element in parse(svg).iter(f"{SVG}title")}
        assert label in titles


class TestGrouping:
    def test_puts_the_smaller_lines_of_each_side_together(self) -> None:
        names = [bar.label for bar in group_small(MANY)]
        assert names == [
            *("Benefit 1", "Benefit 2", "Benefit 3", "Benefit 4", "Other benefits"),
            *("Investment 1", "Investment 2", "Investment 3", "Investment 4"),
            *("Other investments", "Net value"),
        ]

    @given(
        amounts=st.lists(st.floats(-1e9, 1e9), max_size=20), keep=st.integers(0, 6), data=st.data()
    )
    @settings(deadline=None)
    def test_never_changes_the_sum(self, amounts: list[float], keep: int, data) -> None:
        kinds = st.sampled_from(["benefit", "investment"])
        bars = [Bar("Line", amount, data.draw(kinds)) for amount in amounts]
        before, after = (
            math.fsum(bar.effect for bar in side) for side in (bars, group_small(bars, keep))
        )
        assert after == pytest.approx(before, abs=1e-3)
        assert len(group_small(bars, keep)) <= 2 * (keep + 1)

    def test_keeps_the_largest_even_if_they_come_last(self) -> None:
        bars = [benefit(f"Saving {number}", number) for number in range(1, 8)]
        names = [bar.label for bar in group_small(bars, keep=2)]
        assert names == ["Other benefits", "Saving 6", "Saving 7"]

    def test_leaves_a_single_small_line_its_name(self) -> None:
        bars = [benefit(f"Saving {number}", number) for number in range(1, 6)]
        assert group_small(bars) == bars

    def test_groups_before_each_total_apart(self) -> None:
        lines = [benefit(f"Saving {number}", 9 - number) for number in range(6)]
        bars = [*lines, total("First", 39), *lines, total("Net value", 78)]
        names = [bar.label for bar in group_small(bars)]
        assert names.count("Other benefits") == 2
        assert names.index("Other benefits") < names.index("First")

    def test_names_the_grouped_lines_on_hovering(self) -> None:
        tips = re.findall(r'data-tip="(Other[^"]*)"', waterfall_rows(MANY, short, chart_id="wf"))
        assert "Benefit 5, Benefit 6, Benefit 7, Benefit 8" in tips[0]

    def test_shows_every_line_in_the_table(self) -> None:
        table = waterfall_table(MANY, short)
        assert len(table.rows) == len(MANY)
        assert ("Benefit 8", "£125k") in table.rows
        assert ("Investment 1", "−£200k") in table.rows

    def test_tells_that_nothing_is_there_yet(self) -> None:
        assert describe_waterfall(ZEROS, short) == (
            "Net value £0. No line adds or takes away anything yet."
        )


class TestCumulativeCash:
    def test_marks_where_it_pays_back(self) -> None:
        svg = cumulative_cash(short=short, chart_id="cu", **CASHES["ordinary"])
        (ring,) = parse(svg).iter(f"{SVG}circle")
        years = {words(e): float(e.get("x", 0)) for e in parse(svg).iter(f"{SVG}text")}
        assert float(ring.get("cx", 0)) == pytest.approx(years["Yr 2"], abs=0.2)
        assert "Pays back in month 24" in texts(svg)

    def test_takes_never_paying_back_as_an_ordinary_result(self) -> None:
        svg = cumulative_cash(short=short, chart_id="cu", **CASHES["never"])
        assert NEVER in texts(svg)
        assert NEVER in description(svg)
        assert not list(parse(svg).iter(f"{SVG}circle"))

    def test_shows_no_marker_for_a_payback_beyond_the_line(self) -> None:
        svg = cumulative_cash(CASH, short, chart_id="cu", payback=99, payback_label="Month 99")
        assert "Month 99" in texts(svg)
        assert not list(parse(svg).iter(f"{SVG}circle"))

    def test_names_the_lowest_point_and_the_end(self) -> None:
        svg = cumulative_cash(short=short, chart_id="cu", **CASHES["ordinary"])
        assert {"Lowest −£600k", "£1.8m"} <= set(texts(svg))
        assert "Lowest point −£600k in month 12." in description(svg)
        assert "Ends at £1.8m in month 60." in description(svg)

    def test_draws_the_discounted_line_thinner_and_dashed(self) -> None:
        svg = cumulative_cash(CASH, short, chart_id="cu", discounted=DISCOUNTED)
        plot = [e for e in parse(svg).iter(f"{SVG}path") if e.get("d", "").count("L") > 1]
        thin_line, line = plot
        assert float(thin_line.get("stroke-width", 9)) < float(line.get("stroke-width", 0))
        assert thin_line.get("stroke-dasharray")
        assert not line.get("stroke-dasharray")
        assert {"Cumulative cash", "Discounted"} <= set(texts(svg))

    def test_draws_the_line_through_its_amounts(self) -> None:
        svg = cumulative_cash([(0, -100), (6, 0), (12, 300)], short, chart_id="cu")
        (path,) = parse(svg).iter(f"{SVG}path")
        points = [tuple(map(float, pair.split(","))) for pair in path.get("d", "")[1:].split("L")]
        (x0, y0), (x1, y1), (x2, y2) = points
        assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
        assert (y1 - y2) / (y0 - y1) == pytest.approx(3, abs=0.05)

    def test_tells_the_amount_of_each_month_on_hovering(self) -> None:
        svg = cumulative_cash(CASH, short, chart_id="cu", discounted=DISCOUNTED)
        tips = re.findall(r'data-tip="([^"]*)"', svg)
        assert "Month 12: −£600k, discounted −£556k" in tips
        assert len(tips) in range(30, 61)

    def test_refuses_times_out_of_order(self) -> None:
        with pytest.raises(ValueError, match="points: time 3 comes after time 6. Sort"):
            cumulative_cash([(6, 0), (3, 0)], short, chart_id="cu")

    def test_refuses_what_is_no_amount(self) -> None:
        with pytest.raises(ValueError, match="discounted at 1: nan cannot be drawn"):
            cumulative_cash([(0, 0)], short, chart_id="cu", discounted=[(1, math.nan)])

    def test_counts_quarters_and_years_too(self) -> None:
        quarters = [(quarter, -10 + 2 * quarter) for quarter in range(9)]
        svg = cumulative_cash(quarters, short, chart_id="cu", unit="quarter")
        assert {"Start", "Yr 1", "Yr 2"} <= set(texts(svg))
        assert 'data-tip="Quarter 3: −£4"' in svg

    def test_says_the_same_in_a_table(self) -> None:
        table = cumulative_table(
            CASH, short, discounted=DISCOUNTED, payback_label="Pays back in month 24"
        )
        assert table.header == ("When", "Cumulative cash", "Discounted")
        assert table.rows[0] == ("Start", "£0", "£0")
        assert table.rows[1][:2] == ("Year 1", "−£600k")
        assert table.rows[5][:2] == ("Year 5", "£1.8m")
        assert table.rows[6][:2] == ("Lowest, month 12", "−£600k")
        assert table.rows[7][0] == "Pays back in month 24"

    def test_ends_the_table_at_a_horizon_within_a_year(self) -> None:
        rows = cumulative_table([(0, -5), (18, 4)], short).rows
        assert [row[0] for row in rows] == ["Start", "Year 1", "Month 18", "Lowest, start"]

    def test_has_words_for_no_cash_flows(self) -> None:
        assert describe_cumulative([], short) == "No cash flows yet."
        assert cumulative_table([], short).rows == ()


class TestShares:
    def test_draws_each_bar_as_long_as_its_share(self) -> None:
        svg = shares(GRADES, chart_id="sh")
        whole = [box["right"] - box["x"] for box in filled(svg, SCREEN.grid)]
        parts = [box["right"] - box["x"] for box in filled(svg, SCREEN.bar)]
        for row, length, part in zip(GRADES, whole, parts, strict=True):
            assert part == pytest.approx(max(row.share * length, 1), abs=0.3)

    def test_draws_a_negative_share_to_the_other_side(self) -> None:
        svg = shares(SHARES["negative"], chart_id="sh")
        (saving,) = filled(svg, SCREEN.bar)
        (dip,) = filled(svg, SCREEN.negative)
        assert dip["right"] == pytest.approx(saving["x"], abs=0.2)
        assert dip["x"] < saving["x"] < saving["right"]

    def test_shows_label_share_and_amount(self) -> None:
        shown = texts(shares(GRADES, chart_id="sh", width=680))
        assert {"A Customer's own measured data", "46%", "£1.41m", "<1%"} <= set(shown)

    def test_tells_the_largest_share_first(self) -> None:
        told = describe_shares(list(reversed(GRADES)))
        assert told.startswith("A Customer's own measured data 46% (£1.41m); B Customer's")

    def test_says_the_same_in_a_table(self) -> None:
        assert shares_table(GRADES).rows[2] == ("D Third-party benchmark", "12%", "£361k")

    def test_refuses_a_share_that_is_none(self) -> None:
        with pytest.raises(ValueError, match="Share 'A': nan cannot be drawn"):
            Share("A", math.nan, "£0")

    @pytest.mark.parametrize(
        ("share", "written"),
        [(0, "0%"), (1, "100%"), (0.001, "<1%"), (0.999, ">99%"), (-0.3, "−30%"), (-0.001, ">−1%")],
    )
    def test_never_rounds_something_to_nothing(self, share: float, written: str) -> None:
        assert whole_percent(share) == written


class TestText:
    def test_escapes_markup_and_drops_what_xml_forbids(self) -> None:
        svg = waterfall(FOREIGN, short, chart_id="wf")
        assert "<b>" not in svg
        assert any("<b>" in text for text in texts(svg))
        assert not re.search(r"[\x00-\x08\x0b\ud800\ufffe]", svg)

    def test_sets_right_to_left_text_apart(self) -> None:
        svg = waterfall_rows(FOREIGN, short, chart_id="wf")
        assert f"\u2068{HEBREW}\u2069" in texts(svg)
        assert f"Raised by \u2068{HEBREW}\u2069 £2m." in description(svg)
        assert "\u2068" not in waterfall_rows(ORDINARY, short, chart_id="wf")

    def test_takes_out_controls_that_turn_the_direction(self) -> None:
        assert clean("safe\u202e\u2066 text\u2069") == "safe text"

    def test_puts_a_label_on_one_line(self) -> None:
        assert clean("  two\n\tlines ") == "two lines"

    @pytest.mark.parametrize("width", [40, 55, 90, 300])
    @pytest.mark.parametrize(
        "text", ["Fewer missed appointments", "x" * 200, HEBREW * 4, "🚀" * 30]
    )
    def test_wraps_into_lines_that_fit(self, text: str, width: float) -> None:
        fitted = wrap(text, width, 12)
        assert 1 <= len(fitted.lines) <= 2
        assert all(measure(line, 12) <= width + 0.1 for line in fitted.lines)
        assert fitted.cut == (fitted.lines[-1].endswith("…"))

    def test_loses_no_word_that_it_does_not_say_it_cut(self) -> None:
        fitted = wrap("Engineers using the schedule as planned", 140, 12)
        assert " ".join(fitted.lines) == "Engineers using the schedule as planned"
        assert not fitted.cut

    def test_never_splits_a_joined_emoji_or_an_accent(self) -> None:
        family = "👩\u200d🚒"
        shown = shorten(family * 9, 60, 12).removesuffix("…")
        assert shown == family * shown.count("👩")
        assert shorten("e\u0323" * 30, 60, 12).removesuffix("…").endswith("\u0323")

    def test_isolates_only_what_needs_it(self) -> None:
        assert isolate("plain") == "plain"
        assert isolate("א") == "\u2068א\u2069"


class TestScale:
    @given(low=st.floats(-1e15, 0), high=st.floats(0, 1e15), count=st.integers(1, 8))
    def test_encloses_the_amounts_with_even_steps(
        self, low: float, high: float, count: int
    ) -> None:
        values = round_values(low, high, count)
        slack = (high - low) * 1e-4 + 1e-9
        assert values[0] <= low + slack
        assert values[-1] >= high - slack
        assert len(values) <= count + 3
        steps = {round((later - earlier) / (high - low), 6) for earlier, later in pairwise(values)}
        assert len(steps) <= 1

    def test_has_zero_among_the_ticks(self) -> None:
        assert 0 in [mark.value for mark in ticks(-572e3, 2.3e6, 5, short)]

    def test_maps_equal_amounts_without_dividing_by_zero(self) -> None:
        assert Scale(0, 0, 10, 20)(0) == 10

    def test_reads_a_series_between_its_points(self) -> None:
        points = [(0.0, 0.0), (10.0, 100.0), (10.0, 200.0)]
        assert [amount_at(points, time) for time in (-1, 5, 10, 11)] == [0, 50, 200, 200]

    def test_thins_a_century_without_losing_peaks(self) -> None:
        thinned = thin(CENTURY, 240)
        assert len(thinned) <= 244
        for extreme in (min, max):
            assert extreme(a for _, a in thinned) == extreme(a for _, a in CENTURY)
        assert (thinned[0], thinned[-1]) == (CENTURY[0], CENTURY[-1])
        assert [time for time, _ in thinned] == sorted(time for time, _ in thinned)

    def test_leaves_a_short_series_alone(self) -> None:
        assert thin(CASH, 240) == CASH

    @pytest.mark.parametrize(
        ("months", "expected"),
        [
            (60, ["Start", "Yr 1", "Yr 2", "Yr 3", "Yr 4", "Yr 5"]),
            (30, ["Start", "Yr 1", "Yr 2"]),
            (9, ["Start", "Month 3", "Month 6", "Month 9"]),
            (1200, ["Start", "Yr 20", "Yr 40", "Yr 60", "Yr 80", "Yr 100"]),
            (0, ["Start"]),
        ],
    )
    def test_thins_the_time_axis(self, months: float, expected: list[str]) -> None:
        assert [mark.label for mark in time_ticks(months, 250, 11, "month")] == expected

    def test_moves_two_labels_apart_inside_the_area(self) -> None:
        area = Area(0, 0, 100, 100)
        assert spread([50, 50], 16, area) == [42, 58]
        assert spread([99, 98], 16, area) == [100, 84]
        assert spread([10, 60], 16, area) == [10, 60]

    def test_knows_when_labels_overlap(self) -> None:
        assert Box(0, 10, 20).overlaps(Box(9, 20, 25))
        assert not Box(0, 10, 20).overlaps(Box(10, 20, 20))
        assert not Box(0, 10, 20).overlaps(Box(0, 10, 40))


def letters(text: str, cover: float, weight: int = 400) -> str:
    """A picture of a text with its first `cover` pixels hidden."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60">'
        f'<text x="10" y="40" font-size="20" font-weight="{weight}" '
        f'font-family="Inter Chart">{text}</text>'
        f'<rect x="5" y="0" width="{cover + 5}" height="60" fill="#ffffff"/></svg>'
    )


class TestPng:
    @pytest.mark.parametrize(
        "name", ["columns ordinary", "rows foreign 340", "cash discounted 340", "shares grades 340"]
    )
    def test_shows_the_text(self, name: str) -> None:
        svg = every_chart(PAPER)[name]
        picture = png(svg, scale=1)
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert picture != png(re.sub(r"<text.*?</text>", "", svg), scale=1)

    def test_grows_with_the_scale(self) -> None:
        svg = waterfall_rows(ORDINARY, short, palette=PAPER, chart_id="wf", width=340)
        widths = [int.from_bytes(png(svg, scale=scale)[16:20], "big") for scale in (1, 2)]
        assert widths == [340, 680]

    def test_is_the_same_for_the_same_chart(self) -> None:
        svg = waterfall(ORDINARY, short, palette=PAPER, chart_id="wf")
        assert png(svg, scale=1) == png(svg, scale=1)

    def test_refuses_colours_that_only_a_browser_knows(self) -> None:
        with pytest.raises(ValueError, match="CSS variable --.*palette=PAPER"):
            png(waterfall(ORDINARY, short, chart_id="wf"))

    def test_takes_a_label_that_looks_like_a_variable(self) -> None:
        bars = [benefit('fill="var(--ink)"', 1), total("Net value", 1)]
        assert png(waterfall_rows(bars, short, palette=PAPER, chart_id="wf"), scale=1)

    @pytest.mark.parametrize("character", "£€¥$−–…0123456789%ŁşΩЖ≥→")
    def test_has_a_glyph_of_its_own_for_what_money_needs(self, character: str) -> None:
        missing = png(letters("\ue000", cover=-5), scale=1)
        assert png(letters(character, cover=-5), scale=1) != missing
        assert character in REGULAR_WIDTHS
        assert character in SEMIBOLD_WIDTHS

    @pytest.mark.parametrize("weight", [400, 600])
    @pytest.mark.parametrize(
        "text", ["£1.67m − £572k", "Fewer missed appointments", "WWWWWW mmmm", "Żółć Ελλάδα Жук"]
    )
    def test_measures_text_as_it_is_drawn(self, text: str, weight: int) -> None:
        blank = png(letters("", cover=0), scale=1)
        width = measure(text, 20, weight)
        assert png(letters(text, width, weight), scale=1) == blank
        assert png(letters(text, width * 0.9, weight), scale=1) != blank

    def test_draws_totals_in_another_weight(self) -> None:
        assert png(letters("Net", -5, 600), scale=1) != png(letters("Net", -5, 400), scale=1)

    def test_ships_the_fonts_that_the_widths_were_taken_from(self) -> None:
        told = (FONT_FILES[0].parent / "README.md").read_text(encoding="utf-8")
        for file in FONT_FILES:
            assert hashlib.sha256(file.read_bytes()).hexdigest() in told
        assert "SIL OPEN FONT LICENSE" in (FONT_FILES[0].parent / "OFL.txt").read_text("utf-8")


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class TestPaper:
    def test_keeps_the_kinds_of_bar_apart_without_colour(self) -> None:
        for one, other in combinations((PAPER.positive, PAPER.negative, PAPER.total), 2):
            assert contrast(one, other) > 1.7

    def test_has_bars_and_text_that_stand_out_from_the_paper(self) -> None:
        for colour in (PAPER.positive, PAPER.negative, PAPER.total, PAPER.bar, PAPER.axis):
            assert contrast(colour, PAPER.surface) >= 3
        for colour in (PAPER.ink, PAPER.muted):
            assert contrast(colour, PAPER.surface) >= 4.5
