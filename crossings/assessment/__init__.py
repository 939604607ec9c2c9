"""What the published reports say of one post on one day.

One pure rule over plain records: no clock, no database, no framework. docs/assessment.md says it in plain
words, with what we decided where they leave room.

A lane is one post and one question: who holds it, or its status for one kind of traffic in one direction. The
caller builds one `Timeline` per lane from the published reports and asks it about days.
"""

from .crossing import CrossingStatus, crossing_status
from .judging import STALE_AFTER_DAYS
from .records import (
    OTHER_ROLES,
    STANCES,
    STATUSES,
    SUBJECTS,
    VALUE_ROLES,
    Alternative,
    Answer,
    Bounds,
    Kind,
    Level,
    Record,
    RecordError,
    Segment,
    clash_control,
    clash_status,
)
from .timeline import Timeline, control_timeline, status_timeline

__all__ = [
    "OTHER_ROLES",
    "STALE_AFTER_DAYS",
    "STANCES",
    "STATUSES",
    "SUBJECTS",
    "VALUE_ROLES",
    "Alternative",
    "Answer",
    "Bounds",
    "CrossingStatus",
    "Kind",
    "Level",
    "Record",
    "RecordError",
    "Segment",
    "Timeline",
    "clash_control",
    "clash_status",
    "control_timeline",
    "crossing_status",
    "status_timeline",
]
