"""The book: everything that one configuration serves, every mistake told at once."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.build.book import build
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.build.conftest import HEAD, ROOT

READ = (
    "operation: ReleaseTask, unwrap: {request: [Info]}, parameters: [{in: query, name: s, to: /SessionId},"
    " {in: query, name: c, to: /Count},"
)


def test_everything_is_found_by_its_names(book: Any) -> None:
    built = book("routes:\n  - route: POST /release\n    operation: ReleaseTask")
    service, bound = built.find("ReleaseTask")
    assert (service.name, service.path, bound.operation.name) == ("portal", "/portal", "ReleaseTask")
    assert built.find("ReleaseTask", service.service.name) is not None
    assert built.find("ReleaseTask", "other") is None
    assert built.find("Nothing") is None
    assert built.route("POST /release")[1].bound is bound
    assert built.route("GET /release") is None
    assert service.face("ReleaseTask").settings is None, "the default face"
    assert service.bound("Nothing") is None
    assert {face.route.path for face in service.faces} >= {"/release", "/portal/ReleaseTask"}


def test_without_default_routes_only_the_configured_ones_stand(book: Any) -> None:
    built = book("default_routes: false\nroutes:\n  - route: POST /release\n    operation: ReleaseTask")
    assert [face.route.path for face in built.services[0].faces] == ["/release"]


def test_every_mistake_is_told_with_its_line(book: Any) -> None:
    with pytest.raises(Refused) as caught:
        book(
            "routes:\n  - route: POST /a\n    operation: Nobody\n"
            "  - route: POST /b\n    operation: ReleaseTask\n    unwrap: {request: [Nothing]}\n"
            "  - route: POST /portal/GetTask\n    operation: ReleaseTask"
        )
    told = str(caught.value)
    assert "the contract has no operation Nobody" in told
    assert "Nothing" in told
    assert "POST /portal/GetTask is served already" in told
    assert len(caught.value.mistakes) == 3
    assert [mistake.line for mistake in caught.value.mistakes] == [7, 8, 11]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        (f"  - {{route: GET /openapi.json, {READ} {{in: query, name: i, to: /Id}}]}}", "by the gateway itself"),
        (f"  - {{route: 'GET /problems/{{x}}', {READ} {{in: path, name: x, to: /Id}}]}}", "by the gateway itself"),
        ("  - {route: POST /portal, operation: Login}", "POST /portal is served already, by portal"),
        (
            "  - {route: 'POST /a/{x}', operation: ReleaseTask, unwrap: {request: [Info]},"
            " parameters: [{in: path, name: x, to: /Id}]}\n"
            "  - {route: 'POST /a/{y}', operation: ReleaseTask, unwrap: {request: [Info]},"
            " parameters: [{in: path, name: y, to: /Id}]}",
            "by portal/ReleaseTask",
        ),
    ],
)
def test_what_two_claim_is_a_mistake_of_the_configuration(book: Any, routes: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        book(f"operations: {{ReleaseTask: {{writes: false}}}}\nroutes:\n{routes}")


def test_two_services_at_one_path() -> None:
    text = HEAD + "  other:\n    wsdl: schemas/netid/portal.wsdl\n    path: /portal\n    default_routes: false\n"
    with pytest.raises(Refused, match="GET /portal is served already, by portal"):
        build(parse(text, base=ROOT, env={}))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("service: Nobody", "there is no service Nobody"),
        ("port: Nobody", "there is no port"),
        ("operations: {Nobody: {writes: false}}", "the contract has no operation Nobody"),
    ],
)
def test_what_the_contract_does_not_have(book: Any, lines: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        book(lines)


def test_two_services_of_one_contract_share_what_was_compiled() -> None:
    text = HEAD + "  other:\n    wsdl: schemas/netid/portal.wsdl\n    path: /other\n"
    one, other = build(parse(text, base=ROOT, env={})).services
    assert one.bench is other.bench
    assert one.operations[0].operation.service == "portal"
    assert other.operations[0].operation.service == "other"
