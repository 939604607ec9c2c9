"""Days and vague dates in words, in the language in use."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from geodata.dates import FuzzyDate, parse
from geodata.errors import GeodataError


def day_in_words(day: datetime.date) -> str:
    """As "30 September 2019", in the language in use."""
    return date_format(day, _("j F Y"))


def short_day(day: datetime.date) -> str:
    """As "30 Sep 2019", in the language in use."""
    return date_format(day, _("j M Y"))


def month_in_words(day: datetime.date) -> str:
    return date_format(day, _("F Y"))


def interval_in_words(first: datetime.date, last: datetime.date) -> str:
    """Two days as "1 September 2019 to 30 September 2019", or one where they are the same."""
    if first == last:
        return day_in_words(first)
    return _("%(first)s to %(last)s") % {"first": day_in_words(first), "last": day_in_words(last)}


def _fuzzy(when: object) -> FuzzyDate | None:
    if isinstance(when, FuzzyDate):
        return when
    if not when or not isinstance(when, str):
        return None
    try:
        return parse(when)
    except GeodataError:
        return None


def in_words(when: object) -> str:
    """A day or a vague date (EDTF text or FuzzyDate) in words that say how exact it is; "" for nothing.

    >>> in_words("2017-11-03"), in_words("2017-11")
    ('3 November 2017', 'some time in November 2017')
    >>> in_words("[..2016-02-16]")
    '16 February 2016 or before'
    """
    if isinstance(when, datetime.date):
        return day_in_words(when)
    fuzzy = _fuzzy(when)
    if fuzzy is None:
        return ""
    if fuzzy.precision == "day" and fuzzy.earliest:
        return day_in_words(fuzzy.earliest)
    if fuzzy.precision == "month" and fuzzy.earliest:
        return _("some time in %(month)s") % {"month": month_in_words(fuzzy.earliest)}
    if fuzzy.precision == "year" and fuzzy.earliest:
        return _("some time in %(year)s") % {"year": date_format(fuzzy.earliest, "Y")}
    return _set_in_words(fuzzy)


def _set_in_words(fuzzy: FuzzyDate) -> str:
    low, high = fuzzy.text.strip("[]").split("..")
    if not low:
        return _("%(day)s or before") % {"day": _end(high)}
    if not high:
        return _("%(day)s or later") % {"day": _end(low)}
    return _("some time from %(first)s to %(last)s") % {"first": _end(low), "last": _end(high)}


def _end(text: str) -> str:
    """One end of a set, in its own precision."""
    date = parse(text)
    day = date.earliest or datetime.date.min
    if date.precision == "day":
        return day_in_words(day)
    return month_in_words(day) if date.precision == "month" else date_format(day, "Y")
