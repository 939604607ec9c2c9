"""What must hold of every sentence on a rendered page, checked against the rows of the database.

Each check takes a page and gives its problems as texts; `problems` runs them all.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from django.db.models import Q

from crossings.models import (
    Attribution,
    Backing,
    ControlReport,
    Force,
    ObservationReport,
    StatusReport,
    StrikeEvent,
    Wire,
)
from crossings.models.reports import SubjectReport
from crossings.queries.conflicts import Conflicts
from crossings.queries.scope import resolve
from crossings.queries.snapshot import Snapshot
from crossings.queries.strikes import strikes_near
from crossings.wording.attributions import VERBS
from geodata.selection import Selection

from .reading import OLD, own_words, plain, words_of_sources

DAY = datetime.timedelta(days=1)
#: Forces that did not exist before, or not after, a day. From the sources of the seeds and general knowledge.
FOUNDED = {
    "sdf": "2015-10-10",
    "pmf": "2014-06-13",
    "new-syrian-authorities": "2024-12-08",
    "us-backed-rebels": "2012-01-01",
    "coalition": "2014-08-08",
    "ne-syria-administration": "2013-11-12",
}
ENDED = {"syrian-government": "2024-12-08"}

EMPTY = {
    "empty element": r"<(bdi|strong|b|li|dd|h[1-6]|summary|cite|em|caption|th)(?: [^>]*)?>\s*</\1>",
    "empty badge": r'<span class="(?:badge|tag|wire)[^"]*">\s*</span>',
}
HOLES = {
    "None in a sentence": r"(?<![\w“])(None|NaN|nan|undefined|NULL)(?![\w”])",
    "empty brackets": r"\(\s*[,;:]?\s*\)",
    "two commas": r",\s*,",
    "a colon and nothing": r":\s*[,;.](?!\w)",
    "a preposition and nothing": r"\b(by|for|of|at|than|from|since)\s+[,;.)](?!\.)",
    "a number left out": r"[:,(]\s+(killed|injured)\b(?!:)",
    "a placeholder": r"\{\w*\}|%\(\w+\)s",
    "said twice over": r"\b(\w{4,}(?: \w+){1,5}) or \1\b(?! \w)",
}
ANSWER = re.compile(
    r'<p class="answer-words">(.*?)</p>(.*?)(?=<p class="answer-words">|<section|$)', re.DOTALL
)
_BADGE = re.compile(r'<span class="badge level-(\w+)([^"]*)">([^<]*)</span>')
_SOURCES = re.compile(r"(\d+) independent sources?: ((?:<bdi>[^<]*</bdi>(?:, )?)+)")
_DATE = re.compile(r"\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4})\b")
_CITED = re.compile(r"/documents/[\w-]+/[^\"#]*#p-([\w-]+)")
_VERBS = sorted({str(verbs.of_accused) for verbs in VERBS.values()}, key=len, reverse=True)
_BLAME = re.compile(
    rf"<bdi>([^<]*)</bdi> ({'|'.join(map(re.escape, _VERBS))})"
    r' <a href="[^"]*/forces/([\w-]+)/[^"]*"><bdi>([^<]*)</bdi>'
)


@dataclass(frozen=True)
class Rendered:
    """One page as it was answered: its address without the query, the day asked for, its HTML."""

    path: str
    on: datetime.date
    html: str

    @property
    def slug(self) -> str:
        return self.path.strip("/").rsplit("/", 1)[-1]


def day_of(text: str) -> datetime.date:
    for form in ("%d %b %Y", "%d %B %Y"):
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError(text)


def holes(page: Rendered) -> Iterator[str]:
    """An empty number or name."""
    for what, pattern in EMPTY.items():
        yield from (f"{what}: {hit[0]}" for hit in re.finditer(pattern, page.html))
    text = own_words(page.html, words_of_sources())
    for what, pattern in HOLES.items():
        yield from (
            f"{what}: …{text[max(0, h.start() - 50) : h.end() + 30]}…" for h in re.finditer(pattern, text)
        )


def replaced_words(page: Rendered) -> Iterator[str]:
    """A word that docs/wording.md replaces."""
    text = own_words(page.html, words_of_sources())
    yield from (
        f"“{hit[0]}”: …{text[max(0, hit.start() - 40) : hit.end() + 40]}…" for hit in OLD.finditer(text)
    )


def blame_of_oneself(page: Rendered) -> Iterator[str]:
    """A verb whose subject is its object."""
    forces = {force.slug: force for force in Force.objects.all()}
    same = set(
        Attribution.objects.exclude(accused=None).values_list(
            "speaker", "speaker_force__slug", "accused__slug"
        )
    )
    for speaker, verb, slug, name in _BLAME.findall(page.html):
        of_itself = (unescape(speaker), slug, slug) in same
        if of_itself or unescape(speaker).casefold() in (name.casefold(), forces[slug].name.casefold()):
            yield f"{speaker} {verb} {name}"
    for a, b in re.findall(r"<bdi>([^<]*)</bdi> is backed by <bdi>([^<]*)</bdi>", page.html):
        if a == b:
            yield f"{a} is backed by {b}"


def sources_counted(page: Rendered) -> Iterator[str]:
    """A number of sources that is not that of the names beside it, or a name that is no source."""
    known = set(Wire.objects.values_list("name", flat=True))
    for number, names in _SOURCES.findall(page.html):
        listed = [unescape(name) for name in re.findall(r"<bdi>([^<]*)</bdi>", names)]
        if int(number) != len(listed) or len(set(listed)) != len(listed) or not known.issuperset(listed):
            yield f"{number} independent sources: {listed}"
    text = plain(page.html)
    if re.search(r"\b0 independent sources", text):
        yield "0 independent sources"


# --- Dates of words


def _words_of(report: SubjectReport) -> list[tuple[datetime.date, datetime.date]]:
    """The days that the words of a report give, each as the interval that they leave."""
    found = []
    for name in ("starts", "as_of", "ends"):
        if getattr(report, name):
            low = getattr(report, f"{name}_min") or datetime.date.min
            high = getattr(report, f"{name}_max") or datetime.date.max
            eve = DAY if name == "ends" else datetime.timedelta()
            found.append((max(low, datetime.date(1, 1, 2)) - eve, high))
    if report.starts and report.starts_max and report.ends and report.ends_min:
        found.append((report.starts_max, report.ends_min - DAY))
    return found


def _spoken(passages: set[str], day: datetime.date) -> bool:
    """Whether a report about a side, with one of these passages, has words of the day."""
    about = Q(main_passage__public_id__in=passages) | Q(passages__public_id__in=passages)
    for model in (ControlReport, StatusReport):
        for report in model.objects.filter(about, post__isnull=False).distinct():
            if any(low <= day <= high for low, high in _words_of(report)):
                return True
    return False


def dates_of_words(page: Rendered) -> Iterator[str]:
    """A date of a word that no report cited beside it has, or one on the wrong side of the day."""
    if not page.path.startswith("/popup/post/"):
        return
    for sentence, rest in ANSWER.findall(page.html):
        passages = set(_CITED.findall(rest))
        for level, _more, words in _BADGE.findall(sentence):
            days = [day_of(text) for text in _DATE.findall(words)]
            yield from (f"{words}: no cited report speaks of {d}" for d in days if not _spoken(passages, d))
            if level == "carried" and not all(d < page.on for d in days):
                yield f"{words}: not before {page.on}"
            if level == "between" and days and not days[0] <= page.on <= days[1]:
                yield f"{words}: not around {page.on}"
        named = re.search(r'<p class="answer-sure">(.*?)</p>', rest, re.DOTALL)
        for text in _DATE.findall(plain(named[1])) if named else []:
            if not _spoken(passages, day_of(text)):
                yield f"source dated {text}: no cited report speaks of it"


# --- Forces and their days


def forces_in_their_time(page: Rendered) -> Iterator[str]:
    """A force as holder before its founding or after its end."""
    if not page.path.startswith("/popup/post/"):
        return
    for sentence, _rest in ANSWER.findall(page.html):
        for slug in re.findall(r"/forces/([\w-]+)/", sentence):
            if str(page.on) < FOUNDED.get(slug, "") or str(page.on) > ENDED.get(slug, "9999"):
                yield f"{slug} on {page.on}: {plain(sentence)}"


# --- Absence


def _about_side(page: Rendered) -> str:
    reports = ControlReport.objects.filter(
        post__slug=page.slug, stance="states", role__in=ControlReport.VALUE_ROLES, as_of_min__lte=page.on,
        as_of_max__gte=page.on, published_in__isnull=False, withdrawn_in__isnull=True, of="post",
    )  # fmt: skip
    sentence = next(iter(ANSWER.findall(page.html)), ("", ""))[0]
    return (
        "no report of who held it, although one speaks of the day"
        if "level-unknown" in sentence and reports
        else ""
    )


def _about_place(page: Rendered) -> str:
    rows = [
        model.objects.filter(site__slug=page.slug)
        for model in (ControlReport, StatusReport, ObservationReport)
    ]
    rows.append(StrikeEvent.objects.filter(site__slug=page.slug))
    return "No report is entered for this place" if any(found.exists() for found in rows) else ""


def _about_backers(page: Rendered) -> str:
    return "No backer of it is entered" if Backing.objects.filter(force__slug=page.slug).exists() else ""


def _about_strikes(page: Rendered) -> str:
    blamed = Attribution.objects.filter(Q(accused__slug=page.slug) | Q(speaker_force__slug=page.slug))
    struck = StrikeEvent.objects.filter(targets__slug=page.slug)
    return "No strike is entered" if blamed.exists() or struck.exists() else ""


def _about_differing(page: Rendered) -> str:
    snapshot = Snapshot(resolve(Selection.from_query(f"on={page.on}")))
    differing = [c for crossing, found in Conflicts(snapshot).by_crossing() for c in found if crossing]
    return "No two sources differ" if any(c.crossing.slug == page.slug for c in differing) else ""


def _about_strikes_near(page: Rendered) -> str:
    snapshot = Snapshot(resolve(Selection.from_query(f"on={page.on}")))
    posts = [post for post in snapshot.all_posts if post.crossing.slug == page.slug]
    return "No strike within 50 km" if strikes_near(snapshot, posts, 50) else ""


def _about_beside(page: Rendered) -> str:
    about = Q(post__crossing__slug=page.slug)
    beside = ControlReport.objects.filter(about).exclude(role__in=ControlReport.VALUE_ROLES)
    seen = ObservationReport.objects.filter(about | Q(crossing__slug=page.slug))
    return "No such report has been published" if beside.exists() or seen.exists() else ""


#: Kind of page by the beginning of its address, the sentence of absence, and what would make it false.
ABSENT: tuple[tuple[str, str, Callable[[Rendered], str]], ...] = (
    ("/popup/post/", "level-unknown", _about_side),
    ("/popup/site/", "No report is entered for this place", _about_place),
    ("/forces/", "No backer of it is entered", _about_backers),
    ("/forces/", "No strike is entered here", _about_strikes),
    ("/crossings/", "No two published sources were found", _about_differing),
    ("/crossings/", "in the texts collected", _about_strikes_near),
    ("/crossings/", "No such report has been published", _about_beside),
)


def false_absence(page: Rendered) -> Iterator[str]:
    """A sentence that something is missing where a row is."""
    for begin, sentence, check in ABSENT:
        if page.path.startswith(begin) and sentence in page.html and (found := check(page)):
            yield f"said to be missing: {found}"
    held_by = re.search(r'id="held">.*?</section>', page.html, re.DOTALL)
    if held_by and "No published report was found to say" in held_by[0]:
        rows = ControlReport.objects.filter(
            forces__slug=page.slug, post__isnull=False, role__in=ControlReport.VALUE_ROLES, stance="states"
        )
        if rows.exists():
            yield "said to have held nothing, although a report says so"


CHECKS = (
    holes,
    replaced_words,
    blame_of_oneself,
    sources_counted,
    dates_of_words,
    forces_in_their_time,
    false_absence,
)


def problems(page: Rendered) -> list[str]:
    return [f"{page.path}?on={page.on}: {problem}" for check in CHECKS for problem in check(page)]
