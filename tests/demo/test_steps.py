"""A tour's step: the command that is shown is the request that is sent, and its judge is heard."""

from __future__ import annotations

import io
import shlex

import aiohttp
import pytest

from gateway.demo.server import Answer, serve
from gateway.demo.steps import Reply, Step, Walk, elements, holds, members, only, part, pretty


def reply(body, kind="application/json", status=200):
    return Reply(status, {"Content-Type": kind}, body)


async def walk(*steps, answer=b'{"a": {"b": "1"}}'):
    seen = []

    async def service(call):
        seen.append(call)
        return Answer(200, answer, "application/json")

    running = await serve(service)
    out = io.StringIO()
    async with aiohttp.ClientSession() as client:
        tour = Walk(out, client)
        for step in steps:
            await tour.take(step(running.base))
    await running.stop()
    return tour, out.getvalue(), seen


async def test_what_is_shown_is_what_is_sent():
    body = '{"Name": "O\'Neil"}'
    tour, shown, (call,) = await walk(
        lambda base: Step(
            "T",
            "POST",
            f"{base}/x?y=1",
            200,
            members(a__b="1"),
            headers={"Content-Type": "application/json"},
            body=body,
        )
    )
    assert tour.wrong == []
    command = shown[shown.index("$ ") + 2 :].split("\n\n")[0]
    words = [word for word in shlex.split(command) if word.strip()]
    assert words[:2] == ["curl", "-i"]
    assert words[words.index("--data-binary") + 1] == call.body.decode() == body
    assert f"{call.path}?{call.query}" == "/x?y=1"
    assert '"b": "1"' in shown


async def test_a_wrong_status_a_wrong_body_and_no_answer_are_told():
    tour, shown, _ = await walk(
        lambda base: Step("S", "GET", base, 404, members()),
        lambda base: Step("B", "GET", base, 200, members(a__b="2")),
        lambda base: Step("N", "GET", "http://127.0.0.1:1/", 200, members()),
    )
    assert len(tour.wrong) == 3
    assert "the status is 200, not 404" in tour.wrong[0]
    assert "a.b is '1', not '2'" in tour.wrong[1]
    assert "no answer" in tour.wrong[2]
    assert shown.count("NOT AS IT MUST BE") == 3


@pytest.mark.parametrize(
    ("judge", "body", "wrong"),
    [
        (members(a="x"), b'{"a": "x"}', 0),
        (members(a="x", b=1), b"[]", 2),
        (members(a="x"), b"no", 1),
        (elements(a__b="x"), b"<r><a xmlns='urn:x'><b> x </b></a></r>", 0),
        (elements(a__b="x"), b"<r><b>x</b></r>", 1),
        (elements(a="x"), b"no", 1),
        (holds("x", "y"), b"xz", 1),
    ],
)
def test_judges(judge, body, wrong):
    assert len(list(judge(reply(body)))) == wrong


def test_bodies_are_indented_by_kind():
    assert pretty(reply(b'{"a":"\xc3\xa5"}')) == '{\n  "a": "å"\n}'
    assert pretty(reply(b"<a><b>1</b></a>", "text/xml")) == "<a>\n  <b>1</b>\n</a>\n"
    assert pretty(reply(b"<a", "text/xml")) == "<a"
    assert pretty(reply(b"x 1\ny 2", "text/plain")) == "x 1\ny 2"
    assert pretty(reply(b"")) == ""
    assert only("y")(reply(b"x 1\ny 2", "text/plain")).splitlines() == ["…", "y 2", "… (7 bytes in all)"]


def test_a_part_is_shown_by_its_path():
    shown = part("a.0.b", "z")(reply(b'{"a": [{"b": [1]}]}'))
    assert shown == '… "a.0.b": [\n  1\n]\n… "z": null\n… (19 bytes in all)'


async def test_a_long_body_is_cut_and_says_so():
    _, shown, _ = await walk(lambda base: Step("L", "GET", base, 200, members()), answer=b"[" + b"1," * 99 + b"1]")
    assert "more lines)" in shown
