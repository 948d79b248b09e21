"""What a planbook holds: every table and column, declared once.

Types, checks, spreadsheet templates, error messages and the table reference all come from here.
"""

from __future__ import annotations

from typing import Any

from backcast.planbook.columns import Column, Table, Type


def _text(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.TEXT, label, label_zh, about, about_zh, **more)


def _number(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.NUMBER, label, label_zh, about, about_zh, **more)


def _whole(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.WHOLE, label, label_zh, about, about_zh, **more)


def _money(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.MONEY, label, label_zh, about, about_zh, unit="万元", minimum=0, **more)


def _date(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.DATE, label, label_zh, about, about_zh, **more)


def _flag(name: str, label: str, label_zh: str, about: str = "", about_zh: str = "", **more: Any) -> Column:
    return Column(name, Type.FLAG, label, label_zh, about, about_zh, **more)


def _code(about: str = "", about_zh: str = "") -> Column:
    return _text("code", "Code", "编码", about, about_zh, required=True)


def _names(required: bool = True) -> tuple[Column, Column]:
    return (
        _text("name", "Name", "名称", required=required),
        _text("name_en", "Name in English", "英文名称"),
    )


def _provenance() -> tuple[Column, ...]:
    return (
        _text(
            "status", "Evidence", "依据状态", "How well the row is founded.", "本行内容的依据程度。", choices=EVIDENCE
        ),
        _text("source", "Source", "来源", "Outlet and date, or document.", "媒体与日期，或文件名称。"),
        _text("url", "Address", "网址", "Only pages of the publisher itself.", "仅填原发布者的页面。"),
        _text("note", "Note", "备注"),
        _known_from(),
    )


def _known_from() -> Column:
    return _date(
        "known_from",
        "Known from",
        "可知日期",
        "The first day on which this row was known; a forecast with an earlier data date does not see it.",
        "本行信息最早可知的日期；数据截止时点早于此日的研判看不到本行。",
    )


def _region(
    name: str = "region",
    label: str = "Region",
    label_zh: str = "地区",
    about: str = "",
    about_zh: str = "",
    **more: Any,
) -> Column:
    return _text(name, label, label_zh, about, about_zh, refers_to="regions.code", **more)


def _quantile(percent: int) -> Column:
    return _number(
        f"p{percent:02}",
        f"P{percent:02}",
        f"P{percent:02}",
        f"Ratio that {percent} in 100 of those that finish stay below.",
        f"完成者中有{percent}%低于此比值。",
        required=percent in (10, 50, 90),
    )


QUANTILES = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)
"""Per cents whose quantiles describe a reference class; P10, P50 and P90 suffice."""
EVIDENCE = (
    ("page", "见于网页"),
    ("article", "见于报道"),
    ("secondary", "转引"),
    ("inferred", "推断"),
    ("derived", "推算"),
    ("memory", "未核实"),
    ("simulated", "模拟"),
)
KINDS = (("stock", "存量"), ("flow", "流量"), ("ratio", "比率"), ("milestone", "有无"))
DIRECTIONS = (("higher", "越高越好"), ("lower", "越低越好"))
COMPARISONS = (
    ("at_least", "不低于"),
    ("more_than", "超过"),
    ("at_most", "不高于"),
    ("less_than", "低于"),
)
PROJECT_KINDS = (("construction", "建设"), ("rollout", "批量布设"), ("recognition", "创建认定"))
STAGES = (
    ("concept", "谋划"),
    ("reserve", "储备"),
    ("preparation", "前期"),
    ("started", "开工"),
    ("construction", "建设"),
    ("completed", "竣工"),
    ("production", "投产"),
    ("full_effect", "达效"),
    ("applied", "申报"),
    ("recommended", "推荐"),
    ("reviewed", "评审"),
    ("recognised", "认定"),
    ("accepted", "验收"),
    ("assessed", "评估"),
    ("stopped", "停工"),
    ("deferred", "缓建"),
    ("terminated", "终止"),
    ("withdrawn", "退库"),
)
GATES = (
    ("start", "开工"),
    ("completion", "竣工"),
    ("acceptance", "验收"),
    ("production", "投产"),
    ("full_effect", "达效"),
    ("recognition", "认定"),
)
INTERVALS = (
    ("preparation", "前期"),
    ("construction", "建设"),
    ("trial_running", "试运行"),
    ("ramp", "达效爬坡"),
    ("recognition", "创建认定"),
)
RELATIONSHIP_TYPES = (
    ("FS", "完成—开始"),
    ("SS", "开始—开始"),
    ("FF", "完成—完成"),
    ("SF", "开始—完成"),
)
CONSTRAINTS = (
    ("start_no_earlier_than", "不得早于…开始"),
    ("start_no_later_than", "不得晚于…开始"),
    ("finish_no_earlier_than", "不得早于…完成"),
    ("finish_no_later_than", "不得晚于…完成"),
    ("must_start_on", "必须开始于"),
    ("must_finish_on", "必须完成于"),
)

