"""Sorts of project in the practice province: how many, of what size, where and when.

Shares, sizes and places are judgements that make a province look like one (Datong has the data
centres, Taiyuan the laboratories, Lüliang and the south-east the mines); none is measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from backcast.planbook.practice.templates import (
    BUILDING,
    CIVIL,
    DIGITAL,
    MINE,
    RECOGNITION,
    ROLLOUT,
    Template,
)


@dataclass(frozen=True, slots=True)
class Sort:
    """Projects that are alike.

    Attributes
    ----------
    name, name_en
        What each is called after its region.
    share
        Of the library.
    indicator, gate, spread, ramp_days
        What they deliver and how; no indicator, no output.
    coverage
        Planned outputs ÷ what the plan still lacks of its target.
    base
        Simulated value before the plan ÷ target, where no real one is known.
    by_city
        Whether the indicator is observed, and its target split, by city.
    median_wan_yuan, sigma
        Investment: per unit of output where there is one; spread of its logarithm.
    where
        Key of :data:`PLACES`; empty: by population.
    when
        "spread" over the plan, in a "season" of a year, or in a "batch" twice a year.
    owner
        What its owners are called.
    """

    code: str
    name: str
    name_en: str
    kind: str
    path: str
    sector: str
    task: str
    template: Template
    share: float
    median_wan_yuan: float
    indicator: str = ""
    gate: str = ""
    spread: str = "at_once"
    ramp_days: int | None = None
    coverage: float = 1.0
    base: float = 0.0
    by_city: bool = False
    sigma: float = 0.5
    where: str = ""
    when: str = "spread"
    owner: str = "建设单位"


PLACES: dict[str, dict[str, float]] = {
    "data_centre": {
        "140100": 0.16, "140200": 0.38, "140300": 0.12, "140400": 0.04, "140500": 0.03, "140600": 0.06,
        "140700": 0.06, "140800": 0.03, "140900": 0.03, "141000": 0.03, "141100": 0.06,
    },
    "mine": {
        "140100": 0.06, "140200": 0.11, "140300": 0.07, "140400": 0.15, "140500": 0.15, "140600": 0.09,
        "140700": 0.10, "140800": 0.01, "140900": 0.06, "141000": 0.09, "141100": 0.11,
    },
    "research": {
        "140100": 0.55, "140200": 0.06, "140300": 0.02, "140400": 0.05, "140500": 0.03, "140600": 0.01,
        "140700": 0.13, "140800": 0.06, "140900": 0.02, "141000": 0.05, "141100": 0.02,
    },
}  # fmt: skip


_CENTRE = Sort(
    "", "", "", "recognition", "research/laboratory", "research", "T3", RECOGNITION, 0, 1500,
    gate="recognition", where="research", when="batch", owner="科研单位",
)  # fmt: skip

SORTS: tuple[Sort, ...] = (
    Sort("station", "5G基站建设批次", "5G station lot", "rollout", "digital/base_station", "communications", "T1",
         ROLLOUT, 0.30, 18, "5g_base_stations", "completion", "linear", coverage=1.09, by_city=True, sigma=0.2,
         when="season", owner="通信单位"),
    Sort("centre", "数据中心", "Data centre", "construction", "digital/data_centre", "data_centre", "T1",
         BUILDING, 0.07, 11, "dc_racks", "start", coverage=1.35, by_city=True, where="data_centre"),
    Sort("mine", "煤矿智能化采掘工作面", "Smart mining faces", "construction", "energy/smart_mine", "coal", "T2",
         MINE, 0.14, 2600, "smart_mining_faces", "acceptance", coverage=1.2, by_city=True, where="mine",
         owner="煤矿单位"),
    Sort("demonstration", "智能化示范煤矿", "Demonstration mine", "construction", "energy/smart_mine", "coal", "T2",
         MINE, 0.006, 24000, "smart_demo_coal_mines", "acceptance", coverage=1.4, where="mine", owner="煤矿单位"),
    Sort("backbone", "骨干传输网扩容", "Backbone extension", "construction", "digital/network", "communications", "T1",
         CIVIL, 0.03, 3.5, "interprovincial_egress_gbps", "production", "ramp", 150, coverage=1.3, base=0.5,
         owner="通信单位"),
    Sort("node", "标识解析二级节点", "Identifier node", "construction", "digital/platform", "industrial_internet",
         "T2", DIGITAL, 0.005, 3000, "iiot_id_secondary_nodes", "production", coverage=2.0, where="research"),
    replace(_CENTRE, code="key_lab", name="省重点实验室",
            name_en="Provincial key laboratory", share=0.045, median_wan_yuan=1500,
            indicator="provincial_key_labs", coverage=1.22, base=0.5, by_city=True),
    replace(_CENTRE, code="technology_centre", name="省技术创新中心",
            name_en="Provincial technology innovation centre", share=0.04, median_wan_yuan=2000,
            indicator="provincial_tech_innovation_centres", coverage=1.5, base=0.25),
    replace(_CENTRE, code="engineering_centre", name="省级工程研究中心",
            name_en="Provincial engineering research centre", share=0.04, median_wan_yuan=1800,
            indicator="provincial_engineering_research_centres", coverage=1.0, base=0.6),
    replace(_CENTRE, code="national_lab", name="全国重点实验室",
            name_en="National key laboratory", share=0.003, median_wan_yuan=20000,
            indicator="national_key_labs", coverage=1.4, base=0.5),
    replace(_CENTRE, code="national_technology", name="国家技术创新中心",
            name_en="National technology innovation centre", share=0.001, median_wan_yuan=30000,
            indicator="national_tech_innovation_centres", coverage=2.0),
    replace(_CENTRE, code="national_engineering", name="国家工程研究中心",
            name_en="National engineering research centre", share=0.002, median_wan_yuan=25000,
            indicator="national_engineering_research_centres", coverage=2.0),
    replace(_CENTRE, code="laboratory", name="国家实验室基地",
            name_en="National laboratory base", share=0.001, median_wan_yuan=200000,
            indicator="national_laboratories", coverage=1.0),
    Sort("facility", "大科学装置", "Big science facility", "construction", "research/facility", "research", "T3",
         BUILDING, 0.001, 180000, "national_big_science_facilities", "acceptance", coverage=2.0, where="research"),
    Sort("smart_city", "新型智慧城市试点", "Smart city pilot", "recognition", "digital/smart_city", "government", "T5",
         RECOGNITION, 0.008, 6000, "smart_city_pilots", "recognition", coverage=1.3, when="batch", owner="数据单位"),
    Sort("substation", "配套变电站", "Substation", "construction", "energy/substation", "power", "T1",
         CIVIL, 0.035, 16000, where="data_centre", owner="供电单位"),
    Sort("park", "产业园区基础设施", "Park infrastructure", "construction", "building/park", "park", "T1",
         CIVIL, 0.03, 22000, where="data_centre", owner="园区单位"),
    Sort("platform", "工业互联网平台", "Industrial internet platform", "construction", "digital/platform",
         "industrial_internet", "T2", DIGITAL, 0.06, 2500, sigma=0.8),
    Sort("service", "数字政务与民生平台", "Digital public service", "construction", "digital/platform", "government",
         "T2", DIGITAL, 0.06, 1800, sigma=0.8, owner="数据单位"),
    Sort("road", "智慧公路", "Smart road", "construction", "transport/road", "transport", "T2",
         CIVIL, 0.03, 45000, sigma=1.0, owner="交通单位"),
    Sort("charging", "充电设施", "Charging stations", "construction", "energy/charging", "power", "T2",
         CIVIL, 0.033, 2200, sigma=0.7, owner="供电单位"),
    Sort("research", "科研与中试楼", "Research building", "construction", "research/building", "research", "T3",
         BUILDING, 0.02, 12000, sigma=0.8, where="research", owner="科研单位"),
    Sort("security", "网络安全平台", "Network security platform", "construction", "digital/platform", "security", "T6",
         DIGITAL, 0.02, 1500, sigma=0.7, owner="数据单位"),
    Sort("data_element", "数据要素共享工程", "Data sharing works", "construction", "digital/platform", "data", "T4",
         DIGITAL, 0.02, 1600, sigma=0.7, owner="数据单位"),
)  # fmt: skip
