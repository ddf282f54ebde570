"""The figures of a case over many draws at once, by the rules of its single result.

Which figures there are, and how each follows from others, is read off `figures.work_out` at
expected values; nothing is defined a second time. Totals and present values of lines come
from the sums of the evaluation, and rows over time are made only for the figures that are
read off rows. A figure that does not exist in a draw is NaN there, and is counted with its
reason; it is undefined exactly where the single result has none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

import numpy as np

from valuecalc.engine import expected_values
from valuecalc.engine.finance import delayed
from valuecalc.engine.grid import Grid, Values
from valuecalc.engine.ledger import finite
from valuecalc.engine.model import Evaluation, Model, ModelLine
from valuecalc.engine.result import Figure, Rule, alias
from valuecalc.engine.uncertainty.drawn_rows import Draws, Mask, Rows, over_periods
from valuecalc.engine.uncertainty.drawn_searches import DRAWN_SEARCHES, Searched, never_pays_back
from valuecalc.errors import UnknownName
from valuecalc.formula import grammar
from valuecalc.formula.numbers import COMPUTE, Source
from valuecalc.formula.tree import names as names_in
from valuecalc.phrases import phrase

FACTOR = "discount_factor"


class DrawnFigures:
    """Some figures of a model over many draws, and what they rest on.

    `books` and `expected` are those of the model at its expected values. Raises `UnknownName`
    for a figure that the case does not have.
    """

    def __init__(self, model: Model, names: Iterable[str]) -> None:
        self.model = model
        self.books, self.expected = expected_values.of(model)
        self.names = tuple(dict.fromkeys(names))
        for name in self.names:
            if name not in self.expected:
                raise UnknownName("figure", name, self.expected)
        self.order = tuple(_parts_first(self.expected, self.names))
        self.lines = {_prefix(line): number for number, line in enumerate(model.lines)}
        self.columns = _columns(model)

    @cached_property
    def moved_by_a_month(self) -> Draws:
        """Where the flow of each period (a column) goes when it comes a month later: `(T, T)`."""
        length = self.model.case.timeline.period.months
        return np.array([delayed(each, 1, length) for each in np.eye(len(self.model.years))]).T

    def of(self, evaluation: Evaluation, draws: int | None = None) -> dict[str, Draws]:
        """The wanted figures of each draw, shape `(n,)`; NaN where one does not exist.

        The evaluation is one of many alternatives; `draws` says how many, where that is known.
        """
        return self.drawn(evaluation, draws).values

    def drawn(self, evaluation: Evaluation, draws: int | None = None) -> Drawn:
        """The same, with what else is known of the draws: reasons, and cumulative cash."""
        return Drawn(self, evaluation, draws or _draws(evaluation))


def _prefix(line: ModelLine) -> str:
    return f"{'benefit' if line.sign > 0 else 'investment'}s.{line.line.id}"


def _parts_first(known: Mapping[str, Figure], wanted: Iterable[str]) -> Iterable[str]:
    """The wanted figures and all that they rest on, each after its parts."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done:
            for part in known[name].rule.parts:
                visit(part)
            done[name] = None

    for name in wanted:
        visit(name)
    return done


def _columns(model: Model) -> Draws:
    """One row for each report column, which is 1 in its periods: shape `(columns, T)`."""
    years = np.arange(int(model.years[-1]) + 1)
    masks: Draws = (model.years == years[:, np.newaxis]).astype(float)
    return masks


