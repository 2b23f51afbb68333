"""Settings of `wssecurity` that make no sense are refused, with words; secrets show nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.plugins.encryption.wssecurity_settings import WsSecuritySettings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"send": {"sign": {"key": "us", "method": "urn:mine"}}}, "method: no such algorithm"),
        ({"send": {"sign": {"key": "us", "digest": "http://www.w3.org/2000/09/xmldsig#sha1"}}}, "digest: no such"),
        ({"send": {"encrypt": {"certificate": "t", "block": "http://www.w3.org/2001/04/xmlenc#aes256-cbc"}}}, "block: no"),
        ({"receive": {"demand": ["signature"]}}, "nobody is trusted"),
        ({"receive": {"demand": ["encryption"]}}, "`decrypt` names no key"),
        ({"receive": {"demand": ["username"]}}, "`users` names none"),
        ({"policy": "mine"}, "policy"),
    ],
)
def test_refused(given: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WsSecuritySettings.model_validate(given)
    assert words in str(caught.value)


def test_secrets_show_nowhere() -> None:
    given = {"send": {"username": {"name": "anna", "password": "hunter2"}}, "receive": {"users": {"anna": "hunter2"}}}
    settings = WsSecuritySettings.model_validate(given)
    assert "hunter2" not in repr(settings) + str(settings.model_dump())
