"""Who may try to sign in: limits by account and network, that a stranger cannot turn against a person.

django-axes asks before each attempt and tells of each failure; the limits are ours. All are of the last hour:

- an account from one network: PAIR failures;
- a network, over all accounts: NETWORK failures;
- an account over all networks: ACCOUNT failures, but networks from which it signed in lately go on;
- a device on which the account signed in before is bound by none of these, only by DEVICE failures of the
  account from its network, more than strangers can make there.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from crossings.runtime.addresses import client_address, reader

PAIR: Final = 5
NETWORK: Final = 30
ACCOUNT: Final = 20
DEVICE: Final = 15
WINDOW: Final = datetime.timedelta(hours=1)
#: How long a network or a device on which somebody signed in counts as known.
KNOWN: Final = datetime.timedelta(days=90)
#: How long sign-ins and failures are kept.
KEPT: Final = datetime.timedelta(days=365)

COOKIE: Final = "known_device"
_SALT: Final = "crossings.signin.device"

log = logging.getLogger(__name__)


def network_of(request: HttpRequest) -> str | None:
    """The reader's IPv4 address, or the network of an IPv6 one; None where the server knows neither."""
    address = client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.BEHIND_PROXY,
    )
    return None if address == "unknown" else reader(address)


def account_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account that is tried. A name that is none is kept as a digest: people type passwords there."""
    typed = str((credentials or {}).get("username") or "")
    if User.objects.filter(username=typed).exists():
        return typed
    return "?" + salted_hmac(_SALT, typed).hexdigest()[:16]


def is_refused(request: HttpRequest, account: str) -> bool:
    """Whether this attempt to sign in to the account is turned away unread."""
    network, now = network_of(request), timezone.now()
    failures = AccessFailureLog.objects.filter(attempt_time__gt=now - WINDOW)
    pair = failures.filter(username=account, ip_address=network).count()
    if is_known_device(request, account):
        return pair >= DEVICE
    if pair >= PAIR or failures.filter(ip_address=network).count() >= NETWORK:
        return True
    if failures.filter(username=account).count() < ACCOUNT:
        return False
    signed_in = AccessLog.objects.filter(username=account, ip_address=network)
    return not signed_in.filter(attempt_time__gt=now - KNOWN).exists()


def remember_device(response: HttpResponseBase, user: User) -> None:
    """Let this browser go on where strangers' guesses have closed the account to others.

    The cookie signs nobody in. It ends with the password.
    """
    response.set_cookie(
        COOKIE,
        signing.dumps([user.get_username(), _password_digest(user)], salt=_SALT),
        max_age=KNOWN,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known_device(request: HttpRequest, account: str) -> bool:
    try:
        name, digest = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN)
    except (signing.BadSignature, ValueError, TypeError):
        return False
    user = User.objects.filter(username=account).first()
    return user is not None and name == account and constant_time_compare(digest, _password_digest(user))


def _password_digest(user: User) -> str:
    return salted_hmac(_SALT, user.password).hexdigest()[:32]


class SignInHandler(AxesDatabaseHandler):
    """What django-axes calls: our limits, and failures without what was typed."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return is_refused(request, account_of(request, credentials))

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: Any = None, **_: Any
    ) -> None:
        if request is None:
            return
        account, network = account_of(request, credentials), request.axes_ip_address
        who = "an account that does not exist" if account.startswith("?") else account
        if request.axes_locked_out:
            # Not counted, so that nobody is kept out for longer by trying, and nobody fills the disk.
            request.axes_credentials = credentials
            log.warning("Sign-in refused after too many failures: %s from %s", who, network)
            return
        log.warning("Sign-in failed: %s from %s", who, network)
        AccessFailureLog.objects.create(
            username=account,
            ip_address=network,
            user_agent=_clean(request.axes_user_agent),
            http_accept="",
            path_info=_clean(request.axes_path_info),
            attempt_time=request.axes_attempt_time,
        )

    def user_logged_in(self, sender: object, request: Any, user: Any, **kwargs: Any) -> None:
        # PostgreSQL stores no NUL; axes writes these as they came.
        request.axes_user_agent, request.axes_http_accept, request.axes_path_info = map(
            _clean, (request.axes_user_agent, request.axes_http_accept, request.axes_path_info)
        )
        super().user_logged_in(sender, request, user, **kwargs)
        log.info("Signed in: %s from %s", user.get_username(), request.axes_ip_address)
        for model in (AccessLog, AccessFailureLog):
            model.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()


def _clean(text: str) -> str:
    return text.replace("\0", "")
