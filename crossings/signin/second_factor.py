"""The second factor: codes of an app on a phone (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import secrets
from typing import Any, Final

import segno
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp import login, verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES: Final = 10
#: Who holds one of these may change what readers see, or who may: they need a second factor.
POWERS: Final = ("crossings.publish", "crossings.take_down")
_ACCOUNTS: Final = "auth"


def is_required(user: User | AnonymousUser) -> bool:
    """Whether this person needs a second factor: where the setting asks for it, to publish or administer."""
    if not settings.SECOND_FACTOR:
        return False
    return (
        user.is_superuser
        or any(user.has_perm(power) for power in POWERS)
        or any(held.startswith(f"{_ACCOUNTS}.") for held in user.get_all_permissions())
    )


def device_of(user: Any) -> TOTPDevice | None:
    """The person's app, once a code of it has been seen."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


def is_verified(request: HttpRequest) -> bool:
    """Whether a code was given in this session."""
    return getattr(request.user, "otp_device", None) is not None


def is_pending(request: HttpRequest) -> bool:
    """Whether somebody who has given the password still owes a code, or has to set the second factor up."""
    known: bool | None = getattr(request, "_second_factor_pending", None)
    if known is None:
        user = request.user
        known = not is_verified(request) and (device_of(user) is not None or is_required(user))
        request._second_factor_pending = known  # type: ignore[attr-defined]  # asked several times a request
    return known


def new_device(user: User) -> TOTPDevice:
    """The device that is being set up: the same until a code of it has been seen."""
    device, _created = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


def picture_of(device: TOTPDevice) -> str:
    """The QR code for the app as a `data:` address; nobody else is asked to draw it."""
    return segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=4, light="#fff")


def secret_of(device: TOTPDevice) -> str:
    """What to type where no camera is at hand: base32 in groups of four."""
    return _grouped(base64.b32encode(device.bin_key).decode())


def verify(request: HttpRequest, code: str) -> bool:
    """Whether this is the app's present code or an unused recovery code; then the session has its factor."""
    user, given = request.user, "".join(code.split()).replace("-", "").lower()
    devices: list[TOTPDevice | StaticDevice] = []
    if given.isdecimal():
        devices += [device] if (device := device_of(user)) else []
    else:
        devices += StaticDevice.objects.filter(user=user, confirmed=True)
        given = _stored(given)
    for candidate in devices:
        if verify_token(user, candidate.persistent_id, given) is not None:
            let_in(request, candidate)
            return True
    return False


def let_in(request: HttpRequest, device: TOTPDevice | StaticDevice) -> None:
    """The session has a second factor from now on, under a new key."""
    request.session.cycle_key()
    login(request, device)
    request._second_factor_pending = False  # type: ignore[attr-defined]  # see is_pending


@transaction.atomic
def confirm_device(request: HttpRequest, device: TOTPDevice, code: str) -> bool:
    """Take the new device into use if the code is its own, in place of any other."""
    given = "".join(code.split())
    if not given.isdecimal() or verify_token(request.user, device.persistent_id, given) is None:
        return False
    device.refresh_from_db()
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    let_in(request, device)
    note(device.user, "Set up a second factor.")
    return True


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes, each good once, in place of all before. Only digests are stored."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_stored(code)) for code in codes)
    note(user, "Made new recovery codes.")
    return [_grouped(code, "-") for code in codes]


def codes_left(user: Any) -> int:
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


@transaction.atomic
def remove(user: User, why: str) -> int:
    """Take the second factor and its recovery codes away. How many devices there were."""
    removed = 0
    for model in (TOTPDevice, StaticDevice):
        removed += model.objects.filter(user=user).count()
        model.objects.filter(user=user).delete()
    note(user, why)
    return removed


def note(user: User, sentence: str) -> None:
    """Leave a trace in the history of the account, which the page of sign-ins lists."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=user.get_username()[:200],
        action_flag=CHANGE,
        change_message=sentence,
    )


def _stored(code: str) -> str:
    digest = salted_hmac("crossings.signin.recovery", code, algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode()


def _grouped(text: str, between: str = " ") -> str:
    return between.join(text[i : i + 4] for i in range(0, len(text), 4))
