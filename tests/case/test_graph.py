"""The order of evaluation, and circles in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from valuecalc.case.graph import groups

GRAPHS = (
    st.integers(1, 12)
    .flatmap(
        lambda count: st.lists(
            st.sets(st.integers(0, count - 1), max_size=3), min_size=count, max_size=count
        )
    )
    .map(lambda edges: {str(node): [str(e) for e in sorted(to)] for node, to in enumerate(edges)})
)


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for each in graph[waiting.pop()]:
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


@given(GRAPHS)
def test_every_name_stands_in_exactly_one_group(graph: dict[str, list[str]]) -> None:
    found = [name for group in groups(graph) for name in group]
    assert sorted(found) == sorted(graph)


@given(GRAPHS)
def test_a_group_comes_after_all_that_it_needs(graph: dict[str, list[str]]) -> None:
    place = {name: number for number, group in enumerate(groups(graph)) for name in group}
    for name, needed in graph.items():
        assert all(place[each] <= place[name] for each in needed)


@given(GRAPHS)
def test_two_names_share_a_group_when_each_leads_to_the_other(graph: dict[str, list[str]]) -> None:
    reach = {name: reachable(graph, name) for name in graph}
    group_of = {name: group for group in groups(graph) for name in group}
    for one in graph:
        for other in graph:
            mutual = one == other or (other in reach[one] and one in reach[other])
            assert (group_of[one] == group_of[other]) is mutual


def test_names_that_are_not_known_are_passed_over() -> None:
    assert groups({"a": ["nowhere"]}) == [("a",)]
    assert groups({}) == []
