from __future__ import annotations

import pytest

from gateway.plugins.encryption.exact import NotExact, dumps, loads


@pytest.mark.parametrize(
    "text", ["1.10", "18446744073709551616", "-0", "1e400", "0.12345678901234567890", '{"a":1.0,"b":[true,null,"å"]}']
)
def test_digits_stay(text):
    assert dumps(loads(text.encode())).decode() == text


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":2}', b'{"a":1,"\\u0061":2}', b"NaN", b"Infinity", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"']
)
def test_what_could_not_be_written_again_is_refused(raw):
    with pytest.raises(NotExact):
        dumps(loads(raw))
