"""Rows of every model, people with and without the right to publish, and addresses in the admin."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from crossings.models import (
    Answer,
    Attribution,
    Backing,
    Disagreement,
    Edition,
    Frontier,
    Name,
    ReviewStep,
    Site,
    Toll,
)
from crossings.publishing import takedown, workflow
from tests.factories import (
    make_crossing,
    make_force,
    make_membership,
    make_passage,
    make_region,
    make_report,
    make_site,
)

HOSTILE = """<script>x=1</script>{{7*191}}{% raw %}"'><img src=x onerror=x>${x}`\u202e</textarea>"""
OURS = [model for model in admin.site._registry if model._meta.app_label == "crossings"]
NO_ADDING = {"post", "edition", "reviewstep", "takedown"}


def login(group: str) -> Client:
    user = User.objects.create_user(group.lower(), password="pw", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def confirm(client: Client, seconds_ago: int = 0) -> Client:
    """Signed in and confirmed so many seconds ago: takedowns and accounts ask for that."""
    session = client.session
    session["confirmed_at"] = int(time.time()) - seconds_ago
    session.save()
    return client


def make_everything(text: str = "", publish: bool = True) -> None:
    """At least one row of every model; with a text, it stands in every column that holds words."""
    crossing = make_crossing(publish=publish)
    passage = make_passage(exact="They opened it on Monday.")
    reports = [
        make_report(kind, passage=passage, publish=False)
        for kind in ("control", "status", "strike", "observation")
    ]
    backing = Backing.objects.create(
        public_id="backing1", force=make_force(), backer=make_force("blues"), passage=passage
    )
    membership = make_membership("navy", "blues", publish=False)
    question = Disagreement.objects.create(question="How far is it?", crossing=crossing)
    Answer.objects.create(disagreement=question, text="Far").passages.add(passage)
    strike = reports[2]
    Toll.objects.create(report=strike, killed_low=1)
    Attribution.objects.create(report=strike, speaker="Syria", kind="blames", accused=make_force("blues"))
    make_region("west", [crossing], publish=publish)
    make_site(publish=publish)
    for owner in (crossing, crossing.posts.first(), Site.objects.get(), make_force(), Frontier.objects.get()):
        Name.objects.create(text="القائم", language="ar", **{owner._meta.model_name: owner})
    if text:
        _plant(text)
    if publish:
        rows = [type(row).objects.get(pk=row.pk) for row in (*reports, backing, membership, question)]
        workflow.publish(rows, reason=text or "first")
        takedown.take_down(make_site("gone"), text or "private", (text or "public")[:500])


def _plant(text: str) -> None:
    for model in (*OURS, Answer, Toll, Attribution):
        if model in (Edition, ReviewStep):
            continue
        columns = {
            field.name: text[: field.max_length or None]
            for field in model._meta.concrete_fields
            if field.get_internal_type() in ("CharField", "TextField")
            and field.editable
            and not field.choices
            and "EDTF" not in type(field).__name__
            and not (field.max_length and field.max_length < 60)
            and field.name not in ("sha256", "folded", "url")
        }
        if columns:
            model.objects.update(**columns)


def make_more_of_everything() -> None:
    for n in range(3):
        crossing = make_crossing(f"more-{n}")
        make_region(f"more-{n}", [crossing])
        make_site(f"more-{n}")
        takedown.take_down(make_site(f"gone-{n}"), "private", "public")
        passage = make_passage(wire=f"wire-{n}", sources=f"set-{n}")
        for kind in ("control", "status", "strike", "observation"):
            make_report(kind, crossing=f"more-{n}", passage=passage, forces=(f"force-{n}",))
        workflow.publish(
            [
                Backing.objects.create(
                    public_id=f"more-{n}",
                    force=make_force(f"force-{n}"),
                    backer=make_force(),
                    passage=passage,
                )
            ]
        )
        make_membership(f"force-{n}", "reds")
        question = Disagreement.objects.create(question=f"Question {n}?", crossing=crossing)
        Answer.objects.create(disagreement=question, text="Yes").passages.add(passage)
        Name.objects.create(text=f"Name {n}", language="en", crossing=crossing)
        Frontier.objects.create(slug=f"more-{n}", name="F", country_a="TR", country_b="SY")


def url_of(row_or_model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:crossings_{row_or_model._meta.model_name}_{page}", args=args)


def change_url(row: Any) -> str:
    return url_of(row, "change", row.pk)


def form_data(client: Client, url: str) -> dict[str, Any]:
    """The values that a browser would send back unchanged."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    data: dict[str, Any] = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):
                parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
                for name, part in zip(("_lon", "_lat", "_text"), parts, strict=True):
                    data[bound.html_name + name] = "" if part is None else str(part)
            elif isinstance(value, list):
                data[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def said(response: Any) -> str:
    return " | ".join(str(message) for message in response.context["messages"])
