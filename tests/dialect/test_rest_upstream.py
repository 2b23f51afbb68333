"""The half that faces a JSON service: one call out of a message, one message out of an answer."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.build.book import Built, build
from gateway.build.doors import soap_address
from gateway.build.outward import upstream_dialect
from gateway.core.limits import DEFAULT
from gateway.core.message import Exchange, HeaderBlock, Message, Wire
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest_upstream import RestUpstream
from gateway.dialect.soap_client import SoapClient
from gateway.settings import parse
from tests.build.conftest import ROOT
from tests.dialect.conftest import BUY, WSDL, envelope

CONFIG = """
services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    upstream:
      url: http://127.0.0.1:1/v1
      speaks: json
      headers: {X-Key: k}
      routes:
        - route: GET /orders/{id}
          operation: GetOrder
          unwrap: {response: [Order]}
          parameters: [{in: path, name: id, to: /Id}]
          version: {reply: /Version}
          headers: [{name: Tenant, http: X-Tenant}]
        - {route: GET /open, operation: SearchOrders, constants: {/State: [open]}, parameters: [{in: query, name: c, to: /Customer}]}
        - route: GET /customers/{name}/orders
          operation: SearchOrders
          parameters: [{in: path, name: name, to: /Customer}, {in: query, name: n, to: /Limit}]
        - {route: POST /orders, operation: PlaceOrder, location: "/orders/{/Id}"}
        - route: POST /orders/{id}/cancel
          operation: CancelOrder
          parameters: [{in: path, name: id, to: /Id}]
          version: {request: /Version}
    operations: {CancelOrder: {timeout: 3}}
