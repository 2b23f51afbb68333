"""Generated source holds no name but ours, compiles in a small world, and shows in tracebacks."""

from __future__ import annotations

import traceback

import pytest

from gateway.codec.source import Source


def test_constants_are_numbered_and_shared():
    source, value = Source(), object()
    first = source.constant(value, "P")
    assert source.constant(value, "P") == first
    assert source.constant(object(), "P") != first
    assert first.isidentifier()


def test_a_function_closes_over_its_constants():
    source = Source()
    name = source.constant({"a": 1}, "D")
    source.function("def get(key):", [f"return {name}[key]"])
    assert source.build("x")["get"]("a") == 1


def test_the_world_of_generated_code_is_small():
    source = Source()
    source.function("def reach():", ["return open"])
    with pytest.raises(NameError):
        source.build("x")["reach"]()


def test_a_label_of_any_text_is_data():
    source = Source()
    source.function("def fail():", ["return {}['nothing']"])
    made = source.build("{urn:x'\n}\"; import os")
    with pytest.raises(KeyError) as error:
        made["fail"]()
    assert "return {}['nothing']" in "".join(traceback.format_exception(error.value))
