"""What the reports alive on a day add up to, and on which days that changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .records import STANCES, Alternative, Answer, Clash, Level, Value, clash_status, common
from .stretches import FOREVER, LAST_DAY, Piece, Span

FIRST_DAY = date.min.toordinal()
STALE_AFTER_DAYS = 365
SPOKEN: tuple[Level, ...] = ("stated", "between", "possible", "carried")

Live = tuple[Span, Level]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer for a run of days, without age and next change, and the day of the latest word used."""

    answer: Answer
    last_word: int | None

    @property
    def shown(self) -> tuple[object, ...]:
        """What has to differ for a reader to call it a change."""
        a = self.answer
        return a.level, a.value, a.stale, frozenset((x.value, x.stance == "denies") for x in a.alternatives)


def runs_of(
    spans: Sequence[Span], lives: Sequence[list[Piece]], handovers: Sequence[int], clash: Clash
) -> list[tuple[int, Verdict]]:
    """Maximal runs of days with the same verdict: (first ordinal, verdict), from the first day there is."""
    said = sorted((s for s in spans if s.record.stance == "states"), key=lambda s: s.word)
    cuts = {FIRST_DAY, *(s.word for s in said), *(s.begins for s in said if s.begins), *handovers}
    for pieces in lives:
        cuts.update(day for p in pieces for day in (p.first, p.last + 1))
    days = sorted(day for day in cuts if FIRST_DAY <= day <= LAST_DAY)
    alive: list[list[Live]] = [[] for _ in days]
    for span, pieces in zip(spans, lives, strict=True):
        for p in pieces:
            for i in range(bisect_left(days, p.first), bisect_left(days, p.last + 1)):
                alive[i].append((span, p.level))
    runs: list[tuple[int, Verdict]] = []
    for i, day in enumerate(days):
        verdict = _judge(alive[i], day, said, handovers, clash)
        end = days[i + 1] if i + 1 < len(days) else FOREVER
        for start, piece in _split_where_stale(verdict, alive[i], day, end):
            if not runs or runs[-1][1] != piece:
                runs.append((start, piece))
    return runs


def _split_where_stale(
    verdict: Verdict, alive: Sequence[Live], day: int, end: int
) -> list[tuple[int, Verdict]]:
    """A verdict that rests only on carried reports is stale once the last of them is more than a year old."""
    used = set(verdict.answer.supporting)
    carried = all(level == "carried" for span, level in alive if span.record.id in used)
    if verdict.last_word is None or not carried or verdict.answer.level not in ("carried", "disputed"):
        return [(day, verdict)]
    stale = Verdict(replace(verdict.answer, stale=True), verdict.last_word)
    from_day = verdict.last_word + STALE_AFTER_DAYS + 1
    if from_day <= day:
        return [(day, stale)]
    return [(day, verdict), (from_day, stale)] if from_day < end else [(day, verdict)]


def _judge(
    alive: Sequence[Live], day: int, said: Sequence[Span], handovers: Sequence[int], clash: Clash
) -> Verdict:
    """What the reports alive on a day add up to."""
    speaking = [x for x in alive if x[0].record.stance != "denies"]
    taken = [x for x in speaking if x[1] == "stated"] or speaking
    if not taken:
        return Verdict(Answer("unknown", unused=_ids(alive)), None)
    values = sorted({s.record.value for s, _ in taken}, key=sorted)
    clashing = [x for x in taken if any(clash(x[0].record.value, v) for v in values)]
    value = frozenset[str]().union(*values) if clashing else common(values, clash)
    # A denial of something else than what is answered differs from nobody.
    against = [x for x in alive if x[0].record.stance == "denies" and x[0].record.value & value]
    used = _ids([*taken, *against])
    answer = Answer(
        "disputed",
        wires=_wires([*values, *([] if clashing else [value])], speaking, clash),
        supporting=used,
        unused=tuple(i for i in _ids(alive) if i not in used),
        indirect=all(s.record.of != "post" for s, _ in taken),
    )
    if clashing or against:
        level: Level = "disputed" if against or _is_dispute(clashing) else "possible"
        answer = replace(answer, level=level, alternatives=_alternatives(taken) + _alternatives(against))
    else:
        levels = {level for _, level in taken}
        if "carried" in levels and _next_agrees(value, day, said, handovers, clash):
            levels.add("between")
        level = min(levels, key=SPOKEN.index)
        answer = replace(answer, level=level, value=value)
    return Verdict(answer, max(s.k for s, _ in taken))


def _is_dispute(clashing: Sequence[Live]) -> bool:
    levels = {level for _, level in clashing}
    return (
        "stated" in levels or levels == {"carried"} or any(s.record.stance == "claims" for s, _ in clashing)
    )


def _next_agrees(
    value: Value, day: int, said: Sequence[Span], handovers: Sequence[int], clash: Clash
) -> bool:
    """Whether the next `states` reports agree with a carried value without saying that it began only then.

    Across a change of holder nothing lies between, just as nothing is carried.
    """
    i = bisect_right(said, day, key=lambda s: s.word)
    if i == len(said):
        return False
    ahead = said[i].word
    if bisect_right(handovers, ahead) > bisect_right(handovers, day):
        return False
    return all(
        not clash(s.record.value, value) and (s.begins is None or s.begins <= day)
        for s in said[i : bisect_right(said, ahead, key=lambda s: s.word)]
    )


def _alternatives(live: Sequence[Live]) -> tuple[Alternative, ...]:
    """One for each value, in a fixed order."""
    groups: dict[Value, list[Live]] = {}
    for x in live:
        groups.setdefault(x[0].record.value, []).append(x)
    return tuple(
        Alternative(
            value,
            wires=frozenset(s.record.wire for s, _ in group),
            reports=_ids(group),
            level=min((level for _, level in group), key=SPOKEN.index),
            stance=min((s.record.stance for s, _ in group), key=STANCES.index),
        )
        for value, group in sorted(groups.items(), key=lambda item: sorted(item[0]))
    )


def _wires(values: Iterable[Value], live: Sequence[Live], clash: Clash) -> dict[Value, frozenset[str]]:
    """For each value the wires that say at least that: who says A and B hold it says that A does.

    Reports that were not needed count too: a closure reported by three is not less so on the days that only
    one of them spells out.
    """
    whole = clash is clash_status
    return {
        v: frozenset(
            s.record.wire for s, _ in live if s.record.value == v or (not whole and v < s.record.value)
        )
        for v in values
    }


def _ids(live: Iterable[Live]) -> tuple[str, ...]:
    return tuple(sorted({s.record.id for s, _ in live}))
