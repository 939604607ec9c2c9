"""Link what earlier loads with --replace had tied together by ids alone: “held” and “held-2”."""

import re

from django.db import migrations

REPLACED = "Shipped data: replaced by corrected rows"
MODELS = ("controlreport", "statusreport", "strikereport", "observationreport")


def link(apps, schema_editor):
    step = apps.get_model("crossings", "ReviewStep")
    for name in MODELS:
        model = apps.get_model("crossings", name)
        replaced = step.objects.filter(
            content_type__app_label="crossings",
            content_type__model=name,
            to_state="withdrawn",
            reason=REPLACED,
        ).values_list("object_id", flat=True)
        for old in model.objects.filter(pk__in=list(replaced)):
            numbered = re.fullmatch(r"(.+)-([2-9]|[1-9][0-9]+)", old.public_id)
            guesses = [f"{old.public_id}-2"]
            if numbered:
                guesses.append(f"{numbered[1]}-{int(numbered[2]) + 1}")
            # Published by the same load, in the edition after the withdrawal.
            successors = model.objects.filter(
                public_id__in=guesses, supersedes=None, published_in__gte=old.withdrawn_in_id
            ).exclude(pk=old.pk)
            shipped = step.objects.filter(
                content_type__app_label="crossings",
                content_type__model=name,
                to_state="published",
                reason__startswith="Shipped data: ",
            ).values_list("object_id", flat=True)
            new = successors.filter(pk__in=list(shipped)).order_by("published_in", "pk").first()
            if new is not None:
                model.objects.filter(pk=new.pk).update(supersedes=old)


class Migration(migrations.Migration):
    dependencies = [("crossings", "0002_supersedes")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
