"""What a report says by itself: its value, whether it is assessed, and the record that the rule reads."""

import datetime

import pytest

from crossings.assessment import Bounds, RecordError

from .factories import make_frontier, make_membership, make_report

pytestmark = pytest.mark.django_db


def test_the_value_of_a_status_report_is_its_status():
    assert make_report("status", status="limited").value == {"limited"}


def test_the_value_of_a_control_report_is_the_forces_as_the_source_names_them():
    make_membership("navy", "blues")
    assert make_report(forces=("navy", "reds")).value == {"navy", "reds"}


@pytest.mark.parametrize(
    ("kind", "fields", "assessed"),
    [
        ("control", {}, True),
        ("control", {"role": "guards"}, True),
        ("control", {"role": "assists"}, False),
        ("control", {"stance": "plans"}, False),
        ("control", {"stance": "denies"}, True),
        ("status", {}, True),
        ("status", {"stance": "plans"}, False),
        ("observation", {}, False),
        ("strike", {}, False),
    ],
)
def test_plans_and_reports_without_a_value_are_not_assessed(kind, fields, assessed):
    assert make_report(kind, **fields).is_assessed is assessed


def test_what_is_said_of_the_frontier_is_not_assessed():
    report = make_report("status", frontier=make_frontier(), of="frontier")

    assert not report.is_assessed


def test_the_record_of_a_report_has_its_dates_value_role_and_wire():
    record = make_report(starts="2017-11", as_of="2019-09-30", role="guards", wire="afp").as_record()

    assert record.starts == Bounds(datetime.date(2017, 11, 1), datetime.date(2017, 11, 30))
    assert record.as_of == Bounds.on(datetime.date(2019, 9, 30))
    assert (record.ends, record.value, record.role, record.wire) == (None, {"reds"}, "guards", "afp")
    assert make_report("status").as_record().role == ""


def test_dates_without_a_day_to_stand_on_make_no_record():
    with pytest.raises(RecordError):
        make_report(starts="[2017..]", publish=False).as_record()
