"""Three worked examples of the rule, with invented names: the reports, days to look at, and the answers.

The pictures and the answers are computed by the rule itself, for the method page and docs/assessment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from crossings.assessment import (
    Answer,
    Bounds,
    ReportRecord,
    Timeline,
    control_timeline,
    status_timelines,
)
from crossings.drawing.worked_example import ExampleChart, Look, draw_example
from crossings.wording.levels import Sureness

PEOPLE_AND_GOODS: Final = frozenset({"people", "goods"})


@dataclass(frozen=True, slots=True)
class ExampleDay:
    """A day, the answer in words, and why it is so."""

    number: int
    day: date
    answer: Answer
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class WorkedExample:
    title: str
    question: str
    chart: ExampleChart
    days: tuple[ExampleDay, ...]


@cache
def worked_examples(language: str) -> tuple[WorkedExample, ...]:
    """All three, in a language; made once, for they never change."""
    with translation.override(language):
        return _word_after_word(), _claim_and_denial(), _closing()


def _looks() -> dict[str, Look]:
    return {
        "army": Look(_("army"), "#0072B2"),
        "militia": Look(_("militia"), "#D55E00"),
        "open": Look(_("open"), "#009E73"),
        "closed": Look(_("closed"), "#D55E00"),
        "impassable": Look(_("impassable"), "#CC79A7"),
    }


def _record(ident: str, value: str, **given: object) -> ReportRecord:
    fields: dict[str, object] = {
        "starts": None,
        "ends": None,
        "as_of": None,
        "stance": "states",
        "of": "post",
    }
    fields |= {"role": "holds", "wire": ident[0], "passage": ident, **given}
    return ReportRecord(id=ident, value=frozenset({value}), **fields)  # type: ignore[arg-type]  # by name


def _status(ident: str, value: str, traffic: frozenset[str], **given: object) -> ReportRecord:
    return _record(ident, value, role="", traffic=traffic, direction="both", **given)


def _word_after_word() -> WorkedExample:
    reports = [
        (
            _("Agency A, 12 March 2016: the army holds the side"),
            _record("a", "army", as_of=_on(2016, 3, 12)),
        ),
        (
            _("Agency B, 4 June 2016: the army still holds it"),
            _record("b", "army", as_of=_on(2016, 6, 4)),
        ),
        (
            _("Agency C: the militia took it “in September 2016”"),
            _record("c", "militia", starts=Bounds(date(2016, 9, 1), date(2016, 9, 30))),
        ),
    ]
    days = [
        (date(2016, 3, 12), _("Agency A speaks of this very day.")),
        (date(2016, 5, 1), _("Nobody speaks of this day; the words before and after it agree.")),
        (date(2016, 8, 1), _("The last words are older, and nothing has ended them yet.")),
        (date(2016, 9, 15), _("“In September” may be before this day or after it: both stay possible.")),
        (date(2017, 12, 1), _("The last words are of the end of September 2016, over a year ago.")),
    ]
    control = control_timeline([record for _label, record in reports])
    return _example(
        _("Words of a day, words around it, and a vague date"),
        _("Who held the side?"),
        [(label, control, record.id) for label, record in reports],
        control,
        (date(2016, 1, 1), date(2017, 12, 31)),
        days,
    )


def _claim_and_denial() -> WorkedExample:
    reports = [
        (
            _("Agency A: the militia took the side on 21 June 2014"),
            _record("a", "militia", starts=_on(2014, 6, 21)),
        ),
        (
            _("The army’s spokesman, in agency A, 23 June: we hold it again"),
            _record("a-claim", "army", as_of=_on(2014, 6, 23), stance="claims"),
        ),
        (
            _("Two officials there, in agency B, 23 June: the army does not"),
            _record("b", "army", as_of=_on(2014, 6, 23), stance="denies"),
        ),
        (
            _("Agency C, 10 August: the army holds it; since when is not told"),
            _record("c", "army", as_of=_on(2014, 8, 10)),
        ),
    ]
    days = [
        (date(2014, 6, 21), _("Agency A tells the day.")),
        (date(2014, 6, 23), _("A party says otherwise and is contradicted: we show all sides.")),
        (date(2014, 7, 20), _("The claim is not taken back, so the last who reported still disagree.")),
        (date(2014, 8, 10), _("Agency C speaks of this very day and claims nothing for itself.")),
    ]
    control = control_timeline([record for _label, record in reports])
    return _example(
        _("A claim, a denial, and a new holder"),
        _("Who held the side?"),
        [(label, control, record.id) for label, record in reports],
        control,
        (date(2014, 6, 1), date(2014, 9, 30)),
        days,
    )


def _closing() -> WorkedExample:
    reports = [
        (
            _("Agency A, 5 January 2018: aid passes"),
            _status("a", "open", frozenset({"aid"}), as_of=_on(2018, 1, 5)),
        ),
        (
            _("Agency B: the crossing was closed on 1 March (to what, it does not say)"),
            _status("b", "closed", PEOPLE_AND_GOODS, starts=_on(2018, 3, 1)),
        ),
        (
            _("Agency B, 20 April: the bridge has collapsed"),
            _status("b-bridge", "impassable", PEOPLE_AND_GOODS, as_of=_on(2018, 4, 20)),
        ),
    ]
    days = [
        (date(2018, 1, 5), _("Agency A speaks of this very day.")),
        (date(2018, 2, 15), _("The last words are older, and nothing has ended them yet.")),
        (
            date(2018, 3, 10),
            _("A closing that names no traffic ends “open to aid”; that aid was stopped it does not say."),
        ),
        (date(2018, 4, 20), _("Over a bridge that is down nothing passes, aid included.")),
    ]
    status = status_timelines([record for _label, record in reports], control_timeline(()))
    return _example(
        _("Aid, a closing, and a fallen bridge"),
        _("Could aid pass?"),
        [(label, status.timeline(min(record.traffic), "outbound"), record.id) for label, record in reports],
        status.timeline("aid", "outbound"),
        (date(2018, 1, 1), date(2018, 6, 30)),
        days,
    )


def _example(
    title: str,
    question: str,
    reports: Sequence[tuple[str, Timeline, str]],
    timeline: Timeline,
    window: tuple[date, date],
    days: Sequence[tuple[date, str]],
) -> WorkedExample:
    answers = _("The answer, from these reports alone"), timeline
    chart = draw_example(reports, answers, _looks(), *window, [day for day, _why in days])
    looked = [
        ExampleDay(number, day, answer, _in_words(answer), why)
        for number, (day, why) in enumerate(days, start=1)
        for answer in [timeline.on(day)]
    ]
    return WorkedExample(title, question, chart, tuple(looked))


def _on(year: int, month: int, day: int) -> Bounds:
    return Bounds.on(date(year, month, day))


def _in_words(answer: Answer) -> str:
    """The value and how sure it is, as "army: last reported 4 June 2016"."""
    if answer.level == "unknown":
        return _("no report")
    denied = {side.value for side in answer.alternatives if side.stance == "denies"}
    told = [side.value for side in answer.alternatives if side.stance != "denies"] or [answer.value]
    names = [_("%s (denied)") % _named(value) if value in denied else _named(value) for value in told]
    return f"{_(' or ').join(names)}: {_sureness(answer)}"


def _named(value: frozenset[str]) -> str:
    return ", ".join(_looks()[name].name for name in sorted(value))


def _sureness(answer: Answer) -> str:
    """In the words of every other page."""
    sure = Sureness(
        level=answer.level,
        stale=answer.stale,
        far=answer.far,
        since=answer.last_reported,
        before=answer.before_on,
        after=answer.after_on,
        last_disagree=answer.last_disagree,
    )
    return sure.words
