"""gateway.schema.drawn.texts: values with their places, nothing from outside of the folder, nothing fetched."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.schema.drawn.texts import Library, read, scalar
from gateway.schema.errors import ContractError


def test_every_value_has_its_line_and_pointer(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a:\n  b/c:\n    - 1\n    - no\n")
    text = read(file)
    assert text.value == {"a": {"b/c": [1, "no"]}}
    where = text.where(("a", "b/c", "1"))
    assert (where.line, where.pointer) == (4, "/a/b~1c/1")


def test_json_is_read_by_its_own_grammar(tmp_path):
    file = tmp_path / "a.json"
    file.write_text('{\n "a": "\\ud83d\\ude00\\/", "n": 0.10}')
    assert read(file).value == {"a": "😀/", "n": Decimal("0.10")}
    file.write_text('{\n "a": "x"}')
    assert read(file).where(("a",)).line == 2


@pytest.mark.parametrize("source", ["a: 1\na: 2\n", '{"a": 1, "a": 2}', "{", "a: [", "a: b: c"])
def test_what_is_no_document_is_refused_with_its_file(tmp_path, source):
    file = tmp_path / "a.json"
    file.write_text(source)
    with pytest.raises(ContractError) as refused:
        read(file)
    assert refused.value.file.endswith("a.json")


def test_other_files_lie_in_the_folder_and_nothing_is_fetched(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    library = Library()
    main = library.named(str(tmp_path / "a.json"))
    with pytest.raises(ContractError, match="not fetched"):
        library.beside(main, "https://example.com/b.json", main.where(()))
    with pytest.raises(ContractError, match="there is no file"):
        library.beside(main, "b.json", main.where(()))


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("1.5", Decimal("1.5")), ("null", None), ("off", "off"), ("", None)])
def test_scalars_are_yaml_1_2(text, value):
    assert scalar(text) == value
