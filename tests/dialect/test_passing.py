"""gateway.dialect.passing: which fields of a service's answer callers get."""

from __future__ import annotations

import pytest

from gateway.dialect.passing import OWNED, PASSED, PAUSE, passed, told


@pytest.mark.parametrize("text", ["0", "120", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_pause_is_passed_on(text: str) -> None:
    assert told({"retry-after": text, "x-own": "1"}, PAUSE) == {"retry-after": text}


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "9" * 10, "1\r\nx: y"])
def test_what_is_no_pause_is_left_out(text: str) -> None:
    assert told({"retry-after": text}, PAUSE) == {}


def test_only_entity_tags_are_tags_and_only_printable_text_is_passed_on() -> None:
    given = {"etag": 'W/"a"', "ratelimit": '"default";r=5', "sunset": "\u2028", "link": "x"}
    assert told(given, ("etag", "ratelimit", "sunset")) == {"etag": 'W/"a"', "ratelimit": '"default";r=5'}
    assert told({"etag": "abc"}, ("etag",)) == {}


def test_cookies_framing_and_credentials_are_nobodys_to_name() -> None:
    assert {"set-cookie", "content-length", "www-authenticate", "location"} <= OWNED


def test_the_configuration_names_others() -> None:
    assert passed(None) == PASSED
    assert passed(("X-Total-Count",)) == ("x-total-count",)
    assert set(PASSED).isdisjoint(OWNED)
