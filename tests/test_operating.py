"""What an operator watches: an id in the answer and in the log, slow requests, metrics of all workers."""

from __future__ import annotations

import json
import logging
import re
import time
from urllib.request import urlopen

import pytest
from django.test import override_settings
from prometheus_client import REGISTRY

from crossings.runtime import logs
from crossings.views import requests
from tests.processes import ROOT, clean_environment, free_port, python, serving

ID = re.compile(r"[0-9a-f]{16}")


def test_every_answer_has_an_id_of_ours(client, db):
    first = client.get("/healthz", headers={"X-Request-ID": "theirs\r\nX-Evil: 1"})
    others = [client.get(path) for path in ("/method/", "/absent/", "/?on=nonsense")]

    identities = [answer["X-Request-ID"] for answer in (first, *others)]
    assert all(ID.fullmatch(identity) for identity in identities)
    assert len(set(identities)) == 4


def test_the_log_has_the_id_of_the_answer(client, db, caplog):
    caplog.handler.addFilter(logs.WithRequestId())

    answer = client.get("/absent/")

    assert {record.request_id for record in caplog.records} == {answer["X-Request-ID"]}


def written(form: str, message: str, *arguments: object) -> str:
    """What one handler of our configuration writes."""
    code = f"""
import logging.config
from crossings.runtime import logs
logging.config.dictConfig(logs.configuration("INFO", {form!r}))
logs.request_id.set("0123456789abcdef")
logging.getLogger("crossings").warning({message!r}, *{arguments!r}, extra={{"status": 429}})
"""
    return python(code, clean_environment(ROOT / ".data")).stderr


def test_a_log_in_json_is_one_object_a_line_whatever_is_logged():
    text = written("JSON", "hostile %s", 'line\nbreak " {"level": "x"}')

    (line,) = text.splitlines()
    found = json.loads(line)
    assert found["message"] == 'hostile line\nbreak " {"level": "x"}'
    assert (found["level"], found["logger"], found["status"]) == ("WARNING", "crossings", 429)
    assert found["request_id"] == "0123456789abcdef"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", found["time"])


def test_nothing_logged_begins_a_line_of_its_own():
    text = written("LINES", "hostile %s", "line\n2026-01-01 INFO crossings: all is well")

    assert len(text.splitlines()) == 1
    assert "[0123456789abcdef]" in text


def test_a_slow_request_is_logged_with_its_selection(client, db, caplog):
    with override_settings(SLOW_SECONDS=0), caplog.at_level(logging.WARNING, "crossings.requests"):
        client.get("/documents/?q=tanf&on=2019-09-30&sources=")

    (record,) = caplog.records
    assert (record.path, record.status) == ("/documents/", 200)
    assert record.selection == "on=2019-09-30&q=tanf"
    assert "on=2019-09-30&q=tanf" in record.getMessage()
    caplog.clear()
    with override_settings(SLOW_SECONDS=60):
        client.get("/documents/")
    assert caplog.records == []


def test_a_slow_request_with_more_parameters_than_are_read_is_refused_and_logged_as_it_came(
    client, db, caplog
):
    query = "&".join(f"p{n}=1" for n in range(1001))
    with override_settings(SLOW_SECONDS=0), caplog.at_level(logging.WARNING, "crossings.requests"):
        answer = client.get(f"/?{query}")

    assert answer.status_code == 400
    assert "p0=1&p1=1" in caplog.text


def test_a_selection_that_cannot_be_read_is_logged_as_it_came(rf):
    assert requests.selection_in_log(rf.get("/?on=x%0Ay")) == "on=x%0Ay"


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_answers_are_counted_by_kind_and_unknown_addresses_as_one(client, db):
    before = sample("crossings_requests_total", route="none", method="GET", status="404")

    client.get("/absent/")
    client.get("/absent/too/")

    assert sample("crossings_requests_total", route="none", method="GET", status="404") == before + 2
    client.generic("PURGE", "/method/")
    assert sample("crossings_requests_total", route="method", method="other", status="405") > 0


def scraped(port: int) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in lines if not x.startswith("#"))}


@pytest.mark.slow
def test_metrics_add_up_over_workers_and_stand_at_their_own_address(tmp_path):
    port = free_port()
    environment = clean_environment(tmp_path / "home", METRICS_ADDRESS=f"127.0.0.1:{port}", LOG_FORMAT="JSON")
    with serving(environment, tmp_path / "log") as server:
        asked = 24  # each on a connection of its own, so both workers get some
        for _time in range(asked):
            assert server.get("/method/")[0] == 200
        server.get("/download/posts.geojson")
        time.sleep(0.2)

        found = scraped(port)

        assert found['crossings_requests_total{method="GET",route="method",status="200"}'] == asked
        assert found['crossings_request_seconds_count{route="method"}'] == asked
        assert found['crossings_downloads_made_total{name="posts"}'] == 1
        assert found["crossings_requests_in_progress"] == 0
        assert server.get("/metrics")[0] == 404
        server.get("/absent/")
    log = [line for line in server.output.splitlines() if line.startswith("{")]
    assert json.loads(log[-1])["message"].endswith("/absent/")
