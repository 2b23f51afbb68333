from __future__ import annotations

import pytest

from gateway.plugins.encryption.places import places

DOCUMENT = {"a": [{"b": 1}, {"b": 2}, {"c": 3}], "x/y": {"~": 4}, "n": None, "0": "zero"}


@pytest.mark.parametrize(
    ("pointer", "values"),
    [
        ("/a/0/b", [1]), ("/a/*/b", [1, 2]), ("/a/9/b", []), ("/a/-1/b", []), ("/a/٠/b", []), ("/x~1y/~0", [4]),
        ("/n/deeper", []), ("/0", ["zero"]), ("/0/0", []), ("/a/*/*", [1, 2, 3]), ("/missing", []), ("", [DOCUMENT]),
        ("/a/99999999999999999999", []),
    ],
)  # fmt: skip
def test_where_a_pointer_leads(pointer, values):
    assert [holder[name] for holder, name in places(DOCUMENT, pointer)] == values
