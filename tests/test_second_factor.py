"""The second factor: set up, asked for, lost; and being asked once more before what cannot be taken back."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from crossings.publishing.permissions import EDITORS, PUBLISHERS
from crossings.signin.confirmation import FRESH, confirm_first
from tests import world
from tests.admin_rows import confirm, said
from tests.factories import make_crossing
from tests.test_security import POLICY, policy_of

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase"
INDEX, LOGIN, CODE = "/admin/", "/admin/login/", "/admin/second-factor/"
SET_UP, OFF = "/admin/second-factor/set-up/", "/admin/account/second-factor-off/"


def make_person(group: str = "", name: str = "ada", **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(client: Client, wanted: str = INDEX) -> HttpResponse:
    return client.post(LOGIN, {"username": "ada", "password": PASSWORD, "next": wanted})


def code_of(user: User, *, confirmed: bool = True) -> str:
    """What the person's app shows, as if no code had been used in this half minute."""
    TOTPDevice.objects.filter(user=user).update(last_t=-1, throttling_failure_count=0)
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift).token():06d}"


def set_up(client: Client, user: User) -> list[str]:
    """The recovery codes."""
    client.get(SET_UP)
    page = client.post(SET_UP, {"code": code_of(user, confirmed=False)})
    return page.context["codes"]


def lands(client: Client, address: str = INDEX) -> str:
    """Where somebody who asks for a page ends up."""
    return client.get(address, follow=True).request["PATH_INFO"]


# --- Who needs it


@pytest.mark.parametrize(
    ("who", "needs"),
    [
        ("editor", False),
        ("publisher", True),
        ("administrator", True),
        ("takes down", True),
        ("accounts", True),
    ],
)
def test_it_is_asked_of_those_who_may_publish_take_down_or_administer(client, settings, who, needs):
    settings.SECOND_FACTOR = True
    groups = {"publisher": PUBLISHERS, "editor": EDITORS}
    user = make_person(groups.get(who, EDITORS), is_superuser=who == "administrator")
    if who == "accounts":
        user.user_permissions.add(Permission.objects.get(codename="change_group"))
    if who == "takes down":
        like = Permission.objects.get(codename="publish")
        right, _made = Permission.objects.get_or_create(
            codename="take_down", content_type=like.content_type, defaults={"name": "Can take down"}
        )
        user.user_permissions.add(right)

    sign_in(client)
    assert lands(client) == (SET_UP if needs else INDEX)


def test_without_the_setting_a_laptop_needs_no_phone(client, settings):
    assert settings.SECOND_FACTOR is False
    make_person(is_superuser=True)
    sign_in(client)
    assert lands(client) == INDEX


def test_whoever_owes_a_code_gets_no_page_of_the_desk(settings):
    """Neither one who has an app and gave no code, nor one who has to set it up."""
    settings.SECOND_FACTOR = True
    make_crossing(publish=False)
    pages = [
        pattern
        for pattern in admin.site.get_urls()
        if getattr(pattern, "name", None)
        and pattern.name not in ("login", "second_factor", "second_factor_setup", "confirm")
    ]
    pages += [p for item in admin.site.get_urls() for p in getattr(item, "url_patterns", ()) if p.name]
    arguments = {
        "object_id": "1",
        "step": "publish",
        "id": "1",
        "content_type_id": 1,
        "app_label": "crossings",
    }
    user = make_person(is_superuser=True)
    for _round in ("to be set up", "set up"):
        client = Client()
        sign_in(client)
        opened = []
        for pattern in pages:
            wanted = {name: arguments[name] for name in pattern.pattern.regex.groupindex}
            address = reverse(f"admin:{pattern.name}", kwargs=wanted)
            for method in (client.get, client.post):
                response = method(address)
                if pattern.name == "logout":
                    continue
                if response.status_code != 302 or not response["Location"].startswith(LOGIN):
                    opened.append((address, response.status_code))
            if pattern.name == "logout":
                sign_in(client)
        assert opened == []
        assert len(pages) > 100
        if TOTPDevice.objects.filter(confirmed=True).exists():
            client.post(CODE, {"code": code_of(user)})
        else:
            set_up(client, user)
        assert lands(client) == INDEX


# --- Setting it up and using it


