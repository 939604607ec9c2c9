"""Publication states in the admin: shown on every row, changed only by `crossings.publishing.workflow`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crossings.models import SEEN, Publishable, Replaceable, ReviewStep, State
from crossings.publishing import workflow
from crossings.publishing.corrections import copy_as_draft
from crossings.publishing.dependents import dependents_of

from .base import PUBLISH, EditorAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LISTED = 200  # rows named on the page of confirmation


@dataclass(frozen=True)
class Step:
    """One change of state that the admin offers."""

    name: str
    label: StrOrPromise
    question: StrOrPromise
    done: Callable[[int], str]
    act: Callable[..., object]
    starts_from: tuple[State, ...]
    for_publishers: bool
    needs_reason: bool = False

    @property
    def verb(self) -> str:
        return str(self.label).rstrip("…")


STEPS = {
    step.name: step
    for step in (
        Step(
            "send_to_review", _("Send to review"), _("Send these to review?"),
            lambda n: ngettext("%d row sent to review.", "%d rows sent to review.", n) % n,
            workflow.send_to_review, (State.DRAFT,), for_publishers=False,
        ),
        Step(
            "back_to_draft", _("Back to draft"), _("Make these drafts again?"),
            lambda n: ngettext("%d row is a draft again.", "%d rows are drafts again.", n) % n,
            workflow.back_to_draft, (State.IN_REVIEW,), for_publishers=False,
        ),
        Step(
            "publish", _("Publish…"), _("Publish these? Readers see them at once, as one new edition."),
            lambda n: ngettext("%d row published.", "%d rows published.", n) % n,
            workflow.publish, (State.DRAFT, State.IN_REVIEW), for_publishers=True,
        ),
        Step(
            "withdraw", _("Withdraw…"),
            _("Withdraw these? They leave the site in a new edition and stay in earlier ones."),
            lambda n: ngettext("%d row withdrawn.", "%d rows withdrawn.", n) % n,
            workflow.withdraw, (State.PUBLISHED,), for_publishers=True, needs_reason=True,
        ),
    )
}  # fmt: skip


def _action(step: Step) -> Callable[..., HttpResponse | None]:
    """The step as an action of a list. Steps that readers see are confirmed on a page of their own."""

    def run(
        model_admin: PublishableAdmin, request: HttpRequest, queryset: QuerySet[Publishable]
    ) -> HttpResponse | None:
        ids = list(dict.fromkeys(queryset.values_list("pk", flat=True)))
        if step.for_publishers:
            return model_admin.confirm(request, step, ids)
        model_admin.take(request, step, ids, reason="")
        return None  # back to the same list, with its filters

    run.__name__ = step.name
    return admin.action(description=step.label, permissions=["publish" if step.for_publishers else "change"])(
        run
    )


def _lineage(row: Replaceable) -> list[tuple[StrOrPromise, Replaceable, State]]:
    """What the row replaces and what replaces it, each after what it is, with its state."""
    before = [(_("Replaces"), row.supersedes)] if row.supersedes else []
    after = [
        (_("Replaced by") if successor.state in SEEN else _("To be replaced by"), successor)
        for successor in type(row)._base_manager.filter(**{"supersedes": row.pk}).order_by("pk")
    ]
    return [(label, other, State(other.state)) for label, other in (*before, *after)]


class PublishableAdmin(EditorAdmin):
    """Rows that are drafts, in review, published or withdrawn."""

    actions = [*EditorAdmin.actions, *(_action(step) for step in STEPS.values())]

    # --- who may

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PUBLISH) and self.has_view_permission(request)

    def may(self, request: HttpRequest, step: Step) -> bool:
        if step.for_publishers:
            return self.has_publish_permission(request)
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if self.is_frozen(obj):
            return False
        return super().has_change_permission(request, obj)

    def is_frozen(self, obj: Model | None) -> bool:
        return isinstance(obj, Publishable) and obj.frozen_when_published and obj.state in SEEN

    def notice(self, request: HttpRequest, obj: Model | None) -> str:
        if not isinstance(obj, Publishable) or not self.is_frozen(obj):
            return super().notice(request, obj)
        if obj.state == State.WITHDRAWN:
            return str(_("This was published and has been withdrawn. It stays as it was."))
        return str(
            _(
                "This has been published and is never rewritten. To correct it, publish a corrected one, "
                "which replaces it: “Correct” makes a copy to start from."
            )
        )

    # --- what is shown

    @admin.display(description=_("state"), ordering="state")
    def state_label(self, obj: Publishable) -> SafeString:
        return render_to_string("admin/crossings/state.html", {"state": State(obj.state)})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, object],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Model | None = None,
    ) -> HttpResponse:
        context["state"] = State(obj.state) if isinstance(obj, Publishable) else State.DRAFT
        if isinstance(obj, Publishable):
            context["steps"] = [
                step for step in STEPS.values() if obj.state in step.starts_from and self.may(request, step)
            ]
            context["trace"] = ReviewStep.objects.filter(
                content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk
            ).select_related("by", "edition")
            # The page of deleting, opened by its address, says why not.
            context["show_delete"] = obj.state not in SEEN
            if isinstance(obj, Replaceable):
                context["lineage"] = _lineage(obj)
            context["can_correct"] = self.is_frozen(obj) and self.has_add_permission(request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method == "POST" and object_id is not None:
            obj = self.get_object(request, unquote(object_id))
            # Published while the form was open: a message that explains it, rather than "forbidden".
            if self.is_frozen(obj) and super().has_change_permission(request):
                self.message_user(request, self.notice(request, obj), messages.ERROR)
                return HttpResponseRedirect(request.get_full_path())
        return super().changeform_view(request, object_id, *args, **kwargs)

    # --- steps

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("step/<slug:step>/", self.admin_site.admin_view(self.step_view), name=f"{name}_step"),
            path(
                "<path:object_id>/correct/",
                self.admin_site.admin_view(self.correct_view),
                name=f"{name}_correct",
            ),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, step: str) -> HttpResponse:
        """GET asks, POST with a reason where one is needed does it. `ids` are primary keys with commas."""
        chosen = STEPS.get(step)
        if chosen is None or not self.may(request, chosen):
            raise PermissionDenied
        texts = (request.POST or request.GET).get("ids", "").split(",")
        # Longer numbers are no key of any row and too much for SQLite.
        keys = all(text.isdecimal() and len(text) < 19 for text in texts)
        ids = list({int(text): None for text in texts}) if keys else []
        if request.method != "POST":
            return self.confirm(request, chosen, ids)
        reason = request.POST.get("reason", "").strip()
        if chosen.needs_reason and not reason:
            return self.confirm(request, chosen, ids, _("Give a reason: readers and colleagues will ask."))
        if len(reason) > 500:
            return self.confirm(request, chosen, ids, _("The reason has at most 500 characters."))
        options: dict[str, bool] = {}
        if step == "withdraw":
            dependents = dependents_of(self.get_queryset(request).filter(pk__in=ids))
            # The number that was agreed to: what was published meanwhile is shown before it is withdrawn.
            if dependents and request.POST.get("dependents") != str(len(dependents)):
                sentence = _("Agree to withdraw what is about these, too.")
                return self.confirm(request, chosen, ids, sentence, "dependents")
            options["with_dependents"] = bool(dependents)
        self.take(request, chosen, ids, reason, **options)
        return HttpResponseRedirect(self._back(ids))

    def confirm(
        self,
        request: HttpRequest,
        step: Step,
        ids: list[int],
        error: StrOrPromise = "",
        error_in: str = "reason",
    ) -> HttpResponse:
        """The page between choosing rows and changing their state."""
        rows = self.get_queryset(request).filter(pk__in=ids)
        if self.list_select_related:
            rows = rows.select_related(*self.list_select_related)
        shown = list(rows[:LISTED])
        checked = step.name == "publish"
        dependents = dependents_of(rows) if step.name == "withdraw" else []
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "opts": self.opts,
            "step": step,
            "count": len(ids),
            "rows": [
                (row, State(row.state), workflow.problems(row, together=shown) if checked else [])
                for row in shown
            ],
            "dependents": [
                (row, row._meta.verbose_name, reverse(f"admin:{row._meta.db_table}_change", args=[row.pk]))
                for row in dependents
            ],
            "listed": LISTED,
            "ids": ",".join(map(str, ids)),
            "error": error,
            "error_in": error_in if error else "",
            "reason": request.POST.get("reason", ""),
            "address": self._address("step", step.name),
            "back": self._back(ids),
        }
        return TemplateResponse(request, "admin/crossings/step.html", context)

    def take(self, request: HttpRequest, step: Step, ids: list[int], reason: str, **options: bool) -> None:
        """Take this step with all of these rows or with none, and say which."""
        try:
            with transaction.atomic():
                rows = list(self.model._default_manager.filter(pk__in=ids).order_by("pk"))
                if not rows or len(rows) != len(ids):
                    raise ValidationError(_("Nothing was chosen, or a row has been deleted meanwhile."))
                step.act(rows, by=request.user, reason=reason, **options)
                for row in rows:
                    self.log_change(request, row, step.verb)
        except ValidationError as error:
            for message in error.messages:
                self.message_user(request, message, messages.ERROR)
            self.message_user(request, _("Nothing was changed."), messages.WARNING)
        else:
            self.message_user(request, step.done(len(rows)), messages.SUCCESS)

    def _address(self, page: str, *args: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def _back(self, ids: list[int]) -> str:
        return self._address("change", ids[0]) if len(ids) == 1 else self._address("changelist")

    def correct_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: copies a frozen row with all its lines as a new draft, and opens the copy."""
        obj = self.get_object(request, unquote(object_id))
        allowed = obj is not None and self.is_frozen(obj) and self.has_add_permission(request)
        if obj is None or request.method != "POST" or not allowed:
            raise PermissionDenied
        copy = copy_as_draft(obj)
        message = _("This is a copy to correct, a draft.")
        if obj.is_public:
            message = _(
                "This is a copy to correct, a draft. Publishing it withdraws “%(row)s” in the same edition."
            )
        self.log_addition(request, copy, str(_("Copied from %(row)s to correct it.") % {"row": obj}))
        self.message_user(
            request,
            message % {"row": obj},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(self._address("change", copy.pk))