class Drawn:
    """The figures of one evaluation. `values` are the wanted ones."""

    def __init__(self, figures: DrawnFigures, evaluation: Evaluation, draws: int) -> None:
        self.figures = figures
        self.evaluation = evaluation
        self.draws = draws
        self.rows = Rows(evaluation, draws)
        self.searched: dict[str, Searched] = {}
        self.by_column: dict[int, Draws] = {}
        self.undefined: dict[int, Mask] = {}
        self.known: dict[str, Draws] = {}
        with np.errstate(all="ignore"):
            for name in figures.order:
                self.known[name] = self._defined(self._work_out(name))

    @property
    def values(self) -> dict[str, Draws]:
        """The wanted figures by name, each of shape `(n,)`."""
        return {name: self.known[name] for name in self.figures.names}

    @property
    def cumulative(self) -> Draws:
        """Cumulative cash, shape `(T, n)`; NaN or infinity where the cash flow is undefined."""
        return self.rows.cumulative

    @property
    def never_pays_back(self) -> Mask:
        """The draws in which payback, one of the wanted figures, lies beyond the horizon."""
        why = self.searched["payback"].why
        return why[never_pays_back(self.rows)] & self.rows.is_defined

    @property
    def alone(self) -> int:
        """How many internal rates of return had to be found one by one."""
        return sum(each.alone for each in self.searched.values())

    def why(self, name: str) -> Counter[str]:
        """How many draws do not have a figure, by the reason."""
        found: Counter[str] = Counter()
        self._explain(name, np.isnan(self.known[name]), found)
        return found

    def _defined(self, values: Values) -> Draws:
        values = np.broadcast_to(np.asarray(values, dtype=float), self.draws)
        is_defined = np.isfinite(values)
        return values if is_defined.all() else np.where(is_defined, values, np.nan)

    # ------------------------------------------------------------------ the rules

    def _work_out(self, name: str) -> Values:
        rule = self.figures.expected[name].rule
        match rule.kind:
            case "sum":
                return sum(self.known[part] for part in rule.parts)
            case "formula":
                run, order = _compiled(rule.formula)
                values = {alias(part): self.known[part] for part in rule.parts}
                return run(Grid, *(values[each] for each in order))
            case "flow":
                return self._flow(rule)
            case "search":
                return self._search(name, rule)
        return self._given(name)

    def _given(self, name: str) -> Values:
        group, _, id = name.partition(".")
        if group not in ("assumptions", "calculations"):
            value = self.figures.expected[name].value
            return math.nan if value is None else value
        value = self.evaluation.values[id, "value" if group == "assumptions" else "formula"]
        grid = self.evaluation.grid
        return grid.plain(value)[min(1, len(grid.periods) - 1)] if grid.varies(value) else value

    def _search(self, name: str, rule: Rule) -> Values:
        expected = self.figures.expected[name].value
        found = DRAWN_SEARCHES[rule.method](self.rows, expected or 0.0)
        self.searched[name] = found
        return np.where(self.rows.is_defined, found.values, np.nan)

    def _flow(self, rule: Rule) -> Values:
        discounted = FACTOR in rule.series
        row = next(each for each in rule.series if each != FACTOR)
        prefix, _, kind = row.rpartition(".")
        if prefix not in self.figures.lines:
            return self._flow_of_row(row, rule.year, discounted)
        number = self.figures.lines[prefix]
        if kind == "net" and rule.year is None:
            return self.evaluation.sums[number][1 if discounted else 0]
        if kind == "net" and not discounted:
            return self._columns_of(number)[rule.year]
        return self._flow_of_line(number, kind, rule.year, discounted)

    def _weights(self, year: int | None, discounted: bool) -> Draws:
        """What each period counts in a flow, shape `(T,)`."""
        weights = np.ones(len(self.figures.model.years))
        if year is not None:
            weights = self.figures.columns[year]
        return weights * self.rows.discount_factor if discounted else weights

    def _flow_of_row(self, row: str, year: int | None, discounted: bool) -> Values:
        weights = self._weights(year, discounted)
        if row != "net_delayed":
            return over_periods(weights, getattr(self.rows, row))
        return self._delayed(weights) - over_periods(weights, self.rows.investment)

    def _delayed(self, weights: Draws) -> Values:
        """The flow of benefits that arrive one month later, as far as they still do."""
        moved = self.figures.moved_by_a_month
        counted = over_periods(weights, moved)
        arrives = moved.any(axis=0)
        return over_periods(counted[arrives], self.rows.benefits[arrives])

    def _columns_of(self, number: int) -> Draws:
        """The net flow of a line in each report column, shape `(columns, n)`."""
        if number not in self.by_column:
            line = self.figures.model.lines[number]
            flow = self.evaluation.net_weight(line)
            self.by_column[number] = self._weighted(line, flow, self.figures.columns)
        return self.by_column[number]

    def _flow_of_line(self, number: int, kind: str, year: int | None, discounted: bool) -> Values:
        line = self.figures.model.lines[number]
        flow = self.evaluation.net_weight(line)
        if kind == "gross":
            amount = self.evaluation.values[line.line.id, "formula"]
            flow = amount * self.evaluation.growth(line)
        return self._weighted(line, flow, self._weights(year, discounted)[np.newaxis])[0]

    def _weighted(self, line: ModelLine, flow: Values, weights: Draws) -> Draws:
        """Sums over time of a line's flow, one for each row of `weights`."""
        factors = weights * line.timing.fixed
        grid = self.evaluation.grid
        if not line.timing.share.any():
            return np.zeros((len(factors), self.draws))
        if not grid.varies(flow):
            return np.outer(factors.sum(axis=1), np.broadcast_to(flow, self.draws))
        sums = grid.weighted(factors, flow)
        if not all(map(grid.is_defined, sums)):
            # Zero times undefined is undefined, also where the line does not flow.
            sums = grid.weighted(factors, self.evaluation.only_where_active(flow, line))
        return np.stack([np.broadcast_to(each, self.draws) for each in sums])

    # ------------------------------------------------------------------ reasons

    def _explain(self, name: str, draws: Mask, found: Counter[str]) -> None:
        """Add the reasons why a figure does not exist in some draws, those of its parts first."""
        rule = self.figures.expected[name].rule
        for part in rule.parts:
            missing = draws & np.isnan(self.known[part])
            if missing.any():
                self._explain(part, missing, found)
                draws = draws & ~missing
        for reason, of_reason in self._reasons(name, rule, draws):
            count = int((draws & of_reason).sum())
            if count:
                found[reason] += count
            draws = draws & ~of_reason
        left = int(draws.sum())
        if left:
            found[finite(math.nan, rule.method if rule.kind != "search" else "")[1]] += left

    def _reasons(self, name: str, rule: Rule, draws: Mask) -> Iterator[tuple[str, Mask]]:
        """The reasons that a rule has of its own, in their order."""
        row = rule.series[0] if rule.kind == "flow" else ""
        is_search = rule.kind == "search"
        if (row and draws.any()) or (is_search and (draws & ~self.rows.is_defined).any()):
            of_row = [n for prefix, n in self.figures.lines.items() if row.startswith(f"{prefix}.")]
            for number in of_row or range(len(self.figures.model.lines)):
                yield self._line_reason(number)
        if is_search:
            yield from self.searched[name].why.items()

    def _line_reason(self, number: int) -> tuple[str, Mask]:
        line = self.figures.model.lines[number]
        reason = phrase(
            "“{line}” is undefined: its formula divides by zero, overflows, "
            "or takes the root or logarithm of a negative number.",
            line=line.line.label,
        )
        if number not in self.undefined:
            is_defined = np.isfinite(self.evaluation.net(line)).all(axis=0)
            self.undefined[number] = np.asarray(~is_defined)
        return reason, self.undefined[number]


def _draws(evaluation: Evaluation) -> int:
    """How many alternatives an evaluation has, by its assumptions."""
    grid = evaluation.grid
    given = (evaluation.values[each.id, "value"] for each in evaluation.model.case.assumptions)
    return max(
        (np.shape(value)[-1] for value in map(grid.plain, given) if np.ndim(value)), default=1
    )


@lru_cache(maxsize=1024)
def _compiled(formula: str) -> tuple[Callable[..., Values], tuple[str, ...]]:
    """The formula of a figure as a function of the arithmetic and its names, in their order."""
    tree = grammar.read(formula)
    order = tuple(dict.fromkeys(names_in(tree)))
    variables = {name: f"v{number}" for number, name in enumerate(order)}
    source = Source(
        name=variables.__getitem__,
        time=lambda word: word,
        previous=lambda name, initial: variables[name],
    )
    text = f"lambda ops, {', '.join(variables.values())}: {source.write(tree)}"
    scope = {"functions": COMPUTE, "__builtins__": {}, **source.constants}
    return eval(compile(text, "<figure>", "eval"), scope), order  # noqa: S307 - by `Source`
