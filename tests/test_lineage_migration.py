"""Databases in which loads tied versions together by their ids get the links that say so."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from crossings.models import ControlReport
from crossings.publishing import workflow
from tests.factories import make_report

migration = import_module("crossings.migrations.0003_lineage_of_loaded_reports")


@pytest.mark.django_db
def test_versions_that_a_load_had_numbered_are_linked_and_others_are_not():
    def load(
        public_id: str, *replaced: ControlReport, reason: str = "Shipped data: One set"
    ) -> ControlReport:
        workflow.withdraw(replaced, reason=migration.REPLACED)
        report = make_report(publish=False, public_id=public_id)
        workflow.publish([report], reason=reason)
        return report

    first = load("held")
    second = load("held-2", first)
    load("held-3", second)
    other = load("other")
    load("other-2", reason="an editor's own")
    workflow.withdraw([other], reason="an editor withdrew it")
    gone = load("gone")
    load("elsewhere", gone)

    migration.link(apps, None)

    links = ControlReport.objects.filter(supersedes__isnull=False)
    assert dict(links.values_list("public_id", "supersedes__public_id")) == {
        "held-2": "held",
        "held-3": "held-2",
    }
