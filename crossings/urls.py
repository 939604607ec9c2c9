"""/                     the whole frontier
/maps/…               one region, its script and its data
/crossings/ /forces/ /documents/ /differs/ /method/   pages
/download/…           GeoJSON
/admin/               editing
"""

from django.contrib import admin
from django.urls import path

from .health import health
from .views import maps

urlpatterns = [
    path("", maps.home, name="home"),
    path("maps/<slug:region>/", maps.region_map, name="map"),
    path("maps/<slug:region>/map.js", maps.map_script, name="map-script"),
    path("maps/<slug:region>/days.json", maps.days_json, name="days"),
    path("maps/<slug:region>/strikes.json", maps.strikes_json, name="strikes-json"),
    path("basemap/<slug:name>.json", maps.basemap_json, name="basemap"),
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
]
