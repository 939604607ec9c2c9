"""The concepts of the product as Django models, one module for each group of them."""

from .base import SEEN, Precision, Publishable, Replaceable, State
from .disagreements import Answer, Disagreement
from .evidence import Document, Passage, SourceSet, Wire
from .forces import Backing, Force, Membership
from .places import Crossing, Frontier, Name, Post, Region, Site
from .reports import ControlReport, Holder, ObservationReport, Of, Stance, StatusReport
from .review import Edition, ReviewStep
from .revision import Revision
from .strikes import Attribution, StrikeEvent, StrikeReport, Toll
from .takedowns import Takedown

REPORT_MODELS = (ControlReport, StatusReport, StrikeReport, ObservationReport)

__all__ = [
    "REPORT_MODELS",
    "SEEN",
    "Answer",
    "Attribution",
    "Backing",
    "ControlReport",
    "Crossing",
    "Disagreement",
    "Document",
    "Edition",
    "Force",
    "Frontier",
    "Holder",
    "Membership",
    "Name",
    "ObservationReport",
    "Of",
    "Passage",
    "Post",
    "Precision",
    "Publishable",
    "Region",
    "Replaceable",
    "ReviewStep",
    "Revision",
    "Site",
    "SourceSet",
    "Stance",
    "State",
    "StatusReport",
    "StrikeEvent",
    "StrikeReport",
    "Takedown",
    "Toll",
    "Wire",
]
