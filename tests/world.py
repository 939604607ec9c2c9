"""A small world with a row of every model, hostile text for it, every public address, a reader of pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import URLPattern, reverse
from simple_history.models import HistoricalChanges

from crossings.downloads.catalogue import DOWNLOADS
from crossings.models import (
    Answer,
    Attribution,
    Backing,
    Crossing,
    Disagreement,
    Document,
    Force,
    Name,
    Passage,
    Post,
    Publishable,
    Region,
    Revision,
    Site,
    StrikeEvent,
    Takedown,
    Toll,
)
from crossings.models.fields import EDTFField
from crossings.models.review import Edition, ReviewStep
from crossings.publishing import workflow
from crossings.urls import urlpatterns
from geodata import basemap

from .factories import (
    make_crossing,
    make_force,
    make_frontier,
    make_membership,
    make_passage,
    make_region,
    make_report,
    make_site,
)

#: What people write: versions, tombstones and the revision follow from it.
MODELS: tuple[type[models.Model], ...] = tuple(
    model
    for model in apps.get_app_config("crossings").get_models()
    if not issubclass(model, HistoricalChanges) and model not in (Revision, Takedown)
)

OVERRIDE = "\u202e"  # everything after it runs from right to left until the paragraph ends
LONG_WORD = "W" * 60
#: What {{7*191}} gives where a text was taken for a template; longer numbers may well hold these digits.
RAN = re.compile(r"(?<![\d.])1337(?!\d)")
HOSTILE = (
    "<script>globalThis.x=1</script>{{7*191}}{% raw %}${globalThis.x=1}`</script>"
    f"<img src=x onerror=globalThis.x=1>{OVERRIDE}\"'&amp;--></title>{LONG_WORD}"
)
#: An address that the validator lets through.
HOSTILE_URL = "https://example.org/\"'><script>globalThis.x=1</script>{{7*191}}`${globalThis.x=1}"
#: One word as long as a column takes.
LONG = tuple("m" * n for n in (200, 40, 2))
#: For columns too short for all of it, the part that would do the most harm there.
SHORT = ("<script>globalThis.x=1</script>{{7*191}}", "{{7*191}}", "<b>'\"", '">', "<")


# --- Rows


def make_world(*, times: int = 1, publish: bool = True, reason: str = "") -> None:
    """At least one row of every model, and this many crossings with all that can be said of them."""
    for n in range(times):
        make_surroundings(f"place-{n}", n)
    if publish:
        publish_all(reason)


def publish_all(reason: str = "") -> None:
    """Every draft, in one edition, through the one writer of states."""
    rows = [
        row
        for model in MODELS
        if issubclass(model, Publishable)
        for row in model.objects.filter(state="draft")
    ]
    workflow.publish(rows, reason=reason)


def make_surroundings(slug: str, n: int) -> None:
    """Drafts of one crossing, of all that can be said of it, and of what lies around it."""
    crossing = make_crossing(slug, lon=41.0 + n / 100, publish=False)
    reds, blues = make_force("reds"), make_force("blues")
    make_membership("navy", "blues", publish=False)
    passage = make_passage(exact=f"They opened gate {n} on Monday.", paragraph=3)
    beside = make_passage(document=passage.document, exact=f"And gate {n} stayed open.", wire="afp")
    common = {"crossing": slug, "publish": False, "passage": passage}
    make_report("control", **common, as_of="2019-09-30", note="n", speaker="s", stance="claims")
    make_report("control", **{**common, "passage": beside}, as_of="2019-09-30", forces=("blues",))
    make_report("control", **common, side="sy", as_of="2019-09-01", forces=("navy",), role="assists")
    make_report("status", **common, as_of="2019-09-30", note="n", speaker="s").passages.add(beside)
    make_report("status", **common, as_of="2019-09-29", side="sy", status="closed", traffic="goods")
    make_report("observation", **common, as_of="2019-09-30", note="n", speaker="s")
    site = make_site(f"{slug}-base", publish=False, note="n", position_source="s", country="SY")
    make_report("control", crossing=slug, publish=False, passage=passage, site=site, as_of="2019-09-30")
    strike = make_report("strike", **common, when="2019-09-20", target="t", note="n", speaker="s")
    StrikeEvent.objects.filter(pk=strike.event_id).update(site=site, grade_why="w", position_source="s")
    strike.event.targets.add(reds)
    Toll.objects.create(report=strike, killed_low=1, killed_high=3, said_by="s", scope="all sites")
    Attribution.objects.create(
        report=strike, speaker="Syria", kind="blames", accused=reds, speaker_force=blues, passage=beside
    )
    Backing.objects.create(public_id=f"{slug}-backing", force=reds, backer=blues, passage=beside)
    question = Disagreement.objects.create(question="How far is it?", crossing=crossing, note="n")
    for order, said in enumerate((passage, beside)):
        answer = Answer.objects.create(disagreement=question, text=f"Answer {order}", order=order)
        answer.passages.add(said)
    Document.objects.filter(pk=passage.document_id).update(
        title="A gate opens",
        author="A. Writer",
        agency="AP",
        missing="a; b",
        note="n",
        url="https://a.example/",
    )
    make_region(f"{slug}-map", [crossing], publish=False, intro="i")
    for owner in (crossing, crossing.posts.first(), site, reds, make_frontier()):
        for language, role in (("ar", "preferred"), ("en", "spelling")):
            Name.objects.create(
                text=f"القائم {n}", language=language, role=role, **{owner._meta.model_name: owner}
            )


# --- Text in every column


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Columns that hold words of an editor or a source, found by what they are: a new one is among them."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.get_internal_type() in ("CharField", "TextField")
        and not field.choices
        and not isinstance(field, EDTFField)
        and field.name != "folded"  # derived from the text
    ]


def has_grammar(field: models.Field[Any, Any]) -> bool:
    """Whether its validators refuse words, as those of a colour or a language tag do."""
    return hostile_for(field) is None


def hostile_for(field: models.Field[Any, Any], texts: tuple[str, ...] = (HOSTILE, *SHORT)) -> str | None:
    """The first text that fits and that the column's validators let through; None where they refuse all."""
    for text in (HOSTILE_URL,) if isinstance(field, models.URLField) else texts:
        if field.max_length and len(text) > field.max_length:
            continue
        try:
            field.run_validators(text)
        except ValidationError:
            continue
        return text
    return None


