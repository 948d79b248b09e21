"""Two editions, one in each language, bound into one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from backcast.language import LANGUAGES, Message, Name, tr
from backcast.report.charts.fan import NARROW, WIDE
from backcast.report.figures import day, short_day
from backcast.report.lights import MARKS
from backcast.report.views.facts import CONFIDENCE

TAGS = {"zh_Hans": "zh-Hans", "en": "en"}
"""Language tags of the two editions."""


def bound(
    template: str,
    shown: Mapping[str, object],
    titles: Mapping[str, str],
    first: str,
    *,
    simulated: bool = False,
    styles: Sequence[str] = (),
) -> str:
    """Return a page that needs nothing else: no script, no font, no network.

    Parameters
    ----------
    template
        Of one edition.
    shown
        What the template tells.
    titles
        Of the page in each language.
    first
        The language that is shown first.
    simulated
        Whether the printed page is stamped so.
    styles
        Style sheets of this kind of page, after those of every page.
    """
    editions = {name: Markup(_environment(name).get_template(template).render(shown)) for name in LANGUAGES}
    in_order = [titles[name] for name in sorted(LANGUAGES, key=lambda name: name != first)]
    page = _environment(first).get_template("page.html.j2")
    return page.render(editions=editions, first=first, titles=in_order, simulated=simulated, styles=styles)


def _environment(name: str) -> Environment:
    """Templates that read every sentence and name in one language."""

    def read(value: object) -> object:
        return value.read(name) if isinstance(value, Message | Name) else value

    environment = Environment(
        loader=PackageLoader("backcast.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=read,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "tr": tr,
        "language": name,
        "tag": TAGS[name],
        "tags": TAGS,
        "marks": MARKS,
        "frames": (WIDE, NARROW),
        "confidence": f"{CONFIDENCE:.0%}",
        "day": day,
        "short_day": short_day,
    }
    return environment
