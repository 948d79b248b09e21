"""Pieces of work side by side: all are done, or what stopped them is raised and the rest given up."""

import signal
import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from backcast.engine.parallel import Crew, run_all


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_item_is_done_once_and_told(threads):
    done, said = [], []
    run_all(done.append, range(20), threads, lambda *counts: said.append(counts))
    assert sorted(done) == list(range(20))
    assert said == [(n, 20) for n in range(1, 21)]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_what_was_found_keeps_the_order_of_the_items(threads):
    assert run_all(str, range(20), threads) == [str(n) for n in range(20)]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_crew_works_at_no_more_places_than_it_has_threads(threads):
    crew, working, most = Crew(threads), [], []

    def inner(item):
        working.append(item)
        most.append(len(working))
        working.remove(item)
        return item

    def outer(item):
        return run_all(inner, range(100 * item, 100 * item + 100), crew)

    assert run_all(outer, range(10), crew) == [list(range(100 * n, 100 * n + 100)) for n in range(10)]
    assert max(most) <= threads


def test_whoever_has_work_left_is_helped_by_those_who_have_none():
    crew, meeting = Crew(2), threading.Barrier(2, timeout=60)

    def outer(item):
        if item == "little":
            return None
        while not crew.helpers(1):  # until the other one has nothing left to do
            pass
        crew.leave()
        return run_all(lambda _: meeting.wait(), range(2), crew)  # which takes two

    assert run_all(outer, ["much", "little"], crew)[0]
    assert crew.helpers(9) == 1


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


def test_an_interrupt_ends_waiting_for_what_takes_long():
    """Polars lets system calls go on after an interrupt: a wait without an end would not notice it."""
    code = """
        import os, polars, sys, time
        from backcast.engine.parallel import run_all
        try:
            run_all(lambda item: (os.write(1, b"begun\\n"), time.sleep(60)), range(2), 2)
        except KeyboardInterrupt:
            os._exit(7)
    """
    with subprocess.Popen([sys.executable, "-c", dedent(code)], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 7


def test_no_thread_outlives_an_error():
    before = threading.active_count()

    def work(item):
        if item == 3:
            raise ValueError("three")

    with pytest.raises(ValueError, match="three"):
        run_all(work, range(100), 2)
    assert threading.active_count() == before
