"""Regions: a tree with a map, a page for each, and who may change them."""

from __future__ import annotations

import json

import pytest
from cast import DATONG, PROVINCE, actor_for
from counting import assert_queries
from django.urls import reverse
from plan_builders import SQUARE, organisation, region, shanxi

from backcast.web.audit.models import Event
from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role
from backcast.web.directory.actions import add_region
from backcast.web.directory.boundaries import draw, read_boundaries
from backcast.web.directory.models import Region

pytestmark = pytest.mark.django_db


def test_the_tree_shows_each_region_below_its_parent(as_leader):
    shanxi()
    page = as_leader.get(reverse("directory:regions")).content.decode()
    places = [page.index(name) for name in (">Shanxi Province<", ">Taiyuan<", ">Datong<", ">Lingqiu<")]
    assert places == sorted(places)
    assert 'class="depth-2"' in page
    assert "审图号" in page


def test_the_tree_takes_as_many_queries_however_large(as_leader):
    datong = shanxi().children.get(code="140200")
    for n in range(20):
        region(f"14029{n:02}", f"{n}县", "county", datong)
    with assert_queries(1):
        as_leader.get(reverse("directory:regions"))


def test_without_regions_the_page_says_what_to_do(as_plan_officer):
    assert b"load a planbook" in as_plan_officer.get(reverse("directory:regions")).content


def test_a_page_of_a_region_shows_what_lies_within_and_its_organisations(as_leader):
    organisation("fgw", "发改委", name_en="Reform Commission", region=shanxi())
    with assert_queries(8):
        page = as_leader.get(reverse("directory:region", args=["140000"])).content.decode()
    assert all(name in page for name in ("34,915,616", "Taiyuan", "Reform Commission"))


def test_who_does_no_business_sees_no_region(as_audit_officer):
    shanxi()
    assert as_audit_officer.get(reverse("directory:region", args=["140000"])).status_code == 404


def test_a_plan_officer_corrects_a_region(as_plan_officer):
    shanxi()
    address = reverse("directory:edit-region", args=["140100"])
    form = as_plan_officer.get(address).context["edit"].form
    sent = {field.html_name: field.value() or "" for field in form} | {"population": "5304061"}
    assert as_plan_officer.post(address, sent).status_code == 302
    assert Region.objects.get(code="140100").population == 5_304_061
    event = Event.objects.get(action="region.changed")
    assert json.loads(event.after)["population"] == 5_304_061


def test_a_reader_may_not_change_a_region(as_leader):
    shanxi()
    assert as_leader.get(reverse("directory:edit-region", args=["140100"])).status_code == 403


def test_a_region_is_added_below_its_parent_and_only_within_reach():
    datong = shanxi().children.get(code="140200")
    officer = actor_for(Role.PLAN_OFFICER, DATONG)
    new = add_region(Region(code="140213", name="平城区", level="county", parent=datong), by=officer)
    assert new.path == f"{DATONG}140213/"
    with pytest.raises(Refused):
        add_region(Region(code="150000", name="内蒙古", level="province"), by=officer)


def test_boundaries_come_from_geojson(tmp_path):
    shanxi()
    path = tmp_path / "cities.geojson"
    features = [{"properties": {"code": code}, "geometry": SQUARE} for code in ("140100", "999999")]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    officer = actor_for(Role.PLAN_OFFICER, PROVINCE)
    assert read_boundaries(path, by=officer) == 1
    assert read_boundaries(path, by=officer) == 0
    assert Event.objects.filter(action="region.bounded").count() == 1


def test_a_map_links_each_region_and_needs_no_style():
    shanxi()
    drawn = draw(Region.objects.all())
    assert drawn.count("<path") == 1
    assert 'href="/regions/140200/"' in drawn
    assert "style=" not in drawn
    assert draw([]) is None
