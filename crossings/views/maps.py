"""The maps, the script that builds them and the data that moves them."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crossings.maps import MapParts, build, day_data
from crossings.models import Region
from crossings.queries.cache import cached
from crossings.queries.scope import Scope
from crossings.queries.snapshot import CrossingDay, Snapshot, link_params
from crossings.wording.browser_strings import strings
from geodata import basemap
from geodata.bbox import BBox
from geodata.errors import GeodataError
from geodata.selection import Selection, SelectionError

from .common import ALL, fresh, page, scope_of, snapshot_of
from .filter_form import filter_groups, parameters_for_scripts, query_beside_form

#: As far as Web Mercator reaches.
MERCATOR = BBox(-180, -85, 180, 85)
BASEMAP_SECONDS = 86400
#: Strikes in the page itself, so that its size does not grow with the data; scripts fetch the others.
LISTED_STRIKES = 40


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    if scope.selection.region:
        query = scope.selection.query(region=None)
        return redirect(reverse("map", args=[scope.selection.region]) + (f"?{query}" if query else ""))
    return _map_page(request, Snapshot(scope), ALL)


@require_safe
def region_map(request: HttpRequest, region: str) -> HttpResponseBase:
    return _map_page(request, snapshot_of(request, region), region)


def _map_page(request: HttpRequest, snapshot: Snapshot, slug: str) -> HttpResponseBase:
    scope, selection = snapshot.scope, snapshot.selection
    parts = _parts(snapshot, slug)
    before, after = snapshot.changes_around(scope.on)
    context: dict[str, object] = {
        "title": title_of(snapshot),
        "region": scope.region,
        "regions": scope.places(Region),
        "scope": scope,
        "selection": selection,
        "query": selection.query(),
        "page_url": settings.SITE_URL + _address(snapshot, slug),
        "map": parts,
        "map_slug": slug,
        "detail": None if basemap.detail().covers(snapshot.box) else basemap.detail(),
        "crossings": [_crossing_context(snapshot, day) for day in snapshot.crossing_days(scope.on)],
        "sites": snapshot.sites,
        "strikes": snapshot.strikes(*scope.interval)[:LISTED_STRIKES],
        "interval": scope.interval,
        "counts": snapshot.counts(scope.on),
        "forces": list(snapshot.forces.values()),
        "filter_groups": filter_groups(selection, _names(snapshot)),
        "filter_query": query_beside_form(selection),
        "keep": link_params(scope).query(),
        "prev_change": before and selection.query(on=before),
        "next_change": after and selection.query(on=after),
        "pinned_query": selection.query(on=scope.on, edition=scope.pin),
        "day_query": selection.without("view").query(on=scope.on, region=scope.region and scope.region.slug),
        "tiles": selection.tiles and settings.TILES_HOST,
        "tiles_offered": bool(settings.TILES_HOST),
    }
    context["config"] = _config(snapshot, slug, parts)
    if context["tiles"]:
        return _with_tiles(request, context)
    return page(request, "map.html", context)


def _names(snapshot: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """What the filter form offers of the database, as (slug, name) pairs."""
    return {
        "sources": list(snapshot.scope.source_sets().values_list("slug", "name")),
        "forces": [(force.slug, force.name) for force in snapshot.forces.values()],
    }


def _address(snapshot: Snapshot, slug: str) -> str:
    """The one address of what the map shows. Whether tiles are asked for is each reader's own choice."""
    path = reverse("map", args=[slug]) if snapshot.scope.region else reverse("home")
    query = snapshot.selection.query(region=None, tiles=None)
    return path + (f"?{query}" if query else "")


def _crossing_context(snapshot: Snapshot, day: CrossingDay) -> dict[str, object]:
    return {
        **day_data.crossing_context(snapshot, day),
        "posts": [day_data.post_context(snapshot, post) for post in day.posts],
    }


def title_of(snapshot: Snapshot) -> str:
    """The region's name, else that of the one frontier that all crossings lie on."""
    if snapshot.scope.region:
        return snapshot.scope.region.name
    frontiers = {crossing.frontier.name for crossing in snapshot.crossings}
    return frontiers.pop() if len(frontiers) == 1 else _("All frontiers") if frontiers else _("Crossings")


