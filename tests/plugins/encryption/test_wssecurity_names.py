from __future__ import annotations

import pytest

from gateway.plugins.encryption import wssecurity_names as names
from gateway.plugins.encryption.wssecurity_names import Allowed


def test_legacy_is_apart_and_shut():
    strict, legacy = Allowed(), Allowed(legacy=True)
    for table in ("signatures", "digests", "blocks", "transports"):
        inside = set(getattr(strict, table))
        assert inside < set(getattr(legacy, table))
        assert not any(word in name for name in inside for word in ("sha1", "cbc", "1_5", "md5", "hmac", "tripledes"))


@pytest.mark.parametrize("uri", ["#a", "#id-1", "#_x.y", "#" + "a" * 256])
def test_references_that_fit(uri):
    assert names.NCNAME.fullmatch(uri)


@pytest.mark.parametrize(
    "uri", ["", "#", "a", "#1", "#a b", "#a\n", "#a#b", "http://x#a", "#xpointer(/)", "#" + "a" * 258]
)
def test_references_that_do_not(uri):
    assert not names.NCNAME.fullmatch(uri)
