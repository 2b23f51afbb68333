"""The Projector tour's script alone: each step is built from the replies before it."""

from __future__ import annotations

import json

from gateway.demo import tour_projector
from gateway.demo.steps import Reply

HOLDERS = [{"EntityIdentity": {"EntityCode": "A"}}]
REPLIES = {
    "/authenticate": {"SessionTicket": "T"},
    "/projects/get": {"RateTaskTimestamp": "V"},
    "/task-types/save": {"fault": {"detail": {"LockHolders": HOLDERS}}},
}


def test_tickets_holders_and_versions_are_carried_on():
    script = tour_projector.steps("http://d", "http://c")
    sent, step = [], next(script)
    try:
        while True:
            if isinstance(step, str):
                step = script.send(Reply(0, {}, b""))
                continue
            path = step.url.removeprefix("http://d").removeprefix("http://c")
            sent.append((path, json.loads(step.body), step.status))
            step = script.send(Reply(200, {}, json.dumps(REPLIES.get(path, {})).encode()))
    except StopIteration:
        pass
    saves = [(body, status) for path, body, status in sent if path == "/task-types/save"]
    assert [status for _, status in saves] == [423, 423, 200, 412, 401]
    assert all(body["SessionTicket"] == "T" for body, _ in saves)
    assert [body.get("LocksToSteal") for body, _ in saves] == [None, HOLDERS, HOLDERS, None, None]
    assert saves[3][0]["RateTaskTimestamp"] == "V"
