"""Who may do what: the groups "Editors" and "Publishers", kept complete after each migration."""

from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig
from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db.models import Q

EDITORS: Final = "Editors"
PUBLISHERS: Final = "Publishers"

#: Written by `crossings.publishing.workflow` alone: everybody may view, nobody may write.
READ_ONLY: Final = ("edition", "reviewstep", "takedown")
#: Lines of a form, not objects of their own: whoever may change the form may delete them.
LINES: Final = ("answer", "attribution", "holder", "name", "toll")


def ensure_groups(sender: AppConfig, using: str = "default", apps: Any = current_apps, **_: Any) -> None:
    """Create both groups and give them the permissions that they lack; takes none away.

    A handler of `post_migrate` (`apps` are the models as migrated so far). It makes the app's permissions
    itself: the handler of `django.contrib.auth` that does so may come after this one.
    """
    if sender.label != "crossings":
        return
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    view = Q(codename__startswith="view_")
    lines = Q(codename__startswith="delete_", content_type__model__in=LINES)
    write = Q(codename__startswith="add_") | Q(codename__startswith="change_") | lines
    delete = Q(codename__startswith="delete_")
    content = ~Q(content_type__model__in=READ_ONLY)
    for name, rule in (
        (EDITORS, view | (write & content)),
        (PUBLISHERS, view | ((write | delete) & content) | Q(codename="publish")),
    ):
        group, _created = Group.objects.using(using).get_or_create(name=name)
        ours = Permission.objects.using(using).filter(content_type__app_label="crossings")
        group.permissions.add(*ours.filter(rule))
