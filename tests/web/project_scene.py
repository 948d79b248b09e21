"""A small province with a project, for tests of the library."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cast import DATONG, LINGQIU, PROVINCE, TAIYUAN, actor_for

from backcast.web.core.roles import Role
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Indicator, Plan
from backcast.web.projects.models import Project

OFFICER = actor_for(Role.PROJECT_OFFICER, DATONG)
PROVINCIAL = actor_for(Role.PLAN_OFFICER, PROVINCE)
REPORTER = actor_for(Role.REPORTER, LINGQIU)
STRANGER = actor_for(Role.PROJECT_OFFICER, TAIYUAN)
OBSERVER = actor_for(Role.OBSERVER, PROVINCE)
CODE = "2103-140224-89-01-123456"


def regions() -> dict[str, Region]:
    """Make the province, two cities and a county."""
    named = [
        (PROVINCE, "山西省", "Shanxi", "province"),
        (TAIYUAN, "太原市", "Taiyuan", "prefecture"),
        (DATONG, "大同市", "Datong", "prefecture"),
        (LINGQIU, "灵丘县", "Lingqiu", "county"),
    ]
    made: dict[str, Region] = {}
    for path, name, name_en, level in named:
        code = path.split("/")[-2]
        parent = made.get(path.split("/")[-3])
        made[code], _ = Region.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "level": level, "path": path, "parent": parent}
        )
    return made


def plan() -> Plan:
    """Make a plan."""
    found, _ = Plan.objects.get_or_create(
        code="SX",
        defaults={"name": "规划", "name_en": "Plan", "starts": date(2021, 1, 1), "ends": date(2025, 12, 31)},
    )
    return found


def indicator() -> Indicator:
    """Make an indicator of the plan."""
    found, _ = Indicator.objects.get_or_create(
        plan=plan(), code="R1", defaults={"name": "机架", "unit": "架", "kind": "stock", "direction": "higher"}
    )
    return found


def values(**other: object) -> dict[str, object]:
    """Return fields of a project in Lingqiu."""
    given = {
        "code": CODE,
        "name": "灵丘超级能源综合体项目",
        "name_en": "Lingqiu super energy complex",
        "kind": "construction",
        "owner": "山西秦云基础数据有限公司",
        "lead_region": regions()["140224"],
        "total_investment": Decimal(120_000),
    }
    return given | other


def project(**other: object) -> Project:
    """Make a project in Lingqiu, in preparation."""
    given = {
        "stage": "preparation",
        "planned_start": date(2023, 3, 1),
        "planned_finish": date(2025, 6, 30),
        **values(),
        **other,
    }
    made: Project = Project.objects.create(plan=plan(), **given)
    made.shares.create(region=made.lead_region, share=1)
    return made


def organisation() -> Organisation:
    """Make an enterprise."""
    return Organisation.objects.create(code="QY", name="秦云", kind="enterprise")
