"""Taking down: the words leave every edition, page, file and table; a note stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from crossings.models import (
    ControlReport,
    Crossing,
    Document,
    Edition,
    Name,
    Passage,
    Site,
    StrikeEvent,
    StrikeReport,
    Takedown,
)
from crossings.publishing import takedown, workflow
from crossings.publishing.permissions import PUBLISHERS
from tests.admin_rows import confirm, login
from tests.factories import make_passage, make_report, make_site
from tests.processes import clean_environment, manage, python
from tests.world import body_of, make_world, one_of_each

MARK = "Zqxjk"  # in every word that must go
LON, LAT = 41.123457, 34.765432

pytestmark = pytest.mark.django_db


def report_of(kind: str, **fields: Any) -> Any:
    """A published report beside the world, in words of its own."""
    passage = make_passage(exact=f"{MARK} said it", prefix=f"{MARK} before", note=f"{MARK} note")
    return make_report(kind, crossing="place-0", passage=passage, note=f"{MARK} note", **fields)


def marked_report() -> Any:
    return report_of("control", speaker=f"{MARK} speaks", as_of="2019-09-30")


def marked_strike() -> StrikeEvent:
    report = report_of("strike", target=f"{MARK} target")
    event = StrikeEvent.objects.get(pk=report.event_id)
    event.summary = f"{MARK} summary"
    event.grade_why = f"{MARK} why"
    event.point.x, event.point.y = LON, LAT
    event.save()
    return event


def marked_site() -> Site:
    site = make_site("hideout", name=f"{MARK} base", note=f"{MARK} note", lon=LON, lat=LAT)
    Name.objects.create(text=f"{MARK} spelt", language="en", site=site, source=f"{MARK} source")
    Name.objects.create(text=f"{MARK} once", language="en", site=site).delete()
    make_report("control", crossing="place-0", site=site, note=f"{MARK} there")
    StrikeEvent.objects.update(site=site)
    return site


def marked_crossing() -> Crossing:
    report = make_report("control", crossing="zeta", note=f"{MARK} note", lon=LON)
    crossing = report.post.crossing
    crossing.name = f"{MARK} crossing"
    crossing.save()
    for post in crossing.posts.all():
        post.name = f"{MARK} post"
        post.point.y = LAT
        post.save()
        Name.objects.create(text=f"{MARK} name", language="en", post=post)
    return crossing


def marked_name() -> Name:
    return Name.objects.create(text=f"{MARK} army", language="en", force=apps_force(), source=f"{MARK} x")


def apps_force() -> Any:
    return apps.get_model("crossings", "Force").objects.get(slug="reds")


def marked_document() -> Document:
    document = marked_report().main_passage.document
    document.title, document.author, document.url = f"{MARK} title", MARK, f"https://{MARK}.example/"
    document.save()
    return document


#: Each kind of thing with words of its own; taking it down removes all of them.
THINGS: dict[str, Callable[[], Any]] = {
    "a report": marked_report,
    "a passage": lambda: _only_quote(marked_report().main_passage),
    "a document": lambda: marked_document(),
    "a strike": marked_strike,
    "a site": marked_site,
    "a crossing": marked_crossing,
    "a name": marked_name,
}


def _only_quote(passage: Passage) -> Passage:
    """The mark in the words of the passage alone."""
    ControlReport._base_manager.filter(main_passage=passage).update(note="", speaker="")
    return passage


def everywhere(client: Client) -> Iterator[tuple[str, str]]:
    """What readers get at one address of each kind, and at those of what is there, in every edition."""
    newest = Edition.objects.order_by("-number").values_list("number", flat=True)
    editions = ["", *(f"edition={n}" for n in newest[1:3])]
    plain = [*one_of_each(but=("basemap", "favicon")), "/maps/all/strikes.json?year=2019"]
    plain += [
        "/download/sites.geojson",
        "/download/control.geojson",
        "/download/posts.geojson",
        "/forces/reds/",
    ]
    plain += [
        "/maps/all/days.json",
        f"/?q={MARK}",
        "/popup/site/hideout/",
        "/crossings/zeta/",
        "/crossings/place-0/",
    ]
    plain += [f"/ogc/collections/{name}/items" for name in ("posts", "sites", "control", "status", "strikes")]
    for address in plain:
        for edition in editions:
            asked = f"{address}{'&' if '?' in address else '?'}{edition}"
            yield asked, body_of(client.get(asked)).replace(f"q={MARK}", "").replace(f'value="{MARK}"', "")


def holding(*texts: str) -> list[str]:
    """Columns of any table, Django's own included, that hold one of these texts."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField):
                for text in texts:
                    if model._base_manager.filter(**{f"{field.name}__contains": text}).exists():
                        found.append(f"{model._meta.label}.{field.name}: {text}")
            elif field.get_internal_type() == "PointField":
                points = (getattr(row, field.name) for row in model._base_manager.all())
                if any(point.y == LAT or point.x == LON for point in points):
                    found.append(f"{model._meta.label}.{field.name}")
    return found


