"""Who said of whom that they did it, in words: a verb that fits one speaker as well as several."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["blames", "claims", "denies", "hints", "alleges", "no_comment"]


class Verbs(NamedTuple):
    """The verb before the accused; without an object; and where speaker and accused are the same."""

    of_accused: Promise
    alone: Promise
    of_itself: Promise


VERBS: Final[dict[str, Verbs]] = {
    "blames": Verbs(_("blamed"), _("laid blame, naming nobody"), _("took the blame")),
    "claims": Verbs(
        _("claimed responsibility on behalf of"), _("claimed responsibility"), _("claimed responsibility")
    ),
    "denies": Verbs(_("denied that it was"), _("denied having done it"), _("denied having done it")),
    "hints": Verbs(_("hinted at"), _("hinted, naming nobody"), _("hinted at its own part")),
    "alleges": Verbs(_("alleged that it was"), _("alleged, naming nobody"), _("alleged its own part")),
    "no_comment": Verbs(_("did not comment on"), _("did not comment"), _("did not comment")),
}


def verb(kind: str, *, names_accused: bool, of_itself: bool) -> str:
    """What a speaker did, in the past; followed by the accused only where these are named and others.

    >>> verb("claims", names_accused=True, of_itself=True)
    'claimed responsibility'
    """
    verbs = VERBS[kind]
    if of_itself:
        return str(verbs.of_itself)
    return str(verbs.of_accused if names_accused else verbs.alone)
