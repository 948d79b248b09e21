"""A simulated country: projects by the million, verdicts only, on a Dask cluster on this machine.

Writes a Parquet planbook of N projects with M activities each straight from arrays, says the verdicts
with two workers of one thread, and prints minutes and peak memory, and what more machines would make of it.
``--threads 2`` does without a cluster, in this process: a province of long projects fits into one machine.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from distributed import Client, LocalCluster

import backcast as bc
from backcast.engine.parallel import AT_ONCE
from backcast.planbook.book import Planbook
from backcast.planbook.parts import BY_PROJECT
from backcast.planbook.tasks import LEAST

PLAN = Path(__file__).parents[1] / "examples" / "shanxi"
TODAY = date(2023, 8, 31)
CHUNK = 20_000
"""Projects that are made up at a time."""
ROWS = 40_000
"""Rows of a row group: those of one task."""
SORTS = (
    ("digital/base_station", "communications", "5g_base_stations", 20.0),
    ("digital/data_centre", "data_centre", "dc_racks", 5.0),
    ("energy/smart_mine", "coal", "smart_mining_faces", 0.01),
)
SHARES = {"preparation": 0.4, "construction": 0.85, "trial_running": 1.0}
GATES = {"preparation": "start", "construction": "completion", "trial_running": "production"}
WORKERS = 2


def main() -> None:
    """Make up a country and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=20_000)
    parser.add_argument("--activities", type=int, default=20)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--threads", type=int, help="threads of this process, instead of a cluster")
    parser.add_argument("--least", type=int, default=LEAST, help="projects of a task (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "country"
        begin = time.perf_counter()
        write_country(folder, options.projects, options.activities)
        say(
            f"written in {time.perf_counter() - begin:.0f} s, "
            f"{sum(file.stat().st_size for file in folder.iterdir()) / 1e6:,.0f} MB"
        )
        write_country(Path(place) / "small", 400, options.activities)
        if options.threads:
            with ThreadPoolExecutor(options.threads) as pool:
                warm_up(Path(place) / "small", pool)
                measure(folder, options.draws, options.least, pool)
            return
        with (
            LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            warm_up(Path(place) / "small", client.get_executor())
            ended, tasks, own = measure(folder, options.draws, options.least, client.get_executor())
            peaks = client.run(peak_memory)
            say(f"peak memory of workers: {', '.join(f'{peak:.2f}' for peak in peaks.values())} GB")
            if tasks > WORKERS:
                extrapolate(ended[-1], ended[0], tasks, own / tasks)


def warm_up(folder: Path, executor: Executor) -> None:
    """Have everything compiled and imported."""
    bc.verdicts(bc.open_planbook(folder), draws=8, executor=executor, least=50)


def measure(folder: Path, draws: int, least: int, executor: Executor) -> tuple[list[float], int, float]:
    """Say the verdicts once, and print what it took.

    Returns
    -------
    Seconds after which each task was done, and last of all the verdicts; how many tasks there were; and the
    processor seconds of this process.
    """
    ended: list[float] = []
    begin, own_begin = time.perf_counter(), time.process_time()
    found = bc.verdicts(
        bc.open_planbook(folder),
        draws=draws,
        executor=executor,
        least=least,
        progress=lambda what, n, of: ended.append(time.perf_counter() - begin),
    )
    tasks = len(ended)
    ended.append(time.perf_counter() - begin)
    own = time.process_time() - own_begin
    states = sorted({verdict.state for verdict in found.verdicts})
    say(f"{found.projects:,} projects, {draws:,} draws, {tasks} tasks: {ended[-1]:.1f} s")
    say(f"peak memory of this process: {peak_memory():.2f} GB")
    say(f"{len(found.verdicts)} verdicts: {', '.join(states)}")
    return ended, tasks, own


def peak_memory() -> float:
    """Return the most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def extrapolate(whole: float, first: float, tasks: int, adding: float) -> None:
    """Print what machines like this one, with as many workers each, would need.

    Parameters
    ----------
    whole, first
        Seconds until all tasks, and the first one, were done.
    adding
        Processor seconds of the client and the scheduler for each task.
    """
    each = (whole - first) * WORKERS / (tasks - WORKERS)
    alone = whole - each * tasks / WORKERS
    once = max(alone, 0.0)
    say(
        f"a task takes {each:.2f} s at a worker and {adding:.3f} s at the client; "
        f"before and after all tasks {once:.1f} s"
    )
    for machines in (1, 2, 5, 10, 50):
        workers = min(machines * WORKERS, AT_ONCE)
        seconds = once + max(-(-tasks // workers) * each, tasks * adding)
        say(f"{machines:4d} machines of {WORKERS} workers: {seconds / 60:6.1f} minutes")
    say("Assumed: machines like this one, files read as fast as from its own disk, tasks in whole rounds, one client.")


def write_country(folder: Path, projects: int, activities: int) -> None:
    """Write a planbook of made-up projects on the targets of the practice province, chunk by chunk."""
    province = bc.practice(bc.read_planbook(PLAN), projects=100, seed=1)
    plan = Planbook.of(
        {name: frame for name, frame in province.tables.items() if name not in BY_PROJECT and name != "risks"}
    )
    bc.write_planbook(plan, folder, parquet=True)
    counties = province["regions"].filter(pl.col("level") == "county")["code"].sort()
    parts = folder / ".parts"
    parts.mkdir()
    names = ("projects", "activities", "relationships", "outputs")
    for first in range(0, projects, CHUNK):
        tables = chunk(first, min(first + CHUNK, projects), activities, counties)
        for name in names:
            whole = Planbook.of({name: tables[name]})[name]
            whole.write_parquet(parts / f"{name}-{first:09d}.parquet")
    for name in names:
        pieces = sorted(parts.glob(f"{name}-*.parquet"))
        pl.scan_parquet(pieces).sink_parquet(folder / f"{name}.parquet", row_group_size=ROWS, maintain_order=True)
        for piece in pieces:
            piece.unlink()
    parts.rmdir()


def chunk(first: int, last: int, n: int, counties: pl.Series) -> dict[str, pl.DataFrame]:
    """Make up the projects ``first`` up to ``last`` with ``n`` activities each."""
    number = np.arange(first, last)
    random = np.random.default_rng([7, first])
    sort = random.integers(0, len(SORTS), number.size)
    code = pl.Series("code", [f"SIM-{k:08d}" for k in number.tolist()])
    starts = date(2021, 1, 1).toordinal() + random.integers(0, 1400, number.size)
    days = random.integers(10, 61, (number.size, n))
    begins = starts[:, None] + np.concatenate(
        [np.zeros((number.size, 1), int), np.cumsum(days, axis=1)[:, :-1]], axis=1
    )
    ends = begins + days - 1
    today = TODAY.toordinal()
    projects = pl.DataFrame(
        {
            "code": code,
            "name": "模拟项目" + code,
            "kind": "construction",
            "class": np.array([s[0] for s in SORTS])[sort],
            "sector": np.array([s[1] for s in SORTS])[sort],
            "owner": [f"SIM-O{k // 40:06d}" for k in number.tolist()],
            "lead_region": counties[((number * 7) % counties.len()).tolist()],
            "stage": _stage(begins, ends, n, today),
            "planned_start": _dates(begins[:, _first(n, "construction")]),
            "planned_finish": _dates(ends[:, _last(n, "construction")]),
            "status": "simulated",
        }
    )
    steps = [f"A{k:03d}" for k in range(n)]
    kind = [next(name for name, share in SHARES.items() if k < share * n or name == "trial_running") for k in range(n)]
    gate = [GATES[name] if k == _last(n, name) else None for k, name in enumerate(kind)]
    planned = {"planned_start": _dates(begins.ravel()), "planned_finish": _dates(ends.ravel())}
    rows = pl.DataFrame(
        {
            "project": _repeated(code, n),
            "code": steps * number.size,
            "name": "模拟",
            "duration": days.ravel(),
            "interval": kind * number.size,
            "gate": gate * number.size,
            **planned,
        }
    ).with_columns(
        actual_start=pl.when(pl.col("planned_start") <= TODAY).then("planned_start"),
        actual_finish=pl.when(pl.col("planned_finish") <= TODAY).then("planned_finish"),
    )
    outputs = pl.DataFrame(
        {
            "project": code,
            "indicator": np.array([s[2] for s in SORTS])[sort],
            "amount": np.array([s[3] for s in SORTS])[sort],
            "gate": "production",
            "status": "simulated",
        }
    )
    return {"projects": projects, "activities": rows, "relationships": _links(code, steps), "outputs": outputs}


def _links(code: pl.Series, steps: list[str]) -> pl.DataFrame:
    """A chain with every third activity linked past the next; every hundredth project waits for the one before."""
    pairs = [(k, k + 1) for k in range(len(steps) - 1)] + [(k, k + 2) for k in range(0, len(steps) - 2, 3)]
    within = pl.DataFrame(
        {
            "predecessor_project": _repeated(code, len(pairs)),
            "predecessor": [steps[one] for one, _ in pairs] * code.len(),
            "successor_project": _repeated(code, len(pairs)),
            "successor": [steps[other] for _, other in pairs] * code.len(),
        }
    )
    waiting = list(range(100, code.len(), 100))
    across = pl.DataFrame(
        {
            "predecessor_project": code[[k - 1 for k in waiting]],
            "predecessor": steps[-1],
            "successor_project": code[waiting],
            "successor": steps[-1],
        }
    )
    return pl.concat([within, across]).sort("predecessor_project", maintain_order=True)


def _stage(begins: np.ndarray, ends: np.ndarray, n: int, today: int) -> pl.Series:
    """The stage that the dates tell."""
    stages = np.full(begins.shape[0], "preparation", object)
    stages[begins[:, _first(n, "construction")] <= today] = "construction"
    stages[ends[:, _last(n, "construction")] <= today] = "completed"
    stages[ends[:, -1] <= today] = "production"
    return pl.Series(stages.tolist())


def _last(n: int, interval: str) -> int:
    return n - 1 if interval == "trial_running" else max(int(np.ceil(SHARES[interval] * n)) - 1, 0)


def _first(n: int, interval: str) -> int:
    return min(_last(n, "preparation") + 1, n - 1) if interval == "construction" else 0


def _repeated(values: pl.Series, times: int) -> pl.Series:
    return values[np.repeat(np.arange(values.len()), times).tolist()]


def _dates(ordinals: np.ndarray) -> pl.Series:
    return pl.Series(ordinals - date(1970, 1, 1).toordinal(), dtype=pl.Int32).cast(pl.Date)


def say(sentence: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
