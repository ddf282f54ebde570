"""Commands that say how sure a case is: what moves it, where it breaks, what draws come to."""

from __future__ import annotations

from collections.abc import Sequence

import click

from valuecalc.cli.cases import case_file, json_option, read_text, scenario_option
from valuecalc.cli.output import (
    progress_shown,
    reported,
    say,
    write_columns,
    write_json,
    write_list,
    write_notes,
    write_sentence,
)
from valuecalc.cli.verbs import answers, cases, uncertainty

INDENT = "  "
STANDARD_ERRORS = (
    "± stands for one standard error, from the spread between 16 independent rounds of the draws."
)

figure_option = click.option(
    "--figure", default="npv", show_default=True, help="Name of the figure, such as value or roi."
)
draws_option = click.option("--draws", type=int, help="How many draws; else as the case says.")
seed_option = click.option("--seed", type=int, help="Seed of the draws; else as the case says.")
method_option = click.option("--method", help="sobol or plain; else as the case says.")


# --------------------------------------------------------------------------- what moves it


@click.command()
@case_file
@figure_option
@click.option("--discount-rate", is_flag=True, help="Add a bar for the discount rate, ±2 points.")
@scenario_option
@json_option
def tornado(file: str, figure: str, discount_rate: bool, scenario: str, as_json: bool) -> None:
    """Show how far each assumption moves a figure, from its 10th to its 90th percentile."""
    with reported(as_json):
        case = cases.read(read_text(file))
        found = uncertainty.tornado(case, figure, scenario, discount_rate)
        if as_json:
            write_json(answers.of_tornado(found))
            return
        say(f"{found.figure.label}: {found.figure.text} ({found.scenario_label})")
        write_sentence(f"{found.words} The widest bar stands first.")
        say("")
        write_columns(
            ("Assumption", "From … to", "At the low end", "At the high end", "Share of all bars"),
            [
                (
                    bar.label,
                    answers.range_text(bar.low, bar.high, bar.unit),
                    bar.at_low.text,
                    bar.at_high.text,
                    answers.share(bar.share),
                )
                for bar in found.bars
            ],
        )
        certain = ", ".join(each.label for each in found.certain)
        peculiar = [f"{bar.label}: {note}" for bar in found.bars for note in bar.notes]
        kept = [f"No range, and so no bar: {certain}."] if certain else []
        write_notes([*found.notes, *peculiar, *kept])


@click.command()
@case_file
@figure_option
@scenario_option
@json_option
def elasticities(file: str, figure: str, scenario: str, as_json: bool) -> None:
    """Show what one per cent more of each assumption does to a figure, by exact derivatives."""
    with reported(as_json):
        found = uncertainty.elasticities(cases.read(read_text(file)), figure, scenario)
        if as_json:
            write_json(answers.of_elasticities(found))
            return
        if not found:
            say("The case has no assumption.")
            return
        figure_found = found[0].figure
        say(f"{figure_found.label}: {figure_found.text}")
        say("What changes it by how much; a point is one percentage point\n")
        write_columns(
            ("Assumption", "1% more", "In per cent", "One point more"),
            [
                (
                    each.assumption.label,
                    answers.change(each.figure, each.per_percent),
                    each.text,
                    "" if each.per_point is None else answers.change(each.figure, each.per_point),
                )
                for each in found
            ],
        )
        write_notes([f"{each.assumption.label}: {each.note}" for each in found if each.note])


