"""How sure an assessment is, in words and in order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from crossings.assessment import SURENESS, Level
from crossings.wording.dates import short_day
from crossings.wording.public_words import word

_ORDER: Final = {level: n for n, level in enumerate(SURENESS)}


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure an answer is: all that its words need.

    `since` is the day of the last words where it lies before the answer's; `before` and `after` those of an
    answer that lies between. `stance` is that of all reports used, "" where they differ; `of` names what they
    speak of where none speaks of the post itself: place, base, crossing.
    """

    level: Level
    stale: bool = False
    far: bool = False
    since: datetime.date | None = None
    before: datetime.date | None = None
    after: datetime.date | None = None
    last_disagree: bool = False
    stance: str = ""
    of: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As "last reported 8 Dec 2024, over a year old"."""
        found = [_WORDS.get(self.level, _level_alone)(self)]
        if self.stale:
            found.append(word("stale"))
        return ", ".join(found)

    @property
    def spoken_of(self) -> list[str]:
        """What the words speak of, where it is not this side of the crossing: a phrase for each."""
        return [word(f"of_{subject}") for subject in self.of]

    @property
    def all_words(self) -> str:
        """The words of the level, and what the reports speak of."""
        return "; ".join([self.words, *self.spoken_of])


def _level_alone(sure: Sureness) -> str:
    return word(sure.level)


def _between(sure: Sureness) -> str:
    if not (sure.before and sure.after):
        return word("between_undated")
    if not sure.far:
        return word("between", before=short_day(sure.before), after=short_day(sure.after))
    years = sure.after.year - sure.before.year
    if (sure.after.month, sure.after.day) < (sure.before.month, sure.before.day):
        years -= 1
    return word("far", years=years, before=sure.before.year, after=sure.after.year)


def _carried(sure: Sureness) -> str:
    return word("carried", day=short_day(sure.since)) if sure.since else word("carried_undated")


def _possible(sure: Sureness) -> str:
    """Why it is no more than possible: a claim or an allegation alone, else the date."""
    return word(sure.stance if sure.stance in ("claims", "alleges") else "possible")


def _disputed(sure: Sureness) -> str:
    return word("last_disagree" if sure.last_disagree else "disputed")


_WORDS: Final = {"between": _between, "carried": _carried, "possible": _possible, "disputed": _disputed}


def least_sure(levels: Iterable[Level]) -> Level:
    """The least sure of these levels; "unknown" where there are none.

    >>> least_sure(["carried", "stated"]), least_sure([])
    ('carried', 'unknown')
    """
    return max(levels, key=_ORDER.__getitem__, default="unknown")
