from __future__ import annotations

import math
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuecalc.documents.charts import (
    PAPER,
    SCREEN,
    Bins,
    Mark,
    Palette,
    Rank,
    Swing,
    describe_histogram,
    describe_likelihood,
    describe_tornado,
    histogram,
    histogram_table,
    likelihood,
    likelihood_table,
    png,
    ranking,
    ranking_table,
    tornado,
    tornado_table,
)
from valuecalc.documents.charts.likelihood import chance_at

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "R&D <b>\"fast\"</b> 'x' > 1 \x00\x0b\ud800\ufffe 🚀"
AMOUNTS = st.floats(-1e12, 1e12)


def short(amount: float) -> str:
    sign = "−" if amount < 0 else ""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{sign}£{abs(amount) / size:.3g}{letter}"
    return f"{sign}£{abs(amount):.0f}"


SWINGS = [
    Swing("Revenue per user", "£24", "£27", -450_000, 3_200_000),
    Swing("Subscribers", "90,000", "120,000", 1_400_000, 2_700_000),
    Swing("Cost of a node", "£600k", "£700k", 2_300_000, 1_700_000),
]
BINS = Bins([-2e6, -1e6, 0, 1e6, 2e6], [1, 2, 6, 1], below=0, above=2)
CURVE = [(-1e6, 1.0), (0.0, 0.9), (1e6, 0.5), (3e6, 0.0)]
MARKS = [Mark("P10", 0.0), Mark("P50", 1e6), Mark("P90", 2e6)]
RANKS = [Rank("Subscribers", 145_000, 9_000, 20_000), Rank("Cost of a node", 0)]


def of_tornado(palette: Palette, width: float) -> str:
    return tornado(SWINGS, 2e6, short, palette=palette, chart_id="t", width=width)


def of_histogram(palette: Palette, width: float) -> str:
    return histogram(BINS, MARKS, short, palette=palette, chart_id="t", width=width)


def of_likelihood(palette: Palette, width: float) -> str:
    return likelihood(CURVE, MARKS, short, palette=palette, chart_id="t", width=width)


def of_ranking(palette: Palette, width: float) -> str:
    return ranking(RANKS, short, palette=palette, chart_id="t", width=width, title="Ranked")


ALL = pytest.mark.parametrize("draw", [of_tornado, of_histogram, of_likelihood, of_ranking])


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def rects(svg: str, fill: str) -> list[tuple[float, float]]:
    """The left and the right edge of every rectangle of a colour."""
    root = ElementTree.fromstring(svg)
    found = [each for each in root.iter(f"{SVG}rect") if each.get("fill") == fill]
    return [
        (float(each.get("x") or 0), float(each.get("x") or 0) + float(each.get("width") or 0))
        for each in found
    ]


@ALL
@pytest.mark.parametrize("width", [320, 680])
def test_a_chart_is_sound_xml_without_style_attributes(
    draw: Callable[[Palette, float], str], width: float
) -> None:
    svg = draw(SCREEN, width)
    assert ElementTree.fromstring(svg).get("role") == "img"
    assert "style=" not in svg
    assert not re.search(r'"#[0-9a-f]{3,6}"', svg)


@ALL
def test_a_chart_becomes_a_picture_for_paper(draw: Callable[[Palette, float], str]) -> None:
    assert png(draw(PAPER, 680)).startswith(b"\x89PNG")


@ALL
def test_every_shape_lies_inside_the_picture(draw: Callable[[Palette, float], str]) -> None:
    for width in (320, 680):
        root = ElementTree.fromstring(draw(SCREEN, width))
        for each in root.iter(f"{SVG}rect"):
            left, length = float(each.get("x") or 0), float(each.get("width") or 0)
            assert left >= -0.1
            assert left + length <= width + 0.1


# --------------------------------------------------------------------------- tornado


