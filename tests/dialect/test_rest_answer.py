"""A JSON service's answer is judged once and then given to either caller."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.build.book import Built
from gateway.core.limits import DEFAULT, Limits
from gateway.core.message import Message
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest import JsonCodec
from gateway.dialect.rest_answer import AnswerCodec, Judged


@pytest.fixture(name="codec")
def _codec(built: Built) -> AnswerCodec:
    front = built.services[0].face("GetPrice").route.json_face.reply
    return AnswerCodec(front.face, front.canonical, limits=DEFAULT, schema=front.schema)


def test_an_answer_keeps_its_value_and_the_elements_text(codec: AnswerCodec) -> None:
    judged = codec.parse(b'{"price": 1.50}')
    assert isinstance(judged, Judged)
    assert judged.value == {"price": Decimal("1.50")}
    assert judged.text.endswith("1.50</price></GetPriceResponse>") or "1.50" in judged.text
    assert codec.decode(judged) == {"price": Decimal("1.50")}
    assert codec.body_text(judged) is judged.text


def test_an_answer_that_breaks_the_contract_is_told_with_its_places(codec: AnswerCodec) -> None:
    with pytest.raises(Problem) as caught:
        codec.parse(b'{"price": "much"}')
    assert caught.value.kind is Kind.INVALID_MESSAGE
    assert caught.value.findings[0].pointer == "/price"


def test_the_bound_is_that_of_answers(built: Built) -> None:
    front = built.services[0].face("GetPrice").route.json_face.reply
    small = AnswerCodec(front.face, front.canonical, limits=Limits(response=8), schema=front.schema)
    with pytest.raises(Problem) as caught:
        small.read(b'{"price": 1.5}')
    assert caught.value.kind is Kind.UPSTREAM_TOO_LARGE


def test_a_client_of_the_same_face_gets_what_the_service_gave(codec: AnswerCodec, built: Built) -> None:
    message = Message(codec, parsed=codec.parse(b'{"price": 1.50}'))
    front = built.services[0].face("GetPrice").route.json_face.reply
    assert isinstance(front, JsonCodec)
    assert message.wire(front) == b'{"price":1.50}'
    assert message.read is False
