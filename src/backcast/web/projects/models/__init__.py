"""The project library, told in four parts: library, network, paperwork and baselines."""

from backcast.web.projects.models.baselines import Baseline, BaselineActivity
from backcast.web.projects.models.library import Confidentiality, Listing, Output, Project, ProjectQuerySet, Share
from backcast.web.projects.models.network import Activity, Relationship
from backcast.web.projects.models.paperwork import Approval, Attachment, Funding, StatisticsEntry

__all__ = [
    "Activity",
    "Approval",
    "Attachment",
    "Baseline",
    "BaselineActivity",
    "Confidentiality",
    "Funding",
    "Listing",
    "Output",
    "Project",
    "ProjectQuerySet",
    "Relationship",
    "Share",
    "StatisticsEntry",
]
