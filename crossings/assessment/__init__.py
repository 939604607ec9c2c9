"""What the published reports say of one post on one day.

One pure rule over plain records: no clock, no database, no framework. docs/assessment.md says it in plain
words, with what we decided where they leave room.

    control = control_timeline(control_records, memberships)      # who held the post
    status = status_timelines(status_records, control)            # all status records of the same post
    people = status.timeline("people", "outbound")
    answer = people.on(day)                                        # level, value, alternatives, wires, …
    people.segments(first, last)                                   # days on which nothing but age changes
    crossing_status(one_post.on(day), other_post.on(day))          # per traffic

Days go in and come out as dates; every interval includes both its ends.
"""

from .answers import Alternative, Answer, DatedWires, Segment
from .crossing import SURENESS, CrossingStatus, crossing_status
from .records import (
    DIRECTIONS,
    FAR_APART_DAYS,
    OTHER_ROLES,
    STALE_AFTER_DAYS,
    STANCES,
    STATUSES,
    SUBJECTS,
    TOLD_LATER_DAYS,
    TRAFFICS,
    UNQUALIFIED,
    VALUE_ROLES,
    Bounds,
    Clash,
    Kind,
    Level,
    Membership,
    Memberships,
    RecordError,
    ReportRecord,
    Value,
    clash_control,
    clash_status,
)
from .status import StatusTimelines, status_timelines
from .timeline import Timeline, control_timeline

__all__ = [
    "DIRECTIONS",
    "FAR_APART_DAYS",
    "OTHER_ROLES",
    "STALE_AFTER_DAYS",
    "STANCES",
    "STATUSES",
    "SUBJECTS",
    "SURENESS",
    "TOLD_LATER_DAYS",
    "TRAFFICS",
    "UNQUALIFIED",
    "VALUE_ROLES",
    "Alternative",
    "Answer",
    "Bounds",
    "Clash",
    "CrossingStatus",
    "DatedWires",
    "Kind",
    "Level",
    "Membership",
    "Memberships",
    "RecordError",
    "ReportRecord",
    "Segment",
    "StatusTimelines",
    "Timeline",
    "Value",
    "clash_control",
    "clash_status",
    "control_timeline",
    "crossing_status",
    "status_timelines",
]
