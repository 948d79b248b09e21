"""Scores of a backtest as sentences and figures, for the screen and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from backcast.language import Message, tr
from backcast.planbook.backtest import Backtest
from backcast.planbook.priors import ROOT
from backcast.planbook.scoring import Estimate, Score
from backcast.report.learned import summary

BASELINES = {
    "planned": tr("the planned date"),
    "class_only": tr("the class without own pace"),
    "kaplan_meier": tr("one Kaplan–Meier curve of everything"),
}
EVEN = 0.005
"""Scores whose ratio is nearer to one than this are told as equal."""
HOW_TO_READ = (
    tr(
        "CRPS: how far the forecasts were from what came, in days; smaller is better. It looks at each case up to the "
        "last day on which it was seen, whether it finished or not."
    ),
    tr(
        "Better or worse: 1 − our CRPS ÷ that of the other. In the line of a class, the other is the Kaplan–Meier "
        "curve of that class alone."
    ),
    tr("P10–P90: share of the finishes within that band of the forecast, cases still running counted as far as seen."),
    tr("Brier score of “finished by the end”: 0 is perfect, and always saying 50% gets 0.25."),
    tr("In brackets: the middle 95 in 100 bootstrap samples of projects. –: too little to tell."),
)


def answer(score: Score) -> Message:
    """Say how right the forecasts were in one sentence."""
    finished = score.n_scored - score.n_censored
    figures = {"n": f"{finished:,}", "expected": f"{score.expected:,.0f}", "covered": share(score.coverage_80.value)}
    if not finished:
        first = tr("None of {n} had finished by the end (forecast: {expected})", n=f"{score.n_scored:,}",
                   expected=figures["expected"])  # fmt: skip
    elif isnan(score.coverage_80.value):
        first = tr("{n} finished (forecast: {expected})", **figures)
    else:
        first = tr("Of {n} that finished, {covered} fell within P10–P90, where 80% is meant", **figures)
    than = _than(score.crps_skill.kaplan_meier)
    return tr("{first}; {than}.", first=first, than=than) if than else tr("{first}.", first=first)


def _than(skill: Estimate) -> Message | None:
    """Compare with Kaplan–Meier alone; None where that cannot be told."""
    if isnan(skill.value):
        return None
    if skill.low <= 0 <= skill.high or abs(skill.value) < EVEN:
        return tr("the forecasts are neither clearly better nor worse than Kaplan–Meier alone")
    if skill.value > 0:
        return tr("the forecasts are {much} better than Kaplan–Meier alone", much=f"{skill.value:.0%}")
    return tr("the forecasts are {much} worse than Kaplan–Meier alone", much=_loss(skill.value))


def learned_from(found: Backtest) -> Message:
    """Say in one sentence what the forecasts were learned from."""
    last = summary(found.learned[-1])
    if len(found.learned) == 1:
        return last
    return tr("Learned anew at {n} cut-offs, the last of them: {last}", n=len(found.learned), last=last)


def comparisons(score: Score) -> Iterator[Message]:
    """Say how the forecasts compare with each baseline."""
    for name, baseline in BASELINES.items():
        if name == "class_only" and not uses_own_pace(score):
            yield tr("Own pace was not used: the forecasts are those of the class.")
        else:
            yield compared(baseline, getattr(score.crps_skill, name), score.crps, getattr(score, name))


def uses_own_pace(score: Score) -> bool:
    """Tell whether own pace made any difference."""
    return score.class_only != score.crps


def compared(baseline: Message, skill: Estimate, ours: float, theirs: float) -> Message:
    """Say how far a score is from that of a baseline, and whether it may be chance."""
    figures = {"baseline": baseline, "ours": f"{ours:,.1f}", "theirs": f"{theirs:,.1f}"}
    if isnan(skill.value):
        return tr("Against {baseline}: {ours} against {theirs} days; too little to compare.", **figures)
    figures |= {"much": much(skill.value), "low": share(skill.low), "high": share(skill.high)}
    if skill.low <= 0 <= skill.high:
        return tr("Against {baseline}: {much}, which may be chance ({low} to {high}); {ours} against {theirs} days.",
                  **figures)  # fmt: skip
    return tr("Against {baseline}: {much} ({low} to {high}); {ours} against {theirs} days.", **figures)


def much(skill: float) -> Message:
    """Write how much better or worse a score is."""
    if isnan(skill):
        return tr("too little to compare")
    if abs(skill) < EVEN:
        return tr("no better")
    return tr("{much} better", much=f"{skill:.0%}") if skill > 0 else tr("{much} worse", much=_loss(skill))


def _loss(skill: float) -> str:
    return ">100%" if skill < -1.0 else f"{-skill:.0%}"


def worse(scores: Sequence[Score]) -> Iterator[Message]:
    """Name the classes in which a baseline does as well or better."""
    baselines = {"planned": BASELINES["planned"], "kaplan_meier": tr("the Kaplan–Meier curve of the class alone")}
    for name, baseline in baselines.items():
        names = [name_of(score) for score in scores if score.name and getattr(score.crps_skill, name).value <= 0]
        if names:
            yield tr("Not better than {baseline}: {names}.", baseline=baseline, names=joined(names))


def joined(names: Sequence[Message | str]) -> Message:
    """Join names with the separator of the language that they are read in."""
    whole = Message("{name}", (("name", names[0]),))
    for name in names[1:]:
        whole = tr("{names}; {name}", names=whole, name=name)
    return whole


def left_out(found: Backtest) -> Iterator[Message]:
    """Say which cut-offs and which cases were not scored, and why."""
    for absent in found.left_out:
        yield tr("Not scored: the cut-off {day}. {why}", day=absent.cutoff.isoformat(), why=absent.why)
    if found.unrecorded:
        yield tr(
            "Not scored: {n} that had ended by the cut-off, which was recorded only later.", n=f"{found.unrecorded:,}"
        )
    if found.lost:
        yield tr(
            "Not scored: {n} that were running at the cut-off and are not seen later; what came of them is not known.",
            n=f"{found.lost:,}",
        )


def name_of(score: Score) -> Message | str:
    """Return how a line of scores is called."""
    return {"": tr("All"), ROOT: tr("(no class)")}.get(score.name, score.name)


def share(value: float) -> str:
    """Write a share or a skill in per cent; a dash where it cannot be told, far below zero no digits."""
    if value < -1.0:
        return "<−100%"
    return "–" if isnan(value) else f"{value:.0%}".replace("-", "−").replace("−0%", "0%")


def ranged(estimate: Estimate) -> str:
    """Write a share with its interval; a dash where it cannot be told."""
    return f"{share(estimate.value)} {interval(estimate)}".strip()


def interval(estimate: Estimate) -> str:
    """Write the interval of a share; nothing where it cannot be told."""
    if isnan(estimate.low):
        return ""
    low, high = (share(bound).removesuffix("%") for bound in (estimate.low, estimate.high))
    return f"({low}…{high})" if "−" in low else f"({low}–{high})"  # a minus beside a dash cannot be read


def rounded(value: float, digits: int) -> str:
    """Write a number with so many decimals; a dash where it cannot be told."""
    return "–" if isnan(value) else f"{value:,.{digits}f}"
