"""Under which terms what leaves this site may be used: one place for pages, downloads and papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CODE_LICENCE: Final = "BSD-3-Clause"
DATA_LICENCE: Final = "CC BY 4.0"
DATA_LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
#: The sentence that every download carries. In English in files, whatever the reader's language.
DATA_STATEMENT: Final = (
    "Crossings data, CC BY 4.0. Quotes are excerpts and belong to their publishers; "
    "each position names its own source."
)
#: What a download must name because it holds some of it.
DATA_ATTRIBUTION: Final = (
    "Crossings contributors (CC BY 4.0)",
    "Positions: each names its own in position_source; from GeoNames where that says so (CC BY 4.0)",
    "Quotes: the publishers named in citations",
)


@dataclass(frozen=True, slots=True)
class Source:
    """One thing the map is drawn from."""

    name: str
    what: str | Promise
    licence: str | Promise
    url: str


BASEMAP: Final = (
    Source(
        "Natural Earth",
        _("Countries, borders and the frontier (1:10m), rivers and lakes (1:50m)"),
        _("public domain"),
        "https://www.naturalearthdata.com/",
    ),
    Source("GeoNames", _("Towns and their names"), "CC BY 4.0", "https://www.geonames.org/"),
    Source("Leaflet", _("The script that draws the map"), "BSD-2-Clause", "https://leafletjs.com/"),
)
