"""The pages of forecasts: what was said, from what was kept, for those who do business."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from forecast_scene import DISPATCHER, finished_run

from backcast.web.forecasts import keeping
from backcast.web.forecasts.actions import start_run
from backcast.web.forecasts.models import Run
from backcast.web.jobs import queue

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(verdict, run: Run) -> str:
    return reverse("forecasts:target", args=[run.code, verdict.indicator, verdict.region, verdict.date])


def test_where_there_is_no_forecast_yet_the_page_says_how_to_start_one(plan, as_dispatcher, as_leader):
    page = reverse("forecasts:plan", args=[plan.code])
    assert "Start one below" in text_of(as_dispatcher.get(page))
    told = text_of(as_leader.get(page))
    assert "A dispatcher or a plan officer starts it here" in told
    assert "Draws" not in told


def test_a_dispatcher_starts_a_forecast_and_sees_how_far_it_is(plan, as_dispatcher):
    asked = {"data_date": "2023-08-31", "draws": "200", "seed": "5"}
    answer = as_dispatcher.post(reverse("forecasts:start", args=[plan.code]), asked)
    run = Run.objects.get()
    assert answer["Location"] == run.get_absolute_url()
    assert "Waiting for its turn" in text_of(as_dispatcher.get(run.get_absolute_url()))
    queue.run_waiting()
    assert as_dispatcher.get(run.get_absolute_url(), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "Forecast at 2023-08-31" in text_of(as_dispatcher.get(run.get_absolute_url()))


def test_a_wrong_number_of_draws_comes_back_with_its_sentence(plan, as_dispatcher):
    asked = {"data_date": "2023-08-31", "draws": "5", "seed": "0"}
    answer = as_dispatcher.post(reverse("forecasts:start", args=[plan.code]), asked)
    assert answer.status_code == 422
    assert "greater than or equal to 200" in text_of(answer)
    assert not Run.objects.exists()


def test_a_forecast_under_way_can_be_given_up(plan, as_dispatcher, as_leader):
    run = start_run(plan, by=DISPATCHER, draws=200)
    cancelling = reverse("forecasts:cancel", args=[run.code])
    assert as_leader.post(cancelling).status_code == 403
    as_dispatcher.post(cancelling)
    assert "Given up" in text_of(as_dispatcher.get(run.get_absolute_url()))


def test_the_verdicts_are_told_by_standing_and_each_has_its_page(plan, as_leader, django_assert_max_num_queries):
    run = finished_run(plan)
    said = keeping.facts_of(run).run
    with django_assert_max_num_queries(20):
        own = text_of(as_leader.get(run.get_absolute_url()))
    assert "Simulated: nothing here describes a real project or result." in own
    everywhere = as_leader.get(run.get_absolute_url(), {"regions": "all"}).content.decode()
    assert {page_of(verdict, run) in everywhere for verdict in said.verdicts} == {True}
    for state in {verdict.state for verdict in said.verdicts}:
        verdict = next(one for one in said.verdicts if one.state == state)
        told = text_of(as_leader.get(page_of(verdict, run)))
        assert "What it rests on" in told
        assert "Simulated: nothing here describes" in told


def test_the_title_of_a_target_is_the_answer(plan, as_leader):
    run = finished_run(plan)
    verdict = next(one for one in keeping.facts_of(run).run.verdicts if one.state == "forecast")
    page = as_leader.get(page_of(verdict, run)).content.decode()
    title = re.search(r"<h1>(.*?)</h1>", page, re.S).group(1)
    assert f"{verdict.probability:.0%} likely" in title or "likely" in title
    assert "style=" not in page
    assert page.count("<svg") > page.count('class="icon"')
    chinese = as_leader.get(page_of(verdict, run), headers={"accept-language": "zh-hans"}).content.decode()
    assert "likely" not in re.search(r"<h1>(.*?)</h1>", chinese, re.S).group(1)


def test_projects_outside_of_a_readers_reach_are_not_named(plan, as_leader, as_reporter_lingqiu):
    run = finished_run(plan)
    facts = keeping.facts_of(run)
    verdict = next(v for v in facts.run.verdicts if v.state == "forecast" and facts.latest(v))
    names = {str(facts.names("projects", row.project).read("en")) for row in facts.latest(verdict)}
    assert any(name in as_leader.get(page_of(verdict, run)).content.decode() for name in names)
    hidden = as_reporter_lingqiu.get(page_of(verdict, run)).content.decode()
    seen = set(plan.projects.filter(lead_region__code="140224").values_list("code", flat=True))
    outside = {row.project for row in facts.latest(verdict)} - seen
    assert [code for code in outside if reverse("projects:project", args=[code]) in hidden] == []
    assert "not named here" in hidden


def test_the_document_is_handed_over_in_the_same_bytes(plan, as_leader):
    run = finished_run(plan)
    answer = as_leader.get(reverse("forecasts:document", args=[run.code]))
    assert b"".join(answer.streaming_content) == (run.folder / keeping.DOCUMENT).read_bytes()


def test_who_does_no_business_sees_no_verdict(plan, as_audit_officer, as_system_officer, as_nobody):
    run = finished_run(plan)
    verdict = keeping.facts_of(run).run.verdicts[0]
    for page in (run.get_absolute_url(), page_of(verdict, run), reverse("forecasts:document", args=[run.code])):
        assert as_audit_officer.get(page).status_code == 404
        assert as_system_officer.get(page).status_code == 404
        assert as_nobody.get(page).status_code == 302


def test_a_target_that_nobody_set_is_not_found(plan, as_leader):
    run = finished_run(plan)
    nowhere = reverse("forecasts:target", args=[run.code, "nothing", "140000", "2025-12-31"])
    assert as_leader.get(nowhere).status_code == 404
