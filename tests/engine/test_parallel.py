"""Pieces of work side by side: all are done, or what stopped them is raised and the rest given up."""

import threading

import pytest

from backcast.engine.parallel import run_all


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_item_is_done_once_and_told(threads):
    done, said = [], []
    run_all(done.append, range(20), threads, lambda *counts: said.append(counts))
    assert sorted(done) == list(range(20))
    assert said == [(n, 20) for n in range(1, 21)]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("threads", [1, 2])
def test_what_progress_raises_gives_up_the_items_not_begun(threads, error):
    begun, told = [], threading.Event()

    def work(item):
        begun.append(item)
        if item > 0:
            told.wait(60)  # under way, in the other thread, while the first one is told

    def stop(done, of):
        told.set()
        raise error

    with pytest.raises(error):
        run_all(work, range(100_000), threads, stop)
    assert 1 <= len(begun) < 100_000


def test_no_thread_outlives_an_error():
    before = threading.active_count()

    def work(item):
        if item == 3:
            raise ValueError("three")

    with pytest.raises(ValueError, match="three"):
        run_all(work, range(100), 2)
    assert threading.active_count() == before
