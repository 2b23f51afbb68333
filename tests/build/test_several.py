"""Several workers and nothing that they share: refused, each thing with its line."""

from __future__ import annotations

import pytest

from gateway.build.book import build
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.house.tree import ROOT

PORTAL = """services:
  portal:
    wsdl: schemas/netid/portal.wsdl
    upstream: {url: "http://127.0.0.1:1/"}
    routes:
      - {route: POST /release, operation: ReleaseTask}
      - {route: POST /get, operation: Logout, idempotency: optional}
"""
SESSION = """plugins:
  session:
    login: {operation: Login, request: {}, ticket: /LoginResult/SessionId}
    place: /Info/SessionId
    without: [GetVersion]
"""
JWT = """plugins:
  jwt: {keys: [issuer], issuer: me, audience: you}
"""


def refused(text: str) -> list[str]:
    with pytest.raises(Refused) as told:
        build(parse(text, base=ROOT, env={}))
    return [str(each) for each in told.value.mistakes]


def test_a_plug_in_that_counts_and_a_route_that_keeps_are_named() -> None:
    words = refused("workers: 2\n" + SESSION + PORTAL)
    assert len(words) == 2
    assert any(":3:" in each and "plugins.session" in each and "redis://" in each for each in words), words
    assert any(":13:" in each and "idempotency" in each for each in words), words


@pytest.mark.parametrize("text", [SESSION + PORTAL, "workers: 2\nstate: redis://127.0.0.1:1/0\n" + SESSION + PORTAL])
def test_one_process_or_a_shared_state_is_enough(text: str) -> None:
    assert build(parse(text, base=ROOT, env={})).services


def test_what_agrees_on_nothing_needs_no_state() -> None:
    text = "workers: 2\n" + JWT + PORTAL.replace(", idempotency: optional", "")
    assert build(parse(text, base=ROOT, env={})).services
