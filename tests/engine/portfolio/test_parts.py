"""Parts of a portfolio: how they are cut, and how they travel as bytes."""

from __future__ import annotations

import pickle
from io import BytesIO

import numpy as np
import pytest

from tests.builders import assumption, benefit, case
from valuecalc.engine.portfolio.parts import LENGTH, BrokenPart, pack, unpack, work
from valuecalc.engine.portfolio.request import (
    MAX_BYTES_OF_SUMS,
    MAX_CASES,
    MAX_DRAWS,
    SERIES_PER_PART,
    Entry,
    Part,
    PortfolioRequest,
    cases_per_part,
)

DRAWS = 1_008
REQUEST = PortfolioRequest(draws=DRAWS)


def part(count: int = 2) -> Part:
    amount = assumption("amount", 1_000, "GBP", low=900, high=1_200)
    sound = case(amount, benefit("gain", "amount", starts=0), probability=0.4)
    entries = [Entry(uid=f"case {number}", case=sound) for number in range(count)]
    broken = Entry(uid="broken", case=case(benefit("gain", "nobody")), version=7)
    return Part(request=REQUEST, entries=(*entries, broken))


def test_what_was_packed_is_read_again_to_the_last_bit() -> None:
    content = work(part())
    found = unpack(content, DRAWS)
    assert [each.uid for each in found.cases] == ["case 0", "case 1"]
    assert [(each.uid, each.version) for each in found.left_out] == [("broken", 7)]
    assert set(found.sums.series) == {"value", "npv", "weighted_value", "weighted_npv"}
    assert len(found.ranking.own) == 2
    assert pack(found) == content


def test_the_sums_are_those_of_the_cases() -> None:
    one, two = (unpack(work(part(count)), DRAWS).sums.series for count in (1, 2))
    assert np.all(two["npv"] > one["npv"])
    assert set(np.sign(one["weighted_npv"])) == {0.0, 1.0}


def test_a_part_in_which_no_case_has_a_chance_holds_no_weighted_sums() -> None:
    certain = Entry(uid="a", case=case(benefit("gain", "5 GBP", starts=0)))
    found = unpack(work(Part(request=REQUEST, entries=(certain,))), DRAWS)
    assert set(found.sums.series) == {"value", "npv"}


def test_a_part_without_a_sound_case_is_read_as_well() -> None:
    assert unpack(work(part(0)), DRAWS).cases == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 8,
        b"not a part of a portfolio at all",
        (2).to_bytes(LENGTH, "big") + b"[]",
        (2).to_bytes(LENGTH, "big") + b"{}",
        (1_000_000).to_bytes(LENGTH, "big") + b"{}",
        b"\xff" * 100,
    ],
)
def test_bytes_that_are_no_part_are_refused(content: bytes) -> None:
    with pytest.raises(BrokenPart, match="cannot be read"):
        unpack(content, DRAWS)


@pytest.mark.parametrize("lost", [1, 100, 9_000])
def test_a_part_that_was_cut_short_is_refused(lost: int) -> None:
    with pytest.raises(BrokenPart, match="cannot be read"):
        unpack(work(part())[:-lost], DRAWS)


def test_an_array_that_would_run_something_is_refused() -> None:
    content = work(part())
    head = content[: LENGTH + int.from_bytes(content[:LENGTH], "big")]
    file = BytesIO()
    np.save(file, np.array([print], dtype=object), allow_pickle=True)
    with pytest.raises(BrokenPart, match="cannot be read"):
        unpack(head + file.getvalue(), DRAWS)


def test_nothing_is_pickled_on_the_way_back() -> None:
    with pytest.raises(pickle.UnpicklingError):
        pickle.loads(work(part()))


def test_a_part_can_be_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(part()))
    assert work(sent) == work(part())


def test_a_part_is_about_half_a_second_of_work() -> None:
    assert 5 <= cases_per_part(200, 10_000) <= 25
    assert cases_per_part(10, 100_000) < cases_per_part(10, 1_000)


@pytest.mark.parametrize("draws", [1_000, 10_000, MAX_DRAWS])
def test_the_sums_of_all_parts_stay_within_their_limit(draws: int) -> None:
    size = cases_per_part(MAX_CASES, draws)
    count = -(-MAX_CASES // size)
    assert count * draws * 8 * SERIES_PER_PART <= MAX_BYTES_OF_SUMS


def test_the_cut_depends_on_the_request_alone() -> None:
    assert cases_per_part(500, 10_000) == cases_per_part(500, 10_000)
    assert cases_per_part(500, 10_000) == cases_per_part(5, 10_000)
