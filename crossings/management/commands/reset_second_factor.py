from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crossings.signin import second_factor


class Command(BaseCommand):
    help = "Take away somebody's second factor and recovery codes, and end their sessions: the phone is lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']}.")
        removed = second_factor.remove(user, "The operator took the second factor away.")
        ended = 0
        for session in Session.objects.filter(expire_date__gt=timezone.now()):
            if session.get_decoded().get("_auth_user_id") == str(user.pk):
                session.delete()
                ended += 1
        if not removed:
            self.stdout.write(f"{user} had no second factor. Sessions ended: {ended}.")
            return
        again = " They set up a new one when they sign in." if second_factor.is_required(user) else ""
        self.stdout.write(f"{user} has no second factor any more. Sessions ended: {ended}.{again}")
