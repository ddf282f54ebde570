"""Works a trace out again, following nothing but its rules: an auditor with a pocket calculator.

`recompute(trace, result)` returns the value that the trace's own parts, columns and formula
give. Every part below is worked out again as well, never taken as given.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tests.oracle import Oracle
from valuecalc.case.binding import Binding, bind
from valuecalc.case.risk import HEADLINES
from valuecalc.engine.model import Evaluation, compile_case
from valuecalc.engine.result import Result, Trace, TraceColumn, alias
from valuecalc.engine.uncertainty.draws import Sampler
from valuecalc.engine.uncertainty.headline import plan_of
from valuecalc.formula import grammar, numbers
from valuecalc.formula.tree import (
    Binary,
    Call,
    Comparison,
    Convert,
    Name,
    Negative,
    Node,
    Number,
    previous_of,
)


class NotRecomputable(AssertionError):
    """A node of a trace that its own rule does not lead to."""


def recompute(trace: Trace, result: Result) -> float:
    """The value of a trace from what stands below it."""
    return _Auditor(result).value(trace)


class _Auditor:
    def __init__(self, result: Result) -> None:
        self.result = result
        self.binding: Binding = bind(result.case)
        self.known: dict[int, float] = {}

    def value(self, trace: Trace) -> float:
        """What the trace's rule gives, after checking everything below it."""
        if id(trace) not in self.known:
            found = getattr(self, trace.rule)(trace)
            if not agree(found, trace.value, self.size(trace)):
                raise NotRecomputable(
                    f"{trace.name} ({trace.rule}): it says {trace.value}, its parts give {found}"
                )
            self.known[id(trace)] = found
        return self.known[id(trace)]

    def size(self, trace: Trace) -> float:
        """The largest amount that went into the trace: rounding is a part of that."""
        parts = [abs(part.value or 0.0) for part in trace.parts]
        columns = [abs(product) for product in products(trace.columns)]
        return max([1.0, *parts, *columns])

    def input(self, trace: Trace) -> float:
        assert not trace.parts
        return as_float(trace.value)

    def sum(self, trace: Trace) -> float:
        return math.fsum(map(self.value, trace.parts))

    def flow(self, trace: Trace) -> float:
        for part in trace.parts:
            self.value(part)
        return math.fsum(products(trace.columns))

    def row(self, trace: Trace) -> float:
        (column,) = trace.columns
        last = column.values[-1]
        for part in trace.parts:
            assert agree(self.value(part), last, abs(last)), "the stock is the last of its row"
        return last

    def opening(self, trace: Trace) -> float:
        raise AssertionError("an opening is worked out with the formula that it opens")

    def formula(self, trace: Trace) -> float:
        if trace.name in self.result.figures and trace.period is None:
            values = {alias(part.name): self.value(part) for part in trace.parts}
            return numbers.evaluate(grammar.read(trace.formula), values)
        return self.case_formula(trace)

    def case_formula(self, trace: Trace) -> float:
        formula = self.binding.formulas[owner_and_field(trace.name)]
        assert trace.formula == formula.text
        now, before, sums = {}, {}, {}
        for part in trace.parts:
            if part.name.startswith("sum_over_time("):
                sums[part.name] = self.value(part)
            elif part.rule != "opening" and part.name.startswith("previous."):
                before[part.name.removeprefix("previous.")] = self.value(part)
            elif part.rule != "opening":
                now[owner_and_field(part.name)[0]] = self.value(part)
        time = self.time(trace.period)
        for part in trace.parts:
            if part.rule == "opening":
                initial = previous_of(formula.tree)[part.name.removeprefix("previous.")]
                assert agree(numbers.evaluate(initial, now, **time), part.value, 1.0)
        tree = with_sums(formula.tree, formula.text, sums)
        return numbers.evaluate(tree, now, before=before, **time)

    def time(self, period: int | None) -> dict[str, int]:
        assert period is not None
        return {"period": period, "year": int(self.result.axis.years[period])}

    def search(self, trace: Trace) -> float:
        for part in trace.parts:
            self.value(part)
        return getattr(self, f"search_{trace.name}")(trace)

    def simulation(self, trace: Trace) -> float:
        """The percentile of draws that are made again, each from nothing but the case."""
        *drawn, expected = trace.parts
        self.value(expected)
        case = self.result.case
        sampler = Sampler(case, plan_of(case))
        assert {part.name for part in drawn} == {f"assumptions.{id}" for id in sampler.ids}
        model = compile_case(case)
        values = {"value": Evaluation.value, "npv": Evaluation.npv}[expected.name]
        draws = [
            np.broadcast_to(values(model.evaluate(sampler.values(block))), block.size)
            for block in sampler.blocks
        ]
        share = HEADLINES[case.conventions.headline]
        return float(np.percentile(np.concatenate(draws), 100 * share))

    def search_irr(self, trace: Trace) -> float:
        """It is not found again, only tried: the discounted flows have to cancel."""
        rate, flows = as_float(trace.value), trace.columns[1].values
        if rate == -1.0:  # so near to −100 % that no number lies between
            return rate
        times = [float(time) for time in self.result.axis.times]
        discounted = [flow * (1 + rate) ** -t for flow, t in zip(flows, times, strict=True)]
        assert abs(math.fsum(discounted)) <= 1e-7 * math.fsum(map(abs, discounted))
        return rate

    def search_mirr(self, trace: Trace) -> float:
        flows, times = trace.columns[1].values, [float(t) for t in self.result.axis.times]
        rate = self.result.case.discounting.rate
        end = times[-1]
        paid = math.fsum(-f * (1 + rate) ** -t for f, t in zip(flows, times, strict=True) if f < 0)
        received = math.fsum(
            f * (1 + rate) ** (end - t) for f, t in zip(flows, times, strict=True) if f > 0
        )
        return (received / paid) ** (1 / end) - 1

    def search_payback(self, trace: Trace) -> float:
        crossings = list(crossings_of(trace))
        first = self.result.case.conventions.payback_crossing == "first"
        return (crossings or [0.0])[0 if first else -1]

    search_payback_discounted = search_payback

    def search_peak_funding(self, trace: Trace) -> float:
        return min(0.0, *trace.columns[1].values)

    def search_peak_funding_month(self, trace: Trace) -> float:
        months, cumulative = trace.columns[0].values, trace.columns[1].values
        return months[cumulative.index(min(cumulative))]


