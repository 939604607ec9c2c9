"""What is published about one force beside what it held."""

from __future__ import annotations

from django.db.models import Q

from crossings.models import Attribution, Backing, ControlReport, Force, ObservationReport, StrikeEvent
from crossings.models.reports import PeriodReport

from .explanations import CitedReport, control_reports, deduplicate, observations
from .scope import Scope


def backings(scope: Scope, about: Q) -> list[Backing]:
    """Published backings with their passages, by the name of the backer. One query."""
    rows = scope.backings().filter(about).order_by("backer__name", "pk")
    return list(rows.select_related("force", "backer", "passage__document", "passage__wire"))


def attributions(scope: Scope, force: Force) -> list[Attribution]:
    """Attributions that name this force as accused or speaker, by the day of the strike. One query."""
    rows = scope.attributions().filter(Q(accused=force) | Q(speaker_force=force))
    return list(
        rows.select_related(
            "accused",
            "passage__document",
            "passage__wire",
            "report__event",
            "report__main_passage__document",
            "report__main_passage__wire",
        ).order_by("report__event__when_min", "pk")
    )


def strikes_against(scope: Scope, force: Force) -> list[StrikeEvent]:
    """Strike events of which this force was a target, in the order of time. One query."""
    return list(scope.strikes().filter(targets=force).order_by("when_min", "public_id"))


def also_named(scope: Scope, force: Force, *, is_member: bool) -> list[CitedReport[PeriodReport]]:
    """Reports that name the force and give no interval in which it held a post.

    In a role that is not assessed, of a site or the frontier, as a member of an umbrella, in plans and
    observations.
    """
    holding = ControlReport.objects.filter(holders__force=force).values("pk")
    watched = ObservationReport.objects.filter(forces=force).values("pk")
    return deduplicate(
        [
            *(
                cited
                for cited in control_reports(scope, Q(pk__in=holding))
                if not cited.report.is_assessed or is_member or cited.report.post_id is None
            ),
            *observations(scope, Q(pk__in=watched)),
        ]
    )