"""


@pytest.fixture(name="orders", scope="module")
def _orders() -> Built:
    return build(parse(CONFIG, base=ROOT, env={}))


@pytest.fixture(name="dialect")
def _dialect(orders: Built) -> RestUpstream:
    dialect = upstream_dialect(orders.services[0], "/v1", "v=2", DEFAULT)
    assert isinstance(dialect, RestUpstream)
    return dialect


@pytest.fixture(name="asking")
def _asking(orders: Built) -> Any:
    def of(name: str, value: Any, **headers: str) -> Exchange:
        operation = orders.find(name)[1].operation  # type: ignore[index]
        blocks = tuple(HeaderBlock(f"{{urn:example:orders}}{key}", text) for key, text in headers.items())
        return Exchange(operation, Message(operation.faces["1.1"].request, value=value, headers=blocks))

    return of


def line(wire: Wire) -> str:
    return f"{wire.method} {wire.path}?{wire.query}"


def test_a_call_has_its_line_its_fields_and_no_body_where_none_is_left(dialect: RestUpstream, asking: Any) -> None:
    tenant = '<o:Tenant xmlns:o="urn:example:orders">acme</o:Tenant>'
    exchange = asking("GetOrder", {"Id": 7}, Tenant=tenant)
    exchange.facts["traceparent"] = "00-x"
    exchange.upstream_headers["x-session"] = "s"
    wire = dialect.write_request(exchange)
    assert (line(wire), wire.body) == ("GET /v1/orders/7?v=2", b"")
    assert wire.headers == {
        "accept": "application/json, application/problem+json",
        "traceparent": "00-x",
        "x-tenant": "acme",
        "x-key": "k",
        "x-session": "s",
    }
    assert wire.facts == {}
    assert dialect.write_request(asking("CancelOrder", {"Id": 7})).facts == {"timeout": 3}


def test_a_step_of_the_path_cannot_leave_it(dialect: RestUpstream, asking: Any) -> None:
    wire = dialect.write_request(asking("SearchOrders", {"Customer": "a/b?c=d&é ../"}))
    assert line(wire) == "GET /v1/customers/a%2Fb%3Fc%3Dd%26%C3%A9%20..%2F/orders?v=2"
    for text in ("..", ".", ""):
        with pytest.raises(Problem) as caught:
            dialect.write_request(asking("SearchOrders", {"Customer": text}))
        assert caught.value.kind is Kind.INVALID_MESSAGE


def test_the_message_chooses_between_the_calls_of_its_operation(dialect: RestUpstream, asking: Any) -> None:
    assert line(dialect.write_request(asking("SearchOrders", {"State": ["open"]}))) == "GET /v1/open?v=2"
    both = asking("SearchOrders", {"Customer": "x", "State": ["open"]})
    assert line(dialect.write_request(both)) == "GET /v1/open?v=2&c=x"
    named = asking("SearchOrders", {"Customer": "x", "Limit": 3})
    assert line(dialect.write_request(named)) == "GET /v1/customers/x/orders?v=2&n=3"
    with pytest.raises(Problem) as caught:
        dialect.write_request(asking("SearchOrders", {"State": ["shipped"]}))
    assert (caught.value.kind, caught.value.status) == (Kind.INVALID_MESSAGE, 422)
    with pytest.raises(Problem) as caught:  # the only call that fits has no place for the State
        dialect.write_request(asking("SearchOrders", {"Customer": "x", "State": ["shipped"]}))
    assert [finding.pointer for finding in caught.value.findings] == ["/State"]


def test_the_version_goes_out_as_if_match_and_comes_back_as_etag(dialect: RestUpstream, asking: Any) -> None:
    wire = dialect.write_request(asking("CancelOrder", {"Id": 7, "Version": "a b", "Reason": "x"}))
    assert (wire.headers["if-match"], json.loads(wire.body)) == ('"a%20b"', {"Reason": "x"})
    exchange = asking("GetOrder", {"Id": 7})
    dialect.write_request(exchange)
    order = {"Id": 7, "Customer": "x", "State": "open", "Line": [{"Article": "a", "Count": 1}]}
    for tag, version in (('"a%20b"', "a b"), ('W/"v1"', "v1"), ('"a%zz"', "a%zz"), ("none", None), ("", None)):
        value = dialect.read_reply(exchange, Wire({"etag": tag}, json.dumps(order).encode(), status=200)).value()
        assert value["Order"].get("Version") == version  # type: ignore[index,union-attr,call-overload]
    own = json.dumps({**order, "Version": "mine"}).encode()
    assert dialect.read_reply(exchange, Wire({"etag": '"x"'}, own, status=200)).value()["Order"]["Version"] == "mine"  # type: ignore[index,call-overload]


def test_what_was_made_is_read_from_its_location(dialect: RestUpstream, asking: Any) -> None:
    exchange = asking("PlaceOrder", {"Customer": "x", "Line": [{"Article": "a", "Count": 1}]})
    wire = dialect.write_request(exchange)
    assert (line(wire), json.loads(wire.body)) == ("POST /v1/orders?v=2", {"Customer": "x", "Line": [{"Article": "a", "Count": 1}]})  # fmt: skip
    for place in ("http://h/v1/orders/9", "/orders/9/", "/any/where/orders/9?x=/orders/8"):
        reply = dialect.read_reply(exchange, Wire({"location": place}, b"", status=201))
        assert reply.value() == {"Id": 9}
    body = b'{"Id": 8}'
    assert dialect.read_reply(exchange, Wire({"location": "/orders/9"}, body, status=201)).value() == {"Id": 8}
    for place in ("/elsewhere/9", "http://[", "/orders/", "/orders/x"):
        with pytest.raises(Problem) as caught:
            dialect.read_reply(exchange, Wire({"location": place}, b"", status=201))
        assert (caught.value.kind, caught.value.outcome) == (Kind.UPSTREAM_SCHEMA_VIOLATION, "unknown")


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (200, {"content-type": "text/html"}, b"<p>", Kind.UPSTREAM_NOT_JSON),
        (200, {"content-type": "application/json"}, b"<p>", Kind.UPSTREAM_NOT_JSON),
        (200, {"content-type": "application/json"}, b"{", Kind.UPSTREAM_MALFORMED),
        (200, {}, b"nothing", Kind.UPSTREAM_NOT_JSON),
        (200, {}, b'{"Id": 1}', Kind.UPSTREAM_SCHEMA_VIOLATION),
        (200, {}, b'{"Id": 1, "Id": 2}', Kind.UPSTREAM_MALFORMED),
        (401, {}, b"", Kind.UPSTREAM_AUTH),
        (407, {}, b"{}", Kind.UPSTREAM_AUTH),
        (502, {"content-type": "text/html"}, b"<html>", Kind.UPSTREAM_NOT_JSON),
        (504, {}, b"", Kind.UPSTREAM_NOT_JSON),
        (503, {"content-type": "application/json"}, b'{"title": "x"}', Kind.UPSTREAM_UNAVAILABLE),
    ],
)
def test_an_answer_that_is_none_is_the_services_problem(
    dialect: RestUpstream, asking: Any, status: int, headers: dict[str, str], body: bytes, kind: Kind
) -> None:
    exchange = asking("GetOrder", {"Id": 7})
    dialect.write_request(exchange)
    with pytest.raises(Problem) as caught:
        dialect.read_reply(exchange, Wire(headers, body, status=status))
    assert caught.value.kind is kind


def test_a_good_answer_is_read_whatever_its_media_type(dialect: RestUpstream, asking: Any) -> None:
    exchange = asking("SearchOrders", {"State": ["open"]})
    dialect.write_request(exchange)
    for kind in ("application/json", "application/hal+json; charset=utf-8", "text/plain", ""):
        reply = dialect.read_reply(exchange, Wire({"content-type": kind}, b'{"Order": []}', status=200))
        assert reply.value() == {}


@pytest.mark.parametrize(("status", "code"), [(400, "Sender"), (404, "Sender"), (429, "Sender"), (500, "Receiver")])
def test_a_refusal_is_a_fault_with_its_status(dialect: RestUpstream, asking: Any, status: int, code: str) -> None:
    exchange = asking("GetOrder", {"Id": 7})
    dialect.write_request(exchange)
    fault = dialect.read_reply(exchange, Wire({}, b'{"title": "No"}', status=status)).fault
    assert fault is not None
    assert (fault.code, fault.status, fault.reason) == (code, status, "No")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
_NAMES = st.sampled_from(["type", "title", "detail", "status", "fault", "name", "code", "Id", "Customer", "Line", "errors"])
_bodies = st.one_of(
    st.binary(max_size=30),
    _json.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(_NAMES, _json, max_size=5).map(lambda value: json.dumps(value).encode()),
)
_fields = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "application/problem+json", "text/html", "x", ""]),
        "etag": st.text(max_size=6),
        "location": st.text(max_size=12) | st.sampled_from(["/orders/1", "http://[", "/orders/%ff", "//x/orders/a b"]),
        "retry-after": st.sampled_from(["3", "soon"]),
    },
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GetOrder", {"Id": 7}),
        ("SearchOrders", {"State": ["open"]}),
        ("PlaceOrder", {"Customer": "x", "Line": [{"Article": "a", "Count": 1}]}),
        ("CancelOrder", {"Id": 7}),
    ],
)
@given(status=st.integers(200, 299) | st.integers(400, 599), headers=_fields, body=_bodies)
def test_whatever_a_service_answers_is_an_answer_a_fault_or_its_own_problem(
    orders: Built, name: str, value: Any, status: int, headers: dict[str, str], body: bytes
) -> None:
    service = orders.services[0]
    dialect = upstream_dialect(service, "/v1", "", DEFAULT)
    operation = service.bound(name).operation  # type: ignore[union-attr]
    exchange = Exchange(operation, Message(operation.faces["1.1"].request, value=value))
    dialect.write_request(exchange)
    try:
        reply = dialect.read_reply(exchange, Wire(headers, body, status=status))
    except Problem as problem:
        told = problem
    else:
        told = None
    if told is not None:
        assert told.kind.row.side == "upstream"
        return
    client = SoapClient(service.speaker, soap_address(service.path, service.operations, service.settings, DEFAULT))
    for version in ("1.1", "1.2"):
        exchange.facts["soap"] = version
        wire = client.write_reply(exchange, reply)
        again = operation.faces[version].reply.parse(wire.body)  # what is written can be read
        assert again.is_fault is (reply.fault is not None)
        if reply.fault is None:
            assert operation.faces[version].reply.decode(again) == reply.value()
    assert (reply.fault is not None) is (status >= 400)


SHAPED = """
services:
  orders:
    wsdl: schemas/orders/orders.wsdl
    path: /soap
    upstream:
      url: http://127.0.0.1:1/v1
      speaks: json
      routes:
        - route: POST /orders
          operation: GetOrder
          body: {response: /Order}
          when: {in: body, name: action, equals: get}
        - {route: GET /orders, operation: SearchOrders, when: {in: query, name: do, equals: "find & go"}, body: {response: /Order}, parameters: [{in: query, name: s, to: /State, list: comma}, {in: query, name: c, to: /Customer}]}
        - {route: "PUT /of/{customer}", operation: PlaceOrder, body: {request: /Line}, mapping: {rename: {Article: sku}}, parameters: [{in: path, name: customer, to: /Customer}]}
        - {route: POST /late, operation: CancelOrder, when: {in: body, name: Reason, equals: late}}
        - {route: POST /other, operation: CancelOrder, when: {in: header, name: X-Kind, equals: other}}
