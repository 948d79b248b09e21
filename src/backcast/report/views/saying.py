"""The sentences of a report about one target."""

from __future__ import annotations

from backcast.language import Message, Name, tr
from backcast.planbook.results import SettledVerdict, Verdict
from backcast.planbook.sentences import percent
from backcast.report.figures import day, month
from backcast.report.views.facts import Facts

LIKELY = {
    "at_least": tr("{subject}: {probability} likely to reach {target} by {date}"),
    "more_than": tr("{subject}: {probability} likely to exceed {target} by {date}"),
    "at_most": tr("{subject}: {probability} likely to be at most {target} by {date}"),
    "less_than": tr("{subject}: {probability} likely to be below {target} by {date}"),
}
AIM = {
    "at_least": tr("{target} by {date}"),
    "more_than": tr("more than {target} by {date}"),
    "at_most": tr("at most {target} by {date}"),
    "less_than": tr("below {target} by {date}"),
}


def filled(sentence: Message, **values: object) -> Message:
    """Return a marked sentence with its values."""
    return Message(sentence.template, tuple(values.items()))


def headline(facts: Facts, verdict: Verdict) -> Message:
    """Say how likely a target is."""
    assert verdict.probability is not None
    return filled(
        LIKELY[verdict.comparison],
        subject=facts.subject(verdict),
        probability=percent(verdict.probability),
        target=facts.figures.said(verdict.indicator, verdict.target),
        date=day(verdict.date),
    )


def aim(facts: Facts, verdict: Verdict | SettledVerdict) -> Message:
    """Say what a target asks for."""
    target = facts.figures.said(verdict.indicator, verdict.target)
    return filled(AIM[verdict.comparison], target=target, date=day(verdict.date))


def grain(facts: Facts, verdict: Verdict) -> float:
    """How finely the forecast of a target is told."""
    assert verdict.value is not None
    return facts.figures.grain(verdict.indicator, verdict.value.p10, verdict.value.p90)


def outlook(facts: Facts, verdict: Verdict) -> Message:
    """Say where the value will lie at the target's date."""
    assert verdict.value is not None
    fine, said = grain(facts, verdict), facts.figures.said
    return tr(
        "Median {p50}, {gap}; 80% of the simulated futures lie between {p10} and {p90}.",
        p10=said(verdict.indicator, verdict.value.p10, fine),
        p50=said(verdict.indicator, verdict.value.p50, fine),
        p90=said(verdict.indicator, verdict.value.p90, fine),
        gap=gap(facts, verdict),
    )


def brief(facts: Facts, verdict: Verdict) -> Message:
    """Say the same in as few words as a row has room for, in plain digits, which rows compare by."""
    assert verdict.value is not None
    p10, p50, p90 = (
        facts.figures.bare(verdict.indicator, value, grain(facts, verdict)).en
        for value in (verdict.value.p10, verdict.value.p50, verdict.value.p90)
    )
    target = facts.figures.plain(verdict.indicator, verdict.target)
    return tr("median {p50} of {target}; P10–P90 {p10}–{p90}", p10=p10, p50=p50, p90=p90, target=target)


def span(facts: Facts, verdict: Verdict) -> Message:
    """Say median, P10 and P90 of the value in plain digits."""
    assert verdict.value is not None
    p10, p50, p90 = (
        facts.figures.bare(verdict.indicator, value, grain(facts, verdict)).en
        for value in (verdict.value.p10, verdict.value.p50, verdict.value.p90)
    )
    return tr("{p50} ({p10}–{p90})", p10=p10, p50=p50, p90=p90)


def gap(facts: Facts, verdict: Verdict) -> Message:
    """Say how far the median is from the target."""
    assert verdict.value is not None
    missing = verdict.target - verdict.value.p50
    if verdict.direction == "lower":
        missing = -missing
    amount = facts.figures.said(verdict.indicator, abs(missing), grain(facts, verdict))
    if not amount.read("en").strip("0.%"):
        return tr("on target")
    return tr("{amount} short", amount=amount) if missing > 0 else tr("{amount} to spare", amount=amount)


def last_figure(facts: Facts, verdict: Verdict) -> Message:
    """Say what was reported last."""
    if verdict.last_value is None or verdict.last_date is None:
        return tr("no figure yet")
    value = facts.figures.said(verdict.indicator, verdict.last_value)
    return tr("{value} on {date}", value=value, date=day(verdict.last_date))


def when_reached(verdict: Verdict) -> Message | None:
    """Say when a target will be reached."""
    dates = verdict.first_met
    if dates is None or dates.p50 is None:
        return tr("In most simulated futures it is not reached at all.") if dates else None
    if dates.p80 is None:
        return tr("As likely as not by {p50}; with 80% confidence not at all.", p50=month(dates.p50))
    return tr("As likely as not by {p50}; with 80% confidence by {p80}.", p50=month(dates.p50), p80=month(dates.p80))


def pace(facts: Facts, verdict: Verdict) -> Message | None:
    """Say whether the pace that a target needs has ever been seen."""
    if verdict.required_pace is None:
        return None
    sign = -1.0 if verdict.direction == "lower" else 1.0
    required = sign * verdict.required_pace
    if required <= 0:
        return tr("The last figure is already where the target wants it.")
    needed = per_year(facts, verdict, required)
    if verdict.best_pace is None:
        return tr("It takes {required} a year; no pace has been observed yet.", required=needed)
    best = sign * verdict.best_pace
    if best <= 0:
        return tr("It takes {required} a year; so far there was no progress to go by.", required=needed)
    return _beside_the_best(required / best)


def _beside_the_best(times: float) -> Message:
    if times <= 1:
        return tr("Within reach: it takes {share} of the best pace seen so far.", share=f"{times:.0%}")
    if times < 1.5:
        return tr("Faster than ever: it takes {share} of the best pace seen so far.", share=f"{times:.0%}")
    return tr("Faster than ever: it takes {times} times the best pace seen so far.", times=f"{times:.1f}")


def per_year(facts: Facts, verdict: Verdict, value: float) -> Name:
    """Write a pace, rounded to three digits."""
    return facts.figures.said(verdict.indicator, value, facts.figures.grain(verdict.indicator, 0.0, value) / 10)
