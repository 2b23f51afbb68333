from __future__ import annotations

from gateway.plugins.encryption import uses
from gateway.plugins.encryption.uses import Uses


def test_w10_a_key_is_used_so_often_and_no_more(monkeypatch):
    assert uses.LIMIT == 2**31
    monkeypatch.setattr(uses, "LIMIT", 3)
    one = Uses()
    assert [one.another(b"k" * 32) for _ in range(5)] == [True, True, True, False, False]
    assert one.another(b"other" * 8)
    assert b"k" * 32 not in one._counts
