"""Many cases on one command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import REFERENCE, SOUND, as_json, plain, refused, run, shown
from valuecalc.services import answers, portfolio, portfolio_files

THREE = (REFERENCE, "contact-centre", "warehouse-picking")
FEW = ("--draws", 1_000)


def test_a_portfolio_adds_up_in_one_currency() -> None:
    text = shown("portfolio", *THREE, "--currency", "GBP", *FEW)
    assert "3 cases in GBP" in text
    assert "New data services £9,994,399" in text
    assert "Robots that carry in a warehouse $743,751" in text
    assert "1 USD counts as" in text


def test_a_portfolio_as_json_is_that_of_the_service() -> None:
    asked = portfolio_files.asked("GBP", {"USD": "0.8"}, 1_000, 3)
    expected = answers.of_portfolio(
        portfolio.calculate_portfolio(portfolio.straw_men(THREE), asked)
    )
    options = ["--currency", "GBP", "--rate", "USD=0.8", *FEW, "--seed", 3]
    assert as_json("portfolio", *THREE, *options) == plain(expected)


def test_all_straw_men_come_with_one_option() -> None:
    assert "14 cases in EUR" in shown("portfolio", "--straw-men", "--currency", "EUR", *FEW)


def test_a_case_with_mistakes_is_left_out_and_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SOUND.replace("currency: GBP", "currency: GBP\nprobability: 40%"))
    bad.write_text(SOUND.replace("users * saving", "userz * saving"))
    text = shown("portfolio", good, bad, *FEW)
    assert "1 case in GBP" in text
    assert "Weighted by the chance of winning (1 case)" in text
    assert "If each is won with its own chance" in text
    assert f"Left out {bad}:" in text
    assert "“userz” is no assumption" in text


def test_the_same_seed_gives_the_same_hash_and_another_one_another() -> None:
    first, again, other = (
        as_json("portfolio", REFERENCE, *FEW, "--seed", seed)["hash"] for seed in (7, 7, 8)
    )
    assert first == again != other


def test_what_makes_no_portfolio_is_wrong_usage() -> None:
    for arguments, message in (
        ([], "--straw-men"),
        ([REFERENCE, REFERENCE], "name each case once"),
        ([REFERENCE, "--rate", "USD"], "EUR=0.86"),
    ):
        found = run("portfolio", *arguments)
        assert found.exit_code == 2, arguments
        assert message in found.output


def test_what_cannot_be_asked_for_is_refused() -> None:
    assert "100,000" in refused("portfolio", REFERENCE, "--draws", 100_000_000)
    assert "currency" in refused("portfolio", REFERENCE, "--currency", "XXQ")
    missing = run("portfolio", "nowhere.yaml")
    assert missing.exit_code == 3