@click.command()
@case_file
@click.argument("first")
@click.argument("second")
@figure_option
@click.option("--steps", default=7, show_default=True, help="Rows and columns, 3 to 21.")
@scenario_option
@json_option
def twoway(
    file: str, first: str, second: str, figure: str, steps: int, scenario: str, as_json: bool
) -> None:
    """Show a figure over the ranges of the assumptions FIRST (rows) and SECOND (columns)."""
    with reported(as_json):
        case = cases.read(read_text(file))
        table = uncertainty.two_way(case, first, second, figure, steps, scenario)
        if as_json:
            write_json(answers.of_two_way(table))
            return
        write_sentence(f"{table.words} The expected values cross at the star.")
        say("")
        rows = []
        for number, (text, cells) in enumerate(zip(table.row_texts, table.cells, strict=True)):
            marks = [
                "*" if table.expected_cell == (number, column) else ""
                for column in range(len(cells))
            ]
            shown = [f"{cell.text}{mark}" for cell, mark in zip(cells, marks, strict=True)]
            rows.append((text, *shown))
        write_columns(("", *table.column_texts), rows)
        write_notes(table.notes)


# --------------------------------------------------------------------------- where it breaks


@click.command()
@case_file
@click.argument("assumption", required=False)
@figure_option
@click.option("--for", "wanted", default="0", show_default=True, help="The amount: £5m, or 20%.")
@scenario_option
@json_option
def breakeven(
    file: str, assumption: str | None, figure: str, wanted: str, scenario: str, as_json: bool
) -> None:
    """Find where a figure is zero, or --for an amount, as ASSUMPTION moves; or each of them."""
    with reported(as_json):
        case = cases.read(read_text(file))
        target = cases.amount_for(case, figure, wanted, scenario)
        if assumption is None:
            found: Sequence[answers.BreakEven] = uncertainty.break_evens(
                case, figure, target, scenario
            )
        else:
            found = (uncertainty.break_even(case, assumption, figure, target, scenario),)
        if as_json:
            write_json(answers.of_break_evens(found))
            return
        if assumption is None:
            _write_break_evens(found)
        else:
            _write_break_even(found[0])


def _write_break_evens(found: Sequence[answers.BreakEven]) -> None:
    """All of them as a table, the nearest first."""
    if not found:
        say("The case has no assumption.")
        return
    figure, wanted = found[0].figure, found[0].wanted
    wanted_text = answers.figure_text(figure, wanted)
    say(f"{figure.label}: {figure.text}. Where it is {wanted_text}, the nearest first\n")
    write_columns(
        ("Assumption", "Break-even", "Expected", "Change", "Within its range"),
        [_break_even_row(each) for each in found if each.value is not None and not each.limit],
    )
    impossible = ", ".join(each.assumption.label for each in found if each.limit)
    unmoved = ", ".join(each.assumption.label for each in found if each.status == "no_effect")
    write_notes(
        [
            *(each.words for each in found if each.status in ("several", "none", "undefined")),
            *([f"Only where the assumption cannot be: {impossible}."] if impossible else []),
            *([f"Without effect: {unmoved}."] if unmoved else []),
        ]
    )


def _break_even_row(found: answers.BreakEven) -> tuple[str, ...]:
    expected = answers.with_unit(found.assumption.value, found.assumption.unit)
    change = "" if found.change is None else answers.amount(found.change, "%", sign=True)
    inside = "yes" if found.inside else ""
    return found.assumption.label, found.text, expected, change, inside


def _write_break_even(found: answers.BreakEven) -> None:
    """One break-even, and the way to it, so that it can be followed with a calculator."""
    write_sentence(found.words)
    if found.bracket is not None:
        say(f"\nFound by search; residual {found.residual or 0:.2g}")
    way = answers.break_even_way(found)
    if way is not None:
        say(f"\nWhat each line adds to {found.figure.label}")
        write_columns(("", "Whatever it is", way.per_unit), way.rows)
        say(f"\n{found.assumption.label} = {way.division}")
        if way.coefficients:
            say(f"\n{way.per_unit} of it")
        write_list(way.coefficients)
    elif found.formula:
        write_list([found.formula, f"= {found.worked}"])


# --------------------------------------------------------------------------- over many draws