def test_it_is_set_up_with_a_picture_that_nobody_else_draws_and_codes_shown_once(client, settings):
    settings.SECOND_FACTOR = True
    user = make_person(PUBLISHERS)
    sign_in(client)
    page = client.get("/admin/crossings/crossing/", follow=True)
    assert page.request["PATH_INFO"] == SET_UP
    assert policy_of(page) == POLICY
    pictures = [a["src"] for tag, a in world.Page(page.content.decode()).tags if tag == "img"]
    assert [src.split(",")[0] for src in pictures] == ["data:image/svg+xml;charset=utf-8"]
    assert "no-store" in page["Cache-Control"]
    secret = page.context["secret"]
    assert page.context["secret"] == client.get(SET_UP).context["secret"]

    wrong = client.post(SET_UP, {"code": "000000"})
    assert "That code is not right" in wrong.content.decode()
    assert not TOTPDevice.objects.get().confirmed
    shown = client.post(
        SET_UP, {"code": code_of(user, confirmed=False), "next": "/admin/crossings/crossing/"}
    )
    codes = shown.context["codes"]
    assert len(set(codes)) == 10
    assert "no-store" in shown["Cache-Control"]
    assert 'href="/admin/crossings/crossing/"' in shown.content.decode()
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not {code.replace("-", "") for code in codes} & kept
    for address in (INDEX, "/admin/account/", SET_UP, CODE):
        body = client.get(address, follow=True).content.decode()
        assert not [code for code in codes if code in body], address
        assert secret not in body, address


def test_the_password_alone_then_opens_nothing_and_the_code_opens_the_page_that_was_wanted(client):
    user = make_person(EDITORS)  # who need not: it is offered to everybody
    sign_in(client)
    assert "Set up a second step" in client.get("/admin/account/").content.decode()
    set_up(client, user)
    other, wanted = Client(), "/admin/crossings/crossing/?q=1"
    sign_in(other, wanted)
    page = other.get(wanted, follow=True)
    assert page.request["PATH_INFO"] == CODE
    before = other.cookies["sessionid"].value

    assert "That code is not right" in other.post(CODE, {"code": "000000"}).content.decode()
    done = other.post(CODE, {"code": f" {code_of(user)[:3]} {code_of(user)[3:]} ", "next": wanted})
    assert done["Location"] == wanted
    assert other.get(wanted).status_code == 200
    assert other.cookies["sessionid"].value != before


def test_a_code_opens_one_door_once(client):
    user = make_person(EDITORS)
    sign_in(client)
    set_up(client, user)
    code = code_of(user)
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser)
        browser.post(CODE, {"code": code})
    assert (lands(first), lands(second)) == (INDEX, CODE)


def test_a_recovery_code_is_good_once_and_the_page_says_how_many_are_left(client):
    user = make_person(EDITORS)
    sign_in(client)
    codes = set_up(client, user)
    for n, code in enumerate(codes[:8]):
        browser = Client()
        sign_in(browser)
        done = browser.post(CODE, {"code": code.upper() if n else code.replace("-", " ")}, follow=True)
        assert done.request["PATH_INFO"] == INDEX
    assert "You have 2 recovery codes left." in said(done)
    again = Client()
    sign_in(again)
    again.post(CODE, {"code": codes[0]})
    assert lands(again) == CODE

    renewed = client.post("/admin/account/recovery-codes/").context["codes"]
    assert not set(renewed) & set(codes)
    assert StaticToken.objects.count() == 10


def test_wrong_codes_count_like_wrong_passwords(client):
    user = make_person(EDITORS)
    sign_in(client)
    set_up(client, user)
    stranger = Client(REMOTE_ADDR="198.51.100.9")
    sign_in(stranger)
    answers = []
    for _n in range(7):
        TOTPDevice.objects.update(throttling_failure_count=0)  # its own brake, which slows each further one
        answers.append(stranger.post(CODE, {"code": "000000"}).status_code)
    assert answers == [200] * 5 + [429] * 2
    assert stranger.post(CODE, {"code": code_of(user)}).status_code == 429
    assert lands(stranger) in (CODE, LOGIN)


def test_a_thief_of_the_password_cannot_replace_the_app(client):
    user = make_person(PUBLISHERS)
    sign_in(client)
    set_up(client, user)
    thief = Client()
    sign_in(thief)
    device = TOTPDevice.objects.get()
    assert lands(thief, SET_UP) == CODE
    for address in (
        SET_UP,
        "/admin/account/second-factor-off/",
        "/admin/account/recovery-codes/",
        "/admin/confirm/",
    ):
        thief.post(address, {"code": "000000", "secret": PASSWORD})
    assert TOTPDevice.objects.get() == device
    assert lands(thief) == CODE