def crossings_of(trace: Trace) -> list[float]:
    """The months at which the cumulative flow turns from negative to what it is not."""
    months, cumulative = trace.columns[0].values, trace.columns[2].values
    found = []
    for period in range(1, len(cumulative)):
        before, after = cumulative[period - 1], cumulative[period]
        if before < 0 <= after:
            inside = -before / (after - before)
            found.append(months[period - 1] + inside * (months[period] - months[period - 1]))
    return found


def products(columns: tuple[TraceColumn, ...]) -> list[float]:
    """Row by row the product across the columns."""
    return [math.prod(row) for row in zip(*(each.values for each in columns), strict=True)]


def owner_and_field(name: str) -> tuple[str, str]:
    """The formula that a value's name stands for: `benefits.arpu.risk` is (`arpu`, `risk`)."""
    _, owner, *ending = name.split(".")
    return owner, ending[0] if ending and ending[0] != "amount" else "formula"


def with_sums(node: Node, text: str, sums: dict[str, float]) -> Node:
    """The tree with each sum over time replaced by its value."""

    def below(inner: Node) -> Node:
        return with_sums(inner, text, sums)

    match node:
        case Call() if node.function == "sum_over_time":
            return Number(sums[text[slice(*node.span)]])
        case Call():
            return replace(node, arguments=tuple(map(below, node.arguments)))
        case Binary() | Comparison():
            return replace(node, left=below(node.left), right=below(node.right))
        case Negative() | Convert():
            return replace(node, operand=below(node.operand))
        case Name() | _:
            return node


def as_float(value: float | None) -> float:
    """The number of a node that has one."""
    assert value is not None
    return value


def agree(found: float, said: float | None, size: float) -> bool:
    """Whether two numbers are the same but for rounding, `size` being what they were made of."""
    if said is None:
        return not math.isfinite(found)
    return math.isclose(found, said, rel_tol=1e-9, abs_tol=1e-10 * size)


def payback_by_the_oracle(net: list[float], length: int) -> float | None:
    """The payback of yearly, quarterly or monthly flows, worked out by the oracle."""
    period = {1: "month", 3: "quarter", 12: "year"}[length]
    return Oracle({"timeline": {"start": "2027-01", "years": "1", "period": period}}).payback(net)
