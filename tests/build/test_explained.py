"""gateway.build.explained: what a request becomes at each step, by the parts that serve it; nothing is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.book import Built, build
from gateway.build.explained import explained, pasted, sample_request, told
from gateway.settings import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["netid", "projector"])
def built(request: pytest.FixtureRequest) -> Built:
    return build(load(ROOT / f"config/{request.param}.yaml", {}))


@pytest.fixture(scope="module")
def netid() -> Built:
    return build(load(ROOT / "config/netid.yaml", {}))


def test_the_sample_of_every_route_goes_all_the_way(built: Built) -> None:
    for service in built.services:
        for face in service.faces:
            steps = list(explained(built, service, face, sample_request(service, face)))
            titles = [step.title for step in steps]
            assert not any("refused" in title for title in titles), (face.route.path, steps[-1].text)
            assert "the client gets" in titles
            assert any(title.startswith("the service at") for title in titles)


def test_every_step_of_a_resource_is_shown(netid: Built) -> None:
    text = told(netid, pasted('PUT /tasks/7/hold\nAuthorization: Bearer hush\n\n'))
    assert "hush" not in text
    assert "PUT /tasks/7/hold" in text
    assert '"id": 7' in text
    assert "plug-ins fill in (samples here)\n/Info/Count, /Info/SessionId" in text
    assert "<tns:Id>7</tns:Id><tns:ReadOnly>false</tns:ReadOnly>" in text
    assert "<tns:SessionId>***</tns:SessionId>" in text
    assert '"holderId": 1' in text
    assert "HTTP 422" in text


def test_a_field_chooses_here_too(netid: Built) -> None:
    assert "form of BackTask" in told(netid, pasted('POST /tasks/7/actions\n\n{"action": "back"}'))
    assert "form of ExecuteTask" in told(netid, pasted('POST /tasks/7/actions\n\n{"action": "complete", "task": {}}'))


def test_a_refusal_is_the_last_step(netid: Built) -> None:
    text = told(netid, pasted('POST /api/task/get\n\n{"SessionId": "secret?", "Id": "x", "Count": "1"}'))
    assert "it is refused: the client gets\nHTTP 422" in text
    assert "secret?" not in text
    assert '"pointer": "/Id"' in text
    assert "the service answers" not in text


@pytest.mark.parametrize("text", ["", "GET", "GET tasks/7", "GET /tasks/7\nno field"])
def test_what_is_no_request_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|no header field"):
        pasted(text)


def test_where_nothing_is_served(netid: Built) -> None:
    with pytest.raises(ValueError, match="no route for GET /nowhere"):
        told(netid, pasted("GET /nowhere"))
