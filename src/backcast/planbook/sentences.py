"""Results as sentences that a planner could paste into a message."""

from __future__ import annotations

from functools import singledispatch

from backcast.language import Message, tr
from backcast.planbook.names import Names
from backcast.planbook.results import (
    Change,
    Driver,
    LatestDate,
    PastForecast,
    SettledVerdict,
    TrajectoryPoint,
    Verdict,
    WaitingVerdict,
)


def figure(value: float | None) -> str:
    """Write a number for people: thousands separated, about four digits where it is not whole."""
    if value is None:
        return "–"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def percent(probability: float) -> str:
    """Write a probability without ever claiming certainty."""
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


def standing(state: str | None, probability: float | None) -> str | Message:
    """Say how a target stands, in as few words as possible; ``state`` is None where it is not in force."""
    if probability is not None:
        return percent(probability)
    words = {"met": tr("met"), "missed": tr("missed"), "no_evidence": tr("no forecast")}
    return words.get(state or "", tr("not in force"))


@singledispatch
def sentence(record: object, names: Names) -> Message:
    """Say a result in one sentence."""
    raise TypeError(f"There is no sentence for {type(record).__name__}.")


@sentence.register
def _(verdict: Verdict, names: Names) -> Message:
    about = {
        "indicator": names("indicators", verdict.indicator),
        "region": names("regions", verdict.region),
        "date": verdict.date,
        "target": figure(verdict.target),
    }
    match verdict.state:
        case "met":
            return tr("{indicator}, {region}, {target} by {date}: met on {met_on}.", met_on=verdict.met_on, **about)
        case "missed":
            return tr("{indicator}, {region}, {target} by {date}: missed. {reason}", reason=verdict.reason, **about)
        case "no_evidence":
            return tr(
                "{indicator}, {region}, {target} by {date}: no forecast. {reason}", reason=verdict.reason, **about
            )
    assert verdict.probability is not None
    assert verdict.value is not None
    return tr(
        "{indicator}, {region}, {target} by {date}: {probability} likely. Median {p50}, P10–P90 {p10}–{p90}. {reason}",
        probability=percent(verdict.probability),
        p10=figure(verdict.value.p10),
        p50=figure(verdict.value.p50),
        p90=figure(verdict.value.p90),
        reason=verdict.reason,
        **about,
    )


@sentence.register
def _(point: TrajectoryPoint, names: Names) -> Message:
    return tr(
        "{indicator}, {region}, {date}: median {p50}, P10–P90 {p10}–{p90}.",
        indicator=names("indicators", point.indicator),
        region=names("regions", point.region),
        date=point.date,
        p10=figure(point.p10),
        p50=figure(point.p50),
        p90=figure(point.p90),
    )


@sentence.register
def _(driver: Driver, names: Names) -> Message:
    about = {
        "indicator": names("indicators", driver.indicator),
        "region": names("regions", driver.region),
        "date": driver.date,
        "cost": figure(driver.cost),
        "worth": figure(driver.worth),
    }
    if driver.kind == "factor":
        return tr(
            "{indicator}, {region}, {date}: {risk}: {cost} less is missing in the kindest third of its futures, "
            "{worth} more in the harshest.",
            risk=_shared_risk(driver.project, names),
            **about,
        )
    about |= {"project": names("projects", driver.project), "change": 100 * driver.probability_change}
    if driver.cost < 0:
        return tr(
            "{indicator}, {region}, {date}: {project} is ahead of its plan by {ahead} and is worth {worth}; "
            "on plan from today, {change:+.1f} points.",
            ahead=figure(-driver.cost),
            **about,
        )
    return tr(
        "{indicator}, {region}, {date}: {project} costs {cost} and is worth {worth}; "
        "on plan from today, {change:+.1f} points.",
        **about,
    )


def _shared_risk(factor: str, names: Names) -> Message:
    """Say in words what a factor such as ``region:140200`` stands for."""
    kind, _, code = factor.partition(":")
    match kind:
        case "region":
            return tr("what projects in {region} share", region=names("regions", code))
        case "sector":
            return tr("what projects of the sector {sector} share", sector=code)
        case "owner":
            return tr("what projects of {owner} share", owner=names("organisations", code))
    return tr("what all projects share")


@sentence.register
def _(latest: LatestDate, names: Names) -> Message:
    about = {
        "project": names("projects", latest.project),
        "gate": names.gate(latest.gate),
        "confidence": f"{latest.confidence:.0%}",
        "indicator": names("indicators", latest.indicator),
        "date": latest.date,
    }
    if latest.latest is None or latest.days_left is None:
        return tr(
            "{project}, {gate}: no date is early enough to be {confidence} safe for {indicator} by {date}.", **about
        )
    about |= {"latest": latest.latest, "days": abs(latest.days_left)}
    if latest.days_left < 0:
        return tr(
            "{project}, {gate}: had to be done by {latest} to be {confidence} safe for {indicator} by {date}; "
            "days past: {days}.",
            **about,
        )
    return tr(
        "{project}, {gate}: must be done by {latest} to be {confidence} safe for {indicator} by {date}; "
        "days left: {days}.",
        **about,
    )


@sentence.register
def _(change: Change, names: Names) -> Message:
    about = {
        "indicator": names("indicators", change.indicator),
        "region": names("regions", change.region),
        "date": change.date,
        "target": figure(change.target),
        "before": standing(change.state_before, change.probability_before),
        "after": standing(change.state, change.probability),
    }
    if change.value_before is None or change.value is None:
        return tr("{indicator}, {region}, {target} by {date}: {before} → {after}.", **about)
    return tr(
        "{indicator}, {region}, {target} by {date}: {before} → {after} likely; median {p50_before} → {p50}.",
        p50_before=figure(change.value_before.p50),
        p50=figure(change.value.p50),
        **about,
    )


@sentence.register
def _(past: PastForecast, names: Names) -> Message:
    template = (
        tr("{indicator}, {region}, {date}: said on {data_date} P10–P90 {p10}–{p90}; {observed} came, within the band.")
        if past.held
        else tr("{indicator}, {region}, {date}: said on {data_date} P10–P90 {p10}–{p90}; {observed} came, outside it.")
    ).template
    return tr(
        template,
        indicator=names("indicators", past.indicator),
        region=names("regions", past.region),
        date=past.date,
        data_date=past.data_date,
        p10=figure(past.p10),
        p90=figure(past.p90),
        observed=figure(past.observed),
    )


@sentence.register
def _(settled: SettledVerdict, names: Names) -> Message:
    ending = tr("met") if settled.met else tr("missed")
    return tr(
        "{indicator}, {region}, {target} by {date}: said on {data_date} {probability} likely; "
        "{came} on {came_on}: {ending}.",
        came=figure(settled.came),
        came_on=settled.came_on,
        ending=ending,
        **_said(settled, names),
    )


@sentence.register
def _(waiting: WaitingVerdict, names: Names) -> Message:
    return tr(
        "{indicator}, {region}, {target} by {date}: said on {data_date} {probability} likely. {reason}",
        reason=waiting.reason,
        **_said(waiting, names),
    )


def _said(record: SettledVerdict | WaitingVerdict, names: Names) -> dict[str, object]:
    return {
        "indicator": names("indicators", record.indicator),
        "region": names("regions", record.region),
        "target": figure(record.target),
        "date": record.date,
        "data_date": record.data_date,
        "probability": percent(record.probability),
    }