@pytest.mark.parametrize(
    "thing",
    [
        "a site",
        "a document",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in THINGS
            if name not in ("a site", "a document")
        ),
    ],
)
def test_no_word_of_it_is_left_in_any_edition_or_table(client: Client, thing: str) -> None:
    make_world()
    row = THINGS[thing]()
    label, ident = row._meta.model_name, takedown.ident_of(row)
    root = User.objects.create_superuser("root", password="pw")
    LogEntry.objects.log_actions(root.pk, [row], 2, f"Changed {MARK}")
    edition = Edition.objects.count()
    assert holding(MARK)
    assert any(MARK in body for _address, body in everywhere(client))

    done = takedown.take_down(row, f"{MARK} told us why", "A person asked for it.")

    assert holding(MARK) == ["crossings.Takedown.reason: " + MARK]
    assert [address for address, body in everywhere(client) if MARK in body or str(LAT) in body] == []
    tombstone = Takedown.objects.get(kind=label, ident=ident)
    assert tombstone in done.tombstones
    assert tombstone.edition_id == edition + 1
    page = client.get("/changes/").content.decode()
    assert ident in page
    assert "A person asked for it." in page


@pytest.mark.parametrize(
    ("thing", "address"),
    [
        ("a document", "/documents/{}/"),
        ("a strike", "/popup/strike/{}/"),
        ("a site", "/popup/site/{}/"),
        ("a crossing", "/crossings/{}/"),
    ],
)
def test_its_address_says_that_it_is_gone_and_why(client: Client, thing: str, address: str) -> None:
    make_world()
    row = THINGS[thing]()
    address = address.format(takedown.ident_of(row))
    edition = Edition.objects.count()
    assert client.get(address).status_code == 200
    takedown.take_down(row, "private words", "Public words.")
    for query in ("", f"?edition={edition}"):
        response = client.get(address + query)
        assert response.status_code == 410
        assert b"Public words." in response.content
        assert b"private words" not in response.content
    assert client.get("/crossings/nowhere/").status_code == 404


def test_what_else_was_said_stays_as_it_was(client: Client) -> None:
    make_world()
    edition = Edition.objects.count()
    address = f"/crossings/place-0/?edition={edition}"
    before = client.get(address).content
    takedown.take_down(marked_report(), "r", "b")
    assert client.get(address).content == before


def test_a_quote_that_another_report_cites_stays(client: Client) -> None:
    make_world()
    report = marked_report()
    make_report("control", crossing="place-0", passage=report.main_passage, side="sy")
    takedown.take_down(report, "r", "b")
    assert Passage.objects.get(pk=report.main_passage_id).exact == f"{MARK} said it"
    assert not Takedown.objects.filter(kind="passage").exists()


def test_a_report_whose_quote_is_gone_stands_as_a_reference(client: Client) -> None:
    make_world()
    report = marked_report()
    takedown.take_down(report.main_passage, "r", "b")
    page = client.get("/crossings/place-0/").content.decode()
    assert "not quoted" in page
    assert ControlReport.objects.get(pk=report.pk).is_public


def test_a_strike_goes_with_its_last_account_only() -> None:
    event = marked_strike_of_two()
    first, second = StrikeReport.objects.filter(event=event)
    takedown.take_down(first, "r", "b")
    assert StrikeEvent.objects.get(pk=event.pk).summary == f"{MARK} summary"
    takedown.take_down(second, "r", "b")
    assert StrikeEvent.objects.get(pk=event.pk).summary == takedown.ERASED


def marked_strike_of_two() -> StrikeEvent:
    make_world()
    event = marked_strike()
    make_report("strike", crossing="place-0", event=event)
    StrikeEvent.objects.exclude(pk=event.pk).filter(reports=None).delete()
    return event


def test_a_row_is_taken_down_once_and_goes_with_another_without_a_second_tombstone() -> None:
    report = marked_report()
    takedown.take_down(report, "r", "b")
    with pytest.raises(ValidationError, match="before"):
        takedown.take_down(ControlReport.objects.get(pk=report.pk), "r", "b")
    takedown.take_down(report.main_passage.document, "r", "b")
    kinds = Takedown.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["controlreport", "document", "passage"]


def test_what_was_never_published_or_has_no_reason_is_refused() -> None:
    draft = make_site("draft", publish=False)
    with pytest.raises(ValidationError, match="never published"):
        takedown.take_down(draft, "r", "b")
    with pytest.raises(ValidationError, match="reason"):
        takedown.take_down(make_site("seen"), "r", " ")
    post = make_report().post
    with pytest.raises(ValidationError, match="Take down the crossing"):
        takedown.take_down(post, "r", "b")
    assert not Takedown.objects.exists()


def test_withdrawn_rows_can_be_taken_down(client: Client) -> None:
    make_world()
    report = marked_report()
    workflow.withdraw([report], reason=f"{MARK} was wrong")
    assert MARK in client.get("/changes/").content.decode()
    takedown.take_down(report, "r", "b")
    assert [address for address, body in everywhere(client) if MARK in body] == []


# --- Who may


def permitted() -> Client:
    client = confirm(login(PUBLISHERS))
    User.objects.get(username="publishers").user_permissions.add(Permission.objects.get(codename="take_down"))
    return client


