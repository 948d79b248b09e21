"""The order of a network: compiled loops against NumPy's sorts and a plain queue."""

from collections import deque

import numpy as np
import pytest

from backcast.engine import _order_kernels
from backcast.engine.calendar import NONE, Calendars
from backcast.engine.network import FS, CycleError, Network

CALENDARS = Calendars.of(np.ones((2, 50), bool))


def random_links(seed, n=60, n_links=105):
    """Relationships in no order that lead from an activity to a later one of a hidden order, some of them twice."""
    rng = np.random.default_rng(seed)
    name = rng.permutation(n)
    ends = np.sort(np.stack([rng.choice(n, 2, replace=False) for _ in range(n_links)]), axis=1)
    predecessor, successor = name[ends[rng.integers(0, n_links, n_links)]].T.astype(np.int32)
    return rng.integers(0, 12, n).astype(np.int32), predecessor, successor


def built(project, predecessor, successor, **given):
    n, m = len(project), len(predecessor)
    return Network.build(
        [f"A{i}" for i in range(n)],
        project,
        np.arange(n),
        np.arange(n) % 2,
        calendars=CALENDARS,
        predecessor=predecessor,
        successor=successor,
        type=np.arange(m) % 4,
        lag=np.arange(m),
        **given,
    )


def twin_components(project, predecessor, successor):
    """The lowest project that each project is joined with, found by passing it on until nothing changes."""
    label, before = np.arange(project.max() + 1), None
    while not np.array_equal(label, before):
        before = label.copy()
        one, other = project[predecessor], project[successor]
        lowest = np.minimum(label[one], label[other])
        np.minimum.at(label, one, lowest)
        np.minimum.at(label, other, lowest)
    return label


def twin_order(component, predecessor, successor):
    """Activities by component; within one, first come those that wait for nobody, then who is next in a queue."""
    order = []
    for c in np.unique(component):
        waiting_for = np.bincount(successor, minlength=component.size)
        queue = deque(np.flatnonzero((component == c) & (waiting_for == 0)).tolist())
        while queue:
            order.append(queue.popleft())
            for j in successor[predecessor == order[-1]].tolist():
                waiting_for[j] -= 1
                if waiting_for[j] == 0:
                    queue.append(j)
    return np.array(order)


@pytest.mark.parametrize("seed", range(20))
def test_network_order_is_that_of_its_twin(seed):
    project, predecessor, successor = random_links(seed)
    component = twin_components(project, predecessor, successor)[project]
    network = built(project, predecessor, successor)
    order = twin_order(component, predecessor, successor)
    assert network.position.tolist() == order.tolist()
    sizes = np.unique(component, return_counts=True)[1]
    assert network.first_of_component.tolist() == [0, *np.cumsum(sizes)]


@pytest.mark.parametrize("seed", range(20))
def test_relationships_are_sorted_by_successor_then_predecessor_then_as_given(seed):
    project, predecessor, successor = random_links(seed)
    network = built(project, predecessor, successor)
    rank = np.argsort(network.position)
    sorted_links = np.lexsort((rank[predecessor], rank[successor]))
    assert network.relationship_position.tolist() == sorted_links.tolist()
    assert network.predecessor.tolist() == rank[predecessor[sorted_links]].tolist()
    assert network.first_predecessor.tolist() == np.searchsorted(rank[successor[sorted_links]], range(61)).tolist()
    assert network.lag.tolist() == sorted_links.tolist()
    assert network.type.tolist() == (sorted_links % 4).tolist()
    assert network.lag_calendar.tolist() == (predecessor[sorted_links] % 2).tolist()


def test_grouping_gives_the_order_of_a_stable_sort():
    group = np.random.default_rng(0).integers(0, 30, 500).astype(np.int32)
    first, number = _order_kernels.grouped(32, group)
    order = np.argsort(group, kind="stable")
    assert number.tolist() == order.tolist()
    assert first.tolist() == np.searchsorted(group[order], range(33)).tolist()


def test_components_are_labelled_as_by_their_twin():
    for seed in range(20):
        project, predecessor, successor = random_links(seed, n_links=20)
        n_projects = int(project.max()) + 1
        label = _order_kernels.components(n_projects, project, predecessor, successor)
        assert label.tolist() == twin_components(project, predecessor, successor).tolist()


def test_what_stands_in_order_is_left_so():
    """A queue would take the fourth activity, which waits for none, before the second."""
    project, predecessor, successor = np.zeros(6, int), [0, 1, 1, 3, 4], [1, 2, 4, 4, 5]
    sorted_links = np.lexsort((predecessor, successor))
    ends = np.take(predecessor, sorted_links), np.take(successor, sorted_links)
    network = built(project, *ends)
    assert network.position.tolist() == list(range(6))
    assert network.relationship_position.tolist() == list(range(5))
    assert network.predecessor.tolist() == ends[0].tolist()
    assert network.first_predecessor.tolist() == [0, 0, 1, 2, 2, 4, 5]
    assert network.first_of_component.tolist() == [0, 6]


@pytest.mark.parametrize(
    ("component", "predecessor", "successor"),
    [([0, 1, 0], [], []), ([0, 0], [1], [0]), ([0, 0, 0], [1, 0], [2, 1]), ([0, 0, 0], [1, 0], [2, 2])],
)
def test_what_does_not_stand_in_order_is_seen(component, predecessor, successor):
    given = (np.array(values, np.int32) for values in (predecessor, successor))
    assert not _order_kernels.stands_in_order(np.array(component), *given)


def test_codes_come_in_network_order_one_by_one_or_together():
    network = built(np.zeros(3, int), [2, 1], [1, 0])
    assert network.codes == ("A2", "A1", "A0")
    assert network.codes != ("A0", "A1", "A2")
    assert list(network.codes) == [network.codes[i] for i in range(3)]
    assert network.codes[1:] == ("A1", "A0")
    assert (len(network.codes), network.codes.index("A0"), "A3" in network.codes) == (3, 2, False)
    assert network.codes[-1] == "A0"


def test_what_is_not_given_is_not_there():
    network = built(np.zeros(3, int), [], [], remaining=[NONE, 0, 2])
    assert network.remaining.tolist() == [0, 0, 2]
    assert set(network.actual_start.tolist()) == {NONE}
    assert built(np.zeros(3, int), [], []).remaining.tolist() == [0, 1, 2]


@pytest.mark.parametrize("column", ["duration", "lag", "type", "actual_start"])
def test_a_column_of_another_length_is_refused(column):
    given = {"duration": [3, 4], "lag": [0], "type": [0], "actual_start": [NONE, NONE]}
    given[column] = [*given[column], 0]
    with pytest.raises(ValueError, match=r"values are needed, one each, not [23]\."):
        Network.build(
            ["A0", "A1"], [0, 0], calendar=[0, 0], calendars=CALENDARS, predecessor=[0], successor=[1], **given
        )  # fmt: skip


def test_a_network_may_be_empty():
    network = Network.build([], [], [], [], calendars=CALENDARS)
    assert (len(network), network.n_projects, network.first_of_component.tolist()) == (0, 0, [0])


def test_a_loop_is_found_behind_components_without_one():
    with pytest.raises(CycleError) as found:
        Network.build(
            [f"A{i}" for i in range(6)],
            [0, 0, 1, 1, 1, 2],
            np.ones(6),
            np.zeros(6),
            calendars=CALENDARS,
            predecessor=[0, 2, 3, 3],
            successor=[1, 3, 2, 4],
            type=[FS] * 4,
            lag=[0] * 4,
        )
    assert found.value.loop == ("A3", "A2", "A3")
