"""gateway.layers.precondition: the present ETag is read first; only a strong match lets the write through."""

from __future__ import annotations

import pytest

from gateway.core.message import Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.conditions import strong_match
from gateway.layers.precondition import precondition

ASKED: list[Wire] = []


def stacked(*, required: bool = False, status: int = 200, tag: str = '"v1"'):
    ASKED.clear()

    async def read(wire: Wire) -> Wire:
        ASKED.append(wire)
        return Wire({"etag": tag} if tag else {}, b"{}", status=status)

    async def write(wire: Wire) -> Wire:
        ASKED.append(wire)
        return Wire({}, b"", status=204)

    return precondition(read, lambda names: f"/tasks/{names['id']}", strong_match, required=required)(write)


def wire(if_match: str | None = None) -> Wire:
    headers = {"content-type": "application/json", "authorization": "Basic eDp5"}
    if if_match is not None:
        headers["if-match"] = if_match
    return Wire(headers, b"{}", method="PUT", path="/tasks/7/x", facts={"request_id": "r", "path": {"id": "7"}})


@pytest.mark.parametrize("given", ['"v1"', '"v0", "v1"', "*"])
async def test_a_match_writes_after_one_read_by_the_same_caller(given: str) -> None:
    reply = await stacked()(wire(given))
    assert (reply.status, len(ASKED)) == (204, 2)
    read = ASKED[0]
    assert (read.method, read.path, read.body) == ("GET", "/tasks/7", b"")
    assert read.headers["authorization"] == "Basic eDp5"
    assert read.headers["cache-control"] == "no-cache"
    assert "if-match" not in read.headers


@pytest.mark.parametrize("given", ['"v2"', 'W/"v1"', '"v1x"'])
async def test_no_match_writes_nothing(given: str) -> None:
    with pytest.raises(Problem) as told:
        await stacked()(wire(given))
    assert (told.value.kind, told.value.headers["etag"]) == (Kind.PRECONDITION_FAILED, '"v1"')
    assert [each.method for each in ASKED] == ["GET"]


async def test_what_cannot_be_read_is_answered_as_the_read_was() -> None:
    reply = await stacked(status=404)(wire('"v1"'))
    assert (reply.status, len(ASKED)) == (404, 1)


async def test_without_one_it_is_demanded_or_not() -> None:
    assert (await stacked()(wire())).status == 204
    with pytest.raises(Problem) as told:
        await stacked(required=True)(wire())
    assert told.value.kind is Kind.PRECONDITION_REQUIRED
    assert not ASKED


async def test_a_tag_that_is_none_is_told() -> None:
    with pytest.raises(Problem) as told:
        await stacked()(wire("v1"))
    assert told.value.kind is Kind.PARAMETER_INVALID
