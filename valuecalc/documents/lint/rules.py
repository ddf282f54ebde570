"""The seventeen rules, as data: what is asked of a workbook that others have to believe.

Sources, in their own words elsewhere: FAST (the FAST Standard for financial models), ICAEW
(*Twenty principles for good spreadsheet practice* and the *Financial modelling code*), SMART
(Corality's guidelines) and SSRB (the Spreadsheet Standards Review Board's best practice).
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_LETTERS = 120
"""The longest formula that can be read at a glance."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule: `looks_at` says what a program can see of it, `remedy` what to do in general."""

    number: int
    title: str
    sources: str
    looks_at: str
    remedy: str


RULES: tuple[Rule, ...] = (
    Rule(
        number=1,
        title="Inputs, calculations and outputs on separate sheets, and an About sheet",
        sources="ICAEW principles 7 and 10; FAST 1.02; SMART; SSRB",
        looks_at="Inputs among calculations, calculations among inputs, and a missing About sheet.",
        remedy="Move each to a sheet of its kind, and say on a first sheet what stands where.",
    ),
    Rule(
        number=2,
        title="The same column is the same period on every time sheet",
        sources="FAST 2.01-01 and 2.01-02; SMART; SSRB",
        looks_at="Where the periods stand on sheets of the same length of period.",
        remedy="Begin every time sheet in the same column, with one time axis to a sheet.",
    ),
    Rule(
        number=3,
        title="One formula per row across the timeline",
        sources="FAST 2.01-03; ICAEW principle 12; SMART; SSRB",
        looks_at="Cells over time that are not the copy of their neighbours.",
        remedy="Write the formula once and copy it across; use a flag for what differs.",
    ),
    Rule(
        number=4,
        title="No constants in formulas but 0, 1 and -1",
        sources="ICAEW principle 14; FAST; SMART; SSRB",
        looks_at="Numbers within formulas, in lists in braces, and hidden in defined names.",
        remedy="Give the number a cell with a label and a unit, and refer to that.",
    ),
    Rule(
        number=5,
        title="Short formulas, without IF inside IF",
        sources="FAST 3.03-01, 3.03-03 and 3.03-07",
        looks_at=f"More than {MOST_LETTERS} characters (quoted words aside), an IF within an IF, "
        "line breaks.",
        remedy="Split the formula into rows, each with its own label.",
    ),
    Rule(
        number=6,
        title="Flags instead of IF on time",
        sources="FAST 3.03-05 and 3.07",
        looks_at="IF on the time axis in the middle of a calculation; flags without a total.",
        remedy="Make a row of flags (0 or 1) with its total, and multiply by it.",
    ),
    Rule(
        number=7,
        title="No OFFSET, INDIRECT, volatile functions or NPV()",
        sources="FAST 3.03-06, 4.01-02 and 4.01-03; ICAEW; SSRB",
        looks_at="Functions that cannot be traced, give other values each time, or mislead.",
        remedy="Use INDEX for OFFSET and INDIRECT, an input for today, a row of discount factors "
        "for NPV.",
    ),
    Rule(
        number=8,
        title="Every line has a label of its own and a unit",
        sources="FAST 2.01-01 and 3.05; ICAEW (clear units); SSRB",
        looks_at="Rows over time: their label, whether another row has the same, and their unit.",
        remedy="Name each line once, and write its unit in a column of its own.",
    ),
    Rule(
        number=9,
        title="One sign convention, printed on each time sheet",
        sources="ICAEW Financial modelling code; FAST",
        looks_at="A sentence about signs on each sheet over time.",
        remedy="Write it below the heading: receipts are positive, payments negative.",
    ),
    Rule(
        number=10,
        title="Calculate once, then refer; no chains of links",
        sources="ICAEW principle 15; FAST",
        looks_at="The same calculation in two cells, and links to cells that are links themselves.",
        remedy="Keep one cell that calculates, and let every other refer to that one directly.",
    ),
    Rule(
        number=11,
        title="A sheet of checks with a tolerance, and its verdict on every output sheet",
        sources="ICAEW principle 19; FAST; SMART; SSRB",
        looks_at="A sheet of checks, a tolerance on it, and output sheets that refer to it.",
        remedy="Put all checks on one sheet, sum them up in one cell, and show it everywhere.",
    ),
    Rule(
        number=12,
        title="No errors, circles, links to other files, hidden logic or merged cells",
        sources="ICAEW (do not hide things); FAST; SMART; SSRB",
        looks_at="Error values, circular references, other workbooks, whole columns, merged cells, "
        "and formulas in hidden rows, columns and sheets.",
        remedy="Mend or remove them; group rows instead of hiding them.",
    ),
    Rule(
        number=13,
        title="Colours tell inputs from calculations, and locks agree with them",
        sources="FAST; ICAEW; SMART; SSRB",
        looks_at="Cells in the look of inputs that are formulas or locked, unlocked cells that are "
        "no inputs, numbers in the look of calculations.",
        remedy="Give each cell the look of what it is, and unlock inputs alone.",
    ),
    Rule(
        number=14,
        title="Every input is used and has unit, source, evidence and date; nothing is rounded "
        "unseen",
        sources="ICAEW principles and Financial modelling code",
        looks_at="Inputs that no formula reads, columns and cells for what is behind an input, and "
        "functions that round within calculations, unless a row says that it rounds.",
        remedy="Remove what is not used, say where each number comes from, and round by formats.",
    ),
    Rule(
        number=15,
        title="Totals left of the timeline, and panes frozen at the first period",
        sources="FAST 2.01; SMART",
        looks_at="Formulas right of the last period, the column before the first, frozen panes.",
        remedy="Keep totals in a column left of the periods, with an empty column between.",
    ),
    Rule(
        number=16,
        title="Version and changes on the About sheet; nothing that waits to be filled in",
        sources="ICAEW Financial modelling code; SSRB",
        looks_at="A version, a list of changes, and words such as TBC in cells.",
        remedy="Write version and changes on the first sheet, and settle what is open.",
    ),
    Rule(
        number=17,
        title="Every formula carries its value",
        sources="our own: viewers, phones and programs show what is kept and calculate nothing",
        looks_at="Formulas without a kept value.",
        remedy="Open the workbook in a spreadsheet program, let it calculate, and save it.",
    ),
)


def rule(number: int) -> Rule:
    """The rule of that number, from 1. Raises `IndexError` if there is none."""
    if not 1 <= number <= len(RULES):
        raise IndexError(number)
    return RULES[number - 1]
