"""What people do to projects."""

from backcast.web.projects.actions.attachments import attach, detach, take
from backcast.web.projects.actions.bulk import set_field, undo
from backcast.web.projects.actions.library import LikelyDuplicate, add, advance, change, count_at
from backcast.web.projects.actions.lists import choose_columns, open_with, remove_view, save_view
from backcast.web.projects.actions.network import early_network, freeze_baseline, report_activity, set_network
from backcast.web.projects.actions.paperwork import choose_route, enter_statistics, record_approval, set_funding
from backcast.web.projects.actions.places import (
    change_listing,
    list_in,
    remove_output,
    set_output,
    set_shares,
    unlist,
)

__all__ = [
    "LikelyDuplicate",
    "add",
    "advance",
    "attach",
    "change",
    "change_listing",
    "choose_columns",
    "choose_route",
    "count_at",
    "detach",
    "early_network",
    "enter_statistics",
    "freeze_baseline",
    "list_in",
    "open_with",
    "record_approval",
    "remove_output",
    "remove_view",
    "report_activity",
    "save_view",
    "set_field",
    "set_funding",
    "set_network",
    "set_output",
    "set_shares",
    "take",
    "undo",
    "unlist",
]
