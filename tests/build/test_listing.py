"""Listings: rows of doors, settings without secrets, what a new configuration does differently."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.build.book import build
from gateway.build.listing import changes, masked, ports, routes
from gateway.settings import parse

ROOT = Path(__file__).resolve().parents[2]
TEXT = f"""\
services:
  portal:
    wsdl: {ROOT}/schemas/netid/portal.wsdl
    path: /portal
    default_routes: false
    dangerous_allow_clear_text: true
    upstream: {{url: "http://${{HOST}}/x", headers: {{x-key: hunter2}}}}
    operations: {{CreateTask: {{encryption: required, client: {{signature: required}}}}}}
    routes:
      - {{route: POST /one, operation: CreateTask}}
state: "redis://user:pass@store:6379/0"
"""
ENV = {"HOST": "inner.example"}


def test_rows_say_what_is_served_and_how_it_is_protected() -> None:
    rows = routes(build(parse(TEXT, env=ENV)))
    assert rows[0] == {
        "method": "POST",
        "path": "/one",
        "operation": "portal.CreateTask",
        "does": "writes",
        "protection": "encryption required, clear text allowed",
        "clients": "signature required",
    }
    assert {row["path"] for row in rows if row["method"] == "SOAP"} == {"/portal"}


def test_no_secret_is_shown_and_the_rest_is() -> None:
    text = json.dumps(masked(parse(TEXT, env=ENV)))
    assert not [word for word in ("hunter2", "inner.example", ":pass@") if word in text]
    shown = json.loads(text)
    assert shown["state"] == "redis://user:***@store:6379/0"
    assert shown["services"]["portal"]["routes"][0]["route"] == "POST /one"


def test_passwords_of_plug_ins_and_keys_are_hidden() -> None:
    text = TEXT + "plugins: {session: {password: p1, deep: {api_key: k1, user: u1}}}\n"
    shown = masked(parse(text, env=ENV))["plugins"]["session"]
    assert shown == {"password": "***", "deep": {"api_key": "***", "user": "u1"}}


def test_changes_name_doors_and_settings_never_values() -> None:
    old = build(parse(TEXT, env=ENV))
    more = "      - {route: POST /two, operation: CreateTask}\nstate:"
    new = build(parse(TEXT.replace("state:", more).replace("hunter2", "hunter3"), env=ENV))
    assert changes(old, old) == []
    assert changes(old, new) == [
        "door added: POST /two (portal.CreateTask)",
        "setting services.portal.upstream.headers.x-key",
        "setting services.portal.routes[1]",
    ]
    assert "door gone: POST /two (portal.CreateTask)" in changes(new, old)


def test_what_a_plugins_settings_call_a_secret_is_hidden_by_whatever_name() -> None:
    plugin = "plugins: {wssecurity: {receive: {users: {anna: hunter4}}, send: {username: {name: gw, password: hunter5}}}}"
    told = json.dumps(masked(parse(f"{TEXT}{plugin}", env=ENV)))
    assert "hunter" not in told
    assert '"anna": "***"' in told
    assert '"name": "gw"' in told


def test_the_ports_of_one_wsdl_are_where_their_entries_serve_them() -> None:
    wsdl = ROOT / "tests/schema/wsdl/several-services.wsdl"
    entry = "{{wsdl: {}, service: {}, path: {}, upstream: {{url: 'http://127.0.0.1:1/'}}}}"
    two = build(parse(f"services:\n  a: {entry.format(wsdl, 'First', '/a')}\n  b: {entry.format(wsdl, 'Second', '/b/c')}"))
    first = {("First", "Soap11"): "http://x/a", ("First", "Soap12"): "http://x/a"}
    both = {**first, ("Second", "Soap11"): "http://x/b/c"}
    assert ports(two, two.services[0], "http://x/a") == both
    assert ports(two, two.services[1], "http://x/b/c") == both
    one = build(parse(f"services:\n  a: {entry.format(wsdl, 'First', '/a')}"))
    assert ports(one, one.services[0], "http://x/a") == first
