"""Reference classes: the most specific one, and the planbook's own before the published."""

from __future__ import annotations

import numpy as np
import pytest
from builders import book

from backcast.planbook.priors import best_class, published, reference_classes

CLASS = {"p10": 0.9, "p50": 1.1, "p90": 1.9}


def _best(path, interval, *rows):
    return best_class(reference_classes(book(classes=rows)), path, interval)


@pytest.mark.parametrize(
    ("path", "interval", "found"),
    [
        ("transport/rail/metro", "construction", ("transport/rail", "construction")),
        ("transport/rail", "ramp", ("transport/rail", "")),
        ("transport/road", "construction", ("transport", "construction")),
        ("transport/road", "ramp", ("*", "")),
        ("water", "construction", ("*", "construction")),
        ("", "construction", ("*", "construction")),
        (None, "ramp", ("*", "")),
        ("/transport//rail/", "construction", ("transport/rail", "construction")),
    ],
)
def test_the_path_is_shortened_step_by_step(path, interval, found):
    rows = [
        {"class": name, "interval": kind} | CLASS
        for name, kind in (
            ("transport/rail", "construction"),
            ("transport/rail", None),
            ("transport", "construction"),
            ("*", "construction"),
            ("*", None),
        )
    ]
    best = _best(path, interval, *rows)
    assert (best.path, best.interval) == found


def test_without_classes_of_its_own_a_planbook_has_the_published_ones():
    best = _best("building/school", "construction")
    assert best.source.startswith("New York City School Construction Authority")
    assert (best.path, best.n) == ("building", 115)


def test_a_planbooks_own_class_counts_before_the_published_one():
    own = {"class": "building", "interval": "construction", "source": "own"} | CLASS
    assert _best("building/school", "construction", own).source == "own"
    assert _best("transport/road", "construction", own).source != "own"


def test_a_planbook_with_a_root_class_has_no_use_for_the_published_ones():
    own = {"class": "*", "interval": "construction", "source": "own"} | CLASS
    assert _best("building/school", "construction", own).source == "own"
    assert _best("building/school", "preparation", own).interval == ""  # the last resort, published


def test_quantiles_become_a_median_and_a_spread_on_either_side():
    best = _best("*", "construction", {"class": "*", "cancelled": 0.08, "n": 40} | CLASS)
    z = 1.2815515655446004
    assert np.exp(best.location) == pytest.approx(1.1)
    assert np.exp(best.location - best.low * z) == pytest.approx(0.9)
    assert np.exp(best.location + best.high * z) == pytest.approx(1.9)
    assert best.cancelled == 0.08
    assert best.location_error == pytest.approx((best.low + best.high) / 2 / np.sqrt(40))


def test_a_class_that_does_not_count_its_cases_has_few():
    assert _best("*", "", {"class": "*"} | CLASS).n == 10


def test_a_class_without_spread_is_certain():
    best = _best("*", "", {"class": "*"})
    assert (best.location, best.spread, best.location_error) == (0, 0, 0)


def test_published_classes_name_their_source_and_say_that_they_are_derived():
    table = published()
    assert table["source"].null_count() == 0
    assert set(table["status"]) == {"derived"}
    assert ((table["p10"] <= table["p50"]) & (table["p50"] <= table["p90"])).all()
