"""Networks of the practice province: what each kind of project has to do, and in which order.

Durations are plausible round figures for a middling project, in working days; none is measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from backcast.engine.network import FF, FS, SS

_AFTER = re.compile(r"(?P<code>[A-Z]\d+)(?P<type>SS|FF)?(?P<lag>[+-]\d+)?")
_TYPES = {"": FS, "SS": SS, "FF": FF}


@dataclass(frozen=True, slots=True)
class Step:
    """One activity of a template.

    Attributes
    ----------
    days
        Working days in a middling project; a gate takes one.
    works
        "office", "indoor", or "site" (which stops in winter).
    after
        What it waits for, such as ``"A30 B10SS+20 B20FF+5"``; bare codes are finish to start.
    stage
        The stage that a project has reached when this is finished; empty where none.
    """

    code: str
    name: str
    name_en: str
    days: int
    interval: str
    works: str
    after: str = ""
    gate: str = ""
    stage: str = ""


@dataclass(frozen=True)
class Template:
    """Activities of one kind of project, predecessors first."""

    first_stage: str
    steps: tuple[Step, ...]

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each activity stands, by its code."""
        return {step.code: i for i, step in enumerate(self.steps)}

    @cached_property
    def gates(self) -> dict[str, int]:
        """Where the activity of each gate stands."""
        return {step.gate: i for i, step in enumerate(self.steps) if step.gate}

    @cached_property
    def stages(self) -> tuple[tuple[str, int], ...]:
        """Stages in order, each with the activity whose finish reaches it."""
        return tuple((step.stage, i) for i, step in enumerate(self.steps) if step.stage)

    @cached_property
    def relationships(self) -> tuple[tuple[int, int, int, int], ...]:
        """Predecessor, successor, type and lag of every relationship."""
        return tuple(
            (self.position[found["code"]], j, _TYPES[found["type"] or ""], int(found["lag"] or 0))
            for j, step in enumerate(self.steps)
            for found in _AFTER.finditer(step.after)
        )


_EARLY = (
    Step("A10", "项目谋划", "Concept", 20, "preparation", "office", stage="reserve"),
    Step("A20", "可行性研究", "Feasibility study", 40, "preparation", "office", "A10"),
    Step("A30", "立项批复", "Project approval", 20, "preparation", "office", "A20", stage="preparation"),
    Step("A40", "用地预审与选址", "Land and siting approval", 35, "preparation", "office", "A20SS+20 A30FF+5"),
    Step("A50", "环境影响评价", "Environmental approval", 30, "preparation", "office", "A30"),
    Step("A60", "节能审查", "Energy review", 25, "preparation", "office", "A30"),
    Step("A70", "初步设计", "Preliminary design", 45, "preparation", "office", "A30"),
    Step("A80", "规划许可", "Planning permit", 20, "preparation", "office", "A40 A70"),
    Step("A90", "招标采购", "Tender", 30, "preparation", "office", "A70"),
    Step("A95", "施工许可", "Construction permit", 15, "preparation", "office", "A50 A60 A80 A90"),
)
_LATE = (
    Step("C10", "专项验收", "Fire, environment and archive acceptance", 25, "trial_running", "office", "B90"),
    Step("C20", "竣工验收", "Acceptance", 10, "trial_running", "office", "C10", "acceptance"),
    Step("C30", "试运行", "Trial running", 60, "trial_running", "indoor", "C20"),
    Step("C90", "投产", "In production", 1, "trial_running", "office", "C30", "production", "production"),
    Step("D90", "达效", "Ramp to full effect", 120, "ramp", "indoor", "C90", "full_effect", "full_effect"),
)