def test_it_is_switched_off_by_those_alone_who_need_none(client, settings):
    user = make_person(PUBLISHERS)
    sign_in(client)
    set_up(client, user)
    settings.SECOND_FACTOR = True
    refused = client.post(OFF, follow=True)
    assert "needs the second step here" in said(refused)
    assert "Switch the second step off" not in refused.content.decode()
    settings.SECOND_FACTOR = False
    client.post(OFF)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_the_operator_takes_a_lost_one_away_and_ends_the_sessions(client):
    user = make_person(PUBLISHERS)
    sign_in(client)
    set_up(client, user)
    out = StringIO()
    call_command("reset_second_factor", "ada", stdout=out)
    assert "ada has no second factor any more. Sessions ended: 1." in out.getvalue()
    assert lands(client) == LOGIN
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="no account bob"):
        call_command("reset_second_factor", "bob")


def test_no_page_of_the_admin_shows_the_secrets_of_others(admin_client):
    for model in ("totpdevice", "staticdevice"):
        assert admin_client.get(f"/admin/otp_{model[:4]}/{model}/").status_code == 404
    assert not [m for m in admin.site._registry if m._meta.app_label not in ("crossings", "auth")]


# --- Asked once more


def later(client: Client) -> None:
    confirm(client, seconds_ago=FRESH)


def test_accounts_are_opened_and_changed_only_after_confirming(client):
    make_person(is_superuser=True)
    other = make_person(name="bob")
    sign_in(client)
    pages = {
        "/admin/auth/user/add/": {},
        f"/admin/auth/user/{other.pk}/change/": {"username": "eve"},
        f"/admin/auth/user/{other.pk}/password/": {"password1": "x", "password2": "x"},
        f"/admin/auth/user/{other.pk}/delete/": {"post": "yes"},
        "/admin/auth/group/add/": {"name": "More"},
    }
    assert {address: client.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)
    later(client)
    for address, form in pages.items():
        for response in (client.get(address), client.post(address, form)):
            assert response.status_code == 302, address
            assert response["Location"].startswith("/admin/confirm/?next=%2Fadmin%2Fauth"), address
    bulk = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    assert client.post("/admin/auth/user/", bulk)["Location"].startswith("/admin/confirm/")
    assert client.get("/admin/auth/user/").status_code == 200
    assert User.objects.filter(username="bob").exists()
    assert Group.objects.count() == 2

    page = client.post(f"/admin/auth/user/{other.pk}/delete/", {"post": "yes"}, follow=True)
    assert "Nothing was changed: confirm first that it is you." in page.content.decode()
    assert client.post("/admin/confirm/", {"secret": "wrong"}).status_code == 200
    wanted = f"/admin/auth/user/{other.pk}/delete/"
    assert client.post("/admin/confirm/", {"secret": PASSWORD, "next": wanted})["Location"] == wanted
    client.post(wanted, {"post": "yes"})
    assert not User.objects.filter(username="bob").exists()


def test_a_code_confirms_as_a_password_does(client):
    user = make_person(is_superuser=True)
    sign_in(client)
    codes = set_up(client, user)
    for secret in (code_of(user), codes[0], PASSWORD):
        later(client)
        assert client.get("/admin/auth/user/add/").status_code == 302
        assert client.post("/admin/confirm/", {"secret": secret}).status_code == 302
        assert client.get("/admin/auth/user/add/").status_code == 200


def test_guessing_at_the_page_that_confirms_is_limited(client):
    make_person(is_superuser=True)
    sign_in(client)
    del client.cookies["known_device"]
    later(client)
    answers = [client.post("/admin/confirm/", {"secret": f"guess {n}"}).status_code for n in range(6)]
    assert answers == [200] * 5 + [429]


def test_any_view_can_ask_for_it(rf: RequestFactory, client):
    make_person(is_superuser=True)
    sign_in(client)
    seen = []
    view = confirm_first(lambda request, key: seen.append(key) or HttpResponse("done"))
    request = rf.get("/admin/crossings/document/?x=1")
    request.session = client.session
    assert view(request, 7).content == b"done"
    later(client)
    request.session = client.session
    assert view(request, 8)["Location"] == "/admin/confirm/?next=%2Fadmin%2Fcrossings%2Fdocument%2F%3Fx%3D1"
    assert seen == [7]