PLAN = Table(
    "plan",
    "Plan",
    "规划",
    "The document itself: one row.",
    "规划文件本身：只有一行。",
    ("code",),
    (
        _code(),
        *_names(),
        _text("issuer", "Issuer", "印发机关"),
        _text("issuer_en", "Issuer in English", "印发机关英文名"),
        _text("document", "Document", "文号"),
        _date("released", "Released", "发布日期"),
        _date("starts", "Starts", "规划期起", required=True),
        _date("ends", "Ends", "规划期止", required=True),
        _whole("vision_year", "Vision year", "远景年份"),
        _date(
            "data_date",
            "Data date",
            "数据截止时点",
            "The instant between what happened and what is forecast, unless a run says otherwise.",
            "已发生与待预测之间的时点；研判时可另行指定。",
        ),
        _flag("simulated", "Simulated", "模拟数据", "Yes where the rows were made up.", "本数据包为模拟时填“是”。"),
        _text("notice", "Notice", "说明", "Printed on every page.", "印在每一页上。"),
        _text("notice_en", "Notice in English", "英文说明"),
        *_provenance(),
    ),
)
TASKS = Table(
    "tasks",
    "Tasks",
    "任务",
    "The plan's strategic tasks, as a tree.",
    "规划的战略任务，树状。",
    ("code",),
    (_code(), _text("parent", "Parent", "上级任务", refers_to="tasks.code"), *_names(), *_provenance()),
)
MEASURES = Table(
    "measures",
    "Measures",
    "举措",
    "What is to be done, by whom and by when; most have no number.",
    "做什么、谁来做、何时完成；多数没有数字，同样跟踪。",
    ("code",),
    (
        _code(),
        _text("task", "Task", "所属任务", refers_to="tasks.code"),
        *_names(),
        _text("lead", "Lead department", "牵头单位", refers_to="organisations.code"),
        _text("partners", "Co-operating departments", "配合单位", "Names, separated by ;", "名称以；分隔"),
        _whole("year", "Year", "年度", minimum=1949, maximum=2100),
        _text("deliverable", "Deliverable of the year", "年度成果"),
        _date("deadline", "Deadline", "完成时限"),
        _text("completion_mark", "Mark of completion", "完成标志"),
        _text(
            "state",
            "State",
            "进展状态",
            choices=(
                ("not_started", "未启动"),
                ("under_way", "推进中"),
                ("done", "已完成"),
                ("dropped", "取消"),
            ),
        ),
        *_provenance(),
    ),
)
INDICATORS = Table(
    "indicators",
    "Indicators",
    "指标",
    "Quantities that the plan sets targets for, or that are worth watching.",
    "规划设定目标值的量，以及值得关注的量。",
    ("code",),
    (
        _code(),
        *_names(),
        _text("unit", "Unit", "单位", required=True),
        _text("unit_en", "Unit in English", "英文单位"),
        _text("kind", "Kind", "类型", required=True, choices=KINDS),
        _text("direction", "Direction", "方向", required=True, choices=DIRECTIONS),
        _text(
            "nature",
            "Nature",
            "属性",
            choices=(("binding", "约束性"), ("expected", "预期性"), ("watched", "监测")),
        ),
        _text("task", "Task", "所属任务", refers_to="tasks.code"),
        _text("responsible", "Responsible department", "责任部门", refers_to="organisations.code"),
        _text("numerator", "Numerator", "分子指标", refers_to="indicators.code"),
        _text("denominator", "Denominator", "分母指标", refers_to="indicators.code"),
        _number(
            "scale", "Scale", "换算倍数", "Ratio = scale × numerator ÷ denominator.", "比率 = 倍数 × 分子 ÷ 分母。"
        ),
        _text(
            "counts_from",
            "Counts from",
            "计入时点",
            "Gate from which a project's output counts, where the output names none.",
            "项目贡献量自哪个节点起计入（贡献量表未注明时）。",
            choices=GATES,
        ),
        _text(
            "basis",
            "Basis",
            "推算依据",
            "What to go by where the library has no history: its projects, or the observed trend; never the sum.",
            "项目库无历史可比时，以项目还是以走势为准；两者不相加。",
            choices=(("projects", "项目"), ("trend", "走势")),
        ),
        _flag("can_fall", "Can fall", "可下降", "Yes where the quantity may go down.", "该量可能下降时填“是”。"),
        _number("floor", "Floor", "下界", "A value it cannot fall below.", "不可能低于的值。"),
        _number("ceiling", "Ceiling", "上界", "A value it cannot exceed.", "不可能超过的值。"),
        _whole("decimals", "Decimals", "小数位", minimum=0, maximum=6),
        *_provenance(),
    ),
)
DEFINITIONS = Table(
    "definitions",
    "Definitions",
    "口径",
    "Versions of an indicator's definition; observations before a series break do not feed what comes after.",
    "指标口径的各个版本；断点之前的完成值不用于推算断点之后。",
    ("indicator", "version"),
    (
        _text("indicator", "Indicator", "指标", required=True, refers_to="indicators.code"),
        _text("version", "Version", "版本", required=True),
        _date("valid_from", "Valid from", "起用日期"),
        _flag(
            "series_break",
            "Series break",
            "序列断点",
            "Yes where figures do not compare with the version before.",
            "与前一版本不可比时填“是”。",
        ),
        _text("text", "Definition", "口径", required=True),
        _text("text_en", "Definition in English", "英文口径"),
        *_provenance(),
    ),
)
TARGETS = Table(
    "targets",
    "Targets",
    "目标值",
    "Indicator × region × date × value, from a document; several documents may compete, one is in force.",
    "指标×地区×日期×数值，出自文件；多个文件可并存，其一有效。",
    ("indicator", "region", "date", "document"),
    (
        _text("indicator", "Indicator", "指标", required=True, refers_to="indicators.code"),
        _region(required=True),
        _date("date", "Date", "目标日期", required=True),
        _number("value", "Value", "目标值", required=True),
        _text(
            "comparison",
            "Comparison",
            "比较方式",
            "Empty: at least where higher is better, at most where lower is.",
            "留空：越高越好为不低于，越低越好为不高于。",
            choices=COMPARISONS,
        ),
        _text("document", "Document", "文件", required=True),
        _text("document_en", "Document in English", "文件英文名"),
        _date(
            "issued",
            "Issued",
            "印发日期",
            "The latest issued of several is in force.",
            "多个文件并存时，最新印发者有效。",
        ),
        _date(
            "valid_to",
            "In force until",
            "有效至",
            "The last day in force; empty while it lasts.",
            "最后有效日；仍有效则留空。",
        ),
        *_provenance(),
    ),
)
REGIONS = Table(
    "regions",
    "Regions",
    "地区",
    "The tree of regions; partner provinces stand beside it.",
    "地区树；合作省份并列其旁。",
    ("code",),
    (
        _code("Administrative division code, or a label of one's own.", "行政区划代码，或自定标识。"),
        *_names(),
        _text(
            "level",
            "Level",
            "层级",
            required=True,
            choices=(
                ("country", "国家"),
                ("province", "省"),
                ("prefecture", "市"),
                ("county", "县"),
                ("township", "乡镇"),
                ("area", "片区"),
            ),
        ),
        _region("parent", "Parent", "上级地区"),
        _text("role", "Role in the layout", "布局定位"),
        _whole("population", "Population", "人口", unit="人", minimum=0),
        _number("area", "Area", "面积", unit="km²", minimum=0),
        _money("gdp", "GDP", "地区生产总值"),
        *_provenance(),
    ),
)
ORGANISATIONS = Table(
    "organisations",
    "Organisations",
    "单位",
    "Departments, enterprises, universities, banks.",
    "部门、企业、高校、银行等。",
    ("code",),
    (
        _code(),
        *_names(),
        _text(
            "kind",
            "Kind",
            "类型",
            choices=(
                ("department", "政府部门"),
                ("enterprise", "企业"),
                ("university", "高校"),
                ("institute", "科研院所"),
                ("bank", "银行"),
                ("guarantor", "担保机构"),
            ),
        ),
        _region(),
        *_provenance(),
    ),
)
PROJECTS = Table(
    "projects",
    "Projects",
    "项目",
    "The project library.",
    "项目库。",
    ("code",),
    (
        _code(),
        *_names(),
        _text("kind", "Kind", "类别", required=True, choices=PROJECT_KINDS),
        _text("parent", "Parent", "上级项目", refers_to="projects.code"),
        _flag(
            "counts",
            "Counts",
            "计入统计",
            "No where its parent or its children count instead.",
            "由上级或下级计入时填“否”。",
        ),
        _text("class", "Reference class", "参照类", "A path such as transport/rail.", "路径，如 transport/rail。"),
        _text("sector", "Sector", "行业"),
        _text("task", "Task", "所属任务", refers_to="tasks.code"),
        _text("owner", "Owner", "业主单位"),
        _region("lead_region", "Lead region", "牵头地区", required=True),
        _text("stage", "Stage", "阶段", required=True, choices=STAGES),
        _date("stage_date", "Stage as of", "阶段日期"),
        _date("planned_start", "Planned start", "计划开工"),
        _date("planned_finish", "Planned finish", "计划完工"),
        _date("actual_start", "Actual start", "实际开工"),
        _date("actual_finish", "Actual finish", "实际完工"),
        _number(
            "physical_percent_complete",
            "Physical per cent complete",
            "形象进度",
            unit="%",
            minimum=0,
            maximum=100,
        ),
        _money("total_investment", "Total investment", "总投资"),
        _text("calendar", "Calendar", "工作日历", refers_to="calendars.code"),
        _number("longitude", "Longitude", "经度", unit="°", minimum=-180, maximum=180),
        _number("latitude", "Latitude", "纬度", unit="°", minimum=-90, maximum=90),
        *_provenance(),
    ),
)
SHARES = Table(
    "shares",
    "Shares",
    "分地区份额",
    "How a project is shared over regions; the shares of a project add up to 1.",
    "项目在各地区的份额；同一项目合计为1。",
    ("project", "region"),
    (
        _text("project", "Project", "项目", required=True, refers_to="projects.code"),
        _region(required=True),
        _number("share", "Share", "份额", required=True, minimum=0, maximum=1),
        _known_from(),
    ),
)
LISTINGS = Table(
    "listings",
    "Listings",
    "年度名单",
    "A project on a year's list of key projects.",
    "列入某年度重点项目名单的项目。",
    ("project", "year", "tier"),
    (
        _text("project", "Project", "项目", required=True, refers_to="projects.code"),
        _whole("year", "Year", "年度", required=True, minimum=1949, maximum=2100),
        _text(
            "tier",
            "Tier",
            "层级",
            required=True,
            choices=(("national", "国家级"), ("provincial", "省级"), ("city", "市级")),
        ),
        _text(
            "class",
            "Class",
            "类别",
            choices=(
                ("new", "新建"),
                ("continued", "续建"),
                ("to_be_completed", "计划竣工"),
                ("preparation", "前期"),
            ),
        ),
        _money("annual_plan", "Annual plan", "年度计划投资"),
        _text("document", "Document", "文件"),
        _date("entered", "Entered", "列入日期"),
        _date("left", "Left", "调出日期"),
        *_provenance(),
    ),
)
ACTIVITIES = Table(
    "activities",
    "Activities",
    "工作事项",
    "The project's network; a gate is the finish of a flagged activity.",
    "项目的网络计划；关键节点即被标记事项的完成。",
    ("project", "code"),
    (
        _text("project", "Project", "项目", required=True, refers_to="projects.code"),
        _code(),
        *_names(required=False),
        _text("calendar", "Calendar", "工作日历", refers_to="calendars.code"),
        _whole("duration", "Duration", "工期", required=True, unit="working days", minimum=0),
        _whole("remaining_duration", "Remaining duration", "剩余工期", unit="working days", minimum=0),
        _text("interval", "Interval", "所处区间", choices=INTERVALS),
        _text("gate", "Gate", "关键节点", choices=GATES),
        _date("planned_start", "Planned start", "计划开始"),
        _date("planned_finish", "Planned finish", "计划完成"),
        _date("actual_start", "Actual start", "实际开始"),
        _date("actual_finish", "Actual finish", "实际完成"),
        _number(
            "physical_percent_complete", "Physical per cent complete", "形象进度", unit="%", minimum=0, maximum=100
        ),
        _text("constraint", "Constraint", "时间限制", choices=CONSTRAINTS),
        _date("constraint_date", "Constraint date", "限制日期"),
        _known_from(),
    ),
)
RELATIONSHIPS = Table(
    "relationships",
    "Relationships",
    "逻辑关系",
    "Which activity waits for which; projects may wait for each other.",
    "事项之间的先后；项目之间也可以有先后。",
    ("predecessor_project", "predecessor", "successor_project", "successor", "type"),
    (
        _text("predecessor_project", "Project of predecessor", "紧前项目", required=True, refers_to="projects.code"),
        _text("predecessor", "Predecessor", "紧前事项", required=True),
        _text("successor_project", "Project of successor", "紧后项目", required=True, refers_to="projects.code"),
        _text("successor", "Successor", "紧后事项", required=True),
        _text("type", "Type", "类型", "Empty: FS.", "留空为FS。", choices=RELATIONSHIP_TYPES),
        _whole("lag", "Lag", "时距", "Negative: a lead. Empty: 0.", "负数为提前；留空为0。", unit="working days"),
        _text(
            "lag_calendar",
            "Lag calendar",
            "时距日历",
            "Empty: the predecessor's.",
            "留空用紧前事项的日历。",
            refers_to="calendars.code",
        ),
        _known_from(),
    ),
)
CALENDARS = Table(
    "calendars",
    "Calendars",
    "工作日历",
    "Weekly patterns of work.",
    "每周工作日。",
    ("code",),
    (
        _code(),
        *_names(required=False),
        _text(
            "week",
            "Week",
            "周",
            "Seven digits from Monday to Sunday: 1 works, 0 rests.",
            "周一至周日七位：1为工作，0为休息。",
            required=True,
        ),
        _known_from(),
    ),
)
CALENDAR_DAYS = Table(
    "calendar_days",
    "Calendar days",
    "日历例外",
    "Holidays, make-up workdays and closed seasons.",
    "节假日、调休上班日与停工季。",
    ("calendar", "first"),
    (
        _text("calendar", "Calendar", "日历", required=True, refers_to="calendars.code"),
        _date("first", "First day", "首日", required=True),
        _date("last", "Last day", "末日", required=True),
        _flag("working", "Working", "上班", required=True),
        _flag("every_year", "Every year", "每年重复", "Yes for a closed season.", "停工季填“是”。"),
        *_names(required=False),
        _known_from(),
    ),
)
OUTPUTS = Table(
    "outputs",
    "Outputs",
    "指标贡献量",
    "What a project adds to an indicator, where, and from which gate.",
    "项目为指标贡献多少、在何地、自哪个节点起。",
    ("project", "indicator", "region", "gate"),
    (
        _text("project", "Project", "项目", required=True, refers_to="projects.code"),
        _text("indicator", "Indicator", "指标", required=True, refers_to="indicators.code"),
        _region(label="Region", about="Empty: shared as the project is.", about_zh="留空：按项目份额分摊。"),
        _number("amount", "Amount", "贡献量", required=True),
        _text("gate", "Gate", "计入节点", "Empty: as the indicator says.", "留空：按指标口径。", choices=GATES),
        _text(
            "spread",
            "Spread",
            "释放方式",
            "At once; evenly over the project's construction; or ramping up after the gate.",
            "一次性；随建设进度均匀释放；或节点后逐步爬坡。",
            choices=(("at_once", "一次性"), ("linear", "均匀"), ("ramp", "爬坡")),
        ),
        _whole("ramp_days", "Ramp", "释放天数", unit="days", minimum=1),
        *_provenance(),
    ),
)
OBSERVATIONS = Table(
    "observations",
    "Observations",
    "完成值",
    "What was reported of an indicator.",
    "指标的已报数据。",
    ("indicator", "region", "date", "value", "source"),
    (
        _text("indicator", "Indicator", "指标", required=True, refers_to="indicators.code"),
        _region(required=True),
        _date("date", "Date", "数据日期", required=True),
        _number("value", "Value", "完成值", required=True),
        _text("definition", "Definition", "口径版本"),
        _text(
            "use",
            "Use",
            "用途",
            "A mention is shown, not fitted: a rounded repetition, a bound, a contradicting count.",
            "“提及”只展示不参与推算：约数重复、下限、相互矛盾的统计等。",
            choices=(("series", "序列"), ("mention", "提及")),
        ),
        *_provenance(),
    ),
)
RETURNS = Table(
    "returns",
    "Returns",
    "月报",
    "One project's report for a period.",
    "一个项目一个报告期的填报。",
    ("project", "period"),
    (
        _text("project", "Project", "项目", required=True, refers_to="projects.code"),
        _date("period", "Period", "报告期", "Last day of the month.", "当月最后一日。", required=True),
        _text("stage", "Stage", "阶段", choices=STAGES),
        _number(
            "physical_percent_complete", "Physical per cent complete", "形象进度", unit="%", minimum=0, maximum=100
        ),
        _money("investment_this_year", "Investment this year to date", "本年累计完成投资"),
        _money("investment_since_start", "Investment since start", "自开工累计完成投资"),
        _date("actual_start", "Actual start", "实际开工"),
        _date("forecast_finish", "Forecast finish", "预计完工"),
        _date("actual_finish", "Actual finish", "实际完工"),
        _text("problem", "Problem", "存在问题"),
        _text("note", "Note", "备注"),
        _known_from(),
    ),
)
RISKS = Table(
    "risks",
    "Risks",
    "风险事件",
    "Named events that the reference classes do not already hold.",
    "参照类中尚未包含的具体风险事件。",
    ("code",),
    (
        _code(),
        *_names(),
        _text(
            "project",
            "Project",
            "项目",
            "Empty: all projects in scope share it.",
            "留空：范围内项目共担。",
            refers_to="projects.code",
        ),
        _region(),
        _text("sector", "Sector", "行业"),
        _text("interval", "Interval", "影响区间", choices=INTERVALS),
        _number("probability", "Probability", "发生概率", required=True, minimum=0, maximum=1),
        _whole("days_low", "Days, low", "影响天数（低）", required=True, unit="days", minimum=0),
        _whole("days_high", "Days, high", "影响天数（高）", required=True, unit="days", minimum=0),
        _text("owner", "Owner", "责任人"),
        _text("response", "Response", "应对措施"),
        *_provenance(),
    ),
)
CLASSES = Table(
    "classes",
    "Reference classes",
    "参照类",
    "How long comparable intervals really took, as elapsed ÷ planned calendar days.",
    "同类区间实际历时与计划历时之比（日历日）。",
    ("class", "interval"),
    (
        _text(
            "class",
            "Class",
            "参照类",
            "A path such as transport/rail; “*” is the root.",
            "路径，如 transport/rail；“*”为根。",
            required=True,
        ),
        _text(
            "interval",
            "Interval",
            "区间",
            "Empty: every interval. “start_delay” counts days after the planned start, “cost” is actual ÷ planned.",
            "留空：所有区间。“start_delay”为比计划开工晚的天数，“cost”为实际投资与计划投资之比。",
        ),
        *(_quantile(percent) for percent in QUANTILES),
        _number("cancelled", "Share cancelled", "取消比例", "Share that never finishes.", minimum=0, maximum=1),
        _number(
            "cancelled_later",
            "Cancelled later",
            "取消偏晚",
            "Normal scores by which they are given up later than others finish; negative: earlier.",
        ),
        _whole("n", "Cases", "样本数", "Finishes seen.", minimum=0),
        _number(
            "effective_cases",
            "Effective cases",
            "折算样本数",
            "Finishes that it rests on, those included for which the class above counts; empty: the cases.",
            minimum=0,
        ),
        _number(
            "length_effect",
            "Effect of length",
            "工期影响",
            "Normal scores by which an interval planned for twice the typical length is later; negative: earlier.",
        ),
        _number("typical_length", "Typical length", "典型工期", unit="days", minimum=1),
        _number(
            "cost_effect",
            "Effect of cost",
            "投资影响",
            "Normal scores by which an interval of twice the typical cost is later; negative: earlier.",
        ),
        _number("typical_cost", "Typical cost", "典型投资", "In the unit of cost.", "单位见“投资单位”。", minimum=0),
        _text(
            "cost_unit",
            "Unit of cost",
            "投资单位",
            "Of the typical cost. A run uses the effect of cost only where this is 万元, as in the table projects.",
            "典型投资的单位。只有为万元（与项目表一致）时，推演才采用投资影响。",
        ),
        _number(
            "pace_spread",
            "Spread of own pace",
            "自身进度离散度",
            "How far the pace of a running interval is from its end, in logs, when half of it is done; "
            "empty: an assumption, 9: own pace tells nothing here.",
            minimum=0,
        ),
        _number(
            "pace_floor",
            "Least spread of own pace",
            "自身进度最小离散度",
            "How far it still is when nearly all is done.",
            minimum=0,
        ),
        _number(
            "curve_slope",
            "Slope of the S-curve",
            "进度曲线斜率",
            "Of the share of the time over the share of the work, in logits; empty: 1, a straight line; "
            "below 1: work is slow at its beginning and its end.",
            minimum=0.2,
            maximum=5,
        ),
        _number(
            "correlation",
            "Shared risk",
            "共同风险",
            "Share of the variance that intervals have in common, taken from the root class.",
            minimum=0,
            maximum=0.95,
        ),
        *_provenance(),
    ),
)

