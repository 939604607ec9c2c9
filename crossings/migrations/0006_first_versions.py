"""A first version of every row that is there, so that earlier editions keep answering as they do now.

What the rows said before is not known: each counts as it stands from the first edition on. Its time is that
of its publication, where it has one of its own.
"""

from django.db import migrations
from django.utils import timezone

MODELS = (
    "Crossing", "Document", "Force", "Frontier", "Name", "Passage", "Post", "Region", "Site", "SourceSet",
    "StrikeEvent", "Wire",
)  # fmt: skip
LINKS = (("Region", "crossings"), ("StrikeEvent", "targets"))
BATCH = 1000


def write(apps, schema_editor):
    now = timezone.now()
    for name in MODELS:
        model, versions = (apps.get_model("crossings", kind) for kind in (name, f"Historical{name}"))
        taken = {field.attname for field in versions._meta.concrete_fields}
        columns = [field.attname for field in model._meta.concrete_fields if field.attname in taken]
        dated = "published_in" in {field.name for field in model._meta.fields}
        rows = model.objects.order_by("pk").select_related(*(["published_in"] if dated else []))
        batch = []
        for row in rows.iterator(BATCH):
            published = row.published_in.at if dated and row.published_in else None
            values = {column: getattr(row, column) for column in columns}
            batch.append(
                versions(**values, edition=0, public=False, history_type="+", history_date=published or now)
            )
            if len(batch) == BATCH:
                versions.objects.bulk_create(batch)
                batch = []
        versions.objects.bulk_create(batch)
    for name, field in LINKS:
        _copy_links(apps, name, field)


def _copy_links(apps, name, field):
    """Each version of a row has its own copy of the row's links."""
    model, versions = (apps.get_model("crossings", kind) for kind in (name, f"Historical{name}"))
    through = model._meta.get_field(field).remote_field.through
    copies = apps.get_model("crossings", f"Historical{name}_{field}")
    version_of = dict(versions.objects.values_list("id", "pk"))
    columns = [column.attname for column in through._meta.concrete_fields]
    owner = f"{name.lower()}_id"
    copies.objects.bulk_create(
        (
            copies(history_id=version_of[link[owner]], **link)
            for link in through.objects.order_by("pk").values(*columns)
        ),
        batch_size=BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [("crossings", "0005_versions")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