def test_the_bars_of_a_tornado_stand_on_the_expected_figure() -> None:
    svg = of_tornado(PAPER, 680)
    low, high = rects(svg, PAPER.bar)[1:], rects(svg, PAPER.total)[1:]  # after the key
    for (_, right), (left, _) in zip(low[:2], high[:2], strict=True):
        assert right == pytest.approx(left, abs=0.2)
    # The low end of a cost is the better one, so its bar lies at the right.
    assert low[2][0] == pytest.approx(high[2][1], abs=0.2)


def test_the_length_of_a_bar_is_what_the_end_moves() -> None:
    low = rects(of_tornado(PAPER, 680), PAPER.bar)[1:]
    lengths = [right - left for left, right in low]
    assert lengths[0] / lengths[1] == pytest.approx(2_450_000 / 600_000, rel=0.01)


def test_a_tornado_writes_both_figures_of_each_bar() -> None:
    written = texts(of_tornado(PAPER, 680))
    assert {"−£450k", "£3.2m", "£1.4m", "£2.7m", "£1.7m", "£2.3m"} <= set(written)
    assert "Expected £2m" in written


def test_an_end_that_does_not_exist_is_said_so() -> None:
    swings = [Swing("Divisor", "0", "2", None, 2_600_000)]
    svg = tornado(swings, 2e6, short, palette=PAPER, chart_id="t")
    assert "undefined" in texts(svg)
    assert tornado_table(swings, short).rows == (("Divisor", "0", "undefined", "2", "£2.6m"),)


def test_both_ends_on_one_side_are_both_seen() -> None:
    swings = [Swing("Peak", "1", "9", 2_100_000, 2_600_000)]
    svg = tornado(swings, 2e6, short, palette=PAPER, chart_id="t")
    (behind,), (front,) = rects(svg, PAPER.total)[1:], rects(svg, PAPER.bar)[1:]
    assert front[1] < behind[1]
    assert svg.rindex(PAPER.bar) > svg.rindex(PAPER.total)


def test_the_words_of_a_tornado_name_the_widest_swing_first() -> None:
    told = describe_tornado(SWINGS, 2e6, short)
    assert told.startswith("Expected £2m. Widest swings: Revenue per user: −£450k at £24, ")


def test_nothing_with_a_range_is_a_sentence() -> None:
    svg = tornado([], 2e6, short, chart_id="t")
    assert texts(svg) == ["No assumption has a range yet"]


def test_a_hostile_label_stays_text() -> None:
    svg = tornado([Swing(HOSTILE, "1", "2", 1.0, 3.0)], 2.0, short, chart_id="t")
    assert "<b>" not in svg
    assert ElementTree.fromstring(svg) is not None


@pytest.mark.parametrize("amount", [math.nan, math.inf, 1e101])
def test_what_cannot_be_drawn_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="Swing 'A'"):
        Swing("A", "1", "2", amount, 0.0)
    with pytest.raises(ValueError, match="Rank 'A'"):
        Rank("A", amount)
    with pytest.raises(ValueError, match="Bins"):
        Bins([0.0, amount], [1])
    with pytest.raises(ValueError, match="curve"):
        likelihood([(0.0, 1.0), (amount, 0.0)], [], short, chart_id="t")


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=8), AMOUNTS)
def test_any_tornado_can_be_drawn(ends: list[tuple[float, float]], expected: float) -> None:
    swings = [Swing(f"No {i}", "1", "2", low, high) for i, (low, high) in enumerate(ends)]
    root = ElementTree.fromstring(tornado(swings, expected, short, chart_id="t", width=320))
    assert len(root.findall(f"{SVG}text")) >= 1


# --------------------------------------------------------------------------- histogram


def test_losses_and_gains_have_their_colours() -> None:
    svg = of_histogram(PAPER, 680)
    assert len(rects(svg, PAPER.negative)) == 2
    assert len(rects(svg, PAPER.positive)) == 2


def test_the_height_of_a_column_is_its_count() -> None:
    root = ElementTree.fromstring(of_histogram(PAPER, 680))
    gains = [each for each in root.iter(f"{SVG}rect") if each.get("fill") == PAPER.positive]
    heights = [float(each.get("height") or 0) for each in gains]
    assert heights[0] / heights[1] == pytest.approx(6, rel=0.01)


