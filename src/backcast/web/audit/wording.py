"""Actions, kinds of objects and fields as people read them.

An action is named "noun.verb" where it is done; its English is that name, its Chinese is put together here. A word
that is missing shows as it is.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

from backcast.web.ui.reading import in_either

ROUTES = {
    "web": _("page"),
    "api": _("API"),
    "cli": _("command line"),
    "import": _("import"),
    "job": _("background work"),
}
NOUNS = {
    "access": "访问",
    "account": "账号",
    "activity": "工作事项",
    "approval": "审批事项",
    "approvals": "审批事项",
    "attachment": "附件",
    "audit": "审计记录",
    "baseline": "基线",
    "baselineactivity": "基线事项",
    "bulkedit": "批量修改",
    "calendar": "工作日历",
    "calendarday": "日历日期",
    "column_names": "列名对应",
    "columnnames": "列名对应",
    "definition": "指标口径",
    "event": "审计事件",
    "export": "导出",
    "forecast": "研判",
    "funding": "资金",
    "grant": "授权",
    "import": "导入",
    "indicator": "指标",
    "job": "后台任务",
    "listing": "年度名单",
    "listsetting": "列表设置",
    "measure": "举措",
    "moved": "单位合并去向",
    "network": "进度网络",
    "observation": "完成值",
    "organisation": "单位",
    "output": "指标贡献量",
    "password": "密码",
    "pastpassword": "历史密码",
    "plan": "规划",
    "project": "项目",
    "project_view": "列表视图",
    "referenceclass": "参照类",
    "region": "地区",
    "relationship": "紧前关系",
    "return": "填报",
    "risk": "风险",
    "run": "研判运行",
    "savedview": "已存视图",
    "searchentry": "检索条目",
    "second_factor": "第二因素",
    "session": "会话",
    "share": "地区份额",
    "sign_in": "登录",
    "statistics": "入统",
    "statisticsentry": "入统登记",
    "storedfile": "存储文件",
    "table": "数据表",
    "target": "目标值",
    "task": "任务",
    "token": "令牌",
    "user": "用户",
}
VERBS = {
    "added": "新增",
    "advanced": "推进",
    "bounded": "设定边界",
    "cancelled": "取消",
    "changed": "修改",
    "closed": "关闭",
    "created": "创建",
    "decided": "确定取舍",
    "disabled": "停用",
    "discarded": "搁置",
    "enabled": "启用",
    "ended": "结束",
    "entered": "登记",
    "exported": "导出",
    "failed": "失败",
    "frozen": "冻结",
    "issued": "签发",
    "listed": "列出",
    "loaded": "载入",
    "locked": "锁定",
    "merged": "合并",
    "read": "查阅",
    "recorded": "登记",
    "refused": "被拒绝",
    "removed": "删除",
    "renamed": "更名",
    "reported": "填报",
    "reset": "重置",
    "resumed": "复工",
    "revised": "修订",
    "revoked": "撤销",
    "shared": "分摊",
    "signed_in": "登录",
    "signed_out": "退出",
    "started": "启动",
    "stopped": "停工",
    "taken": "下载",
    "terminated": "终止",
    "tidied": "例行清理",
    "undone": "撤回",
    "unmerged": "取消合并",
    "uploaded": "上传",
    "used": "使用",
    "withdrawn": "收回",
    "written": "写入",
}


def action(name: str) -> str:
    """Return an action as a phrase."""
    noun, _, verb = name.partition(".")
    chinese = NOUNS.get(noun, noun) + VERBS.get(verb, f" {verb}")
    return in_either(f"{noun} {verb}".replace("_", " "), chinese)


def route(name: str) -> str:
    """Return by what way something was done."""
    return str(ROUTES.get(name, name))


def kind(label: str) -> str:
    """Return the kind of an object, by its model's label."""
    try:
        english = str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
    return in_either(english, NOUNS.get(label.rpartition(".")[2], english))


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of objects of this application, to choose from."""
    ours = [model._meta.label_lower for model in apps.get_models() if model.__module__.startswith("backcast.web.")]
    return [(label, kind(label)) for label in sorted(ours)]


def field(label: str, name: str) -> str:
    """Return a field of a kind of objects as forms call it."""
    try:
        found: Any = apps.get_model(label)._meta.get_field(name)
        return str(getattr(found, "verbose_name", name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return name.replace("_", " ")
