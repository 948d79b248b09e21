"""Builders of real rows: regions, organisations, and a plan with two tasks, three indicators and two measures."""

from __future__ import annotations

from datetime import date

from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Definition, Indicator, Measure, Observation, Plan, Target, Task

SQUARE = {"type": "Polygon", "coordinates": [[[112, 40], [114, 40], [114, 41], [112, 41], [112, 40]]]}
END, MIDDLE = date(2025, 12, 31), date(2023, 12, 31)


def region(code: str, name: str, level: str, above: Region | None = None, **more: object) -> Region:
    path = f"{above.path if above else '/'}{code}/"
    return Region.objects.create(code=code, name=name, level=level, parent=above, path=path, **more)


def shanxi() -> Region:
    """The province with two of its cities and one county."""
    province = region("140000", "山西省", "province", name_en="Shanxi Province", population=34_915_616)
    region("140100", "太原市", "prefecture", province, name_en="Taiyuan", role="主中心")
    datong = region("140200", "大同市", "prefecture", province, name_en="Datong", role="副中心", boundary=SQUARE)
    region("140224", "灵丘县", "county", datong, name_en="Lingqiu")
    return province


def organisation(code: str, name: str, **more: object) -> Organisation:
    return Organisation.objects.create(code=code, name=name, **{"kind": "department", **more})


def plan(code: str = "plan-2021", **more: object) -> Plan:
    told = {"name": "“十四五”新基建规划", "name_en": "Five-Year Plan", "vision_year": 2035, **more}
    return Plan.objects.create(code=code, starts=date(2021, 1, 1), ends=END, **told)


def whole_plan(province: Region | None = None) -> Plan:
    """A plan in which something competes, something is met and something is missing."""
    province = province or shanxi()
    office = organisation("txglj", "省通信管理局", name_en="Communications Administration", region=province)
    made = plan()
    base = Task.objects.create(plan=made, code="T1", name="打造数字基建新底座", name_en="Digital base")
    below = Task.objects.create(plan=made, code="T11", name="信息网络", name_en="Networks", parent=base)
    Task.objects.create(plan=made, code="T2", name="转型升级", name_en="Transformation")
    Measure.objects.create(
        plan=made, task=base, code="M1", name="加快5G", name_en="Speed up 5G", lead=office, state="under_way"
    )
    Measure.objects.create(plan=made, task=below, code="M2", name="部署IPv6", name_en="Deploy IPv6", state="done")
    stations = indicator(made, "stations", "5G基站", name_en="5G base stations", task=below, responsible=office)
    pue = indicator(made, "pue", "PUE", unit="比值", kind="ratio", direction="lower", task=base, name_en="PUE")
    indicator(made, "racks", "标准机架", unit="架", task=base, name_en="Racks")
    target(stations, province, END, 120_000, "规划", document_en="The plan", issued=date(2021, 5, 27))
    target(stations, province, END, 100_000, "意见", document_en="Opinions", issued=date(2019, 12, 31))
    target(stations, province, MIDDLE, 92_100, "责任书", document_en="Letter", issued=date(2021, 10, 21))
    target(pue, province, END, 1.3, "规划", document_en="The plan", issued=date(2021, 5, 27), comparison="less_than")
    observation(stations, province, date(2021, 12, 31), 38_000)
    observation(stations, province, MIDDLE, 95_000)
    observation(pue, province, MIDDLE, 1.25)
    return made


def indicator(of: Plan, code: str, name: str, **more: object) -> Indicator:
    told = {"unit": "个", "kind": "stock", "direction": "higher", "nature": "expected", **more}
    return Indicator.objects.create(plan=of, code=code, name=name, **told)


def target(of: Indicator, where: Region, when: date, value: float, document: str, **more: object) -> Target:
    told = {"status": "page", "source": "中国新闻网", **more}
    return Target.objects.create(indicator=of, region=where, date=when, value=value, document=document, **told)


def observation(of: Indicator, where: Region, when: date, value: float, **more: object) -> Observation:
    told = {"status": "secondary", "source": "省通信管理局", "use": "series", **more}
    return Observation.objects.create(indicator=of, region=where, date=when, value=value, **told)


def definition(of: Indicator, version: str, **more: object) -> Definition:
    return Definition.objects.create(indicator=of, version_code=version, **{"text": "累计建成", **more})