def _parts(snapshot: Snapshot, slug: str) -> MapParts:
    return build(slug, snapshot.box.clipped(MERCATOR), get_language() or "en")


def _config(snapshot: Snapshot, slug: str, parts: MapParts) -> dict[str, object]:
    scope, selection = snapshot.scope, snapshot.selection
    keep = Selection(edition=selection.edition).query()
    return {
        "map": parts.container,
        "region": slug,
        "lang": get_language(),
        "on": scope.on,
        "first": scope.first,
        "last": scope.last,
        "latest": scope.latest,
        "edition": scope.edition_number,
        "editionDay": scope.edition and scope.edition.at.date(),
        "days": selection.days,
        "show": selection.show,
        "view": str(selection.view) if selection.view else None,
        "query": selection.query(),
        "parameters": parameters_for_scripts(),
        "tiles": {"url": settings.TILES_URL, "attribution": settings.TILES_ATTRIBUTION}
        if selection.tiles and settings.TILES_HOST
        else None,
        "urls": {
            "page": reverse("map", args=[slug]) if scope.region else reverse("home"),
            "days": reverse("days", args=[slug]),
            "strikes": reverse("strikes-json", args=[slug]),
            "popup": reverse("popup", args=["KIND", "ID"]),
            "download": reverse("download", args=["NAME"]),
            "basemap": {
                # Frontiers come from the database instead, with those that editors added.
                **{name: reverse("basemap", args=[name]) for name in basemap.GROUND},
                "frontier": reverse("frontiers") + (f"?{keep}" if keep else ""),
            },
        },
        "strings": strings(),
    }


def _with_tiles(request: HttpRequest, context: dict[str, object]) -> HttpResponseBase:
    """Only this answer lets the browser ask the tile host, which wants to know the referring site."""

    @csp_update({"img-src": [settings.TILES_HOST]})
    def answer(request: HttpRequest) -> HttpResponse:
        response = page(request, "map.html", context)
        response["Referrer-Policy"] = "strict-origin-when-cross-origin"
        return response

    return answer(request)


@require_safe
def map_script(request: HttpRequest, region: str) -> HttpResponse:
    """Folium's script, a file of its own: the same bytes until the region's posts move."""
    scope = scope_of(request, region)
    parts = _parts(Snapshot(scope), region)
    return fresh(HttpResponse(parts.script, content_type="text/javascript; charset=utf-8"))


@require_safe
def days_json(request: HttpRequest, region: str) -> HttpResponse:
    snapshot = snapshot_of(request, region)
    scope = snapshot.scope
    key = (
        scope.edition_number,
        scope.region and scope.region.slug,
        scope.sources,
        scope.last,
        snapshot.selection.without("time", "view").query(edition=None),
        get_language(),
    )
    body = cached("days", key, lambda: JsonResponse(day_data.days(snapshot)).content)
    return fresh(HttpResponse(body, content_type="application/json"))


@require_safe
def strikes_json(request: HttpRequest, region: str) -> HttpResponse:
    snapshot = snapshot_of(request, region)
    return fresh(JsonResponse(day_data.strikes(snapshot, _year(request, snapshot.scope))))


def _year(request: HttpRequest, scope: Scope) -> int:
    text = request.GET.get("year") or str(scope.on.year)
    if not (text.isascii() and text.isdigit() and 1900 <= int(text[:9]) <= 2100):
        raise SelectionError("year", text, "Write a year from 1900 to 2100.")
    return int(text)


@require_safe
def basemap_json(request: HttpRequest, name: str) -> HttpResponse:
    try:
        body = basemap.path(name).read_bytes()
    except GeodataError as error:
        raise Http404(str(error)) from error
    return fresh(HttpResponse(body, content_type="application/geo+json"), BASEMAP_SECONDS)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask for the icon without having read a page."""
    return redirect(static("favicon.svg"))


@require_safe
def frontiers_json(request: HttpRequest) -> HttpResponse:
    """The lines of all frontiers that have a public crossing in the edition, as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "id": frontier.slug,
            "properties": {"name": frontier.name, "a": frontier.country_a, "b": frontier.country_b},
            "geometry": {"type": "LineString", "coordinates": frontier.line.coords},
        }
        for frontier in scope_of(request).frontiers()
        if frontier.line
    ]
    return fresh(JsonResponse({"type": "FeatureCollection", "features": features}))
