"""The workings: assumptions over time, calculations, and each line from amount to net.

Up to what flows when, a line stands on Calculations; from its gross flow on, on Cash flow.
"""

from __future__ import annotations

from collections.abc import Iterator

from valuecalc.case.case import Assumption
from valuecalc.documents.workbook import formats
from valuecalc.documents.workbook.draft import Draft, Values
from valuecalc.documents.workbook.figures import scale_of_money
from valuecalc.documents.workbook.language import Language
from valuecalc.documents.workbook.rows import (
    IN_FIRST_PERIOD,
    SUM,
    Block,
    Gap,
    Heading,
    Row,
    Single,
    counted,
)
from valuecalc.documents.workbook.timeaxis import floats
from valuecalc.documents.workbook.timing import TimingRows
from valuecalc.engine.result import CalculationResult, Factor, LineResult


class Workings:
    """Writes the rows that come before the cash flow itself."""

    def __init__(self, draft: Draft, language: Language) -> None:
        self.draft = draft
        self.language = language

    def assumptions(self) -> Iterator[Block]:
        """The assumptions that change over time."""
        varying = [each for each in self.draft.case.assumptions if each.varies_over_time]
        if not varying:
            return
        yield Heading(text="Assumptions that change over time", caption="Period 1")
        for each in varying:
            if each.values:
                yield from self._listed(each)
            yield self._assumption(each)
        yield Gap()

    def _listed(self, assumption: Assumption) -> Iterator[Row]:
        """Which of the yearly values holds, and that value as it was typed."""
        id, label, years = assumption.id, assumption.label, self.draft.axis.years
        given = self.draft.given.assumption(id)
        assert given is not None
        count = len(assumption.values)
        which = [float(min(max(int(year), 1), count)) for year in years]
        values = [float(given.values[int(number) - 1]) for number in which]
        rows = f"[years.{id}]"
        yield Row(
            key=f"listed.{id}.number",
            label=f"Number of the yearly value: {label}",
            unit="no.",
            values=which,
            formula=f"MIN(MAX([year],1),ROWS({rows}))",
            format=formats.COUNT,
        )
        yield Row(
            key=f"listed.{id}",
            label=f"Yearly value as listed: {label}",
            unit=assumption.unit,
            values=values,
            formula=f"INDEX({rows},[listed.{id}.number])",
            format=formats.amount(assumption.unit, values),
        )

    def _assumption(self, assumption: Assumption) -> Row:
        values = self.draft.values[assumption.id]
        return Row(
            key=f"over_time.{assumption.id}",
            label=assumption.label,
            unit=assumption.unit,
            values=values,
            formula=over_time(assumption),
            format=formats.amount(assumption.unit, values),
            total=IN_FIRST_PERIOD,
        )

    def calculations(self) -> Iterator[Block]:
        """The calculations: one number where they do not change over time, else a row."""
        if not self.draft.result.calculations:
            return
        yield Heading(text="Calculations", caption="Period 1")
        for each in self.draft.result.calculations:
            yield from self._calculation(each)
        yield Gap()

    def _calculation(self, each: CalculationResult) -> Iterator[Block]:
        id, label = each.calculation.id, each.calculation.label
        formula = self.language.write_as_row(id)
        yield from self._before(id, label)
        row = Row(
            key=self.language.key(id),
            label=label,
            unit=each.unit,
            values=self.draft.values[id],
            formula=formula,
            format=formats.amount(each.unit, self.draft.values[id]),
            total=IN_FIRST_PERIOD,
            total_name=f"calculations.{id}",
            guarded=id in self.draft.undefined_somewhere,
        )
        yield row if id in self.draft.varying else row.as_single(f"calculations.{id}")

    def _before(self, id: str, label: str) -> Iterator[Block]:
        """The steps and the sums over time that the formulas of an id rest on."""
        sums = list(self._sums(id, label))
        for step in self.language.steps_of.get(id, []):
            yield step.block()
        yield from sums

    def _sums(self, id: str, label: str) -> Iterator[Block]:
        """The rows whose sums over time a formula uses, and the sums."""
        for number, each in enumerate(self.language.sums.get(id, []), 1):
            values = self.draft.evaluate(each.tree)
            which = f" {number}" if number > 1 else ""
            yield Row(
                key=f"{each.name}.terms",
                label=f"To be summed{which}: {label}",
                unit="a period",
                values=values,
                formula=self.language.expression(each.tree, id, "formula"),
                format=formats.amount("1", values),
                total=counted(values),
            )
            yield Single(
                name=each.name,
                label=f"Sum over time{which}: {label}",
                unit="all periods",
                value=sum(values[1:]),
                formula=f"SUMPRODUCT(1*[{each.name}.terms|later])",
                format=formats.amount("1", [sum(values[1:])]),
            )

    def amounts(self, line: LineResult) -> Iterator[Block]:
        """What one line comes to, and when it flows."""
        words = f"= {self.language.in_words(line.id)}   ({line.timing_text})"
        yield Heading(text=line.label, note=words, section=False)
        amount = self._amount(line)
        for factor in line.line.formulas:
            # Its steps and sums over time stand here too, wherever the factor does.
            self.language.write(line.id, factor)
        yield from self._before(line.id, line.label)
        yield amount
        yield from TimingRows(self.draft, self.language, line).rows()
        yield Gap()

    def flows(self, line: LineResult) -> Iterator[Block]:
        """One line in money: gross, factors, net."""
        note = f"{line.category}; evidence {line.grade}; {line.timing_text}"
        yield Heading(text=line.label, note=note, section=False)
        yield self._gross(line)
        for factor in line.factors:
            yield self._factor(line, factor)
        yield self._net(line)
        yield Gap()

    def _amount(self, line: LineResult) -> Row | Single:
        values = self.draft.values[line.id]
        key = f"{line.prefix}.amount"
        row = Row(
            key=key,
            label=f"Amount: {line.label}",
            unit=line.unit,
            values=values,
            formula=self.language.write(line.id),
            format=formats.amount(line.unit, values),
            total=counted(values),
            guarded=line.id in self.draft.undefined_somewhere,
        )
        return row if line.id in self.draft.varying else row.as_single(key)

    def _gross(self, line: LineResult) -> Row:
        prefix = line.prefix
        formula = f"[{prefix}.amount]*[{prefix}.timing]"
        if line.id in self.language.fragile:
            # What is undefined while nothing flows does no harm.
            formula = f"IF([{prefix}.timing]=0,0,{formula})"
        return self._flow(line, "Gross", "gross", formula, floats(line.gross))

    def _factor(self, line: LineResult, factor: Factor) -> Row | Single:
        formula, label = self.language.write(line.id, factor.name), factor.label
        if factor.name == "risk":
            lowers = line.kind == "benefit"
            formula = f"1{'-' if lowers else '+'}({formula})"
            label = "Kept after risk" if lowers else "Raised by risk"
        values = floats(factor.values)
        key = f"{line.prefix}.{factor.name}"
        row = Row(
            key=key,
            label=f"{label}: {line.label}",
            unit="%",
            values=values,
            formula=formula,
            format=formats.amount("%", values),
            total=counted(values),
        )
        varies = self.draft.varies(self.language.tree(line.id, factor.name))
        return row if varies else row.as_single(key)

    def _net(self, line: LineResult) -> Row:
        factors = [f"[{line.prefix}.{factor.name}]" for factor in line.factors]
        formula = "*".join([f"[{line.prefix}.gross|now]", *factors])
        if any(self.language.may_fail(line.id, factor.name) for factor in line.factors):
            formula = f"IF([{line.prefix}.timing]=0,0,{formula})"
        values = floats(line.net)
        return self._flow(line, "Net", "net", formula, values, style="total")

    def _flow(
        self,
        line: LineResult,
        what: str,
        ending: str,
        formula: str,
        values: Values,
        style: str = "calculation",
    ) -> Row:
        unit = self.draft.result.figures[f"{line.prefix}.total"].unit
        scale = [] if line.non_monetary else [scale_of_money(self.draft.result)]
        return Row(
            key=f"{line.prefix}.{ending}",
            label=f"{what}: {line.label}",
            unit=unit,
            values=values,
            formula=formula,
            style=style,
            format=formats.amount(unit, [*values, *scale], dash=True),
            total=SUM,
            total_name=self._figure(line, ending),
            total_format=formats.amount(unit, [sum(values), *scale], dash=True),
        )

    def _figure(self, line: LineResult, ending: str) -> str:
        """The figure that a row adds up to, if no other row is nearer to it."""
        if ending == "gross":
            return f"{line.prefix}.gross"
        return f"{line.prefix}.total" if line.non_monetary else ""


def over_time(assumption: Assumption) -> str:
    """The formula of an assumption that changes over time.

    Other expected values than the first year's move the later years in proportion.
    """
    id = assumption.id
    if not assumption.values:
        return f"[assumptions.{id}]*(1+[growth.{id}])^MAX(0,[year]-1)"
    years = f"[years.{id}]"
    moved = f"[listed.{id}]*[scale.{id}]+[shift.{id}]"
    if not assumption.growth:
        return moved
    return f"({moved})*(1+[growth.{id}])^MAX(0,[year]-ROWS({years}))"