@click.command()
@case_file
@draws_option
@seed_option
@method_option
@click.option("--figures", help="Names of figures, with commas between them.")
@click.option("--all-figures", is_flag=True, help="Every figure of the case.")
@scenario_option
@json_option
def simulate(
    file: str,
    draws: int | None,
    seed: int | None,
    method: str | None,
    figures: str | None,
    all_figures: bool,
    scenario: str,
    as_json: bool,
) -> None:
    """Work a case out over many draws of its assumptions, and show how sure its figures are.

    The same case, draws, seed and method give the same numbers to the last bit, and the hash
    at the end tells. 1,000 to 1,000,000 draws.
    """
    if figures is not None and all_figures:
        raise click.UsageError("--figures and --all-figures: choose one of the two.")
    with reported(as_json):
        case = cases.read(read_text(file))
        plan = uncertainty.plan_of(case, draws, seed, method)
        names = None if figures is None else [each.strip() for each in figures.split(",")]
        if all_figures:
            names = list(cases.calculate(case, scenario).figures)
        with progress_shown() as progress:
            found = uncertainty.simulate(case, plan, names, scenario, progress)
        if as_json:
            write_json(answers.of_simulation(found))
        else:
            _write_simulation(found)


def _write_simulation(found: answers.SimulationResult) -> None:
    say(f"{found.case.title} ({found.scenario_label}): {found.plan.words}\n")
    for chance in (found.gain, found.value_gain, found.reached, found.payback):
        if chance is not None:
            say(f"{INDENT}{chance.label}: {chance.words}")
    say("\nFigures: 10% of the draws are below P10, half below P50, 90% below P90")
    _write_percentiles(found)
    if found.inputs:
        say("\nWhat was drawn, and how much of the spread of the NPV goes with it")
        write_columns(
            ("Assumption", "Share", "Rank correlation"),
            [
                (each.label, answers.share(each.share), answers.signed_number(each.correlation))
                for each in found.inputs
            ],
        )
        say("\nHow each was drawn")
        write_list([f"{each.label}: {each.words}" for each in found.inputs])
    left_out = [f"{each.label}: {each.note}" for each in found.figures.values() if each.note]
    write_notes([STANDARD_ERRORS, *found.notes, *left_out])
    say(f"\nHash of the draws: {found.hash}")


def _write_percentiles(found: answers.SimulationResult) -> None:
    write_columns(
        ("", "Expected", "P10", "P50", "P90", "Mean", "±"),
        [
            (
                each.label,
                each.expected_text,
                each.text("p10"),
                each.text("p50"),
                each.text("p90"),
                each.text("mean"),
                each.error_text,
            )
            for each in found.figures.values()
        ],
    )


@click.command()
@case_file
@draws_option
@seed_option
@method_option
@scenario_option
@json_option
def information(
    file: str,
    draws: int | None,
    seed: int | None,
    method: str | None,
    scenario: str,
    as_json: bool,
) -> None:
    """Show which assumption to test before deciding, and what a test can be worth at most."""
    with reported(as_json):
        case = cases.read(read_text(file))
        plan = uncertainty.plan_of(case, draws, seed, method)
        found = uncertainty.information(case, plan, scenario)
        if as_json:
            write_json(answers.of_information(found))
            return
        _write_information(found, plan.words)


def _write_information(found: answers.Information, drawn: str) -> None:
    currency = found.case.currency
    write_sentence(found.words)
    say(f"\nThe options, by their expected NPV ({drawn})")
    write_columns(
        ("", "NPV", "±"),
        [
            (
                f"{each.label} (best)" if each.is_best else each.label,
                answers.amount(each.mean, currency),
                answers.error(each.error, currency),
            )
            for each in found.options
        ],
    )
    if found.items:
        say("\nWhat to find out next")
    write_list([f"{each.rank}. {each.words} {each.note}".rstrip() for each in found.items])
    write_notes([*found.notes, found.method])


COMMANDS = (tornado, elasticities, twoway, breakeven, simulate, information)
