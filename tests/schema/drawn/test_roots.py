"""gateway.schema.drawn.roots: files of JSON Schema become operations."""

from __future__ import annotations

import json

import pytest

from gateway.schema.drawn.draw import draw_text
from gateway.schema.drawn.roots import of_schemas
from gateway.schema.drawn.texts import Library
from gateway.schema.errors import ContractError


def test_a_folder_s_names_say_which_half_each_file_is(tmp_path):
    for name in ("order.request.schema.json", "order.response.json", "ping.json"):
        (tmp_path / name).write_text(json.dumps({"type": "object", "properties": {"a": {"type": "string"}}}))
    library = Library()
    drawn = draw_text(library, of_schemas(library, tmp_path))
    assert [(each.name, each.path, each.method) for each in drawn.operations] == [
        ("order", "/order", "POST"), ("ping", "/ping", "POST"),
    ]  # fmt: skip
    assert all(each.body and each.result for each in drawn.operations)


def test_the_caller_may_say_it(tmp_path):
    (tmp_path / "a.json").write_text('{"type": "string"}')
    library = Library()
    drawn = draw_text(library, of_schemas(library, tmp_path, ["take=a.json"]))
    assert [(each.name, each.result) for each in drawn.operations] == [("take", None)]


def test_nothing_is_refused(tmp_path):
    with pytest.raises(ContractError, match="no JSON Schema"):
        of_schemas(Library(), tmp_path)
    with pytest.raises(ContractError, match="NAME="):
        of_schemas(Library(), tmp_path, ["x"])
