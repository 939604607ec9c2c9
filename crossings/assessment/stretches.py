"""On which days a report speaks, and how surely: narrowing, stretches, silence, carrying.

Inside this module and `timeline` a day is its proleptic ordinal, and every interval includes both its ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .records import Bounds, Clash, Level, Record, Value

LAST_DAY = date.max.toordinal()
FOREVER = LAST_DAY + 1


@dataclass(frozen=True, slots=True)
class Span:
    """A report's dates as ordinals, after narrowing: vouched for on lo…hi, possible from first to last."""

    record: Record
    lo: int
    hi: int
    first: int
    last: int
    word: int  # the first day that its own words are sure of
    begins: int | None  # earliest start
    over: tuple[int, int] | None  # earliest and latest end, where both are given
    ends: bool

    @property
    def k(self) -> int:
        """The last day that its words reach."""
        return max(self.lo, self.hi)


def spans_of(lane: Sequence[Record], clash: Clash) -> list[Span]:
    said = [r for r in lane if r.stance == "states"]
    starts = [(r.starts, r.value) for r in said]
    ends = [(r.ends, r.value) for r in said]
    return [_span(r, _narrow(r.starts, r, starts, clash), _narrow(r.ends, r, ends, clash)) for r in lane]


def _narrow(
    vague: Bounds | None, record: Record, others: Sequence[tuple[Bounds | None, Value]], clash: Clash
) -> Bounds | None:
    """The narrowest, then latest, range inside a vague one that a report which does not clash states."""
    if vague is None or vague.earliest == vague.latest:
        return vague
    low, high = vague.earliest or date.min, vague.latest or date.max
    best, width, latest = vague, (high - low).days, date.min
    for other, value in others:
        if other is None or not other.earliest or not other.latest or clash(value, record.value):
            continue
        days = (other.latest - other.earliest).days
        inside = low <= other.earliest and other.latest <= high
        if inside and (days < width or (days == width and other.latest > latest)):
            best, width, latest = other, days, other.latest
    return best


def _span(record: Record, starts: Bounds | None, ends: Bounds | None) -> Span:
    """The days a report vouches for. A side left open vouches for nothing: it counts as not given."""
    s0, s1 = _ordinals(starts)
    e0, e1 = _ordinals(ends)
    a0, a1 = _ordinals(record.as_of)
    lo = s1 if s1 is not None else a1 if a1 is not None else (e0 or 0) - 1
    hi = e0 - 1 if e0 is not None else _latest(s1, a0, lo)
    word = lo
    if s1 is None and a1 is None and record.ends and record.ends.earliest:
        # "Until 2017" vouches for the last day of 2016 whatever the exact day was. Narrowing moves the day
        # that is stated; those before it stay possible, and 2016 the next word after what came earlier.
        word = record.ends.earliest.toordinal() - 1
    return Span(
        record=record,
        lo=lo,
        hi=hi,
        first=s0 if s0 is not None else a0 if a0 is not None else word,
        word=word,
        # `ends` is the first day that it was over: the latest end itself is no longer possible.
        last=e1 - 1 if e1 is not None else _latest(s1, a1, lo),
        begins=s0,
        over=(e0, e1) if e0 is not None and e1 is not None else None,
        ends=ends is not None,
    )


def _ordinals(bounds: Bounds | None) -> tuple[int | None, int | None]:
    if bounds is None:
        return None, None
    return (
        bounds.earliest.toordinal() if bounds.earliest else None,
        bounds.latest.toordinal() if bounds.latest else None,
    )


def _latest(a: int | None, b: int | None, otherwise: int) -> int:
    return max((day for day in (a, b) if day is not None), default=otherwise)


@dataclass(frozen=True, slots=True)
class Piece:
    """Days, both ends included, on which a span is alive at one level."""

    first: int
    last: int
    level: Level


def life(span: Span, spans: Sequence[Span], handovers: Sequence[int], clash: Clash) -> list[Piece]:
    """The days on which a report speaks, silence taken into account."""
    record, lo, hi = span.record, span.lo, span.hi
    silent = _silent_from(span, spans)
    direct = record.of == "post" and record.stance in ("states", "denies")
    pieces = []
    top = span.last
    if lo <= hi:
        top = max(hi, span.last)
        pieces += [
            Piece(span.first, min(lo - 1, span.last), "possible"),
            Piece(lo, hi, "stated" if direct else "possible"),
            Piece(max(span.first, hi + 1), min(span.last, silent - 1), "possible"),
        ]
    else:
        pieces.append(Piece(span.first, min(span.last, silent - 1), "possible"))
    if not span.ends and record.stance not in ("alleges", "denies"):
        stop = min(silent, _carried_until(span, spans, handovers, clash))
        pieces.append(Piece(top + 1, min(stop - 1, LAST_DAY), "carried"))
    return [p for p in pieces if p.first <= p.last]


def _silent_from(span: Span, spans: Sequence[Span]) -> int:
    """The first day on which a report is silent, since another value was stated after its last word."""
    silent = FOREVER
    for other in spans:
        if other.record.stance != "states" or other.record.value == span.record.value:
            continue
        if other.lo <= other.hi:
            if other.hi > span.k:
                silent = min(silent, max(span.k + 1, other.lo))
        elif other.first > span.k and other.last >= other.first:
            silent = min(silent, other.last + 1)
    return silent


def _carried_until(span: Span, spans: Sequence[Span], handovers: Sequence[int], clash: Clash) -> int:
    """The first day on which carrying stops otherwise: by an end that others give, or a change of holder."""
    i = bisect_right(handovers, span.k)
    stop = handovers[i] if i < len(handovers) else FOREVER
    for other in spans:
        if (
            other.record.stance != "states"
            or other.over is None
            or clash(other.record.value, span.record.value)
        ):
            continue
        earliest, latest = other.over
        if earliest > span.k:
            stop = min(stop, latest)
    return stop
