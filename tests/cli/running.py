"""Running a command in this process, and the cases that commands are run on."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from valuecalc.cli import main

REFERENCE = "new-data-services"

RISKY = """\
format: valuecalc/1
title: A case that can fail
timeline: {start: 2027-01, years: 2, period: year}
discounting: {rate: 10%}
assumptions:
  - id: days
    label: Days of handling
    value: 2
    unit: "1"
    distribution: discrete
    outcomes: [{value: 0, chance: 25%}, {value: 2, chance: 75%}]
  - {id: saved, label: Saved a year, value: £100k, low: £80k, high: £150k, unit: GBP/year}
benefits:
  - {id: gain, label: Gain, formula: saved / days}
investments:
  - {id: price, label: Price, formula: 20000 GBP}
"""

SOUND = """\
format: valuecalc/1
title: A case with alternatives
currency: GBP
timeline: {start: 2027-01, years: 2, period: year}
discounting: {rate: 10%}
assumptions:
  - {id: users, label: Users, value: 100, low: 80, high: 130, unit: user}
  - id: saving
    label: Saving per user
    value: £1,000
    low: £500
    high: £1,400
    unit: GBP/user/year
    pilot: {cost: £2k, note: Four weeks in one office}
  - {id: price, label: Price, value: £150k, unit: GBP}
benefits:
  - {id: gain, label: Time saved, formula: users * saving}
investments:
  - {id: price_paid, label: Licence, formula: price}
scenarios:
  - {id: larger, label: Larger, set: {users: 200}}
alternatives:
  - id: carry_on
    label: Carry on
    kind: do_nothing
    investments: [{id: upkeep, label: Upkeep, formula: 5000 GBP}]
"""


def run(*arguments: object, text: str | None = None) -> Result:
    """A command line, with what stands on standard input."""
    return CliRunner().invoke(main, [str(each) for each in arguments], input=text)


def shown(*arguments: object, text: str | None = None) -> str:
    """The text of a command that has to succeed, on one line with single spaces."""
    found = run(*arguments, text=text)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def as_json(*arguments: object, text: str | None = None) -> Any:
    """The JSON of a command that has to succeed."""
    found = run(*arguments, "--json", text=text)
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def refused(*arguments: object, text: str | None = None) -> str:
    """The message of a command that has to end with 1, on one line."""
    found = run(*arguments, text=text)
    assert found.exit_code == 1, found.output
    return " ".join(found.output.split())


def plain(document: object) -> Any:
    """A document as it comes back from the JSON of a command, with ordinary spaces."""
    return json.loads(json.dumps(document, ensure_ascii=False).replace("\u00a0", " "))
