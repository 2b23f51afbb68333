from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.schema.compiled import fingerprint, freeze, thaw
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out
from gateway.schema.source import Source
from gateway.schema.xsd import read_schemas

CASES = Path(__file__).parent.parent / "golden" / "cases"


@pytest.mark.parametrize(
    "case", ["items-nested", "substitution-repeats", "nil-with-attributes", "mixed", "union", "anyattribute"]
)
def test_a_model_comes_back_equal(case: str) -> None:
    path = CASES / case / "schema.xsd"
    model = lay_out(read_schemas([Source(str(path), path.read_bytes())]), Settings())
    stored = freeze(model, "k")
    assert thaw(stored, "k") == model
    assert freeze(model, "k") == stored


def test_another_key_or_shape_or_damage_is_not_read(schema: Callable[..., Any]) -> None:
    stored = freeze(schema('<xs:element name="e" type="xs:int"/>').laid(), "k")
    head, body = stored.split(b"\n")
    older = orjson.dumps({**orjson.loads(head), "shape": "older"})
    assert thaw(stored, "k") is not None
    assert thaw(stored, "other") is None
    for damaged in (b"", b"[]", stored[:-2], head, head + b"\n{}", older + b"\n" + body, b"{\n" + body):
        assert thaw(damaged, "k") is None


def test_a_fingerprint_is_of_every_byte() -> None:
    one, two = Source("/a", b"x"), Source("/b", b"y")
    every = {
        fingerprint([one, two]),
        fingerprint([two, one]),
        fingerprint([one]),
        fingerprint([Source("/a", b"z"), two]),
        fingerprint([one, two], Settings()),
        fingerprint([one, two], Settings(names="camel")),
    }
    assert len(every) == 6
    assert fingerprint([one, two]) == fingerprint([Source("/elsewhere/a", b"x"), two])
