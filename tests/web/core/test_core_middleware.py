"""What happens around requests."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_a_part_of_a_page_never_becomes_the_sign_in_page(as_nobody):
    """After the session has ended, htmx would put the sign-in page into the part that it asked for."""
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/regions/?q=1"}
    answer = as_nobody.get("/regions/?part=list", headers=asked)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/accounts/sign-in/?next=%2Fregions%2F%3Fq%3D1"
    assert "Location" not in answer


def test_a_page_of_elsewhere_is_not_where_signing_in_leads(as_nobody):
    asked = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/x"}
    assert as_nobody.get("/regions/", headers=asked)["HX-Redirect"] == "/accounts/sign-in/?next=%2F"


def test_a_whole_page_is_sent_to_sign_in_as_ever(as_nobody):
    assert as_nobody.get("/regions/")["Location"] == "/accounts/sign-in/?next=/regions/"


def test_every_answer_has_a_number(as_plan_officer):
    first, second = as_plan_officer.get("/"), as_plan_officer.get("/")
    assert first["X-Request-ID"] != second["X-Request-ID"]