HISTORY_STATES = (
    ("finished", "已完成"),
    ("running", "进行中"),
    ("not_started", "未开始"),
    ("cancelled", "已取消"),
)
HISTORY = Table(
    "history",
    "History",
    "历史项目",
    "What was known, on one day, of one interval of one project: classes are learned from it. No part of a planbook.",
    "某日所知的某项目某区间情况，用于统计参照类；不属于规划数据包。",
    ("id", "class", "interval", "observed_at"),
    (
        _text("id", "Project", "项目", "Code of the project, the same in every row of it.", required=True),
        _text("class", "Class", "参照类", "A path such as transport/rail, of any depth; empty: no class."),
        _text("interval", "Interval", "区间", "Such as preparation or construction; empty: the project as a whole."),
        _text("owner", "Owner", "业主单位"),
        _date("planned_start", "Planned start", "计划开始"),
        _date("planned_finish", "Planned finish", "计划完成"),
        _date("actual_start", "Actual start", "实际开始"),
        _date("actual_finish", "Actual finish", "实际完成", "Of a cancelled one: the day it was given up, if known."),
        _date(
            "observed_at",
            "Observed at",
            "观测日期",
            "The day on which this row was so; empty: the last day that the table tells of.",
            "本行情况对应的日期；留空则为表中最晚日期。",
        ),
        _text("status", "Status", "状态", choices=HISTORY_STATES),
        _number("percent_complete", "Physical per cent complete", "形象进度", unit="%", minimum=0, maximum=100),
        _number("baseline_cost", "Planned cost", "计划投资", "In any currency, the same throughout.", minimum=0),
        _number("actual_cost", "Actual cost", "实际投资", minimum=0),
        _text("source", "Source", "来源"),
        _text("note", "Note", "备注"),
    ),
)

TABLES: tuple[Table, ...] = (
    PLAN,
    TASKS,
    MEASURES,
    INDICATORS,
    DEFINITIONS,
    TARGETS,
    REGIONS,
    ORGANISATIONS,
    PROJECTS,
    SHARES,
    LISTINGS,
    ACTIVITIES,
    RELATIONSHIPS,
    CALENDARS,
    CALENDAR_DAYS,
    OUTPUTS,
    OBSERVATIONS,
    RETURNS,
    RISKS,
    CLASSES,
)
SCHEMA: dict[str, Table] = {table.name: table for table in TABLES}
DECLARED: dict[str, Table] = SCHEMA | {HISTORY.name: HISTORY}
"""Every table declared here, those outside planbooks too."""
