"""Random numbers: published known answers, and that nothing but their name decides them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from backcast.engine.random import Purpose, normals, philox, stable_id, stable_ids, uniforms, words

IDENTITIES = st.integers(0, 2**64 - 1)

# Random123, tests/kat_vectors, lines "philox4x32 10": counter, key, answer.
KNOWN_ANSWERS = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
)


def _words(text: str) -> np.ndarray:
    return np.array([int(word, 16) for word in text.split()], np.uint32)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, answer):
    np.testing.assert_array_equal(philox(_words(counter), _words(key)), _words(answer))


def test_a_block_of_four_draws_is_one_counter_with_the_seed_as_key():
    seed, identity = 0x299F31D0A4093822, 0x85A308D3243F6A88
    counter = np.array([0x243F6A88, 0x85A308D3, 2, Purpose.CLASS], np.uint32)
    np.testing.assert_array_equal(
        words(seed, identity, 12, Purpose.CLASS)[8:12], philox(counter, _words("a4093822 299f31d0"))
    )


@given(seed=IDENTITIES, identity=IDENTITIES, few=st.integers(0, 50), more=st.integers(0, 50))
def test_the_first_draws_do_not_depend_on_how_many_follow(seed, identity, few, more):
    np.testing.assert_array_equal(
        normals(seed, identity, few + more, Purpose.TREND)[:few], normals(seed, identity, few, Purpose.TREND)
    )


@given(seed=IDENTITIES, identity=IDENTITIES)
def test_seed_identity_and_purpose_each_change_the_numbers(seed, identity):
    here = words(seed, identity, 16, Purpose.TREND)
    assert (here != words(seed ^ 1, identity, 16, Purpose.TREND)).any()
    assert (here != words(seed ^ 1 << 63, identity, 16, Purpose.TREND)).any()
    assert (here != words(seed, identity ^ 1 << 63, 16, Purpose.TREND)).any()
    assert (here != words(seed, identity, 16, Purpose.TREND + 1)).any()


def test_uniforms_lie_strictly_between_0_and_1_and_are_uniform():
    sample = uniforms(7, stable_id("5g_base_stations", "140000"), 20_000, Purpose.TREND)
    assert 0.0 < sample.min() < sample.max() < 1.0
    assert stats.kstest(sample, "uniform").pvalue > 0.01


def test_normals_are_normal_and_unrelated_between_purposes_and_identities():
    sample = normals(7, 1, 20_000, Purpose.TREND)
    assert stats.kstest(sample, "norm").pvalue > 0.01
    for other in (normals(7, 1, 20_000, Purpose.TREND + 1), normals(7, 2, 20_000, Purpose.TREND)):
        assert abs(np.corrcoef(sample, other)[0, 1]) < 4 / np.sqrt(20_000)


def test_many_stable_ids_are_those_of_single_names():
    names = ["P1/A", "项目/甲", ""]
    assert stable_ids(names).tolist() == [stable_id(name) for name in names]
    assert stable_ids([]).size == 0


def test_stable_id_is_the_same_on_every_machine_and_keeps_names_apart():
    # printf '5g_base_stations\x1f140000' | b2sum -l 64, its bytes in reverse order
    assert stable_id("5g_base_stations", "140000") == 0x95D9110BBE473B62
    assert stable_id("ab", "c") != stable_id("a", "bc") != stable_id("abc")
