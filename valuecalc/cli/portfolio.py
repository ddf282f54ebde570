"""The command for many cases at once."""

from __future__ import annotations

from pathlib import Path

import click

from valuecalc.cli.cases import json_option, read_text
from valuecalc.cli.output import (
    reported,
    say,
    write_columns,
    write_json,
    write_notes,
)
from valuecalc.cli.verbs import answers, library, portfolio_files

BARS_SHOWN = 10


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--straw-men", is_flag=True, help="Add every straw-man of the program.")
@click.option("--currency", help="Of the report; else that of most of the cases.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="EUR=0.86",
    help="One unit of a currency in that of the report; else the published rate.",
)
@click.option("--draws", type=int, help="1,000 to 100,000; 10,000 if not given.")
@click.option("--seed", type=int, help="Seed of the draws; 1 if not given.")
@json_option
def portfolio(
    files: tuple[str, ...],
    straw_men: bool,
    currency: str | None,
    rates: tuple[str, ...],
    draws: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Show many cases together: totals, how sure they are, and what moves them most.

    A case with mistakes is left out and named. The cases of a team in the database are worked
    out on the page of the team, and over HTTP.
    """
    if not files and not straw_men:
        raise click.UsageError("Name some files, or add --straw-men.")
    twice = sorted({each for each in files if files.count(each) > 1})
    if twice:
        raise click.UsageError(f"{', '.join(twice)}: name each case once.")
    given = dict(map(_rate, rates))
    with reported(as_json):
        asked = portfolio_files.asked(currency, given, draws, seed)
        slugs = library.slugs() if straw_men else [each for each in files if _is_slug(each)]
        texts = {each: read_text(each) for each in files if each not in slugs}
        found = portfolio_files.of_texts(texts, slugs, asked)
        if as_json:
            write_json(answers.of_portfolio(found))
        else:
            _write(found)


def _is_slug(file: str) -> bool:
    return file in library.slugs() and not Path(file).exists()


def _rate(text: str) -> tuple[str, str]:
    currency, equals, amount = text.partition("=")
    if not equals:
        raise click.UsageError(f"--rate {text}: write CURRENCY=AMOUNT, such as EUR=0.86.")
    return currency.strip(), amount.strip()


def _write(found: portfolio_files.Portfolio) -> None:
    say(f"{_cases(found.totals.count)} in {found.currency}")
    _write_totals(found)
    for label, drawn in (
        ("If all are won", found.all_won),
        ("If each is won with its own chance", found.drawn),
    ):
        if drawn is not None:
            _write_draws(label, drawn)
    _write_cases(found)
    _write_bars(found)
    for heading, remarks in (
        ("Left out", found.left_out),
        ("Not simulated", found.not_simulated),
    ):
        if remarks:
            say(f"\n{heading}")
        for each in remarks:
            say(f"  {each.title}: {each.reason}")
    write_notes(found.notes)
    say(f"\nHash of the draws and figures: {found.hash}")


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"


def _write_totals(found: portfolio_files.Portfolio) -> None:
    columns = [("All cases in full", found.totals)]
    if found.weighted is not None:
        heading = f"Weighted by the chance of winning ({_cases(found.weighted.count)})"
        columns.append((heading, found.weighted))
    labels = {
        "benefits": "Total benefits",
        "investment": "Total investment",
        "value": "Value",
        "npv": "NPV",
    }
    write_columns(
        ("", *(heading for heading, _ in columns)),
        [
            (
                label,
                *(answers.amount(getattr(each, name), found.currency) for _, each in columns),
            )
            for name, label in labels.items()
        ],
    )


def _write_draws(label: str, drawn: portfolio_files.SimulatedSum) -> None:
    say(f"\n{label}: the chance that the NPV is above zero is {drawn.gain.words}")
    write_columns(
        ("", "P10", "P50", "P90", "Mean", "±"),
        [
            (
                each.label,
                *(each.text(name) for name in ("p10", "p50", "p90", "mean")),
                each.error_text,
            )
            for each in drawn.figures.values()
        ],
    )


def _write_cases(found: portfolio_files.Portfolio) -> None:
    say("\nThe cases, each in its own currency")
    write_columns(
        ("", "NPV", "P10", "P90", "Chance of a gain", "Chance of winning"),
        [
            (
                each.title,
                *(
                    answers.amount(amount, each.currency)
                    for amount in (each.npv, each.p10, each.p90)
                ),
                answers.share(each.gain.share if each.gain else None),
                answers.share(each.probability),
            )
            for each in sorted(found.cases, key=lambda case: -case.reported_npv)
        ],
    )


def _write_bars(found: portfolio_files.Portfolio) -> None:
    if not found.bars:
        return
    shown = found.bars[:BARS_SHOWN]
    say(f"\nWhat moves the NPV most: {len(shown)} of {found.bars_of} bars")
    write_columns(
        ("", "At the low end", "At the high end", "Share of all bars"),
        [
            (
                f"{each.label} ({each.case_title or f'in {each.cases} cases'})",
                answers.amount(each.weighted_low, found.currency, sign=True),
                answers.amount(each.weighted_high, found.currency, sign=True),
                answers.share(each.share),
            )
            for each in shown
        ],
    )


COMMANDS = (portfolio,)
