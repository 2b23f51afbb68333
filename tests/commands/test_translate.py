"""gateway.commands.translate: one message or a batch of them; what others script against."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from gateway.cli import Misuse
from gateway.commands.task import Task
from gateway.commands.translate import batch
from gateway.core.problem import Kind, Problem

from .conftest import Call

XML = '<t:order xmlns:t="urn:t"><t:id>12345678901234567</t:id><t:line>a</t:line></t:order>'
JSON = {"id": 12345678901234567, "line": ["a"]}
ROUTE = ("config/netid.yaml", "--route", "POST /api/task/release")


def test_an_element_becomes_json_and_back(call: Call, xsd: str) -> None:
    done = call("translate", "--xsd", xsd, "--element", "order", "--to", "json", stdin=XML)
    assert (done.code, json.loads(done.out), done.err) == (0, JSON, "")
    back = call("translate", "--xsd", xsd, "--element", "{urn:t}order", "--to", "xml", stdin=done.out)
    assert back.code == 0
    again = call("translate", "--xsd", xsd, "--to", "json", stdin=back.out)
    assert json.loads(again.out) == JSON


def test_the_form_is_the_other_one_when_none_is_named(call: Call, xsd: str) -> None:
    assert json.loads(call("translate", "--xsd", xsd, stdin="\n " + XML).out) == JSON
    assert call("translate", "--xsd", xsd, "--element", "note", stdin='"a"').out.startswith("<")


def test_a_refused_message_is_a_problem_on_stderr_and_exit_1(call: Call, xsd: str) -> None:
    done = call("translate", "--xsd", xsd, "--element", "order", "--to", "xml", stdin='{"id": "x", "nope": 1}')
    assert (done.code, done.out) == (1, "")
    problem = json.loads(done.err)
    assert problem["status"] == 422
    assert {error["pointer"] for error in problem["errors"]} >= {"/id", "/nope"}


@pytest.mark.parametrize(
    ("stdin", "slug"),
    [
        ("<a", "malformed-xml"),
        ("<!DOCTYPE a><a/>", "xml-dtd-forbidden"),
        ("<a/>", "operation-unknown"),
        ('<t:order xmlns:t="urn:t"/>', "invalid-message"),
    ],
)
def test_what_is_refused_has_the_slug_that_http_callers_get(call: Call, xsd: str, stdin: str, slug: str) -> None:
    done = call("translate", "--xsd", xsd, "--to", "json", stdin=stdin)
    assert (done.code, json.loads(done.err)["type"]) == (1, f"/problems/{slug}")


def test_a_route_takes_flat_json_and_gives_the_envelope(call: Call) -> None:
    asked = '{"SessionId":"","Id":"273672","Count":"2"}'
    done = call("translate", *ROUTE, "--direction", "request", "--to", "xml", stdin=asked)
    assert done.code == 0
    assert "Envelope" in done.out
    assert "ReleaseTask" in done.out
    back = call("translate", *ROUTE, "--direction", "request", "--to", "json", stdin=done.out)
    assert json.loads(back.out) == {"SessionId": None, "Id": "273672", "Count": "2"}
    newer = call("translate", *ROUTE, "--to", "xml", "--soap", "1.2", stdin=asked)
    assert "http://www.w3.org/2003/05/soap-envelope" in newer.out


def test_a_wsdl_alone_is_enough(call: Call) -> None:
    wsdl = ("--wsdl", "schemas/netid/portal.wsdl", "--service", "Portal", "--operation", "ReleaseTask")
    done = call("translate", *wsdl, "--to", "xml", stdin='{"Info":{"SessionId":"","Id":1,"Count":2}}')
    assert done.code == 0
    back = call("translate", *wsdl, "--to", "json", stdin=done.out)
    assert json.loads(back.out) == {"Info": {"SessionId": "", "Id": 1, "Count": 2}}


def test_an_envelope_names_its_operation_itself(call: Call) -> None:
    wsdl = ("--wsdl", "schemas/netid/portal.wsdl")
    asked = call("translate", *wsdl, "--operation", "GetTask", stdin='{"Info":{"SessionId":"","Id":1,"Count":2}}').out
    assert json.loads(call("translate", *wsdl, "--to", "json", stdin=asked).out)["Info"]["Id"] == 1


def test_one_wrong_envelope_for_another_operation_is_refused(call: Call) -> None:
    asked = call("translate", *ROUTE, "--to", "xml", stdin='{"SessionId":"","Id":"1","Count":"2"}').out
    done = call("translate", "config/netid.yaml", "--operation", "GetTask", "--to", "json", stdin=asked)
    assert (done.code, json.loads(done.err)["type"]) == (1, "/problems/invalid-message")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("config/netid.yaml", "--wsdl", "schemas/netid/portal.wsdl"),
        ("config/netid.yaml", "--element", "x"),
        ("config/netid.yaml", "--service", "x"),
        ("config/netid.yaml", "--route", "POST /nope"),
        ("config/netid.yaml", "--operation", "Nope"),
        ("config/netid.yaml",),
        ("--wsdl", "schemas/netid/portal.wsdl", "--route", "POST /x"),
        ("--xsd", "schemas/netid/portal.xsd", "--operation", "x"),
        ("--xsd", "schemas/netid/portal.xsd", "--element", "nope"),
        ("--xsd", "schemas/netid/portal.xsd"),
        ("config/netid.yaml", "--to", "yaml"),
        ("config/netid.yaml", "--direction", "sideways"),
    ],
)
def test_misuse_is_exit_2_in_words(call: Call, arguments: tuple[str, ...]) -> None:
    done = call("translate", *arguments, stdin="{}")
    assert (done.code, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize(
    "arguments",
    [("gone.yaml",), ("--wsdl", "gone.wsdl", "--operation", "x"), ("--xsd", "gone.xsd"), ("--xsd", "README.md")],
)
def test_a_refused_contract_is_exit_1(call: Call, arguments: tuple[str, ...]) -> None:
    done = call("translate", *arguments, stdin="{}")
    assert (done.code, done.out) == (1, "")
    assert "Traceback" not in done.err


# ---------------------------------------------------------------- --batch


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_line_gets_one_answer_in_order(call: Call, xsd: str) -> None:
    lines = [
        {"id": "a", "message": XML},
        {"id": "b", "message": json.dumps(JSON), "element": "order", "to": "xml"},
        {"id": "c", "message": '"hi"', "element": "{urn:t}note"},
        {"id": "d", "message": '<?xml version="1.0" encoding="utf-16"?>\n' + XML, "to": "json"},
        {"id": "e", "message": "\ufeff" + XML},
        {"id": "f", "message": "<a"},
        {"id": "g"},
        {"id": "h", "message": 7},
        {"id": "i", "message": "{}", "element": "nope"},
        {"id": "j", "message": "{}", "direction": "up"},
        {"id": "k", "message": "{}", "to": "yaml"},
        {"id": "l", "message": "{}", "element": 7},
        {"id": 7, "message": "<a"},
    ]
    stdin = "\n".join([*map(json.dumps, lines), "no json", "[1]", "", '{"id": "m", "message": "\\ud800"}'])
    done = call("translate", "--xsd", xsd, "--batch", stdin=stdin)
    assert done.code == 0
    found = answers(done.out)
    assert [(a["id"], a["ok"]) for a in found] == [
        *((name, True) for name in "abcde"),
        *((name, False) for name in "fghijkl"),
        (7, False),
        *((None, False) for _ in range(3)),
        ("m", False),
    ]
    assert json.loads(found[0]["message"]) == json.loads(found[3]["message"]) == json.loads(found[4]["message"]) == JSON
    assert found[1]["message"].startswith("<")
    assert all(set(a) == {"id", "ok", "message" if a["ok"] else "problem"} for a in found)
    assert all(a["problem"]["type"].startswith("/problems/") for a in found if not a["ok"])
    assert found[5]["problem"]["type"] == "/problems/malformed-xml"
    assert found[-1]["problem"]["type"] == "/problems/xml-illegal-character"


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        (b'{"id": NaN, "message": "{}"}', "malformed-json"),
        (b'{"id": "a", "message": "{}", "more": Infinity}', "malformed-json"),
        (b'"{}"', "malformed-json"),
        (b"null", "malformed-json"),
        (b"\xff", "malformed-json"),
        ('{"id": "a", "message": "{}"}'.encode("utf-16-le"), "malformed-json"),
        (b'{"id": "a", "message": "{}"', "malformed-json"),
        (b"[" * 100_000, "malformed-json"),
        (b'{"message": 1}', "bad-request"),
        (b'{"id": ["a"], "message": "{}"}', "bad-request"),
        (b'{"id": {}, "message": "{}"}', "bad-request"),
    ],
)
def test_a_line_that_names_nothing_is_answered_without_a_name(line: bytes, slug: str) -> None:
    class Takes:
        def translate(self, task: Task) -> bytes:
            return b"{}"

    out = io.BytesIO()
    batch(Takes(), Task(b""), io.BytesIO(line + b'\n{"id": "next", "message": "{}", "unknown": [1]}\n'), out)
    first, second = answers(out.getvalue().decode())
    assert (first["id"], first["ok"], first["problem"]["type"]) == (None, False, f"/problems/{slug}")
    assert second == {"id": "next", "ok": True, "message": "{}"}


@pytest.mark.parametrize(("given", "name"), [('"id": 7, ', 7), ('"id": null, ', None), ("", None), ('"id": "", ', "")])
def test_an_id_is_given_back_as_it_came(given: str, name: object) -> None:
    class Takes:
        def translate(self, task: Task) -> bytes:
            return b"{}"

    out = io.BytesIO()
    batch(Takes(), Task(b""), io.BytesIO(f'{{{given}"message": "{{}}"}}\n{{{given}"message": 1}}\n'.encode()), out)
    first, second = answers(out.getvalue().decode())
    assert first == {"id": name, "ok": True, "message": "{}"}
    assert (second["id"], second["ok"]) == (name, False)


def test_members_of_a_line_win_over_the_flags(call: Call) -> None:
    lines = [
        {"id": "1", "message": '{"SessionId":"","Id":"1","Count":"2"}'},
        {"id": "2", "message": '{"Info":{"SessionId":"","Id":"1","Count":"2"}}', "operation": "ExecuteTask"},
        {"id": "3", "message": '{"Info":{"SessionId":"","Id":"1","Count":"2"}}', "operation": "Login"},
        {"id": "4", "message": '{"Status":{"Code":"Success","Description":"Success"}}', "direction": "response"},
    ]
    done = call("translate", *ROUTE, "--batch", "--direction", "request", stdin="\n".join(map(json.dumps, lines)))
    found = answers(done.out)
    assert [a["ok"] for a in found] == [True, False, False, True]
    assert "ReleaseTaskResponse" in found[3]["message"]


def test_a_batch_has_the_limits_of_large(call: Call, xsd: str) -> None:
    long = {"id": 1, "line": ["x" * 100] * 12_000}
    line = json.dumps({"id": "1", "element": "order", "message": json.dumps(long)})
    assert answers(call("translate", "--xsd", xsd, "--batch", stdin=line).out)[0]["ok"]
    alone = call("translate", "--xsd", xsd, "--element", "order", stdin=json.dumps(long))
    assert (alone.code, json.loads(alone.err)["type"]) == (1, "/problems/payload-too-large")


def test_a_bug_in_one_line_does_not_cost_the_others_their_answers(capsys: pytest.CaptureFixture[str]) -> None:
    class Odd:
        def translate(self, task: Task) -> bytes:
            if task.message == b"bug":
                raise RuntimeError("secret")
            if task.message == b"misuse":
                raise Misuse("name it")
            if task.message == b"problem":
                raise Problem(Kind.MALFORMED_XML)
            return task.message

    lines = b"".join(json.dumps({"id": t, "message": t}).encode() + b"\n" for t in ("bug", "misuse", "problem", "fine"))
    out = io.BytesIO()
    batch(Odd(), Task(b""), io.BytesIO(lines), out)
    found = answers(out.getvalue().decode())
    assert [a["ok"] for a in found] == [False, False, False, True]
    assert found[0]["problem"]["status"] == 500
    assert "secret" not in json.dumps(found)
    assert "RuntimeError" in capsys.readouterr().err


def test_answers_are_flushed_line_by_line(xsd: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "translate", "--xsd", xsd, "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for name in ("1", "2"):
        process.stdin.write(json.dumps({"id": name, "message": XML}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == name
    process.stdin.close()
    assert process.wait(10) == 0