"""


@pytest.fixture(name="shaped", scope="module")
def _shaped() -> Built:
    return build(parse(SHAPED, base=ROOT, env={}))


def shaped_call(shaped: Built, name: str, value: Any) -> tuple[Wire, Any]:
    dialect = upstream_dialect(shaped.services[0], "/v1", "", DEFAULT)
    operation = shaped.find(name)[1].operation  # type: ignore[index]
    exchange = Exchange(operation, Message(operation.faces["1.1"].request, value=value))
    wire = dialect.write_request(exchange)
    return wire, lambda body: dialect.read_reply(exchange, Wire({}, body, status=200))


ORDER: Any = {"Id": 7, "Customer": "x", "State": "open", "Line": [{"Article": "a", "Count": 1}]}


def test_a_bare_array_is_a_member_that_repeats_and_a_list_is_one_text(shaped: Built) -> None:
    wire, read = shaped_call(shaped, "SearchOrders", {"Customer": "a,b", "State": ["open", "shipped"]})
    assert line(wire) == "GET /v1/orders?s=open,shipped&c=a%2Cb&do=find%20%26%20go"
    assert read(json.dumps([ORDER, ORDER]).encode()).value() == {"Order": [ORDER, ORDER]}
    assert read(b"[]").value() == {}
    assert read(b"").value() == {}
    with pytest.raises(Problem) as caught:
        read(json.dumps([ORDER, {**ORDER, "State": "lost"}]).encode())
    assert [finding.pointer for finding in caught.value.findings] == ["/1/State"]


def test_the_body_is_a_member_and_what_chose_the_route_is_sent_along(shaped: Built) -> None:
    wire, read = shaped_call(shaped, "GetOrder", {"Id": 7})
    assert json.loads(wire.body) == {"action": "get", "Id": 7}
    assert read(json.dumps(ORDER).encode()).value() == {"Order": ORDER}
    wire, _ = shaped_call(shaped, "PlaceOrder", {"Customer": "a/b", "Line": [{"Article": "a", "Count": 1}]})
    assert (line(wire), json.loads(wire.body)) == ("PUT /v1/of/a%2Fb?", [{"sku": "a", "Count": 1}])


def test_a_member_of_the_message_chooses_its_route(shaped: Built) -> None:
    wire, _ = shaped_call(shaped, "CancelOrder", {"Id": 7, "Reason": "late"})
    assert (wire.path, json.loads(wire.body)) == ("/v1/late", {"Id": 7, "Reason": "late"})
    wire, _ = shaped_call(shaped, "CancelOrder", {"Id": 7, "Reason": "bored"})
    assert (wire.path, wire.headers["x-kind"]) == ("/v1/other", "other")


ONE_WAY = """
services:
  shop:
    wsdl: shop.wsdl
    upstream:
      url: http://127.0.0.1:1/v1
      speaks: json
      routes:
        - {route: POST /tell, operation: Tell}
        - {route: POST /buy, operation: Buy, headers: [{name: Auth, http: X-Auth}]}
        - {route: GET /price, operation: GetPrice}
