"""The papers on the data model list every table and every field, and none that is not there."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from simple_history.models import HistoricalChanges

ROOT = Path(__file__).resolve().parent.parent
MODELS = {
    model.__name__: model
    for model in apps.get_app_config("crossings").get_models()
    if not model._meta.auto_created and not issubclass(model, HistoricalChanges)
}


def documented():
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", text, re.M | re.S)
    return {name: re.findall(r"^\| `(\w+)` \|", table, re.M) for name, table in sections}


def test_every_table_is_documented():
    assert set(documented()) == set(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_fields_of_a_table_are_those_of_the_code(name):
    meta = MODELS[name]._meta
    fields = [f.name for f in (*meta.fields, *meta.many_to_many) if f.name != "id"]

    assert documented()[name] == fields


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_choices_that_are_documented_are_those_of_the_code(name):
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    section = re.search(rf"^### `{name}`\n(.*?)(?=^##|\Z)", text, re.M | re.S)[1]

    for field in MODELS[name]._meta.fields:
        if field.choices and field.name != "state" and not field.name.endswith("_state"):
            row = re.search(rf"^\| `{field.name}` \|.*$", section, re.M)[0]
            assert re.findall(r"`(\w+)`", row)[1:] == [value for value, _ in field.choices], field.name
