"""Compiled loops that put activities and relationships in order.

Read :mod:`backcast.engine.network` first; tests hold these loops against NumPy's sorts and a plain queue.
"""

from __future__ import annotations

import numpy as np

from backcast.engine.compiled import compiled


@compiled
def components(n, project, predecessor, successor):
    """Label the connected parts of ``n`` projects; each label is the lowest project in it."""
    label = np.arange(n)
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
def grouped(n_groups, group, rows):
    """Sort pairs by group, keeping the order within each; returns also where each group begins."""
    first = np.zeros(n_groups + 1, np.int32)
    for k in range(group.size):
        first[group[k]] += 1
    total = np.int32(0)
    for g in range(n_groups + 1):
        total += first[g]
        first[g] = total
    found = np.empty_like(rows)
    for k in range(group.size - 1, -1, -1):
        place = first[group[k]] - 1
        first[group[k]] = place
        found[place, 0], found[place, 1] = rows[k, 0], rows[k, 1]
    return first, found


@compiled
def topological_order(first_of_component, member, first_out, out):
    """Order the activities of each component so that predecessors come first, wave by wave.

    The rows ``out[first_out[i]:first_out[i + 1]]`` hold number and successor of each relationship that leaves
    activity *i*. Returns the order; each activity's rank in it, negative for those in, or behind, a loop; and, with
    the relationships in the order of their predecessors, the rank of that predecessor and their number, and their
    successor. Each loop touches memory in one way, and who may be next is written down before it is known, so that
    the processor need not wait.
    """
    n = member.size
    order, first = np.empty(n + 1, np.int64), np.zeros(n + 1, np.int32)
    rows, successor = np.empty_like(out), np.empty(out.shape[0], np.int32)
    rank = np.zeros(n, np.int32)  # until it has one, an activity counts up to zero those it waits for
    for k in range(out.shape[0]):
        rank[out[k, 1]] -= 1
    for c in range(first_of_component.size - 1):
        end = ready = first_of_component[c]
        for k in range(first_of_component[c], first_of_component[c + 1]):
            order[ready] = member[k]
            ready += rank[member[k]] == 0
        while end < ready:
            begin, end = end, ready
            for i in range(begin, end):
                rank[order[i]] = i
                first[i + 1] = first[i] + first_out[order[i] + 1] - first_out[order[i]]
            for i in range(begin, end):
                shift = first_out[order[i]] - first[i]
                for k in range(first[i], first[i + 1]):
                    rows[k, 0], rows[k, 1], successor[k] = i, out[k + shift, 0], out[k + shift, 1]
            for k in range(first[begin], first[end]):
                order[ready] = successor[k]
                rank[successor[k]] += 1
                ready += rank[successor[k]] == 0
    return order[:-1], rank, rows, successor