"""


@pytest.fixture(name="shop_json", scope="module")
def _shop_json(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.wsdl").write_text(WSDL)
    return build(parse(ONE_WAY, base=folder, env={}))


def test_a_one_way_message_has_no_answer_whatever_comes(shop_json: Built) -> None:
    for status, body in ((202, b""), (200, b"<p>thanks</p>"), (204, b"")):
        dialect = upstream_dialect(shop_json.services[0], "/", "", DEFAULT)
        operation = shop_json.find("Tell")[1].operation  # type: ignore[index]
        exchange = Exchange(operation, Message(operation.faces["1.1"].request, value={"text": "x"}))
        wire = dialect.write_request(exchange)
        assert (wire.path, wire.body) == ("/tell", b'{"text":"x"}')
        reply = dialect.read_reply(exchange, Wire({}, body, status=status))
        assert (reply.fault, reply.value()) == (None, {})
    fault = dialect.read_reply(exchange, Wire({}, b"", status=422)).fault
    assert fault is not None
    assert fault.code == "Sender"


def test_an_operation_without_members_has_no_body(shop_json: Built) -> None:
    wire, read = shaped_call(shop_json, "GetPrice", {})
    assert (wire.method, wire.body) == ("GET", b"")
    assert read(b'{"price": 1.50}').value() == {"price": Decimal("1.50")}


def test_a_block_of_the_envelope_goes_out_without_the_envelopes_attributes(shop_json: Built) -> None:
    dialect = upstream_dialect(shop_json.services[0], "/", "", DEFAULT)
    operation = shop_json.find("Buy")[1].operation  # type: ignore[index]
    codec = operation.faces["1.1"].request
    raw = envelope(BUY, headers='<t:Auth e:mustUnderstand="1" e:actor="">me</t:Auth>')
    parsed = codec.parse(raw)
    exchange = Exchange(operation, Message(codec, raw=raw, parsed=parsed, headers=parsed.headers))
    assert dialect.write_request(exchange).headers["x-auth"] == "me"
    bad = parsed.headers[0].element
    bad.text = "ü"
    with pytest.raises(Problem) as caught:
        dialect.write_request(exchange)
    assert caught.value.kind is Kind.INVALID_MESSAGE
