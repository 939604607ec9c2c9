"""The words that scripts in the browser use, translated on the server and passed in the page's config."""

from __future__ import annotations

from django.utils.translation import gettext as _


def strings() -> dict[str, str]:
    """Words by key. {names} in braces are filled in by the browser; .one and .other are picked by number."""
    return {**_time(), **_counting(), **_marks(), **_panel(), **_errors()}


def _time() -> dict[str, str]:
    return {
        "day.play": _("Play"),
        "day.pause": _("Pause"),
        "day.previous": _("Previous change: {day}"),
        "day.next": _("Next change: {day}"),
        "day.no_previous": _("No earlier change"),
        "day.no_next": _("No later change"),
        "day.latest": _("As reported up to {day}, the latest day that any report speaks of"),
        "day.after_latest": _("After the last report: everything here was last reported on {day} or earlier"),
        "day.before": _("Reports reach up to {day}"),
    }


def _counting() -> dict[str, str]:
    return {
        "showing": _("Showing {sides} of {crossings}, {strikes}, {places}."),
        "strikes.in": _("{strikes} in the {days} to {day}"),
        "strikes.missing": _("strikes not loaded yet"),
        "strikes.since": _("{strikes} from {start} to {day}"),
        "sides.one": _("{n} side"),
        "sides.other": _("{n} sides"),
        "crossings.one": _("{n} crossing"),
        "crossings.other": _("{n} crossings"),
        "strikes.one": _("{n} strike"),
        "strikes.other": _("{n} strikes"),
        "places.one": _("{n} place"),
        "places.other": _("{n} places"),
        "days.one": _("day"),
        "days.other": _("{n} days"),
        "strikes.none": _("No strike in the texts collected from {start} to {day}."),
        "strikes.capped": _("Only the first {n} of {total} strikes of {year} are drawn."),
    }


def _marks() -> dict[str, str]:
    return {
        "mark.post": _("{name}: {control}. {status}"),
        "mark.post.control": _("{name}: {control}"),
        "mark.held": _("{holder}, {words}"),
        "mark.post.status": _("{name}: {status}"),
        "mark.strike": _("Strike: {label}, place known to {km} km"),
        "mark.site": _("{name}, place known to {km} km"),
        "mark.pair": _("{a} and {b}"),
        "mark.or": _("{a} or {b}"),
        "holder.unknown": _("no report of who held it"),
        "status.open": _("Open."),
        "status.limited": _("Limited."),
        "status.closed": _("Closed."),
        "status.impassable": _("Impassable."),
        "status.mixed": _("People and goods differ."),
        "status.disputed": _("Sources disagree whether it is open."),
        "status.unknown": _("No report of whether it is open."),
        "attribution": _("Natural Earth; towns © GeoNames, CC BY 4.0"),
        "map.zoom_in": _("Zoom in"),
        "map.zoom_out": _("Zoom out"),
        "map.layers": _("Layers"),
    }


def _panel() -> dict[str, str]:
    return {
        "popup.loading": _("Fetching the reports…"),
        "popup.back": _("Back to the list"),
        "sheet.peek": _("Panel: lowest height"),
        "sheet.half": _("Panel: half height"),
        "sheet.full": _("Panel: full height"),
        "link.copied": _("Link copied"),
        "link.failed": _("Copy this: {link}"),
        "retry": _("Try again"),
    }


def _errors() -> dict[str, str]:
    return {
        "error.days": _("The data of this map did not arrive; what you see is what was here before."),
        "error.strikes": _("The strikes of {year} did not arrive."),
        "error.popup": _("The reports did not arrive."),
        "error.basemap": _("Part of the background map did not arrive."),
        "error.answer": _("The server answered {status}."),
        "error.tiles": _("OpenStreetMap's tiles do not arrive; our own map lies beneath them."),
        "error.network": _("There was no answer from the server."),
    }
