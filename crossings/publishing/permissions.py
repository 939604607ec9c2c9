"""Who may do what: the groups "Editors" and "Publishers", kept complete after each migration."""

from __future__ import annotations

from typing import Any, Final

from django.apps import AppConfig
from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions

EDITORS: Final = "Editors"
PUBLISHERS: Final = "Publishers"

#: What editors write: reports and questions, and what these are about and rest on. A model that is named in
#: none of these three gives nobody a permission: whoever adds one decides.
CONTENT: Final = (
    "backing", "controlreport", "crossing", "disagreement", "document", "force", "frontier", "membership",
    "observationreport", "passage", "post", "region", "site", "sourceset", "statusreport", "strikeevent",
    "strikereport", "wire",
)  # fmt: skip
#: Lines of a form, not objects of their own: whoever may change the form may delete them.
LINES: Final = ("answer", "attribution", "holder", "name", "toll")
#: Written by `crossings.publishing` alone: everybody may view, nobody may write. To take down is a right that
#: neither group has.
READ_ONLY: Final = ("edition", "reviewstep", "takedown")


def _codenames(actions: tuple[str, ...], models: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f"{action}_{model}" for action in actions for model in models)


#: The codenames that each group has. All other rights are given by hand, or by being administrator.
_EDITORS: Final = (
    _codenames(("view", "add", "change"), (*CONTENT, *LINES))
    | _codenames(("delete",), LINES)
    | _codenames(("view",), READ_ONLY)
)
RIGHTS: Final = {
    EDITORS: _EDITORS,
    PUBLISHERS: _EDITORS | _codenames(("delete",), CONTENT) | {"publish"},
}


def ensure_groups(sender: AppConfig, using: str = "default", apps: Any = current_apps, **_: object) -> None:
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
    ours = Permission.objects.using(using).filter(content_type__app_label="crossings")
    for name, codenames in RIGHTS.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*ours.filter(codename__in=codenames))
