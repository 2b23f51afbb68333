"""gateway.commands.explain: an operation or route, in whichever order it is asked for."""

from __future__ import annotations

import pytest

from .conftest import Call


@pytest.mark.parametrize(
    "arguments",
    [
        ("config/netid.yaml", "POST /api/task/release"),
        ("POST /api/task/release", "config/netid.yaml"),
        ("config/netid.yaml", "POST", "/api/task/release"),
    ],
)
def test_a_route_is_explained_with_a_sample_of_each_message(call: Call, arguments: tuple[str, ...]) -> None:
    done = call("explain", *arguments)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "POST /api/task/release"
    assert "  operation    portal.ReleaseTask, writes" in lines
    assert "  protection   encryption required, signature none, clear text allowed" in lines
    assert "scalars: string, empties: null, unwrap request: Info, unwrap response: ReleaseTaskResult" in done.out
    steps = [line for line in lines if line.startswith("-- ")]
    assert len(steps) == 6
    assert steps[0] == "-- the client sends"
    assert steps[-1] == "-- had it been the fault PortalFault, the client would get"
    assert done.out.count("<soap:Envelope") == 2


def test_an_operation_is_explained_by_its_default_route(call: Call) -> None:
    done = call("explain", "--wsdl", "schemas/netid/portal.wsdl", "ReleaseTask")
    assert done.code == 0
    assert done.out.startswith("POST /Portal/ReleaseTask\n")
    assert "mapping      as it is" in done.out


@pytest.mark.parametrize(
    "arguments",
    [("ReleaseTask",), ("config/netid.yaml",), ("config/netid.yaml", "Nope"), ("config/netid.yaml", "GET /nope")],
)
def test_misuse(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("explain", *arguments).code == 2