def test_the_table_of_a_histogram_adds_up_to_all_draws() -> None:
    rows = histogram_table(BINS, short).rows
    assert rows[-1] == ("above £2m", "16.7%")
    assert sum(float(share.rstrip("%")) for _, share in rows) == pytest.approx(100, abs=0.3)


def test_the_words_of_a_histogram_say_where_most_draws_lie() -> None:
    told = describe_histogram(BINS, MARKS, short)
    assert told == "P10 £0; P50 £1m; P90 £2m; Most draws lie between £0 and £1m."


def test_counts_without_their_edges_are_refused() -> None:
    with pytest.raises(ValueError, match="2 counts need 3 edges, not 2"):
        Bins([0, 1], [1, 2])


def test_an_empty_histogram_is_a_sentence() -> None:
    svg = histogram(Bins([], []), [], short, chart_id="t")
    assert texts(svg) == ["Nothing was drawn"]


def test_texts_of_close_marks_do_not_cover_each_other() -> None:
    marks = [Mark("P50", 1e6), Mark("Expected", 1.01e6), Mark("Mean", 1.02e6)]
    root = ElementTree.fromstring(histogram(BINS, marks, short, chart_id="t", width=320))
    names = ("P50", "Expected", "Mean")
    heights = [
        each.get("y")
        for each in root.iter(f"{SVG}text")
        if any("".join(each.itertext()).startswith(name) for name in names)
    ]
    assert len(set(heights)) == 3


# --------------------------------------------------------------------------- likelihood


@pytest.mark.parametrize(("amount", "chance"), [(-9e9, 1), (0, 0.9), (0.5e6, 0.7), (9e9, 0)])
def test_the_chance_of_at_least_an_amount(amount: float, chance: float) -> None:
    assert chance_at(CURVE, amount) == pytest.approx(chance)


def test_the_table_of_a_curve_tells_the_chances() -> None:
    assert likelihood_table(CURVE, MARKS, short).rows == (
        ("P10", "£0", "90%"),
        ("P50", "£1m", "50%"),
        ("P90", "£2m", "25%"),
    )


def test_the_words_of_a_curve_begin_with_the_chance_of_a_gain() -> None:
    assert describe_likelihood(CURVE, MARKS, short).startswith("Above zero in 90% of the draws")


def test_a_text_without_room_is_left_out_rather_than_drawn_over_another() -> None:
    marks = [Mark(f"Mark number {number}", 1e6 + number) for number in range(9)]
    svg = likelihood(CURVE, marks, short, chart_id="t", width=320)
    assert sum("Mark number" in each for each in texts(svg)) <= 2


def test_a_curve_of_one_point_is_a_sentence() -> None:
    assert texts(likelihood([(1.0, 1.0)], [], short, chart_id="t")) == ["Nothing was drawn"]


# --------------------------------------------------------------------------- ranking


def test_a_rank_shows_its_amount_its_error_and_its_mark() -> None:
    assert ranking_table(RANKS, short, ("Assumption", "Worth", "Error", "Cost")).rows == (
        ("Subscribers", "£145k", "± £9k", "£20k"),
        ("Cost of a node", "£0", "", ""),
    )
    svg = of_ranking(PAPER, 680)
    assert "£145k" in texts(svg)
    assert PAPER.negative in svg  # the mark


def test_the_words_of_a_ranking_keep_its_order() -> None:
    svg = ranking(RANKS, short, chart_id="t", title="Ranked", mark="a pilot costs")
    told = ElementTree.fromstring(svg).findtext(f"{SVG}desc")
    assert told == "Subscribers £145k ± £9k (a pilot costs £20k); Cost of a node £0."


def test_an_empty_ranking_says_what_the_caller_wants() -> None:
    svg = ranking([], short, chart_id="t", title="Ranked", nothing="Nothing is worth testing")
    assert texts(svg) == ["Nothing is worth testing"]
