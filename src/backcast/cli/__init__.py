"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from backcast.cli import web_commands
from backcast.cli.common import (
    ALONE,
    COUNT,
    DRAWS,
    FORCE,
    HISTORY,
    PLANBOOK,
    PRIOR,
    THREADS,
    in_sentences,
    projects_option,
    says,
    seed_option,
)
from backcast.cli.usage import Door
from backcast.cli.values import Day, FileOfKind
from backcast.language import tr


@click.group(
    cls=Door,
    help=says(tr("Start from the target, work backwards: how likely is each target of a plan, and what decides it.")),
    epilog=says(tr("Set BACKCAST_LANGUAGE to en or zh to choose the language.")),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="backcast", help=says(tr("Show the version and exit.")))
def main() -> None:
    """Open the door; each command says what it does."""


@main.command(help=says(tr("Say how likely each target in force is, what decides it, and by when things must happen.")))
@PLANBOOK
@click.option("--data-date", type=Day(), help=says(tr("The last day whose facts count.")))
@DRAWS
@seed_option(tr("The same seed gives the same digits."))
@THREADS
@click.option(
    "--precision",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    metavar="SHARE",
    help=says(tr("Stop when no probability has a larger standard error, such as 0.005; --draws are the most.")),
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help=says(tr("Draw on a Dask cluster, whose scheduler is at an address such as tcp://scheduler:8786.")),
)
@click.option(
    "--verdicts-only",
    is_flag=True,
    help=says(tr("Work out verdicts alone, part by part, so that a whole country fits; nothing is kept.")),
)
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print everything as JSON.")))
@click.option(
    "--report",
    "report_file",
    type=FileOfKind(".html"),
    help=says(tr("Write one self-contained page.")),
)
@click.option(
    "--keep/--no-keep",
    "kept",
    default=True,
    help=says(tr("Keep the run beside the planbook, in `runs`, for the track record; by default it is kept.")),
)
@in_sentences
def run(planbook: Path, **options: Any) -> None:
    from backcast.cli.running import run_planbook

    run_planbook(planbook, **options)


@main.command(
    "what-if",
    help=says(tr("Say what changes for the targets if a project comes later, is given up, or anything else.")),
)
@PLANBOOK
@click.argument(
    "changed",
    type=click.Path(path_type=Path),
    required=False,
    help=says(tr("The same planbook with changes, unless options tell them.")),
)
@click.option("--project", metavar="CODE", help=says(tr("The project to be delayed.")))
@click.option(
    "--delay",
    type=click.IntRange(-3650, 3650),
    metavar="DAYS",
    help=says(tr("Calendar days by which all that lies ahead of it comes later; negative: earlier.")),
)
@click.option("--drop", metavar="CODE", help=says(tr("A project that is given up.")))
@click.option("--data-date", type=Day(), help=says(tr("The last day whose facts count.")))
@DRAWS
@seed_option(tr("The same seed gives the same digits."))
@THREADS
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print everything as JSON.")))
@in_sentences
def what_if(planbook: Path, **options: Any) -> None:
    from backcast.cli.asking import ask_what_if

    ask_what_if(planbook, **options)


@main.command(help=says(tr("Score what earlier runs said of each target by what came since.")))
@PLANBOOK
@click.option("--data-date", type=Day(), help=says(tr("What came is told as it is known on this day.")))
@click.option(
    "--recompute/--no-recompute",
    default=True,
    help=says(tr("Run again at the ends of those years of the plan in which no run was kept; by default it does.")),
)
@click.option(
    "--draws",
    type=click.IntRange(1, 1_000_000),
    metavar=COUNT,
    default=2000,
    show_default=True,
    help=says(tr("Simulated futures of the runs that are computed again.")),
)
@seed_option(tr("The same seed gives the same digits."))
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print everything as JSON.")))
@in_sentences
def track(planbook: Path, **options: Any) -> None:
    from backcast.cli.tracking import track_planbook

    track_planbook(planbook, **options)


@main.command(help=says(tr("Find every problem of a planbook at once. Errors exit with 1, warnings with 0.")))
@PLANBOOK
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print the problems as JSON.")))
@click.option(
    "--mark",
    type=FileOfKind(".xlsx"),
    help=says(tr("Write a copy of the workbook with the problems marked in it.")),
)
@in_sentences
def check(planbook: Path, **options: Any) -> None:
    from backcast.cli.checking import check_planbook

    check_planbook(planbook, **options)


@main.command(help=says(tr("Compute early and late dates, floats and the activities that drive them.")))
@PLANBOOK
@click.option("--data-date", type=Day(), help=says(tr("The last day whose facts count.")))
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print the dates as JSON.")))
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=says(tr("Write the dates as CSV.")),
)
@in_sentences
def schedule(planbook: Path, **options: Any) -> None:
    from backcast.cli.scheduling import schedule_planbook

    schedule_planbook(planbook, **options)