BUILDING = Template(
    "concept",
    (
        *_EARLY,
        Step("B00", "开工", "Start of construction", 1, "construction", "site", "A95", "start", "started"),
        Step("B10", "土建基础", "Foundations", 50, "construction", "site", "B00", stage="construction"),
        Step("B20", "主体结构", "Structure", 110, "construction", "site", "B10SS+30 B10FF+20"),
        Step("B30", "设备采购到货", "Equipment delivered", 90, "construction", "office", "B00SS+10"),
        Step("B40", "机电安装", "Mechanical and electrical works", 80, "construction", "indoor", "B20SS+60 B20FF+15"),
        Step(
            "B50", "设备安装调试", "Equipment installed and commissioned", 45, "construction", "indoor", "B30 B40FF+10"
        ),
        Step("B60", "室外工程", "Outdoor works", 30, "construction", "site", "B20-5"),
        Step("B90", "竣工", "Completion", 1, "construction", "office", "B50 B60", "completion", "completed"),
        *_LATE,
    ),
)
CIVIL = Template(
    "concept",
    (
        *_EARLY,
        Step("B00", "开工", "Start of construction", 1, "construction", "site", "A95", "start", "started"),
        Step("B10", "征拆与临建", "Clearance and site set-up", 40, "construction", "site", "B00", stage="construction"),
        Step("B20", "土方与基础", "Earthworks and foundations", 90, "construction", "site", "B10SS+20 B10FF+15"),
        Step("B30", "主体工程", "Main works", 130, "construction", "site", "B20SS+40 B20FF+30"),
        Step("B40", "机电与智能化", "Electrical and digital works", 60, "construction", "indoor", "B30SS+70 B30FF+20"),
        Step("B50", "附属工程", "Ancillary works", 40, "construction", "site", "B30-10"),
        Step("B90", "竣工", "Completion", 1, "construction", "office", "B40 B50", "completion", "completed"),
        *_LATE,
    ),
)
MINE = Template(
    "concept",
    (
        Step("A10", "改造方案编制", "Upgrade plan", 30, "preparation", "office", stage="reserve"),
        Step("A20", "方案审查批复", "Plan approved", 20, "preparation", "office", "A10", stage="preparation"),
        Step("A30", "安全设施设计审查", "Safety design review", 30, "preparation", "office", "A20"),
        Step("A40", "设备招标", "Equipment tender", 35, "preparation", "office", "A20SS+10"),
        Step("A50", "资金落实", "Funds secured", 25, "preparation", "office", "A20"),
        Step("B00", "开工", "Start of construction", 1, "construction", "office", "A30 A40 A50", "start", "started"),
        Step("B10", "井下工业环网", "Underground network", 45, "construction", "indoor", "B00", stage="construction"),
        Step("B20", "设备制造到货", "Equipment delivered", 110, "construction", "office", "B00SS+5"),
        Step("B30", "采掘设备安装", "Face equipment installed", 50, "construction", "indoor", "B20 B10SS+20"),
        Step("B40", "监测感知系统", "Sensing and monitoring", 40, "construction", "indoor", "B10 B30SS+10"),
        Step("B50", "管控平台", "Control platform", 60, "construction", "office", "B00SS+30 B40FF+10"),
        Step("B60", "联合调试", "Joint commissioning", 25, "construction", "indoor", "B30 B40 B50FF+5"),
        Step("B90", "竣工", "Completion", 1, "construction", "office", "B60", "completion", "completed"),
        Step("C10", "试运行", "Trial running", 40, "trial_running", "indoor", "B90"),
        Step("C20", "智能化评定验收", "Graded and accepted", 15, "trial_running", "office", "C10", "acceptance"),
        Step("C90", "投产", "In production", 1, "trial_running", "indoor", "C20", "production", "production"),
        Step("D90", "达效", "Ramp to full effect", 80, "ramp", "indoor", "C90", "full_effect", "full_effect"),
    ),
)
DIGITAL = Template(
    "concept",
    (
        Step("A10", "项目谋划", "Concept", 15, "preparation", "office", stage="reserve"),
        Step("A20", "建设方案", "Design", 35, "preparation", "office", "A10"),
        Step("A30", "立项备案", "Project filed", 15, "preparation", "office", "A20", stage="preparation"),
        Step("A40", "资金落实", "Funds secured", 30, "preparation", "office", "A30SS+5"),
        Step("A90", "招标采购", "Tender", 30, "preparation", "office", "A30"),
        Step("B00", "开工", "Start of construction", 1, "construction", "office", "A40 A90", "start", "started"),
        Step("B10", "硬件到货", "Hardware delivered", 60, "construction", "office", "B00"),
        Step("B20", "软件开发", "Software developed", 120, "construction", "office", "B00", stage="construction"),
        Step("B30", "部署集成", "Deployed and integrated", 45, "construction", "office", "B10 B20SS+80"),
        Step("B40", "联调测试", "Tested", 30, "construction", "office", "B30-5 B20FF+15"),
        Step("B90", "竣工", "Completion", 1, "construction", "office", "B40", "completion", "completed"),
        Step("C10", "安全测评", "Security assessment", 25, "trial_running", "office", "B90"),
        Step("C20", "初步验收", "Acceptance", 10, "trial_running", "office", "C10", "acceptance"),
        Step("C30", "试运行", "Trial running", 60, "trial_running", "office", "C20"),
        Step("C90", "上线投产", "In production", 1, "trial_running", "office", "C30", "production", "production"),
        Step("D90", "达效", "Ramp to full effect", 100, "ramp", "office", "C90", "full_effect", "full_effect"),
    ),
)
ROLLOUT = Template(
    "concept",
    (
        Step("A10", "站址规划", "Sites planned", 15, "preparation", "office", stage="reserve"),
        Step("A20", "勘察选址", "Sites surveyed", 25, "preparation", "office", "A10", stage="preparation"),
        Step("A30", "进场协调", "Access to properties agreed", 30, "preparation", "office", "A20SS+8"),
        Step("A40", "供电报装", "Power applied for", 20, "preparation", "office", "A20"),
        Step("A50", "设备下单", "Equipment ordered", 25, "preparation", "office", "A10"),
        Step("B00", "开工", "Start of construction", 1, "construction", "site", "A30 A50", "start", "started"),
        Step("B10", "塔桅与机房", "Masts and cabins", 50, "construction", "site", "B00", stage="construction"),
        Step("B20", "电源引入", "Power connected", 45, "construction", "site", "A40 B10SS+15 B10FF+5"),
        Step("B30", "传输接入", "Transmission connected", 40, "construction", "site", "B10SS+20"),
        Step("B40", "设备安装", "Equipment installed", 45, "construction", "indoor", "B10SS+20 B20FF+8 B30FF+5"),
        Step("B50", "单站验证", "Sites verified", 15, "construction", "office", "B40SS+20 B40FF+5"),
        Step("B90", "批次完工", "Lot completed", 1, "construction", "office", "B50", "completion", "completed"),
        Step("C10", "网络优化", "Network optimised", 20, "trial_running", "indoor", "B90"),
        Step("C20", "批次验收", "Lot accepted", 10, "trial_running", "office", "C10", "acceptance", "production"),
    ),
)
RECOGNITION = Template(
    "concept",
    (
        Step("R10", "筹建准备", "Prepared", 60, "recognition", "office", stage="reserve"),
        Step("R20", "申报", "Applied", 20, "recognition", "office", "R10", stage="applied"),
        Step("R30", "推荐", "Recommended", 15, "recognition", "office", "R20", stage="recommended"),
        Step("R40", "形式审查", "Checked for completeness", 10, "recognition", "office", "R30"),
        Step("R50", "专家评审", "Reviewed by experts", 20, "recognition", "office", "R40"),
        Step("R60", "现场考察", "Visited", 15, "recognition", "office", "R50SS+10 R50FF+3", stage="reviewed"),
        Step("R70", "公示", "Announced for comment", 7, "recognition", "office", "R60"),
        Step("R90", "认定", "Recognised", 1, "recognition", "office", "R70", "recognition", "recognised"),
        Step("S10", "建设期任务", "Built up", 400, "ramp", "office", "R90"),
        Step("S20", "验收", "Accepted", 15, "ramp", "office", "S10", "acceptance", "accepted"),
        Step("S90", "评估", "Assessed", 20, "ramp", "office", "S20+120", "full_effect", "assessed"),
    ),
)
TEMPLATES = (BUILDING, CIVIL, MINE, DIGITAL, ROLLOUT, RECOGNITION)
