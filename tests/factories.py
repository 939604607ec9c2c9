"""Small real rows. Everything is published through the one writer of publication states."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.gis.geos import Point

from crossings.models import (
    ControlReport,
    Crossing,
    Document,
    Force,
    Frontier,
    Holder,
    Membership,
    ObservationReport,
    Passage,
    Post,
    Region,
    Site,
    SourceSet,
    StatusReport,
    StrikeEvent,
    StrikeReport,
    Wire,
)
from crossings.publishing import workflow

_numbers = itertools.count(1)


def make_frontier(slug: str = "iraq-syria", **fields: Any) -> Frontier:
    fields = {"name": "Iraq–Syria", "country_a": "SY", "country_b": "IQ"} | fields
    return Frontier.objects.get_or_create(slug=slug, defaults=fields)[0]


def make_crossing(
    slug: str = "alpha", *, lon: float = 41.0, lat: float = 34.4, publish: bool = True, **fields: Any
) -> Crossing:
    """A crossing with its two posts at one point: `<slug>-sy` and `<slug>-iq`."""
    found = Crossing.objects.filter(slug=slug).first()
    if found:
        return found
    fields = {"name": slug.title(), "frontier": make_frontier()} | fields
    crossing = Crossing.objects.create(slug=slug, **fields)
    for side, country in (("a", crossing.frontier.country_a), ("b", crossing.frontier.country_b)):
        Post.objects.create(
            slug=f"{slug}-{country.lower()}",
            crossing=crossing,
            side=side,
            country=country,
            name=f"{crossing.name} ({country})",
            point=Point(lon, lat, srid=4326),
            precision="near",
            radius_m=1500,
        )
    if publish:
        workflow.publish([crossing])
    return crossing


def make_region(slug: str, crossings: list[Crossing], *, publish: bool = True, **fields: Any) -> Region:
    region = Region.objects.create(slug=slug, **({"name": slug.title()} | fields))
    region.crossings.set(crossings)
    if publish:
        workflow.publish([region])
    return region


def make_site(
    slug: str = "base", *, publish: bool = True, lon: float = 40.9, lat: float = 34.4, **fields: Any
) -> Site:
    fields = {"name": slug.title(), "kind": "base", "precision": "district", "radius_m": 5000} | fields
    site = Site.objects.create(slug=slug, point=Point(lon, lat, srid=4326), **fields)
    if publish:
        workflow.publish([site])
    return site


def make_force(slug: str = "reds", **fields: Any) -> Force:
    fields = {
        "name": slug.title(),
        "short_name": slug.title()[:12],
        "kind": "army",
        "colour": "#0072B2",
        "letter": slug[0].upper(),
    } | fields
    return Force.objects.get_or_create(slug=slug, defaults=fields)[0]


def make_membership(
    member: str, umbrella: str, *, since: str = "", until: str = "", publish: bool = True
) -> Membership:
    """One force in another, from and to days in EDTF; both made where they are missing."""
    membership = Membership.objects.create(
        public_id=f"{member}-{umbrella}",
        member=make_force(member),
        umbrella=make_force(umbrella),
        since=since,
        until=until,
        passage=make_passage(exact=f"The {member} are of the {umbrella}."),
    )
    if publish:
        workflow.publish([membership])
    return membership


def make_passage(
    *,
    wire: str = "ap",
    sources: str = "articles",
    document: Document | None = None,
    exact: str | None = None,
    **fields: Any,
) -> Passage:
    if document is None:
        source_set = SourceSet.objects.get_or_create(slug=sources, defaults={"name": sources.title()})[0]
        document = Document.objects.create(
            slug=f"document-{next(_numbers)}",
            source_set=source_set,
            publisher="The Paper",
            published="2019-09-30",
        )
    carried = Wire.objects.get_or_create(slug=wire, defaults={"name": wire.upper()})[0]
    text = f"Words number {next(_numbers)}." if exact is None else exact
    return Passage.objects.create(document=document, wire=carried, exact=text, **fields)


def make_report(
    kind: str = "control",
    *,
    crossing: str = "alpha",
    side: str = "iq",
    forces: tuple[str, ...] = ("reds",),
    publish: bool = True,
    passage: Passage | None = None,
    wire: str = "ap",
    sources: str = "articles",
    lon: float = 41.0,
    **fields: Any,
) -> Any:
    """A published control, status, strike or observation report, with its place and source made as needed."""
    passage = passage or make_passage(wire=wire, sources=sources)
    make = {
        "control": _make_control,
        "status": _make_status,
        "strike": _make_strike,
        "observation": _make_observation,
    }[kind]
    report = make(
        make_crossing(crossing, lon=lon).posts.get(slug=f"{crossing}-{side}"), forces, passage, fields
    )
    if publish:
        workflow.publish([report])
    return report


def _dated(fields: dict[str, Any]) -> dict[str, Any]:
    return fields if {"starts", "ends", "as_of"} & set(fields) else {"as_of": "2019-09-30"} | fields


def _make_control(
    post: Post, forces: tuple[str, ...], passage: Passage, fields: dict[str, Any]
) -> ControlReport:
    subject = {} if {"site", "frontier"} & set(fields) else {"post": post}
    report = ControlReport.objects.create(main_passage=passage, **subject, **_dated(fields))
    for slug in forces:
        Holder.objects.create(report=report, force=make_force(slug))
    return report


def _make_status(
    post: Post, forces: tuple[str, ...], passage: Passage, fields: dict[str, Any]
) -> StatusReport:
    subject = {} if {"site", "frontier"} & set(fields) else {"post": post}
    fields = {"status": "open", "traffic": "people"} | _dated(fields)
    return StatusReport.objects.create(main_passage=passage, **subject, **fields)


def _make_strike(
    post: Post, forces: tuple[str, ...], passage: Passage, fields: dict[str, Any]
) -> StrikeReport:
    event = fields.pop("event", None) or make_strike_event(
        point=post.point, when=fields.get("when", "2019-09-09")
    )
    return StrikeReport.objects.create(main_passage=passage, event=event, **fields)


def _make_observation(
    post: Post, forces: tuple[str, ...], passage: Passage, fields: dict[str, Any]
) -> ObservationReport:
    subject = {} if {"site", "frontier", "crossing"} & set(fields) else {"post": post}
    fields = {"topic": "presence", "summary": "Troops were seen"} | _dated(fields)
    report = ObservationReport.objects.create(main_passage=passage, **subject, **fields)
    report.forces.set(make_force(slug) for slug in forces)
    return report


def make_strike_event(**fields: Any) -> StrikeEvent:
    fields = {
        "summary": "Strike",
        "when": "2019-09-09",
        "grade": "weak",
        "point": Point(40.92, 34.45, srid=4326),
        "precision": "district",
        "radius_m": 20000,
    } | fields
    return StrikeEvent.objects.create(**fields)
