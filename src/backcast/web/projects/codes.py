"""Project codes of the national approval platform (GB/T 40058-2021): shape and region, a warning at most.

A code reads ``2103-140105-89-01-123456``: year and month, region, supervising department, type, five random digits
and a check digit. How the check digit is made is not published, so it is not checked.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from backcast.web.directory.models import Region

SHAPE = re.compile(r"(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])-(?P<region>\d{6})-\d\d-\d\d-\d{6}\Z", re.ASCII)


def is_national(code: str) -> bool:
    """Whether a code has the shape of the national platform."""
    return SHAPE.match(code) is not None


def warnings(code: str, lead_region: Region) -> list[str]:
    """Return what is odd about a project's code; it can be saved all the same."""
    match = SHAPE.match(code)
    if match is None:
        sentence = _("“{code}” is not a code of the national approval platform, such as 2103-140105-89-01-123456.")
        return [sentence.format(code=code)]
    named = Region.objects.filter(code=match["region"]).first()
    if named is None:
        return [
            _("The code names the region {region}, which the directory does not have.").format(region=match["region"])
        ]
    if lead_region.path.startswith(named.path) or named.path.startswith(lead_region.path):
        return []
    told = _("The code names the region {named}, but {lead} is in the lead. One of the two may be wrong.")
    return [told.format(named=named, lead=lead_region)]
