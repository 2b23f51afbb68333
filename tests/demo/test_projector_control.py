"""Test control over HTTP: each verb has its effect, and none is there without `control`."""

from __future__ import annotations

import aiohttp


async def test_every_verb(call, projector):
    told = await call.control("plant", user="bea", project="P002001-001", stealable=False)
    assert told["lock_sets"][0]["user"] == "bea"
    taken = await call.control("plant", user="carl", project="P002001-001", steal=True)
    assert [one["user"] for one in taken["lock_sets"]] == ["carl"]
    assert projector.locks.sets[told["result"]].thieves
    assert (await call.control("drop", set=taken["result"]))["lock_sets"] == []
    assert (await call.control("bump", project="P002001-001"))["result"] == projector.state.projects[0].rate_token()
    assert (await call.control("rules", rate_limit=7))["result"] is None
    assert projector.state.rules.rate_limit == 7
    await call.control("redirect", account="DEMO", url="http://x/")
    assert projector.state.redirects == {"DEMO": "http://x/"}
    await call.control("redirect", account="DEMO")
    assert projector.state.redirects == {}
    await call.control("delay", seconds=0.5)
    assert projector.delay == 0.5
    assert (await call.control("expire", user="gateway"))["tickets"] == 0
    assert "error" in await call.control("advance", seconds=5)  # this clock is the test's own
    assert "error" in await call.control("nope")
    assert "error" in await call.control("plant", user="nobody", project="P002001-001")


async def test_without_control_there_is_nothing(call, projector):
    projector.control = False
    async with aiohttp.ClientSession() as client:
        answer = await client.post(f"{call.base}/control/expire", data=b"{}")
    assert answer.status == 415
    assert projector.state.tickets
