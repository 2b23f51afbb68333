"""gateway.commands.calls: explain shows the call that a service which speaks JSON gets, and no secret."""

from __future__ import annotations

from pathlib import Path

from .conftest import ROOT, Call


def test_explain_shows_the_call_of_an_operation_without_a_rest_face(call: Call) -> None:
    done = call("explain", "config/soap-to-json.yaml", "CancelOrder")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert "  call         POST http://127.0.0.1:8092/v1/orders/{id}/cancellation" in lines
    at = lines.index("a request of CancelOrder becomes")
    assert lines[at + 1].startswith("POST /v1/orders/")
    assert any(line.startswith("if-match: ") for line in lines[at:])
    assert lines[-1].startswith('{"reason":')


def test_explain_shows_both_sides_of_a_route_and_no_secret(call: Call, tmp_path: Path) -> None:
    text = (ROOT / "config/json-to-json.yaml").read_text().replace("../schemas", str(ROOT / "schemas"))
    text = text.replace("      speaks: json\n", "      speaks: json\n      headers: {X-Api-Key: sesame}\n")
    (tmp_path / "c.yaml").write_text(text)
    done = call("explain", str(tmp_path / "c.yaml"), "GET /api/orders/{number}")
    assert done.code == 0, done.err
    assert "x-api-key: ***" in done.out
    assert "sesame" not in done.out
    assert "GET /v1/orders/" in done.out


def test_a_message_that_no_call_takes_is_told(call: Call, tmp_path: Path) -> None:
    text = (ROOT / "config/soap-to-json.yaml").read_text().replace("../schemas", str(ROOT / "schemas"))
    text = text.replace("parameters: [{in: path, name: id, to: /id}]\n          version: {request", "constants: {/reason: other}\n          version: {request")
    text = text.replace("/orders/{id}/cancellation", "/cancellation")
    (tmp_path / "c.yaml").write_text(text)
    done = call("explain", str(tmp_path / "c.yaml"), "CancelOrder")
    assert "no call: " in done.out
    assert "/reason: " in done.out
