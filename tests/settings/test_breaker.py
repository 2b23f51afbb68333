"""gateway.settings.breaker: the mirror of the layer's rule, and what is refused."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from pydantic import ValidationError

from gateway.layers.breaker import Rule
from gateway.settings import Refused, parse
from gateway.settings.breaker import Breaker


def test_the_settings_mirror_the_rule() -> None:
    assert Breaker().model_dump() == asdict(Rule())
    assert Rule(**Breaker(window=60.0, least=100, share=0.25, pause=30.0).model_dump()) == Rule(60.0, 100, 0.25, 30.0)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.1}, {"least": 0}, {"pause": 0.0}, {"windw": 1.0}])
def test_what_is_no_rule_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Breaker.model_validate(wrong)


@pytest.mark.parametrize(("wrong", "words"), [("on", "one of 'off' is expected"), ("{leest: 1}", 'did you mean "least"')])
def test_a_mistake_is_told_once(wrong: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(f"services: {{a: {{wsdl: x, upstream: {{breaker: {wrong}}}}}}}", env={})
    (mistake,) = [str(each) for each in caught.value.mistakes if "breaker" in str(each)]
    assert words in mistake
