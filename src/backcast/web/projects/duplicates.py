"""Projects that a new one may be already: alike in name, owner and region.

Names are compared letter by letter (RapidFuzz), without the words that every name has. So that a library of
100,000 is quick to ask, only projects of the same city, or whose names share rare pairs of characters, are compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from rapidfuzz import fuzz, process

from backcast.web.core.actor import Actor
from backcast.web.projects.models import Project

COMMON = re.compile(
    r"山西省?|建设项目|建设工程|工程项目|有限公司|有限责任公司|股份|集团|项目|工程|建设|新建|扩建|改造"
    r"|\b(?:project|construction|phase|the|of|in|and|co|ltd)\b|[^\w]|_",
    re.IGNORECASE,
)
"""What names have in common: left out before names are compared, unless nothing would be left."""
NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+(?=[期号标段])")
"""Numbers and phases: where two names differ in these, they are less alike than they look."""
ALIKE = 78.0
"""Score from which two projects are shown as alike, of 100."""
SHOWN, COMPARED = 5, 20_000
_FIELDS = ("code", "name", "owner", "lead_region__path", "lead_region__name", "stage")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project of the library that another looks like.

    Attributes
    ----------
    score
        How alike, of 100.
    """

    code: str
    name: str
    owner: str
    region: str
    stage: str
    score: float


def lookalikes(project: Project, actor: Actor) -> list[Candidate]:
    """Return the projects that the actor can see and that one not yet saved looks like, the likeliest first."""
    core = core_of(project.name)
    if not core:
        return []
    block = Project.objects.visible_to(actor).filter(plan=project.plan).exclude(pk=project.pk).filter(_block(project))
    rows = list(block.order_by().values_list(*_FIELDS)[:COMPARED])
    names = [core_of(row[1]) for row in rows]
    near = process.extract(core, names, scorer=fuzz.ratio, limit=50, score_cutoff=ALIKE - 18)
    found = [_candidate(project, rows[i], score) for _, score, i in near]
    return sorted((one for one in found if one.score >= ALIKE), key=lambda one: (-one.score, one.code))[:SHOWN]


def _block(project: Project) -> Q:
    """Return which projects are worth comparing: those of the same city, or with pairs of characters in common."""
    city = "/".join(project.lead_region.path.split("/")[:3])
    core = core_of(project.name)
    pairs = {core[i : i + 2] for i in (0, max(len(core) // 2 - 1, 0), max(len(core) - 2, 0))}
    return reduce(or_, (Q(name__contains=pair) for pair in pairs), Q(lead_region__path__startswith=city))


def _candidate(project: Project, row: tuple[str, ...], score: float) -> Candidate:
    code, name, owner, path, region, stage = row
    mine = (project.name, project.owner, project.lead_region.path)
    return Candidate(code, name, owner, region, stage, score_of(score, mine, (name, owner, path)))


def score_of(names: float, mine: tuple[str, str, str], other: tuple[str, str, str]) -> float:
    """Raise the score of two names where owner and county agree; lower it where they, or numbers in the names, do not.

    Parameters
    ----------
    mine, other
        Name, owner and path of the region of each project.
    """
    (name, owner, path), (their_name, their_owner, their_path) = mine, other
    score = names
    if owner and their_owner:
        score += 8 if fuzz.ratio(core_of(owner), core_of(their_owner)) > 85 else -6
    score -= 10 if NUMBERS.findall(name) != NUMBERS.findall(their_name) else 0
    score += 4 if their_path.startswith(path) or path.startswith(their_path) else -8
    return min(score, 100.0)


def core_of(name: str) -> str:
    """Return what tells a name apart."""
    return COMMON.sub("", name).casefold() or name.casefold()
