"""The method page says how we judge and who answers for this copy."""

import pytest

from crossings.views.method import contact_href

pytestmark = pytest.mark.django_db


def test_it_says_how_we_judge_in_words(client):
    page = client.get("/method/").content.decode()

    for words in (
        "Two sources are not two witnesses",
        "Unknown is not “uncontrolled”",
        "A day is a day in UTC",
        "no tracking",
        "After 365 days",
        "at most 40 words",
        "Natural Earth",
        "GeoNames",
        "CC BY 4.0",
        "BSD-3-Clause",
    ):
        assert words in page


def test_a_copy_without_an_operator_says_so_decently(client, settings):
    settings.OPERATOR_NAME = settings.OPERATOR_CONTACT = ""

    page = client.get("/method/").content.decode()

    assert "has not given a name" in page
    assert "No address for errors has been given" in page


def test_the_operator_and_the_contact_are_shown_escaped(client, settings):
    settings.OPERATOR_NAME = "<script>alert(1)</script> {{7*191}}"
    settings.OPERATOR_CONTACT = "desk@example.org"

    page = client.get("/method/").content.decode()

    assert "<script>alert(1)" not in page
    assert "1337" not in page
    assert 'href="mailto:desk@example.org"' in page


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "room 4", "a@b", "data:text/html,x", "<x>@y.org"])
def test_a_contact_that_is_no_address_is_no_link(contact):
    assert contact_href(contact) == ""


def test_online_tiles_are_named_only_where_they_are_offered(client, settings):
    settings.TILES_HOST = ""

    assert "online map tiles" not in client.get("/method/").content.decode()


def test_it_asks_the_database_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/method/")