def plant(texts: tuple[str, ...] = (HOSTILE, *SHORT)) -> dict[str, str]:
    """Such text in every column that takes it, of rows that are still drafts. What was planted where."""
    planted = {}
    for model in MODELS:
        found = {f.name: text for f in text_fields(model) if (text := hostile_for(f, texts)) is not None}
        if model not in (Edition, ReviewStep):  # these two are written by review, from the reason
            model._base_manager.update(**found)
        planted.update({f"{model._meta.model_name}.{name}": text for name, text in found.items()})
    Passage.objects.update(start=10, end=20)
    for name in Name.objects.all():
        name.save()  # its folded form follows
    return planted


def make_hostile_world(texts: tuple[str, ...] = (HOSTILE, *SHORT)) -> dict[str, str]:
    """A world whose every word is hostile, published through review."""
    make_world(publish=False)
    planted = plant(texts)
    publish_all(reason=texts[0])
    return planted


@contextmanager
def kept(blocker: Any, build: Callable[[], Any]) -> Iterator[Any]:
    """Rows for all tests of a file, rolled back after them. A test that uses them also uses `db`."""
    with blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


# --- Addresses


def _slugs(model: Any, field: str = "slug") -> list[tuple[str, ...]]:
    return [(value,) for value in model.objects.order_by("pk").values_list(field, flat=True)]


def _regions() -> list[tuple[str, ...]]:
    return [("all",), *_slugs(Region)]


def _popups() -> list[tuple[str, ...]]:
    kinds = (("post", Post, "slug"), ("site", Site, "slug"), ("strike", StrikeEvent, "public_id"))
    return [(kind, *ident) for kind, model, field in kinds for ident in _slugs(model, field)]


def _nothing() -> list[tuple[str, ...]]:
    return [()]


