"""gateway.build.behind: routes read backwards; one that cannot be is refused with its line, before any request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.build.book import Built, build
from gateway.build.describe import description
from gateway.settings import parse
from gateway.settings.mistakes import Refused
from tests.build.conftest import ROOT

GET = "{route: 'GET /orders/{id}', operation: GetOrder, unwrap: {response: [Order]}, parameters: [{in: path, name: id, to: /Id}]}"
SEARCH = "{route: GET /orders, operation: SearchOrders}"
PLACE = "{route: POST /orders, operation: PlaceOrder}"
CANCEL = "{route: 'DELETE /orders/{id}', operation: CancelOrder, parameters: [{in: path, name: id, to: /Id}]}"
HEAD = """services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    default_routes: false
"""


def book(upstream: list[str], front: list[str] | None = None, more: str = "", lines: str = "") -> Built:
    def listed(routes: list[str], blanks: str) -> str:
        return "".join(f"{blanks}- {route}\n" for route in routes)

    text = HEAD + lines + "    upstream:\n      url: http://127.0.0.1:1/v1\n      speaks: json\n" + more
    text += ("      routes:\n" + listed(upstream, "        ")) if upstream else ""
    text += ("    routes:\n" + listed(front, "      ")) if front else ""
    return build(parse(text, base=ROOT, env={}, file="c.yaml"))


def refused(*args: Any, **more: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        book(*args, **more)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_every_operation_has_its_call() -> None:
    table = book([GET, SEARCH, PLACE, CANCEL]).services[0].behind
    assert table is not None
    calls = {name: [(call.method, call.path, call.whole) for call in calls] for name, calls in table.calls.items()}
    assert calls == {
        "GetOrder": [("GET", "/orders/{id}", True)],
        "SearchOrders": [("GET", "/orders", False)],
        "PlaceOrder": [("POST", "/orders", False)],
        "CancelOrder": [("DELETE", "/orders/{id}", False)],
    }


def test_without_its_own_table_the_clients_routes_are_read_backwards() -> None:
    service = book([], [GET, SEARCH, PLACE, CANCEL]).services[0]
    assert service.behind is not None
    assert [call.path for call in service.behind.calls["GetOrder"]] == ["/orders/{id}"]
    assert [face.route.path for face in service.faces] == ["/orders/{id}", "/orders", "/orders", "/orders/{id}"]


def test_a_soap_service_has_no_table() -> None:
    text = HEAD + "    upstream: {url: 'http://127.0.0.1:1/v1'}\n"
    assert build(parse(text, base=ROOT, env={})).services[0].behind is None


@pytest.mark.parametrize(
    ("routes", "line", "words"),
    [
        ([GET, SEARCH, PLACE], 6, "the operation CancelOrder has no route to the service"),
        ([GET, SEARCH, PLACE, CANCEL, "{route: GET /x, operation: GetOder}"], 14, "the contract has no operation GetOder"),
        (
            [GET.replace("]}", "]}").replace("to: /Id}]", "to: /Id}, {in: query, name: x, to: /Id}]"), SEARCH, PLACE, CANCEL],
            10,
            "/Id is filled twice",
        ),
        (
            [GET, SEARCH.replace("}", ", mapping: {rename: {Nowhere: x}}}"), PLACE, CANCEL],
            11,
            "`rename` of Nowhere has no effect: no message of SearchOrders has it",
        ),
        ([GET.replace("GET", "HEAD"), SEARCH, PLACE, CANCEL], 10, "call it by GET"),
        ([GET, SEARCH, PLACE.replace("POST", "GET"), CANCEL], 12, "GET is for operations that read"),
        ([GET.replace("to: /Id", "to: /Key"), SEARCH, PLACE, CANCEL], 10, "the message has no member /Key"),
        ([GET.replace(", parameters: [{in: path, name: id, to: /Id}]", ""), SEARCH, PLACE, CANCEL], 10, "{id} is not bound"),
        ([GET, SEARCH, "{route: POST /orders, operation: PlaceOrder, empty: 404}", CANCEL], 12, "the contract's answer cannot be empty"),
        ([GET, SEARCH, PLACE.replace("}", ", body: {response: /No}}"), CANCEL], 12, "the message has no member /No"),
        ([GET, SEARCH, PLACE.replace("}", ", body: {request: /Line}}"), CANCEL], 12, "needs /Customer bound"),
        ([GET, SEARCH, PLACE, CANCEL, "{route: GET /other, operation: SearchOrders}"], 14, "this is never called: GET /orders"),
        ([GET, SEARCH, "{route: POST /orders, operation: PlaceOrder, location: '/x/{/No}'}", CANCEL], 12, "the message has no member /No"),
        ([GET, SEARCH, "{route: POST /orders, operation: PlaceOrder, version: {request: /No}}", CANCEL], 12, "no member /No"),
        ([GET, SEARCH, PLACE, CANCEL.replace("]}", "], version: {reply: /Version}}")], 13, "the message has no member /Version"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_backwards_is_refused_with_its_line(routes: list[str], line: int, words: str) -> None:
    (mistake,) = refused(routes)
    assert mistake.startswith(f"c.yaml:{line}:")
    assert words in mistake


@pytest.mark.parametrize(
    ("lines", "more", "line", "words"),
    [
        ("    accept_bare_reply: Order\n", "", 6, "this is of a service that speaks SOAP"),
        ("", "      soap: '1.1'\n", 9, "this is of a service that speaks SOAP"),
        ("", "      action_headers: [A]\n", 9, "this is of a service that speaks SOAP"),
        (
            "",
            "      faults:\n        - {status: 404, name: OrderNotFound, detail: '', members: {/Id: /id}}\n",
            10,
            "exclude each other",
        ),
    ],
)
def test_what_has_no_effect_is_refused_with_its_line(lines: str, more: str, line: int, words: str) -> None:
    (mistake,) = refused([GET, SEARCH, PLACE, CANCEL], lines=lines, more=more)
    assert mistake.startswith(f"c.yaml:{line}:")
    assert words in mistake


def test_a_rename_of_a_faults_detail_has_its_effect_on_the_services_side() -> None:
    rename = ", mapping: {rename: {OrderNotFound/Id: number, GetOrderResponse/Order: order}}}"
    found = GET[: -len("}")].replace(" unwrap: {response: [Order]},", "") + rename
    service = book([found, SEARCH, PLACE, CANCEL]).services[0]
    assert service.behind is not None
    (call,) = service.behind.calls["GetOrder"]
    declared = next(each for name, each in call.refusals.declared.items() if name.endswith("}OrderNotFound"))
    assert ">7</" in declared.face.encode({"number": 7})


def test_a_rename_of_the_service_that_none_of_its_messages_has_is_refused() -> None:
    routes = [GET, SEARCH, PLACE, CANCEL]
    book(routes, lines="    mapping: {rename: {OrderNotFound/Id: number, Customer: who, CancelOrder/Reason: why}}\n")
    (mistake,) = refused(routes, lines="    mapping: {rename: {Customer: who, Nowhere: x}}\n")
    assert "c.yaml:6:" in mistake
    assert "mapping.rename.Nowhere: `rename` of Nowhere has no effect: no message of the service has it" in mistake


def test_what_is_of_a_routes_clients_has_no_effect_on_the_services_side() -> None:
    (mistake,) = refused([GET, SEARCH, PLACE, CANCEL.replace("]}", "], cache: 3}")])
    assert "services.orders.upstream.routes[3].cache: this has no effect" in mistake


@pytest.mark.parametrize(
    ("upstream", "words"),
    [
        ("{routes: [{route: GET /x, operation: X}]}", "upstream.routes: this is of a service that speaks JSON"),
        ("{faults: [{status: 404, name: X}]}", "upstream.faults: this is of a service that speaks JSON"),
        ("{speaks: json, routes: [" + ", ".join([GET, SEARCH, PLACE, CANCEL]) + "]}", "upstream: `speaks: json` needs `url`"),
    ],
)  # fmt: skip
def test_a_language_has_its_settings(upstream: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        build(parse(HEAD + f"    upstream: {upstream}\n", base=ROOT, env={}))
    (mistake,) = map(str, caught.value.mistakes)
    assert words in mistake


def test_several_calls_of_one_operation_are_told_apart_by_a_constant() -> None:
    shipped = "{route: GET /shipped, operation: SearchOrders, constants: {/State: [shipped]}}"
    table = book([GET, shipped, SEARCH, PLACE, CANCEL]).services[0].behind
    assert table is not None
    assert [call.path for call in table.calls["SearchOrders"]] == ["/shipped", "/orders"]


def test_rules_for_faults_are_read_backwards_where_the_table_is() -> None:
    faults = "    faults:\n      - {name: OrderNotFound, status: 404}\n      - {path: /State, equals: shipped, status: 409}\n      - {code: Sender, status: 400}\n"
    service = book([], [GET, SEARCH, PLACE, CANCEL], lines=faults).services[0]
    assert service.behind is not None
    get, cancel = (service.behind.calls[name][0].refusals.rules for name in ("GetOrder", "CancelOrder"))
    names = [[name.rpartition("}")[2] for name in rule.faults] for rule in cancel]
    assert names == [["OrderNotFound"], ["OrderNotFound", "OrderClosed"], []]
    assert [rule.status for rule in get] == [404, 409, 400]
    own = book([GET, SEARCH, PLACE, CANCEL], lines=faults).services[0].behind
    assert own is not None
    assert own.calls["GetOrder"][0].refusals.rules == ()


def test_a_rule_names_members_that_the_detail_has() -> None:
    faults = "      faults: [{status: 404, name: OrderNotFound, members: {/Key: /id}}]\n"
    found = refused([GET, SEARCH, PLACE, CANCEL], more=faults)
    assert all("the message has no member /Key" in mistake for mistake in found)


def test_openapi_has_the_declared_faults_with_their_types_and_the_services_statuses() -> None:
    faults = "      faults:\n        - {status: 410, name: OrderNotFound}\n        - {type: 'urn:closed', name: OrderClosed}\n"
    front = ["{route: 'POST /x/{id}', operation: CancelOrder, parameters: [{in: path, name: id, to: /Id}]}"]
    document = description(book([GET, SEARCH, PLACE, CANCEL], front, more=faults))
    responses = document["paths"]["/x/{id}"]["post"]["responses"]
    told = {status: json.dumps(responses[status]) for status in ("410", "422")}
    assert "fault OrderNotFound" in told["410"]
    assert "schemas/OrderNotFound" in told["410"]
    assert "schemas/OrderClosed" in told["422"]
    ruled = "    faults: [{name: OrderNotFound, status: 404}]\n"
    document = description(book([GET, SEARCH, PLACE, CANCEL], front, more=faults, lines=ruled))
    assert "fault OrderNotFound" in json.dumps(document["paths"]["/x/{id}"]["post"]["responses"]["404"])


def test_a_sealed_call_has_nothing_beside_its_body() -> None:
    sealed = "    operations: {GetOrder: {encryption: required}}\n"
    (told,) = refused([GET, SEARCH, PLACE, CANCEL], lines=sealed)
    assert "c.yaml:11" in told
    assert "GetOrder must be encrypted" in told
    assert "hold id in clear" in told
    clear = "    operations: {GetOrder: {encryption: required, dangerous_allow_clear_text: true}}\n"
    assert book([GET, SEARCH, PLACE, CANCEL], lines=clear)
    body = "{route: POST /orders/get, operation: GetOrder, unwrap: {response: [Order]}}"
    assert book([body, SEARCH, PLACE, CANCEL], lines=sealed)
