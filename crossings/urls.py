"""/                     the whole frontier
/maps/…               one region, its script and its data
/crossings/ /forces/ /documents/ /differs/ /changes/ /method/   pages
/download/…           GeoJSON
/ogc/…                OGC API – Features
/admin/               editing
/robots.txt /.well-known/security.txt
"""

from django.contrib import admin
from django.urls import include, path

from crossings.views import (
    changes,
    conflicts,
    crossings,
    documents,
    downloads,
    forces,
    maps,
    method,
    popups,
    well_known,
)
from crossings.views.health import health

handler500 = "crossings.views.errors.server_error"

urlpatterns = [
    path("", maps.home, name="home"),
    path("maps/<slug:region>/", maps.region_map, name="map"),
    path("maps/<slug:region>/map.js", maps.map_script, name="map-script"),
    path("maps/<slug:region>/days.json", maps.days_json, name="days"),
    path("maps/<slug:region>/strikes.json", maps.strikes_json, name="strikes-json"),
    path("frontiers.json", maps.frontiers_json, name="frontiers"),
    path("favicon.ico", maps.favicon),
    path("basemap/<slug:name>.json", maps.basemap_json, name="basemap"),
    path("popup/<slug:kind>/<slug:ident>/", popups.popup, name="popup"),
    path("crossings/", crossings.crossing_list, name="crossings"),
    path("crossings/<slug:slug>/", crossings.crossing_page, name="crossing"),
    path("forces/", forces.force_list, name="forces"),
    path("forces/<slug:slug>/", forces.force_page, name="force"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<slug:slug>/", documents.document, name="document"),
    path("differs/", conflicts.differs, name="differs"),
    path("changes/", changes.changes, name="changes"),
    path("method/", method.method, name="method"),
    path("download/", downloads.downloads, name="downloads"),
    path("download/<slug:name>.geojson", downloads.download, name="download"),
    path("ogc/", include("crossings.ogc.urls")),
    path("robots.txt", well_known.robots),
    path(".well-known/security.txt", well_known.security),
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
]