#: The arguments of every public address, by its name.
ARGUMENTS: dict[str, Callable[[], list[tuple[str, ...]]]] = {
    "home": _nothing,
    "map": _regions,
    "map-script": _regions,
    "days": _regions,
    "strikes-json": _regions,
    "frontiers": _nothing,
    "basemap": lambda: [(name,) for name in basemap.NAMES],
    "popup": _popups,
    "crossings": _nothing,
    "crossing": lambda: _slugs(Crossing),
    "forces": _nothing,
    "force": lambda: _slugs(Force),
    "documents": _nothing,
    "document": lambda: _slugs(Document),
    "differs": _nothing,
    "changes": _nothing,
    "method": _nothing,
    "downloads": _nothing,
    "download": lambda: [(name,) for name in DOWNLOADS],
    "health": _nothing,
}
SCRIPTS, DATA = ("map-script",), ("days", "strikes-json", "frontiers", "basemap", "download", "health")


def names_of_addresses() -> list[str]:
    """The names in crossings/urls.py, the admin apart."""
    return [p.name for p in urlpatterns if isinstance(p, URLPattern) and p.name]


def addresses(*, but: tuple[str, ...] = ()) -> list[str]:
    """Every public address that the rows give, without those of some names."""
    return [
        reverse(name, args=arguments)
        for name in names_of_addresses()
        if name not in but
        for arguments in ARGUMENTS[name]()
    ]


def one_of_each(*, but: tuple[str, ...] = ()) -> list[str]:
    """One address of each name: the last, which for maps is that of a region and for popups of a strike."""
    names = (name for name in names_of_addresses() if name not in but)
    return [reverse(name, args=ARGUMENTS[name]()[-1]) for name in names]


def pages() -> list[str]:
    """Every public address that answers with HTML."""
    return addresses(but=(*SCRIPTS, *DATA))


# --- Reading a page

_WORD = re.compile(r"\w+")
VOID = frozenset(
    _WORD.findall("area base br col embed hr img input link meta source track wbr path circle rect line")
)
#: Each of these is laid out as a paragraph of its own (or shows its words away from others).
BLOCKS = frozenset(
    _WORD.findall(
        "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer"
        " form h1 h2 h3 h4 h5 h6 header html legend li main nav ol option p section summary table tbody td"
        " text textarea th thead title tr ul"
    )
)


class Page(HTMLParser):
    """What a browser would find in an answer: tags with attributes, scripts, words that are not isolated."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.words: list[str] = []
        self.unisolated: list[str] = []
        self.by_id: dict[str, str] = {}
        self._stack: list[tuple[str, dict[str, str | None]]] = []
        self._blocks: list[list[tuple[bool, str]]] = [[]]  # (isolated, text) of the open paragraphs
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "script":
            self.scripts.append((attributes, ""))
        if tag not in VOID:
            self._stack.append((tag, attributes))
            if tag in BLOCKS:
                self._blocks.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while any(open_tag == tag for open_tag, _ in self._stack):
            closed, _attributes = self._stack.pop()
            if closed in BLOCKS:
                self._judge(closed, self._blocks.pop())
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1][0] == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
            return
        self.words.append(data)
        isolated = False
        for tag, attributes in reversed(self._stack):
            if tag == "bdi" or "dir" in attributes:
                isolated = True
            if isolated or tag in BLOCKS:
                break
        self._blocks[-1].append((isolated, data))

    def _judge(self, tag: str, paragraph: list[tuple[bool, str]]) -> None:
        """An override turns round what follows it in its paragraph, unless it is alone there or isolated."""
        for i, (isolated, text) in enumerate(paragraph):
            if isolated or OVERRIDE not in text or tag == "title":  # a title holds no elements
                continue
            if text.rfind("\u2068", 0, text.rfind(OVERRIDE)) >= 0 and "\u2069" in text.rsplit(OVERRIDE, 1)[1]:
                continue  # isolated by characters, where there can be no elements
            after = text.rsplit(OVERRIDE, 1)[1].replace(HOSTILE.rsplit(OVERRIDE, 1)[1], "")
            if after.strip(" \n”’\"'.,)") or any(t.strip() for _, t in paragraph[i + 1 :]):
                self.unisolated.append("".join(t for _, t in paragraph)[-300:])

    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def body_of(response: Any) -> str:
    """The whole answer as text, streamed or not. Raises UnicodeDecodeError if it is not UTF-8."""
    raw = b"".join(response) if response.streaming else response.content
    return raw.decode()


def data_of(response: Any) -> Any:
    """The answer read as strict JSON: NaN and infinities are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(body_of(response), parse_constant=refuse)