def test_the_right_to_publish_is_not_the_right_to_take_down() -> None:
    make_world()
    report, client = marked_report(), login(PUBLISHERS)
    address = f"/admin/crossings/controlreport/{report.pk}/take-down/"
    assert client.get(address).status_code == 403
    assert client.post(address, {"reason": "r", "basis": "b", "agreed": "2"}).status_code == 403
    assert (
        "take-down" not in client.get(f"/admin/crossings/controlreport/{report.pk}/change/").content.decode()
    )
    assert not Takedown.objects.exists()


def test_the_admin_shows_what_goes_and_asks_for_both_reasons() -> None:
    make_world()
    report, client = marked_report(), permitted()
    address = f"/admin/crossings/controlreport/{report.pk}/take-down/"
    assert address in client.get(f"/admin/crossings/controlreport/{report.pk}/change/").content.decode()
    chosen = {"action": "take_down", "_selected_action": [report.pk]}
    assert client.post("/admin/crossings/controlreport/", chosen)["Location"] == address
    page = client.get(address).content.decode()
    assert f"{MARK} said it" in page
    for data in ({"reason": "r", "basis": "b"}, {"reason": "", "basis": "b", "agreed": "2"}):
        assert "errorlist" in client.post(address, data).content.decode()
    assert not Takedown.objects.exists()
    done = client.post(address, {"reason": "secret cause", "basis": "Told", "agreed": "2"}, follow=True)
    assert Takedown.objects.count() == 2
    assert "tombstone" in done.content.decode()
    row = Takedown.objects.first()
    assert "secret cause" in client.get(f"/admin/crossings/takedown/{row.pk}/change/").content.decode()
    other = Client()
    User.objects.create_user("reader", is_staff=True).user_permissions.add(
        Permission.objects.get(codename="view_takedown")
    )
    other.force_login(User.objects.get(username="reader"))
    page = other.get(f"/admin/crossings/takedown/{row.pk}/change/").content.decode()
    assert "Told" in page
    assert "secret cause" not in page


def test_somebody_who_signed_in_long_ago_confirms_first_and_nothing_is_taken_down_before() -> None:
    make_world()
    report, client = marked_report(), confirm(permitted(), seconds_ago=600)
    address = f"/admin/crossings/controlreport/{report.pk}/take-down/"
    for answer in (client.get(address), client.post(address, {"reason": "r", "basis": "b", "agreed": "2"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/confirm/?next=")
    assert not Takedown.objects.exists()
    page = client.get(address, follow=True)
    assert page.context["next"] == address


# --- The command


def test_the_command_says_what_goes_then_does_it_and_names_the_backups(
    capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Path
) -> None:
    make_world()
    settings.DATA_DIR = tmp_path
    folder = tmp_path / "backups"
    folder.mkdir()
    backup = folder / "crossings-2026-01-01.sqlite3"
    backup.write_bytes(b"x")
    old = (timezone.now() - timedelta(days=12, hours=1)).timestamp()
    os.utime(backup, (old, old))
    document = marked_document()
    arguments = ("take_down", "document", document.slug, "--reason", "r", "--basis", "b")
    call_command(*arguments)
    assert f"{MARK} title" in capsys.readouterr().out
    assert not Takedown.objects.exists()
    call_command(*arguments, "--yes")
    said = capsys.readouterr().out
    assert f"{backup} of" in said
    assert "(12 days old) still holds what was removed." in said
    assert Takedown.objects.filter(kind="document").exists()
    with pytest.raises(CommandError, match="There is no document “nowhere”"):
        call_command("take_down", "document", "nowhere", "--reason", "r", "--basis", "b")


def test_loading_the_files_again_does_not_bring_it_back(client: Client, shipped: None) -> None:
    document = Document.objects.filter(passages__controlreports__state="published").first()
    site = Site.objects.filter(names__isnull=False).first()
    title, spelling = document.title, site.names.first().text
    for row in (document, site):
        takedown.take_down(row, "r", "b")
    call_command("load_seeds", verbosity=0)
    assert Document.objects.get(pk=document.pk).title == "" != title
    assert Site.objects.get(pk=site.pk).name == takedown.ERASED
    assert not Name.objects.filter(site=site, text=spelling).exists()
    assert client.get(f"/documents/{document.slug}/").status_code == 410


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL forgets when it vacuums")
def test_no_byte_of_it_is_left_in_the_files_of_the_database(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path)
    assert manage("migrate", "-v0", env=environment).returncode == 0
    made = python(
        "import django; django.setup(); from tests.test_takedown import marked_report;"
        "print(marked_report().public_id)",
        {**environment, "DJANGO_SETTINGS_MODULE": "crossings.settings"},
    )
    assert made.returncode == 0, made.stderr

    def holds() -> list[str]:
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        return [file.name for file in files if MARK.encode() in file.read_bytes()]

    assert holds()
    ident = made.stdout.split()[-1]
    arguments = ("take_down", "controlreport", ident, "--reason", "r", "--basis", "b", "--yes")
    done = manage(*arguments, env=environment)
    assert done.returncode == 0, done.stderr
    assert holds() == []
