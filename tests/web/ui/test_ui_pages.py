"""The frame around pages: languages, light and dark, what a browser may do, who can go where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cast import NAMES, client_of
from django.test import Client

from backcast.web.core import roles
from backcast.web.ui import navigation, steps

pytestmark = pytest.mark.django_db
CHINESE, ENGLISH = {"accept-language": "zh-CN,zh;q=0.9"}, {"accept-language": "en-US,en;q=0.9"}


@pytest.fixture
def demonstration(settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)


@pytest.mark.parametrize(("headers", "title"), [(CHINESE, "下一步工作"), (ENGLISH, "What to do next")])
def test_the_first_page_answers_in_the_language_of_the_browser(as_plan_officer, headers, title):
    page = as_plan_officer.get("/", headers=headers)
    assert page.status_code == 200
    assert f"<h1>{title}</h1>" in page.content.decode()
    assert page["Content-Language"] == ("zh-hans" if headers is CHINESE else "en")


def test_a_chosen_language_beats_the_browser(as_plan_officer):
    kept = as_plan_officer.post("/ui/language/", {"language": "zh-hans", "next": "/"})
    assert (kept.status_code, kept["Location"]) == (302, "/")
    assert "下一步工作" in as_plan_officer.get("/", headers=ENGLISH).content.decode()


@pytest.mark.parametrize("address", ["/ui/language/", "/ui/scheme/"])
def test_switches_only_take_what_is_posted(as_plan_officer, address):
    assert as_plan_officer.get(address).status_code == 405


def test_light_or_dark_is_kept_in_a_cookie(as_nobody):
    there = as_nobody.post("/ui/scheme/", {"scheme": "dark", "next": "/accounts/sign-in/?a=1"})
    assert there["Location"] == "/accounts/sign-in/?a=1"
    assert 'data-scheme="dark"' in as_nobody.get("/accounts/sign-in/").content.decode()
    as_nobody.post("/ui/scheme/", {"scheme": "auto"})
    assert 'data-scheme="auto"' in as_nobody.get("/accounts/sign-in/").content.decode()


def test_what_is_no_scheme_is_as_if_nothing_had_been_chosen(as_nobody):
    as_nobody.cookies["backcast_scheme"] = '"><script>'
    assert 'data-scheme="auto"' in as_nobody.get("/accounts/sign-in/").content.decode()
    as_nobody.post("/ui/scheme/", {"scheme": "pink"})
    assert as_nobody.cookies["backcast_scheme"].value == ""


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_switch_leads_nowhere_else(as_nobody, there):
    assert as_nobody.post("/ui/scheme/", {"scheme": "dark", "next": there})["Location"] == "/"


def test_pages_tell_the_browser_to_run_nothing_inline(as_plan_officer):
    policy = as_plan_officer.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(
        policy.split("; ")
    )


def test_a_visitor_is_sent_to_sign_in(as_nobody):
    sent = as_nobody.get("/")
    assert sent.status_code == 302
    assert sent["Location"].startswith("/accounts/sign-in/")


def test_components_are_shown_in_demonstrations_only(as_plan_officer):
    assert as_plan_officer.get("/ui/").status_code == 404


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH])
def test_components_are_shown_in_both_languages(as_nobody, demonstration, headers):
    page = as_nobody.get("/ui/", headers=headers)
    assert page.status_code == 200
    assert "P-0007" in page.content.decode()


def test_every_page_of_a_demonstration_says_that_it_is_one(as_nobody, as_plan_officer, demonstration):
    for page in (as_nobody.get("/accounts/sign-in/"), as_plan_officer.get("/"), as_plan_officer.get("/no/such/")):
        assert "anybody can sign in as anybody" in page.content.decode()


def test_nobody_is_told_of_a_demonstration_where_there_is_none(as_plan_officer):
    assert "anybody can sign in as anybody" not in as_plan_officer.get("/").content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_everybody_finds_the_first_page_and_something_to_do_or_the_reason_why_not(name):
    page = client_of(name).get("/").content.decode()
    assert 'aria-current="page"' in page
    assert 'class="steps"' in page or 'class="empty"' in page or "<section" in page


def _labels(name: str) -> list[str]:
    return [line.label for line in client_of(name).get("/").context["navigation"]]


def test_the_three_officers_see_nothing_of_business(as_nobody):
    business = {"Plans", "Projects", "Forecasts", "Import and export", "Regions", "Organisations"}
    for officer in ("system-officer", "security-officer", "audit-officer"):
        assert business.isdisjoint(_labels(officer))
    assert "Users" in _labels("system-officer")
    assert "Who may do what" in _labels("security-officer")


def test_business_sees_nothing_of_the_three_officers():
    assert {"Users", "Who may do what", "Audit"}.isdisjoint(_labels("plan-officer"))


def test_roles_of_the_navigation_are_those_of_grants():
    known = {role.value for role in roles.Role}
    assert known == navigation.EVERYBODY
    assert {role.value for role in roles.BUSINESS} == navigation.BUSINESS
    assert all(entry.roles <= known for entry in navigation.NAVIGATION)
    assert all(step.roles <= known for step in steps.STEPS)


def test_an_entry_without_an_address_is_left_out(rf, monkeypatch):
    nowhere = navigation.Entry("Nowhere", "nowhere:at-all", "home")
    monkeypatch.setattr(navigation, "NAVIGATION", (nowhere, navigation.NAVIGATION[0]))
    assert [line.href for line in navigation.lines(rf.get("/"), {"plan_officer"})] == ["/"]


def test_the_entry_above_a_page_is_marked(rf):
    marked = [line.href for line in navigation.lines(rf.get("/regions/140000/"), {"plan_officer"}) if line.current]
    assert marked == ["/regions/"]


def test_names_are_shown_as_text_never_as_markup(as_plan_officer):
    user = as_plan_officer.get("/").context["user"]
    user.name = "<b>王</b>"
    user.save()
    page = as_plan_officer.get("/").content.decode()
    assert "<b>王</b>" not in page
    assert "&lt;b&gt;王" in page


def test_a_form_of_another_site_is_refused_with_what_to_do(as_nobody):
    strict = Client(enforce_csrf_checks=True, headers=ENGLISH)
    refused = strict.post("/ui/scheme/", {"scheme": "dark"})
    assert refused.status_code == 403
    assert "This page was open for too long" in refused.content.decode()


@pytest.mark.parametrize(("headers", "title"), [(CHINESE, "找不到此页面"), (ENGLISH, "There is no such page")])
def test_an_address_that_is_not_there_is_told_in_both_languages(as_plan_officer, headers, title):
    page = as_plan_officer.get("/no/such/page/", headers=headers)
    assert page.status_code == 404
    assert title in page.content.decode()
