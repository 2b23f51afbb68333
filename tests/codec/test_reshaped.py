"""gateway.codec.reshaped: an element as the service's JSON, judged by its schema in both directions."""

from __future__ import annotations

import pytest

from gateway.codec.json import dumps
from gateway.codec.reshaped import Drawn
from gateway.core.problem import Problem

DATA = {
    "types": {},
    "schemas": {"request": {}, "response": {"N": {"type": "integer", "minimum": 1}}, "either": {}},
    "messages": {
        "{u}r": {"direction": "response", "shape": {"members": {"result": {"shape": {"table": None}}}},
                 "schema": {"properties": {"result": {"type": "object", "additionalProperties": {"$ref": "#/$defs/N"}}}}},
        "{u}f": {"direction": "response", "shape": None, "schema": {"type": "integer"}, "unwrap": ["body"]},
    },
}  # fmt: skip


class Plain:
    """A codec whose element is its value."""

    def encode(self, value):
        return value

    def decode(self, element):
        return element

    decode_valid = decode

    def json_valid(self, element):
        return dumps(element)


def test_wrappers_stand_around_the_service_s_json():
    body = Drawn(DATA).body("{u}r", Plain(), ("result",))
    assert body.encode({"a": 1}) == {"result": [{"key": "a", "value": 1}]}
    assert body.decode({"result": [{"key": "a", "value": 1}]}) == {"a": 1}
    assert body.json_valid({"result": [{"key": "a", "value": 1}]}) == b'{"a":1}'
    assert Drawn(DATA).body("{u}f", Plain()).encode(5) == {"body": 5}


def test_nothing_is_the_wrapper_s_absence():
    body = Drawn(DATA).body("{u}r", Plain(), ("result",))
    assert body.encode(None) == {}
    assert body.decode({}) is None


def test_what_the_schema_refuses_passes_in_no_direction():
    body = Drawn(DATA).body("{u}r", Plain(), ("result",))
    for call, value in ((body.encode, {"a": 0}), (body.decode_valid, {"result": [{"key": "a", "value": 0}]})):
        with pytest.raises(Problem) as refused:
            call(value)
        assert refused.value.findings[0].pointer == "/a"


def test_a_message_that_is_none_is_not_known():
    assert Drawn(DATA).knows("{u}r")
    assert not Drawn(DATA).knows("{u}x")
