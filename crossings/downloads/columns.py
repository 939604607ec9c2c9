"""What the columns of each download are: read by the download page and compared with docs/downloads.md."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Column(NamedTuple):
    """One property of every feature. Kinds: text, day (2019-09-30), integer, number, yes/no, list."""

    name: str
    kind: str
    what: str | Promise


_ID = Column("id", "text", _("Stable id, the same as the feature's; it stands in links"))
_ON = Column("on", "day", _("The day that the assessment is for"))
_URL = Column("url", "text", _("Page or map that shows it"))
_NAMES = (
    Column("names", "list", _("All names: text, language (BCP 47), role")),
    Column("names_text", "text", _("The same names in one text")),
)
_PLACE = (
    Column("precision", "text", _("exact, near, town, district, province or country")),
    Column("radius_m", "number", _("Radius of uncertainty in metres: the true place lies within it")),
    Column("where_prec", "integer", _("The precision as UCDP codes it (1–7)")),
    Column("geo_precision", "integer", _("The precision as ACLED codes it (1–3)")),
    Column("position_source", "text", _("Where the position comes from")),
)
_CITATIONS = Column(
    "citations", "list", _("Passages: publisher, title, published, url, wire, quote, paragraph, note, …")
)
_WIRES = Column("wires", "integer", _("Independent wires of the reports it rests on"))

CROSSINGS: Final = (
    _ID,
    Column("name", "text", _("Name as we write it")),
    *_NAMES,
    Column("frontier", "text", _("Id of the frontier")),
    Column("country_a", "text", _("Country of side A (ISO 3166-1)")),
    Column("country_b", "text", _("Country of side B")),
    Column("post_a", "text", _("Id of the post on side A")),
    Column("post_b", "text", _("Id of the post on side B")),
    _ON,
    Column("people", "text", _("For people as a whole: open or closed; “by side” where each stands alone")),
    Column("people_level", "text", _("How sure that is")),
    Column("people_a", "text", _("For people on side A: a status, disputed or unknown")),
    Column("people_b", "text", _("For people on side B")),
    Column("goods", "text", _("For goods as a whole")),
    Column("goods_level", "text", _("How sure that is")),
    Column("goods_a", "text", _("For goods on side A")),
    Column("goods_b", "text", _("For goods on side B")),
    Column("position", "text", _("shared: one point for both posts; midpoint: halfway between them")),
    Column("radius_m", "number", _("Metres around the point that hold both posts with their uncertainty")),
    Column("note", "text", _("Our note")),
    _URL,
    _WIRES,
    _CITATIONS,
)

POSTS: Final = (
    _ID,
    Column("name", "text", _("Name as we write it")),
    *_NAMES,
    Column("crossing", "text", _("Id of the crossing")),
    Column("crossing_name", "text", _("Name of the crossing")),
    Column("country", "text", _("Country (ISO 3166-1)")),
    Column("side", "text", _("a or b")),
    _ON,
    Column("control_level", "text", _("stated, between, possible, carried, disputed or unknown")),
    Column("holders", "list", _("Ids of the forces that hold it; empty where unknown or disputed")),
    Column("holder", "text", _("The same ids in one text")),
    Column("holder_names", "text", _("Their names")),
    Column("alternatives", "list", _("Values on the table: holders, stance, level, wires, reports")),
    Column("alternatives_text", "text", _("The same in one text")),
    Column("control_wires", "integer", _("Independent wires that say who holds it")),
    Column("control_since", "day", _("Day of the last word, where it lies behind")),
    Column("control_age_days", "integer", _("Days since the last word")),
    Column("control_stale", "yes/no", _("Carried for more than 365 days")),
    Column("control_indirect", "yes/no", _("Nothing spoke of the post itself")),
    Column("control_next_change", "day", _("The next day on which that changes")),
    Column("shape", "text", _("People and goods in one word: a status, or mixed")),
    Column("status", "list", _("Per traffic and direction: value, level, stale, indirect, wires, since")),
    Column("people", "text", _("Status for people; “by direction” where the two differ")),
    Column("people_level", "text", _("How sure that is; the less sure of two directions")),
    Column("goods", "text", _("Status for goods")),
    Column("goods_level", "text", _("How sure that is")),
    Column("aid", "text", _("Status for aid; empty: never reported")),
    Column("refugees", "text", _("Status for refugees; empty: never reported")),
    Column("official", "text", _("Status for official traffic; empty: never reported")),
    *_PLACE,
    _URL,
    _WIRES,
    _CITATIONS,
)

SITES: Final = (
    _ID,
    Column("name", "text", _("Name as we write it")),
    *_NAMES,
    Column("kind", "text", _("town, base, compound, area or crossing (alleged)")),
    Column("country", "text", _("Country (ISO 3166-1), where known")),
    Column("note", "text", _("Our note")),
    Column("reports", "integer", _("Published reports about it")),
    *_PLACE,
    _URL,
    _WIRES,
    _CITATIONS,
)

_SUBJECT = (
    Column("subject_kind", "text", _("post, site or frontier")),
    Column("subject", "text", _("Id of the post, site or frontier")),
    Column("subject_name", "text", _("Its name")),
    Column("crossing", "text", _("Id of the crossing, for a post")),
    Column("country", "text", _("Country of the post or site")),
    Column("of", "text", _("What the words speak of: post, crossing, place or frontier")),
)
_PERIOD = (
    *(
        column
        for name, what in (
            ("starts", _("It began (EDTF)")),
            ("ends", _("The first day it was over (EDTF)")),
            ("as_of", _("The time it speaks of (EDTF)")),
        )
        for column in (
            Column(name, "text", what),
            Column(f"{name}_min", "day", _("First day that this can mean; empty: open or not given")),
            Column(f"{name}_max", "day", _("Last day that this can mean; empty: open or not given")),
        )
    ),
    Column("stance", "text", _("states, claims, alleges, denies or plans")),
    Column("speaker", "text", _("Who says so in the text, where it is not the text itself")),
    Column("wire", "text", _("Whose text it is: reports of one wire are one witness")),
    Column("source_set", "text", _("Id of the source set")),
    Column("document", "text", _("Id of the document")),
    Column("publisher", "text", _("Publisher of the document")),
    Column("published", "text", _("When it was published (EDTF)")),
    Column("note", "text", _("Our note")),
    Column("published_in", "integer", _("The edition of this site in which it first stood")),
)

CONTROL: Final = (
    _ID,
    *_SUBJECT,
    Column("role", "text", _("holds, guards; assists, backs, present, contests are never the value")),
    Column("forces", "list", _("Forces: id, name, counts_for")),
    Column("force", "text", _("Ids of the forces in one text")),
    Column("force_names", "text", _("Their names")),
    Column("counts_for", "text", _("Ids of the umbrellas they counted for when the report was published")),
    *_PERIOD,
    *_PLACE,
    _URL,
    _CITATIONS,
)

STATUS: Final = (
    _ID,
    *_SUBJECT,
    Column("status", "text", _("open, limited, closed or impassable")),
    Column("traffic", "text", _("people, goods, aid, refugees or official")),
    Column("direction", "text", _("both, outbound or inbound")),
    *_PERIOD,
    *_PLACE,
    _URL,
    _CITATIONS,
)

STRIKES: Final = (
    _ID,
    Column("summary", "text", _("Our summary")),
    Column("when", "text", _("When (EDTF)")),
    Column("when_min", "day", _("First day that this can mean")),
    Column("when_max", "day", _("Last day that this can mean")),
    Column("means", "text", _("air, drone, artillery, ground or unknown")),
    Column("grade", "text", _("Airwars: confirmed, fair, weak, contested or discounted")),
    Column("grade_why", "text", _("Why this grade")),
    Column("site", "text", _("Id of the site, where one is named")),
    Column("targets", "list", _("Forces that were struck: id, name")),
    Column("target", "text", _("Ids of these forces in one text")),
    Column("killed_low", "integer", _("Killed, at least, over all tellings; empty: not reported, 0: none")),
    Column("killed_high", "integer", _("Killed, at most; empty beside a low: “or more”")),
    Column("injured_low", "integer", _("Injured, at least")),
    Column("injured_high", "integer", _("Injured, at most")),
    Column("tolls", "list", _("Tolls as told, wider ones too: report, group, numbers, said_by, scope")),
    Column("attributions", "list", _("Who blames, claims or denies: report, speaker, kind, accused, quote")),
    Column("accused", "text", _("Ids of the forces that are blamed or claim it, in one text")),
    Column("tellings", "integer", _("Reports of this strike")),
    *_PLACE,
    _URL,
    _WIRES,
    _CITATIONS,
)

COLUMNS: Final = {
    "crossings": CROSSINGS,
    "posts": POSTS,
    "sites": SITES,
    "control": CONTROL,
    "status": STATUS,
    "strikes": STRIKES,
}
#: Members of every collection, beside type and features. The bbox comes last and is left out where empty.
MEMBERS: Final = (
    Column("name", "text", _("What the file is, as in crossings-control")),
    Column("title", "text", _("What the file holds, in words")),
    Column("licence", "text", _("The data's licence in a sentence")),
    Column("licence_url", "text", _("Its address")),
    Column("attribution", "list", _("Whom to name")),
    Column("edition", "integer", _("The edition of this site")),
    Column("edition_at", "text", _("When that edition was published (UTC)")),
    Column("generated", "text", _("When this file was made (UTC)")),
    Column("on", "day", _("The day that is shown")),
    Column("strikes_from", "day", _("First day of the strikes that are shown; the last is “on”")),
    Column("selection", "text", _("The canonical query of what is shown")),
    Column("url", "text", _("The map with the same selection")),
    Column("bbox", "list", _("West, south, east, north of the features")),
)
