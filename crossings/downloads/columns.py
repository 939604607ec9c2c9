"""What the columns of each download are: read by the download page and compared with docs/downloads.md."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ExportColumn(NamedTuple):
    """One property of every feature. Kinds: text, day (2019-09-30), integer, number, yes/no, list."""

    name: str
    kind: str
    what: str | Promise


_ID = ExportColumn("id", "text", _("Stable id, the same as the feature's; it stands in links"))
_ON = ExportColumn("on", "day", _("The day that the assessment is for"))
_URL = ExportColumn("url", "text", _("Page or map that shows it"))
_NAMES = (
    ExportColumn("names", "list", _("All names: text, language (BCP 47), role")),
    ExportColumn("names_text", "text", _("The same names in one text")),
)
_PLACE = (
    ExportColumn("precision", "text", _("exact, near, town, district, province or country")),
    ExportColumn("radius_m", "number", _("Radius of uncertainty in metres: the true place lies within it")),
    ExportColumn("where_prec", "integer", _("The precision as UCDP codes it (1–7)")),
    ExportColumn("geo_precision", "integer", _("The precision as ACLED codes it (1–3)")),
    ExportColumn("position_source", "text", _("Where the position comes from")),
)
_CITATIONS = ExportColumn(
    "citations", "list", _("Passages: publisher, title, published, url, wire, quote, paragraph, note, …")
)
_WIRES = ExportColumn("wires", "integer", _("Independent wires of the reports it rests on"))

CROSSINGS: Final = (
    _ID,
    ExportColumn("name", "text", _("Name as we write it")),
    *_NAMES,
    ExportColumn("frontier", "text", _("Id of the frontier")),
    ExportColumn("country_a", "text", _("Country of side A (ISO 3166-1)")),
    ExportColumn("country_b", "text", _("Country of side B")),
    ExportColumn("post_a", "text", _("Id of the post on side A")),
    ExportColumn("post_b", "text", _("Id of the post on side B")),
    _ON,
    ExportColumn(
        "people", "text", _("For people as a whole: open or closed; “by side” where each stands alone")
    ),
    ExportColumn("people_level", "text", _("How sure that is")),
    ExportColumn("people_a", "text", _("For people on side A: a status, disputed or unknown")),
    ExportColumn("people_b", "text", _("For people on side B")),
    ExportColumn("goods", "text", _("For goods as a whole")),
    ExportColumn("goods_level", "text", _("How sure that is")),
    ExportColumn("goods_a", "text", _("For goods on side A")),
    ExportColumn("goods_b", "text", _("For goods on side B")),
    ExportColumn("position", "text", _("shared: one point for both posts; midpoint: halfway between them")),
    ExportColumn(
        "radius_m", "number", _("Metres around the point that hold both posts with their uncertainty")
    ),
    ExportColumn("note", "text", _("Our note")),
    _URL,
    _WIRES,
    _CITATIONS,
)

POSTS: Final = (
    _ID,
    ExportColumn("name", "text", _("Name as we write it")),
    *_NAMES,
    ExportColumn("crossing", "text", _("Id of the crossing")),
    ExportColumn("crossing_name", "text", _("Name of the crossing")),
    ExportColumn("country", "text", _("Country (ISO 3166-1)")),
    ExportColumn("side", "text", _("a or b")),
    _ON,
    ExportColumn("control_level", "text", _("stated, between, possible, carried, disputed or unknown")),
    ExportColumn("holders", "list", _("Ids of the forces that hold it; empty where unknown or disputed")),
    ExportColumn("holder", "text", _("The same ids in one text")),
    ExportColumn("holder_names", "text", _("Their names")),
    ExportColumn("alternatives", "list", _("Values on the table: holders, stance, level, wires, reports")),
    ExportColumn("alternatives_text", "text", _("The same in one text")),
    ExportColumn("control_sources", "integer", _("Independent sources that speak of that day")),
    ExportColumn("control_source_names", "text", _("Ids of their wires")),
    ExportColumn("control_also", "integer", _("Further sources that agree and speak of other days")),
    ExportColumn("control_also_names", "text", _("Ids of their wires")),
    ExportColumn("control_since", "day", _("Day of the last word, where it lies behind")),
    ExportColumn("control_age_days", "integer", _("Days since the last word")),
    ExportColumn("control_stale", "yes/no", _("Carried for more than 365 days")),
    ExportColumn("control_far", "yes/no", _("Between reports more than 730 days apart")),
    ExportColumn("control_passed_by", "day", _("Others held it by this day; when it changed is not told")),
    ExportColumn("control_told_in", "integer", _("Year of the first text, where all came over a year later")),
    ExportColumn("control_last_disagree", "yes/no", _("Disputed: the last who reported disagree")),
    ExportColumn("control_indirect", "yes/no", _("Nothing spoke of the post itself")),
    ExportColumn("control_next_change", "day", _("The next day on which that changes")),
    ExportColumn("shape", "text", _("People and goods in one word: a status, or mixed")),
    ExportColumn(
        "status", "list", _("Per traffic and direction: value, level, stale, far, indirect, wires, since")
    ),
    ExportColumn("people", "text", _("Status for people; “by direction” where the two differ")),
    ExportColumn("people_level", "text", _("How sure that is; the less sure of two directions")),
    ExportColumn("goods", "text", _("Status for goods")),
    ExportColumn("goods_level", "text", _("How sure that is")),
    ExportColumn("aid", "text", _("Status for aid; empty: never reported")),
    ExportColumn("refugees", "text", _("Status for refugees; empty: never reported")),
    ExportColumn("official", "text", _("Status for official traffic; empty: never reported")),
    *_PLACE,
    _URL,
    _WIRES,
    _CITATIONS,
)

SITES: Final = (
    _ID,
    ExportColumn("name", "text", _("Name as we write it")),
    *_NAMES,
    ExportColumn("kind", "text", _("town, base, compound, area or crossing (alleged)")),
    ExportColumn("country", "text", _("Country (ISO 3166-1), where known")),
    ExportColumn("note", "text", _("Our note")),
    ExportColumn("reports", "integer", _("Published reports about it")),
    *_PLACE,
    _URL,
    _WIRES,
    _CITATIONS,
)

_SUBJECT = (
    ExportColumn("subject_kind", "text", _("post, site or frontier")),
    ExportColumn("subject", "text", _("Id of the post, site or frontier")),
    ExportColumn("subject_name", "text", _("Its name")),
    ExportColumn("crossing", "text", _("Id of the crossing, for a post")),
    ExportColumn("country", "text", _("Country of the post or site")),
    ExportColumn("of", "text", _("What the words speak of: post, crossing, place or frontier")),
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
            ExportColumn(name, "text", what),
            ExportColumn(f"{name}_min", "day", _("First day that this can mean; empty: open or not given")),
            ExportColumn(f"{name}_max", "day", _("Last day that this can mean; empty: open or not given")),
        )
    ),
    ExportColumn("stance", "text", _("states, claims, alleges, denies or plans")),
    ExportColumn("speaker", "text", _("Who says so in the text, where it is not the text itself")),
    ExportColumn("wire", "text", _("Whose text it is: reports of one wire are one witness")),
    ExportColumn("source_set", "text", _("Id of the source set")),
    ExportColumn("document", "text", _("Id of the document")),
    ExportColumn("publisher", "text", _("Publisher of the document")),
    ExportColumn("published", "text", _("When it was published (EDTF)")),
    ExportColumn("published_min", "day", _("First day that this can mean; empty: not known")),
    ExportColumn("published_max", "day", _("Last day that this can mean; empty: not known")),
    ExportColumn(
        "passage", "text", _("Id of the passage it rests on: reports of one passage qualify each other")
    ),
    ExportColumn("note", "text", _("Our note")),
    ExportColumn("published_in", "integer", _("The edition of this site in which it first stood")),
)

CONTROL: Final = (
    _ID,
    *_SUBJECT,
    ExportColumn("role", "text", _("holds, guards; assists, backs, present, contests are never the value")),
    ExportColumn("forces", "list", _("Forces: id, name")),
    ExportColumn("force", "text", _("Ids of the forces in one text")),
    ExportColumn("force_names", "text", _("Their names")),
    ExportColumn("memberships", "list", _("Whom they count for: member, umbrella, since, until")),
    *_PERIOD,
    *_PLACE,
    _URL,
    _CITATIONS,
)

STATUS: Final = (
    _ID,
    *_SUBJECT,
    ExportColumn("status", "text", _("open, limited, closed or impassable")),
    ExportColumn("traffic", "text", _("people, goods, aid, refugees or official")),
    ExportColumn("direction", "text", _("both, outbound or inbound")),
    *_PERIOD,
    *_PLACE,
    _URL,
    _CITATIONS,
)

MEMBERSHIPS: Final = (
    _ID,
    ExportColumn("member", "text", _("Id of the force that belongs to the other")),
    ExportColumn("member_name", "text", _("Its name")),
    ExportColumn("umbrella", "text", _("Id of the force that it counts for")),
    ExportColumn("umbrella_name", "text", _("Its name")),
    ExportColumn("since", "text", _("The first day (EDTF); empty: as long as known")),
    ExportColumn("since_min", "day", _("First day that this can mean; empty: open or not given")),
    ExportColumn("since_max", "day", _("Last day that this can mean: it counts from this day on")),
    ExportColumn("until", "text", _("The last day (EDTF); empty: it goes on")),
    ExportColumn("until_min", "day", _("First day that this can mean: it counts up to this day")),
    ExportColumn("until_max", "day", _("Last day that this can mean; empty: open or not given")),
    ExportColumn("note", "text", _("Our note")),
    ExportColumn("published_in", "integer", _("The edition of this site in which it first stood")),
    _URL,
    _CITATIONS,
)

STRIKES: Final = (
    _ID,
    ExportColumn("summary", "text", _("Our summary")),
    ExportColumn("when", "text", _("When (EDTF)")),
    ExportColumn("when_min", "day", _("First day that this can mean")),
    ExportColumn("when_max", "day", _("Last day that this can mean")),
    ExportColumn("means", "text", _("air, drone, artillery, ground or unknown")),
    ExportColumn("grade", "text", _("Airwars: confirmed, fair, weak, contested or discounted")),
    ExportColumn("grade_why", "text", _("Why this grade")),
    ExportColumn("site", "text", _("Id of the site, where one is named")),
    ExportColumn("targets", "list", _("Forces that were struck: id, name")),
    ExportColumn("target", "text", _("Ids of these forces in one text")),
    ExportColumn(
        "killed_low", "integer", _("Killed, at least, over all tellings; empty: not reported, 0: none")
    ),
    ExportColumn("killed_high", "integer", _("Killed, at most; empty beside a low: “or more”")),
    ExportColumn("injured_low", "integer", _("Injured, at least")),
    ExportColumn("injured_high", "integer", _("Injured, at most")),
    ExportColumn("tolls", "list", _("Tolls as told, wider ones too: report, group, numbers, said_by, scope")),
    ExportColumn(
        "attributions", "list", _("Who blames, claims or denies: report, speaker, kind, accused, quote")
    ),
    ExportColumn("accused", "text", _("Ids of the forces that are blamed or claim it, in one text")),
    ExportColumn("tellings", "integer", _("Reports of this strike")),
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
    "memberships": MEMBERSHIPS,
    "strikes": STRIKES,
}
#: Members of every collection, beside type and features. The bbox comes last and is left out where empty.
MEMBERS: Final = (
    ExportColumn("name", "text", _("What the file is, as in crossings-control")),
    ExportColumn("title", "text", _("What the file holds, in words")),
    ExportColumn("licence", "text", _("The data's licence in a sentence")),
    ExportColumn("licence_url", "text", _("Its address")),
    ExportColumn("attribution", "list", _("Whom to name")),
    ExportColumn("edition", "integer", _("The edition of this site")),
    ExportColumn("edition_at", "text", _("When that edition was published (UTC)")),
    ExportColumn(
        "generated", "text", _("When this file was made (UTC); left out where its address names the edition")
    ),
    ExportColumn("on", "day", _("The day that is shown")),
    ExportColumn("strikes_from", "day", _("First day of the strikes that are shown; the last is “on”")),
    ExportColumn("selection", "text", _("The canonical query of what is shown")),
    ExportColumn("url", "text", _("The map with the same selection")),
    ExportColumn("bbox", "list", _("West, south, east, north of the features")),
)
