"""The Projector tour's script alone: each step is built from the replies before it."""

from __future__ import annotations

import json

from gateway.demo import tour_projector
from gateway.demo.steps import Reply

PROJECT = f"/projects/{tour_projector.PROJECT}"
TYPES = f"{PROJECT}/task-types"


def answers():
    """One token a conflict, another version each time."""
    number = 0
    while True:
        number += 1
        fields = {"ETag": f'"v{number}"', "Location": f"{TYPES}/7"}
        yield Reply(200, fields, json.dumps({"token": f"t{number}", "id": f"s{number}"}).encode())


def test_tokens_versions_places_and_sets_are_carried_on():
    script, replies = tour_projector.steps("http://d", "http://c"), answers()
    sent, step = [], next(script)
    try:
        while True:
            if isinstance(step, str):
                step = script.send(Reply(0, {}, b""))
                continue
            sent.append((step.method, step.url.removeprefix("http://d"), dict(step.headers), step.status))
            step = script.send(next(replies))
    except StopIteration:
        pass
    saves = [(fields, status) for method, path, fields, status in sent if (method, path) == ("POST", TYPES)]
    assert [status for _, status in saves] == [423, 412, 201, 423, 201]
    assert [fields.get("Steal-Token") for fields, _ in saves] == [None, "t3", "t5", None, None]
    changes = [(fields.get("If-Match"), status) for method, path, fields, status in sent if path == f"{TYPES}/7"]
    assert changes == [(None, 428), ('"v1"', 412), ('"v6"', 200)]
    assert saves[4][0]["Lock-Set"] == "s12"
    assert sent[-1][:2] == ("DELETE", "/locks/s12")
    assert not any("SessionTicket" in str(each) for each in sent)
