"""The project library, told in five parts: library, network, paperwork, baselines and lists."""

from backcast.web.projects.models.baselines import Baseline, BaselineActivity
from backcast.web.projects.models.library import Confidentiality, Listing, Output, Project, ProjectQuerySet, Share
from backcast.web.projects.models.lists import BulkEdit, ListSetting, SavedView, SearchEntry
from backcast.web.projects.models.network import Activity, Relationship
from backcast.web.projects.models.paperwork import Approval, Attachment, Funding, StatisticsEntry

__all__ = [
    "Activity",
    "Approval",
    "Attachment",
    "Baseline",
    "BaselineActivity",
    "BulkEdit",
    "Confidentiality",
    "Funding",
    "ListSetting",
    "Listing",
    "Output",
    "Project",
    "ProjectQuerySet",
    "Relationship",
    "SavedView",
    "SearchEntry",
    "Share",
    "StatisticsEntry",
]
