"""People and groups: Django's own pages, opened and changed only after confirming who one is."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from crossings.signin.confirmation import ConfirmedAdmin, confirm_first

# Importing Django's module has registered its own.
admin.site.unregister([User, Group])


@admin.register(User)
class PersonAdmin(ConfirmedAdmin, UserAdmin):
    """Accounts. A lost second factor is taken away by `bin/manage reset_second_factor`."""

    @method_decorator(confirm_first)
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)


@admin.register(Group)
class PeopleAdmin(ConfirmedAdmin, GroupAdmin):
    pass