@main.command(
    help=says(tr("Learn from earlier projects how long intervals really take, as the classes of a planbook."))
)
@HISTORY
@click.option(
    "-o", "--output", type=FileOfKind(".csv"), help=says(tr("Write the classes, as a planbook's folder takes them."))
)
@click.option(
    "--day", type=Day(), help=says(tr("What was not known on this day is not seen; by default the last day."))
)
@click.option(
    "--source", metavar="TEXT", default="", help=says(tr("Where the history comes from; by default the file's name."))
)
@click.option(
    "--cost-unit",
    metavar="TEXT",
    default="",
    help=says(tr("Unit of the history's costs. A run uses what they tell of time only if it is 万元.")),
)
@PRIOR
@ALONE
@FORCE
@in_sentences
def learn(history: Path, **options: Any) -> None:
    from backcast.cli.learning import learn_classes

    learn_classes(history, **options)


@main.command(help=says(tr("Score the forecasts that would have been made on earlier days by what came after them.")))
@HISTORY
@click.option(
    "--cutoff",
    "cutoffs",
    type=Day(),
    multiple=True,
    required=True,
    help=says(tr("The last day whose facts the forecasts know; give several to score them together.")),
)
@click.option("--by", type=click.Choice(["class"]), help=says(tr("Tell the scores of each class as well.")))
@click.option(
    "--depth",
    type=click.IntRange(1, 20),
    metavar=COUNT,
    default=1,
    show_default=True,
    help=says(
        tr("Steps of the class path by which classes are told apart: 2 tells transport/rail from transport/road.")
    ),
)
@PRIOR
@ALONE
@click.option(
    "--stated",
    is_flag=True,
    help=says(
        tr("Forecast every stated finish by itself; where none is known, the last one stated counts as the finish.")
    ),
)
@click.option("--json", "as_json", is_flag=True, help=says(tr("Print everything as JSON.")))
@click.option("--report", "report_file", type=FileOfKind(".html"), help=says(tr("Write one self-contained page.")))
@in_sentences
def backtest(history: Path, **options: Any) -> None:
    from backcast.cli.backtesting import backtest_history

    backtest_history(history, **options)


@main.command(help=says(tr("Write an empty workbook to fill in, with drop-downs and notes in both languages.")))
@click.argument("file", type=FileOfKind(".xlsx"), help=says(tr("Workbook to write.")))
@FORCE
@in_sentences
def template(file: Path, *, force: bool) -> None:
    from backcast.cli.keeping import keep_file
    from backcast.interchange.workbook import template as write_template

    if not force:
        keep_file(file)
    write_template(file)
    click.echo(says(tr("Written: {file}", file=file)))


@main.command(help=says(tr("Make up a province to practise on: real targets and regions, simulated projects.")))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), help=says(tr("Folder to write.")))
@projects_option(3000, tr("Size of the library."))
@seed_option(tr("The same seed gives the same province."))
@FORCE
@in_sentences
def practice(folder: Path, **options: Any) -> None:
    from backcast.cli.showing import write_practice

    write_practice(folder, **options)


@main.command(
    help=says(
        tr("Show everything: the web application with the real Shanxi plan and a practice province, and two reports.")
    )
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help=says(tr("Where the reports go.")),
)
@projects_option(1000, tr("Size of the practice library."))
@web_commands.PORT
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=says(tr("Folder of the application's database; by default `data` beside the reports.")),
)
@click.option("--report-only", is_flag=True, help=says(tr("Compute and print the two reports, and serve nothing.")))
@in_sentences
def demo(folder: Path, *, projects: int, port: int, data: Path | None, report_only: bool) -> None:
    if report_only:
        from backcast.cli.showing import show_demo

        show_demo(folder=folder, projects=projects)
        return
    from backcast.cli.web import with_django

    with_django(data or folder / "data", demo=True)
    from backcast.cli.demonstrating import serve_demo

    serve_demo(folder=folder, projects=projects, port=port)


@main.command(help=says(tr("Compile ahead, so that the first run is as fast as the next.")))
@in_sentences
def warm() -> None:
    from backcast.cli.warming import is_warm

    if not is_warm():
        from backcast.cli.rehearsing import compile_ahead

        compile_ahead()


@main.command(help=says(tr("Look whether everything that Backcast needs is in place.")))
@in_sentences
def doctor() -> None:
    from backcast.cli.doctor import examine

    sys.exit(0 if examine() else 1)


for command in web_commands.COMMANDS:
    main.add_command(command)
