"""Signing in: how often somebody may fail, who is kept out by it, and what is remembered of it."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import crossings.settings
from crossings.publishing import workflow
from crossings.publishing.permissions import EDITORS
from crossings.signin.throttle import ACCOUNT, COOKIE, DEVICE, NETWORK, PAIR, WINDOW
from tests.admin_rows import make_everything, said
from tests.factories import make_crossing

pytestmark = pytest.mark.django_db

PASSWORD, HOME, ELSEWHERE = "a long pass phrase", "192.0.2.1", "198.51.100.7"
INDEX, LOGIN = "/admin/", "/admin/login/"


@pytest.fixture
def person() -> User:
    user = User.objects.create_user("ada", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    return user


def sign_in(client: Client, name: str = "ada", password: str = PASSWORD, at: str = HOME, **more: Any) -> Any:
    return client.post(
        LOGIN, {"username": name, "password": password, **more.pop("data", {})}, REMOTE_ADDR=at, **more
    )


def fail(times: int, name: str = "ada", at: str = HOME, client: Client | None = None) -> list[int]:
    """The statuses of so many wrong passwords; each from a browser of its own if none is given."""
    return [sign_in(client or Client(), name, "wrong", at).status_code for _ in range(times)]


def is_in(response: Any) -> bool:
    return response.status_code == 302


# --- How often somebody may fail


def test_five_wrong_passwords_close_the_account_to_that_network_and_to_no_other(person):
    assert fail(PAIR) == [200] * PAIR
    refused = sign_in(Client())
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert "Try again in 60 minutes" in refused.content.decode()
    assert not refused.cookies.get("sessionid")
    assert is_in(sign_in(Client(), at=ELSEWHERE))


def test_a_stranger_in_the_same_network_does_not_keep_out_a_device_that_is_known(person):
    mine = Client()
    assert is_in(sign_in(mine))
    mine.post(reverse("admin:logout"))
    assert fail(NETWORK + 5)[PAIR:] == [429] * NETWORK

    assert is_in(sign_in(mine))
    assert sign_in(Client()).status_code == 429


def test_a_known_device_is_known_for_its_account_and_password_alone(person):
    mine = Client()
    sign_in(mine)
    User.objects.create_user("eve", password=PASSWORD, is_staff=True)
    fail(PAIR, "eve")
    assert sign_in(mine, "eve").status_code == 429

    fail(PAIR)
    person.set_password("another pass phrase")
    person.save()
    assert sign_in(mine, password="another pass phrase").status_code == 429
    forged = Client()
    forged.cookies[COOKIE] = "forged:value"
    assert sign_in(forged, password="another pass phrase").status_code == 429


def test_a_known_device_that_is_stolen_has_fifteen_guesses(person):
    mine = Client()
    sign_in(mine)
    assert fail(DEVICE + 1, client=mine) == [200] * DEVICE + [429]


def test_one_network_that_tries_many_names_is_closed(person):
    tried = [fail(1, f"name{n}")[0] for n in range(NETWORK)]
    assert tried == [200] * NETWORK
    assert sign_in(Client()).status_code == 429
    assert is_in(sign_in(Client(), at=ELSEWHERE))


def test_guesses_from_many_networks_close_the_account_to_new_networks_alone(person):
    assert is_in(sign_in(Client(), at=HOME))
    for n in range(ACCOUNT):
        assert fail(1, at=f"203.0.113.{n}") == [200]

    assert sign_in(Client(), at=ELSEWHERE).status_code == 429
    assert is_in(sign_in(Client(), at=HOME))


def test_the_limits_end_after_an_hour_and_refusals_do_not_prolong_them(person):
    fail(PAIR)
    AccessFailureLog.objects.update(attempt_time=timezone.now() - WINDOW + datetime.timedelta(minutes=5))
    assert sign_in(Client()).status_code == 429
    AccessFailureLog.objects.update(attempt_time=timezone.now() - WINDOW)
    assert AccessFailureLog.objects.count() == PAIR
    assert is_in(sign_in(Client()))


def test_an_address_of_ipv6_counts_with_its_network(person):
    for n in range(PAIR):
        fail(1, at=f"2001:db8:1:2::{n + 1}")
    assert sign_in(Client(), at="2001:db8:1:2:aaaa::1").status_code == 429
    assert is_in(sign_in(Client(), at="2001:db8:1:3::1"))


@pytest.mark.parametrize("behind_proxy", [True, False])
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(person, settings, behind_proxy):
    settings.BEHIND_PROXY = behind_proxy
    for n in range(PAIR):
        forwarded = {"X-Forwarded-For": f"10.0.0.{n}, {HOME}"}  # the first is what the client claims
        sign_in(Client(), password="wrong", at="127.0.0.1", headers=forwarded)

    other = sign_in(Client(), at="127.0.0.1", headers={"X-Forwarded-For": ELSEWHERE})
    same = sign_in(Client(), at="127.0.0.1", headers={"X-Forwarded-For": f"1.1.1.1, {HOME}"})
    assert is_in(other) == behind_proxy
    assert same.status_code == 429


def test_an_account_that_does_not_exist_is_answered_like_one_that_does(person):
    """But for the token and the name in the form, to the letter and as long as anybody tries."""

    def answers(name: str, at: str) -> list[tuple[int, str]]:
        found = [sign_in(Client(), name, "wrong", at) for _ in range(PAIR + 1)]
        texts = [r.content.decode().replace(name, "NAME") for r in found]
        return [
            (r.status_code, t.split("csrfmiddlewaretoken")[-1][90:])
            for r, t in zip(found, texts, strict=True)
        ]

    assert answers("ada", HOME) == answers("bob", ELSEWHERE)


def test_failures_are_logged_and_what_was_typed_as_a_name_is_not(person, caplog):
    with caplog.at_level(logging.INFO):
        fail(1)
        fail(1, "my-secret-passphrase")
        sign_in(Client())
        fail(PAIR)

    lines = [r.getMessage() for r in caplog.records if r.name.startswith("crossings.signin")]
    assert lines[0] == f"Sign-in failed: ada from {HOME}"
    assert lines[1] == f"Sign-in failed: an account that does not exist from {HOME}"
    assert lines[2] == f"Signed in: ada from {HOME}"
    assert lines[-1] == f"Sign-in refused after too many failures: ada from {HOME}"
    assert "my-secret-passphrase" not in caplog.text
    assert not [
        v for row in AccessFailureLog.objects.values() for v in row.values() if "secret-pass" in str(v)
    ]


def test_old_sign_ins_are_forgotten_after_a_year(person):
    fail(1)
    sign_in(Client())
    for model in (AccessLog, AccessFailureLog):
        model.objects.update(attempt_time=timezone.now() - datetime.timedelta(days=366))
    sign_in(Client())
    assert (AccessLog.objects.count(), AccessFailureLog.objects.count()) == (1, 0)


def test_names_and_addresses_made_to_break_out_are_no_fault_of_ours(person):
    for name in ("a\x00b", "x" * 5000, "<script>", "ada\n"):
        assert sign_in(Client(), name, "wrong").status_code in (200, 400), ascii(name)
    for address in ("", "unknown", "999.1.1.1"):
        assert sign_in(Client(), "ada", "wrong", at=address).status_code in (200, 429)
    assert sign_in(Client(), headers={"User-Agent": "a\x00" * 300}).status_code == 302


def test_passwords_are_kept_as_argon2_and_older_ones_become_so(settings, person):
    settings.PASSWORD_HASHERS = crossings.settings.PASSWORD_HASHERS
    assert identify_hasher(User.objects.create_user("new", password=PASSWORD).password).algorithm == "argon2"
    person.password = "pbkdf2_sha256$1000$salt$DULJXWDmUs0KEPRH7eHgJO8qZF8oQDQ6pnpqLyWCu+E="
    person.set_password(PASSWORD)
    assert person.password.startswith("argon2")


# --- Sessions


def test_a_session_ends_after_twelve_hours_without_a_request(person, client, monkeypatch):
    import time as clock

    sign_in(client)
    assert client.get(INDEX).status_code == 200
    ends = Session.objects.get().expire_date - timezone.now()
    assert datetime.timedelta(hours=11, minutes=50) < ends <= datetime.timedelta(hours=12)

    Session.objects.update(expire_date=timezone.now() + datetime.timedelta(hours=1))
    client.get(INDEX)  # at once: a write at every click would cost too much
    assert Session.objects.get().expire_date < timezone.now() + datetime.timedelta(hours=2)
    now = clock.time()
    monkeypatch.setattr("crossings.admin_site.time.time", lambda: now + 301)
    client.get(INDEX)
    assert Session.objects.get().expire_date > timezone.now() + datetime.timedelta(hours=11)

    Session.objects.update(expire_date=timezone.now())
    assert client.get(INDEX).status_code == 302


def test_the_key_of_a_session_changes_with_signing_in_and_the_session_ends_with_signing_out(person, client):
    session = client.session
    session["x"] = 1
    session.save()
    before = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    kept = client.cookies["sessionid"].value
    client.post(reverse("admin:logout"))
    client.cookies["sessionid"] = kept
    assert client.get(INDEX).status_code == 302


# --- Where it leads


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil",
        "/nowhere/", "/admin/nowhere/", "/admin/crossings/", "/admin/auth/", "/admin/logout/",
        "/admin/login/", "/admin/r/1/999/", "/admin/jsi18n/", "/admin/auth/user/99/password/",
        "/crossings/none/", "/", "", "/admin/position/", "/%ff", "/admin/crossings/crossing/9/9/",
    ],
)  # fmt: skip
def test_signing_in_leads_to_the_index_where_the_wanted_page_is_not_a_page_of_the_desk(person, wanted):
    client = Client()
    assert client.get(LOGIN, {"next": wanted}).status_code == 200
    for response in (sign_in(client, data={"next": wanted}), client.get(LOGIN, {"next": wanted})):
        assert response.status_code == 302
        assert response["Location"] == INDEX


def test_signing_in_leads_to_the_page_that_was_wanted(person, client):
    wanted = "/admin/crossings/crossing/?q=a&o=1"
    page = client.get(wanted, follow=True)
    assert page.context["next"] == wanted
    response = sign_in(client, data={"next": wanted})
    assert response["Location"] == wanted
    gone = "/admin/crossings/crossing/999/change/"
    other = Client()
    sign_in(other, data={"next": gone})
    assert other.get(gone, follow=True).status_code == 200


def test_the_sign_in_page_does_not_tell_whether_a_row_exists(client):
    make_everything(publish=False)

    def page(key: int) -> str:
        address = f"/admin/crossings/document/{key}/change/"
        body = client.get(LOGIN, {"next": address}).content.decode().replace(address, "")
        return body.split("csrfmiddlewaretoken")[0]

    assert page(1) == page(987654)


# --- Who did what


def test_the_page_of_sign_ins_lists_who_came_failed_and_did_what(person, client, admin_user):
    workflow.publish([make_crossing(publish=False)], by=admin_user)
    fail(1)
    fail(1, "nobody-of-that-name")
    sign_in(client)
    row = User.objects.get(username="ada")
    client.post("/admin/crossings/wire/add/", {"name": "<b>Wire</b>", "slug": "w"})
    client.post(reverse("admin:logout"))
    sign_in(client)
    assert client.get("/admin/sign-ins/").status_code == 403

    desk = Client()
    desk.force_login(admin_user)
    body = desk.get("/admin/sign-ins/").content.decode()
    for words in ("signed in", "failed to sign in", "no such account", "wire: &lt;b&gt;Wire", HOME, "until"):
        assert words in body, words
    assert "nobody-of-that-name" not in body
    assert "draft → published" in body
    events = desk.get("/admin/sign-ins/", {"who": row.username}).context["events"]
    assert {event.who for event in events} == {"ada"}
    assert [event.at for event in events] == sorted((event.at for event in events), reverse=True)
    for query in ("before=never", "before=2026-01-01T00:00:00", "who=%00", "before=2026-13-45T99:00"):
        assert desk.get(f"/admin/sign-ins/?{query}").status_code == 200, query


def test_the_page_of_sign_ins_goes_back_in_time(admin_client):
    begin = timezone.now() - datetime.timedelta(days=2)
    for n in range(150):
        row = AccessFailureLog.objects.create(username="x", ip_address=HOME)
        AccessFailureLog.objects.filter(pk=row.pk).update(attempt_time=begin + datetime.timedelta(minutes=n))
    first = admin_client.get("/admin/sign-ins/?who=x")
    second = admin_client.get(f"/admin/sign-ins/?{first.context['older']}")
    seen = [event.at for page in (first, second) for event in page.context["events"]]
    assert len(seen) == len(set(seen)) == 150
    assert second.context["older"] == ""


def test_messages_of_the_admin_are_still_shown(person, client):
    sign_in(client)
    assert "was added" in said(
        client.post("/admin/crossings/wire/add/", {"name": "W", "slug": "w"}, follow=True)
    )
