"""Compiled loops that put activities and relationships in order.

Read :mod:`backcast.engine.network` first; tests hold these loops against NumPy's sorts and a plain queue.
"""

from __future__ import annotations

import numpy as np

from backcast.engine.compiled import AT, compiled


@compiled
def components(n, project, predecessor, successor):
    """Label the connected parts of ``n`` projects; each label is the lowest project in it."""
    label = np.arange(n).astype(np.int32)
    for edge in range(predecessor.size):
        a, b = project[predecessor[edge]], project[successor[edge]]
        if a == b:
            continue
        while label[a] != a:
            label[a] = label[label[a]]
            a = label[a]
        while label[b] != b:
            label[b] = label[label[b]]
            b = label[b]
        label[max(a, b)] = min(a, b)
    for p in range(n):
        label[p] = label[label[p]]
    return label


@compiled
def stands_in_order(component, predecessor, successor):
    """Whether activities stand by component, and relationships by successor and predecessor, which comes first."""
    unlike = 0
    for j in range(1, component.size):
        unlike += component[j] < component[j - 1]
    for k in range(predecessor.size):
        unlike += predecessor[k] >= successor[k]
    for k in range(1, predecessor.size):
        unlike += successor[k] < successor[k - 1]
        unlike += (successor[k] == successor[k - 1]) & (predecessor[k] < predecessor[k - 1])
    return unlike == 0


@compiled
def ends(n_groups, group):
    """Return where each group ends in what is sorted by group."""
    end = np.zeros(n_groups, np.int32)
    for k in range(group.size):
        end[AT(group[k])] += 1
    for g in range(1, n_groups):
        end[g] += end[g - 1]
    return end


@compiled
def grouped(n_groups, group):
    """Return where each group begins, and the numbers of what is grouped, in their order within each group."""
    first = np.empty(n_groups + 1, np.int32)
    first[:n_groups], first[n_groups] = ends(n_groups, group), group.size
    number = np.empty(group.size, np.int32)
    for k in range(group.size - 1, -1, -1):
        place = first[AT(group[k])] - np.int32(1)
        first[AT(group[k])] = place
        number[AT(place)] = k
    return first, number


@compiled
def take(values, numbers, found):
    """Fill ``found`` with ``values[numbers]``, which NumPy would first turn into numbers of 64 bits."""
    for k in range(numbers.size):
        found[k] = values[AT(numbers[k])]


@compiled
def topological_order(first_of_component, member, first_leaving, successor):
    """Order the activities of each component so that predecessors come first, in a queue of those that may be next.

    The successors of activity *i* are ``successor[first_leaving[i]:first_leaving[i + 1]]``. Returns the order, and
    each activity's rank in it, negative for those in, or behind, a loop. Who may be next is written down before it
    is known, so that the processor need not wait.
    """
    order, rank = np.empty(member.size + 1, np.int32), np.zeros(member.size, np.int32)
    for j in successor:  # until it has a rank, an activity counts up to zero those it waits for
        rank[AT(j)] -= 1
    for c in range(first_of_component.size - 1):
        i = ready = AT(first_of_component[c])
        for k in range(first_of_component[c], first_of_component[c + 1]):
            order[ready] = member[AT(k)]
            ready += AT(rank[AT(member[AT(k)])] == 0)
        while i < ready:
            own = AT(order[i])
            for k in range(AT(first_leaving[own]), AT(first_leaving[own + AT(1)])):
                j = successor[k]
                waiting = rank[AT(j)] + 1
                rank[AT(j)] = waiting
                order[ready] = j
                ready += AT(waiting == 0)
            rank[own] = i
            i += AT(1)
    return order[:-1], rank
