"""What moves together: from rank correlations to normal draws that have them.

A case states Spearman's rank correlations. Normal draws with Pearson's correlation
`2 sin(π r / 6)` have the rank correlation `r`, and every distribution keeps it, as its draws
rise with the normal ones. Values that repeat (discrete ones, draws kept at zero) share their
ranks, so that theirs is nearer to zero than stated.

Not all that can be written down can be: two assumptions that both move with a third one move
with each other. What contradicts itself is refused, with the smallest contradicting set that
is found, and the nearest correlations that are possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from valuecalc.case.case import Case
from valuecalc.case.risk import Correlation
from valuecalc.engine.portfolio.common_drivers import Movement, movement_of
from valuecalc.errors import CaseError, Problem, Severity, did_you_mean
from valuecalc.formula.quantity import shown_as
from valuecalc.phrases import joined, listed, phrase

Series = NDArray[np.float64]

NOISE = 1e-9
"""A correlation matrix may have eigenvalues this far below zero from rounding alone."""

MANY = 60
"""Up to so many connected assumptions, every three of them are tried for a contradiction."""

_ROUNDS_OF_PROJECTION = 500


def factor(case: Case, ids: Sequence[str]) -> Series | None:
    """The lower triangular matrix that turns independent normal rows into correlated ones.

    It has shape `(n, n)` for the `n` ids in their order; the first of several that are
    correlated keeps its row. None where all of them are independent. Correlations with
    others than these are left aside. Raises `CaseError` for what cannot be.
    """
    found = problems(case, ids)
    if found:
        raise CaseError(found)
    network = _network(case, ids)
    return lower_triangular(network.pearson) if network.ranks else None


def pearson(rank: float) -> float:
    """The correlation of two normals whose rank correlation this is."""
    return math.copysign(1.0, rank) if abs(rank) == 1 else 2 * math.sin(math.pi * rank / 6)


def lower_triangular(matrix: Series) -> Series:
    """The lower triangular `L` with `L @ L.T` the matrix, which may be semidefinite.

    Rows are brought to length 1, so that what they make stays standard normal.
    """
    size = len(matrix)
    factor = np.zeros((size, size))
    rest = np.array(matrix, dtype=float)
    for column in range(size):
        pivot = rest[column, column]
        if pivot > NOISE:
            factor[column:, column] = rest[column:, column] / math.sqrt(pivot)
            rest -= np.outer(factor[:, column], factor[:, column])
    lengths = np.linalg.norm(factor, axis=1, keepdims=True)
    return np.asarray(factor / lengths)


# --------------------------------------------------------------------------- who moves with whom


@dataclass(frozen=True, eq=False)
class _Network:
    """Rank correlations between `ids`, by the positions of the two in them."""

    ids: tuple[str, ...]
    ranks: Mapping[tuple[int, int], float]

    @property
    def pearson(self) -> Series:
        matrix = np.eye(len(self.ids))
        for (first, second), rank in self.ranks.items():
            matrix[first, second] = matrix[second, first] = pearson(rank)
        return matrix

    def parts(self) -> list[list[int]]:
        """The positions that are connected with each other, by any number of steps."""
        neighbours: dict[int, set[int]] = {}
        for first, second in self.ranks:
            neighbours.setdefault(first, set()).add(second)
            neighbours.setdefault(second, set()).add(first)
        found, seen = [], set[int]()
        for start in neighbours:
            if start in seen:
                continue
            part, edge = set[int](), [start]
            while edge:
                part.add(edge.pop())
                edge = [near for each in part for near in neighbours[each] if near not in part]
            seen |= part
            found.append(sorted(part))
        return found


def in_step(case: Case, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """For each id the first one that the same common driver moves, and 1, or −1 if against it.

    What no common driver moves stands for itself.
    """
    first: dict[str, tuple[str, int]] = {}
    found = {}
    movements = _movements(case)
    for id in ids:
        movement = movements.get(id)
        if movement is None:
            found[id] = (id, 1)
            continue
        leader, direction = first.setdefault(movement.driver.id, (id, movement.direction))
        found[id] = (leader, direction * movement.direction)
    return found


def _movements(case: Case) -> dict[str, Movement]:
    found = {each.id: movement_of(each) for each in case.assumptions}
    return {id: movement for id, movement in found.items() if movement is not None}


def _network(case: Case, ids: Sequence[str]) -> _Network:
    """The correlations that count: those in step with another count for it, the first stands."""
    leaders = in_step(case, ids)
    place = {id: number for number, id in enumerate(ids)}
    ranks: dict[tuple[int, int], float] = {}
    for each in case.correlations:
        ends = [leaders[id] for id in each.between if id in leaders]
        if len(ends) < 2 or ends[0][0] == ends[1][0]:
            continue
        first, second = sorted(place[leader] for leader, _ in ends)
        ranks.setdefault((first, second), each.rank * ends[0][1] * ends[1][1])
    return _Network(tuple(ids), {pair: rank for pair, rank in ranks.items() if rank})


# --------------------------------------------------------------------------- what cannot be


def problems(case: Case, ids: Sequence[str]) -> tuple[Problem, ...]:
    """Every correlation that cannot be; `ids` are the assumptions that have a range."""
    single = tuple(_single_problems(case))
    return single or tuple(_contradictions(case, _network(case, ids)))


def _problem(index: int, field: str, cause: str, remedy: str) -> Problem:
    place = f"correlations.{index}{field and '.'}{field}"
    return Problem(code="correlation", place=place, cause=cause, remedy=remedy)


def _single_problems(case: Case) -> Iterator[Problem]:
    known = {each.id: each.label for each in case.assumptions}
    seen: dict[frozenset[str], int] = {}
    for index, each in enumerate(case.correlations):
        unknown = [id for id in each.between if id not in known]
        for id in unknown:
            cause = phrase("There is no assumption “{name}”.", name=id)
            yield _problem(index, "between", cause, did_you_mean(id, known))
        pair = frozenset(each.between)
        if len(pair) == 1 and not unknown:
            label = known[each.between[0]]
            cause = phrase("“{assumption}” is correlated with itself.", assumption=label)
            yield _problem(index, "between", cause, phrase("Name two different assumptions."))
        if not -1 <= each.rank <= 1:
            rank = _shown(each.rank)
            cause = phrase("The rank correlation {rank} is not between −1 and 1.", rank=rank)
            yield _problem(index, "rank", cause, phrase("Write −1 to 1, such as 0.5."))
        if pair in seen:
            number = str(seen[pair])
            cause = phrase("The pair stands in correlations.{number} already.", number=number)
            yield _problem(index, "between", cause, phrase("Keep one of the two."))
        seen.setdefault(pair, index)


def warnings(case: Case, ids: Sequence[str]) -> tuple[Problem, ...]:
    """Correlations that are left aside: with what is certain, or moved in step anyway."""
    return tuple(
        Problem(
            code="correlation",
            place=f"correlations.{index}",
            cause=cause,
            remedy=remedy,
            severity=Severity.WARNING,
        )
        for index, each in enumerate(case.correlations)
        for cause, remedy in _left_aside(case, each, ids)
    )


def _left_aside(
    case: Case, correlation: Correlation, ids: Sequence[str]
) -> Iterator[tuple[str, str]]:
    leaders = in_step(case, ids)
    for id in correlation.between:
        assumption = case.assumption(id)
        if assumption is not None and id not in leaders:
            cause = phrase(
                "“{assumption}” has no range, so nothing can move with it.",
                assumption=assumption.label,
            )
            yield cause, phrase("Give it a low and a high, or remove the correlation.")
    ends = [leaders[id] for id in correlation.between if id in leaders]
    if len(ends) == 2 and ends[0][0] == ends[1][0]:
        names = listed([_label(case, id) for id in correlation.between])
        cause = phrase(
            "{assumptions} have the same common driver and move in step; this rank is not used.",
            assumptions=names,
        )
        yield cause, phrase("Remove the correlation, or the common driver of one of the two.")


def _label(case: Case, id: str) -> str:
    assumption = case.assumption(id)
    return phrase("“{label}”", label=assumption.label if assumption else id)


def _contradictions(case: Case, network: _Network) -> Iterator[Problem]:
    matrix = network.pearson
    for part in network.parts():
        if not is_possible(matrix[np.ix_(part, part)]):
            members = smallest_contradiction(matrix, part)
            yield _contradiction(case, network, members)


def is_possible(matrix: Series) -> bool:
    """Whether some numbers have these correlations: the matrix has no negative eigenvalue."""
    return bool(np.linalg.eigvalsh(matrix)[0] >= -NOISE * len(matrix))


def smallest_contradiction(matrix: Series, part: Sequence[int]) -> list[int]:
    """A set of positions whose correlations contradict each other, while no smaller part does.

    Three are found if any three contradict each other; of more, whoever is not needed for the
    contradiction is left out in turn.
    """
    if len(part) <= MANY:
        for three in combinations(part, 3):
            if np.linalg.det(matrix[np.ix_(three, three)]) < -10 * NOISE:
                return list(three)
    members = list(part)
    for each in part:
        rest = [other for other in members if other != each]
        if not is_possible(matrix[np.ix_(rest, rest)]):
            members = rest
    return members


def nearest(matrix: Series) -> Series:
    """The correlation matrix nearest to a symmetric one, by Higham's alternating projections.

    N. J. Higham, Computing the nearest correlation matrix, IMA J. Numer. Anal. 22 (2002).
    """
    found: Series = np.array(matrix)
    correction = np.zeros_like(found)
    for _ in range(_ROUNDS_OF_PROJECTION):
        moved = found - correction
        values, vectors = np.linalg.eigh(moved)
        found = np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)
        correction = found - moved
        found = found.copy()
        np.fill_diagonal(found, 1.0)
    return found


def _possible_ranks(matrix: Series) -> Series:
    """The rank correlations nearest to a matrix that are possible when written in two digits."""
    target = nearest(matrix)
    for step in range(101):
        shrunk = np.clip(target * (1 - step / 100), -1.0, 1.0)
        ranks: Series = np.round(6 / math.pi * np.arcsin(shrunk / 2), 2) + 0.0
        np.fill_diagonal(ranks, 1.0)
        if is_possible(2 * np.sin(math.pi * ranks / 6)):
            return ranks
    raise AssertionError("Independent numbers are always possible.")


def _contradiction(case: Case, network: _Network, members: Sequence[int]) -> Problem:
    matrix = network.pearson[np.ix_(members, members)]
    possible = _possible_ranks(matrix)
    changes = []
    for first, second in combinations(range(len(members)), 2):
        pair = (members[first], members[second])
        given = network.ranks.get(pair, 0.0)
        changes.append((abs(possible[first, second] - given), pair, possible[first, second]))
    indices = {pair: _index_of(case, network, pair) for pair in network.ranks}
    stated = [change for change in changes if change[1] in network.ranks]
    largest = max(stated, key=lambda change: change[0])
    cause = phrase(
        "The correlations of {assumptions} contradict each other: {ranks}.",
        assumptions=listed([_label(case, network.ids[member]) for member in members]),
        ranks=listed([_stated(case, network, change[1]) for change in changes]),
    )
    remedy = phrase(
        "The nearest possible are {ranks}.",
        ranks=listed([_in_words(case, network, pair, rank) for _, pair, rank in changes]),
    )
    more = filter(None, [_if_the_rest_stays(case, network, members)])
    return _problem(indices[largest[1]], "", cause, joined(" ", (remedy, *more)))


def _if_the_rest_stays(case: Case, network: _Network, members: Sequence[int]) -> str:
    """Of three: what the pair that was left out, or stated last, could be beside the others."""
    if len(members) != 3:
        return ""
    pairs = list(combinations(members, 2))
    left = min(pairs, key=lambda pair: (pair in network.ranks, -pairs.index(pair)))
    one, other = (pearson(network.ranks.get(pair, 0.0)) for pair in pairs if pair != left)
    room = math.sqrt((1 - one * one) * (1 - other * other))
    lowest, highest = (_rank_of(one * other + step) * 100 for step in (-room, room))
    first, last = math.ceil(lowest - 1e-6) / 100, math.floor(highest + 1e-6) / 100
    if first > last:
        return ""
    possible = _shown(first)
    if first < last:
        possible = phrase("{first} to {last}", first=_shown(first), last=_shown(last))
    return phrase(
        "If the others stay, {pair} has to be {rank}.",
        pair=_pair(case, network, left),
        rank=possible,
    )


def _rank_of(correlation: float) -> float:
    """The rank correlation of two normals with this correlation."""
    return 6 / math.pi * math.asin(max(-1.0, min(1.0, correlation)) / 2)


def _index_of(case: Case, network: _Network, pair: tuple[int, int]) -> int:
    leaders = in_step(case, network.ids)
    wanted = {network.ids[member] for member in pair}
    for index, each in enumerate(case.correlations):
        if {leaders[id][0] for id in each.between if id in leaders} == wanted:
            return index
    raise AssertionError("Every pair comes from a correlation.")


def _stated(case: Case, network: _Network, pair: tuple[int, int]) -> str:
    if pair not in network.ranks:
        return phrase("{pair} none", pair=_pair(case, network, pair))
    return _in_words(case, network, pair, network.ranks[pair])


def _in_words(case: Case, network: _Network, pair: tuple[int, int], rank: float) -> str:
    return joined(" ", (_pair(case, network, pair), _shown(rank)))


def _pair(case: Case, network: _Network, pair: tuple[int, int]) -> str:
    first, second = (_label(case, network.ids[member]) for member in pair)
    return phrase("{first} with {second}", first=first, second=second)


def _shown(rank: float) -> str:
    return shown_as(f"{abs(rank):g}", rank)
