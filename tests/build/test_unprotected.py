"""What a contract's policy demands and nobody gives is told with its place; calls are refused, not the start."""

from __future__ import annotations

import pytest

from gateway.build.book import build
from gateway.build.unprotected import unprotected
from gateway.settings import parse
from tests.house.tree import ROOT

WSDL = ROOT / "tests" / "schema" / "wsdl" / "secured.wsdl"
PLUGIN = """
plugins:
  wssecurity:
    policy: ignore
    send: {sign: {key: us}, encrypt: {certificate: them}, username: {name: a, password: b}}
"""


def told(more: str = "", operations: str = "{}") -> tuple[str, ...]:
    text = f"services: {{bank: {{wsdl: {WSDL}, operations: {operations}}}}}{more}"
    return unprotected(build(parse(text, env={})))


def test_a_line_a_demand() -> None:
    lines = told()
    assert [line.partition("secured.wsdl:")[2].partition(":")[0] for line in lines] == ["9", "9", "9", "26"]
    assert "demands signature of Pay, and no plug-in gives it: they are refused here" in lines[0]
    assert "demands signature of Ping, and no plug-in gives it: the service will refuse them" in lines[1]  # a Timestamp's
    assert "demands encryption of Pay, and" in lines[2]
    assert "demands UsernameToken of Pay, Ping" in lines[3]


def test_settings_may_say_that_it_is_not_needed() -> None:
    none = "{encryption: none, signature: none}"
    lines = told(operations=f"{{Pay: {none}, Ping: {none}}}")
    assert len(lines) == 1


def test_a_plugin_that_protects_is_enough() -> None:
    assert told(PLUGIN) == ()


def test_https_that_is_demanded_and_not_there(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = WSDL.read_text().replace("AsymmetricBinding", "TransportBinding").replace("InitiatorToken", "TransportToken")
    other = tmp_path / "other.wsdl"
    other.write_text(text)
    lines = unprotected(build(parse(f"services: {{bank: {{wsdl: {other}}}}}", env={})))
    assert lines[-1].endswith("other.wsdl:9: the contract demands HTTPS, the service's address is plain HTTP")


CALLERS = "{Pay: {client: {encryption: required, signature: required}}}"
READS = "edges: [client], policy: ignore, receive: {trust: [us], decrypt: [us]}"


@pytest.mark.parametrize(
    ("plugins", "left"),
    [
        ("", ["encrypted", "signed"]),
        (f"\nplugins: {{wssecurity: {{{READS}}}}}", ["encrypted", "signed"]),
        (f"\nplugins: {{wssecurity: {{{READS}, send: {{sign: {{key: us}}}}}}}}", ["encrypted"]),
        (f"\nplugins: {{wssecurity: {{{READS}, send: {{symmetric: {{certificate: sender}}}}}}}}", []),
        ("\nplugins: {jose: {decrypt: [us], encrypt: {key: them}}}", ["signed"]),
        ("\nplugins: {jose: {edges: [upstream], decrypt: [us], encrypt: {key: them}}}", ["encrypted", "signed"]),
    ],
)
def test_answers_to_callers_who_must_protect(plugins: str, left: list[str]) -> None:
    lines = [line for line in told(plugins, CALLERS) if "callers of Pay must" in line]
    assert [line.rpartition(" ")[2] for line in lines] == left
