"""Signs: what an answer means, by typed places and codes; never by its words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.core.message import Fault, Message
from gateway.plugins.signs import Sign, at, places, put, shown

DETAIL = {"Messages": [{"ErrorNumber": 136}, {"ErrorNumber": 50469}], "Flag": True}


def fault(detail=DETAIL, name="{urn:t}PwsFault", code="Receiver", reason="locked"):
    return Message(None, value=detail, fault=Fault(code, reason, name=name, detail=detail))


def reply(value):
    return Message(None, value=value)


@pytest.mark.parametrize(
    ("sign", "answer", "shows"),
    [
        ({"path": "/Messages/*/ErrorNumber", "equals": "50469"}, fault(), True),
        ({"path": "/Messages/0/ErrorNumber", "equals": "50469"}, fault(), False),
        ({"path": "/Flag", "equals": "true"}, fault(), True),
        ({"path": "/Nothing"}, fault(), False),
        ({"path": "/Flag"}, fault(), True),
        ({"name": "PwsFault"}, fault(), True),
        ({"name": "{urn:t}PwsFault", "path": "/Flag", "equals": ["1", "true"]}, fault(), True),
        ({"name": "{urn:u}PwsFault"}, fault(), False),
        ({"code": "Sender"}, fault(), False),
        ({"path": "/*/Status", "equals": "Fail"}, reply({"R": {"Status": "Fail"}}), True),
        ({"at": "fault", "path": "/*/Status"}, reply({"R": {"Status": "Fail"}}), False),
        ({"at": "reply", "path": "/Flag"}, fault(), False),
        ({"name": "PwsFault"}, reply({"PwsFault": {}}), False),
        ({"path": "/Messages/*/ErrorNumber", "equals": "50469"}, fault({"text": "lock 50469 locked"}), False),
    ],
)
def test_a_sign_is_shown_or_not(sign, answer, shows):
    assert shown([Sign.model_validate(sign)], answer) is shows


@pytest.mark.parametrize("wrong", [{}, {"equals": "1"}, {"at": "reply", "name": "F"}, {"path": "no"}])
def test_signs_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValidationError):
        Sign.model_validate(wrong)


def test_looking_leaves_an_unread_answer_unread():
    class Codec:
        def decode(self, parsed):
            return parsed

    answer = Message(Codec(), raw=b"<raw/>", parsed={"Status": "Ok"})
    assert shown([Sign(path="/Status", equals="Ok")], answer)
    assert not answer.read


def test_places_and_put_touch_no_other_place():
    document = {"a": [{"b": 1}, {"b": 2}], "c": {"d/e": 3}}
    assert places(document, "/a/*/b") == [1, 2]
    assert at(document, "/a/1/b") == 2
    assert at(document, "/a/x") is None
    assert at(document, "") is None
    assert at(document, "/c/d~1e") == 3
    changed = put(document, "/c/f", 4)
    assert changed == {"a": [{"b": 1}, {"b": 2}], "c": {"d/e": 3, "f": 4}}
    assert document["c"] == {"d/e": 3}
    assert put(None, "/x/y", 1) == {"x": {"y": 1}}
