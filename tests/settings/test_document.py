"""gateway.settings.document: YAML 1.2 core scalars, places, references, and what is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.document import Document, read, scalar


def doc(text: str, env: dict[str, str] | None = None, base: Path = Path("/nowhere")) -> Document:
    return read(text, "f.yaml", env or {}, base)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        (".inf", ".inf"),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("~", None),
        ("", None),
        ("null", None),
        ("2024-01-01", "2024-01-01"),
        ("9" * 401, "9" * 401),
    ],
)
def test_plain_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quotes_and_blocks_are_text() -> None:
    assert doc("a: '1'\nb: \"true\"\nc: |\n  7\nd: >\n  null\n").value == {
        "a": "1",
        "b": "true",
        "c": "7\n",
        "d": "null\n",
    }


def test_every_place_is_known() -> None:
    found = doc("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert found.place(("a", "b")) == (2, 3)
    assert found.place(("a", "c", 1)) == (5, 7)
    assert found.place(("a", "c", 1, "y")) == (5, 7)
    assert found.place(("a", "zzz", "deeper")) == (1, 1)


def test_a_key_given_twice_names_both_lines_and_keeps_the_first() -> None:
    found = doc("a: 1\nb: 2\na: 3\n")
    assert [str(m) for m in found.mistakes] == ["f.yaml:3:1: a: this key is given twice, first on line 1"]
    assert found.value == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object:os.system x", "tags such as"),
        ("a: !!int '3'", "tags such as !!int"),
        ("a: !own x", "tags such as !own"),
        ("a: &x [*x]", "alias holds itself"),
        ("[a, b]: 1", "a key must be plain text"),
        ("a: [1", "this is not YAML"),
        ("a:\n\tb: 1", "a tab, where spaces are expected"),
        ("a:\n  b: 1\n  \tc: 2", "a tab, where spaces are expected"),
        ("a: 1\n---\nb: 2", "this is not YAML"),
        ("a: \x00", "this is not YAML"),
        ("a: {b: ${X}}", "inside { } and [ ] a ${…} stands in quotes"),
        ("a: ${HOME", "`${` opens a reference"),
        ("a: ${NOT_THERE}", "the environment has no NOT_THERE"),
        ("a: ${file:none.txt}", "cannot be read: No such file or directory"),
    ],
)
def test_what_is_a_mistake(text: str, words: str) -> None:
    mistakes = doc(text).mistakes
    assert len(mistakes) == 1
    assert words in str(mistakes[0])


def test_many_aliases_end_in_a_mistake_not_in_memory() -> None:
    text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    text += "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert [m.message for m in doc(text).mistakes] == ["this is nested too deeply, or an alias holds itself"]


def test_references_are_filled_in_after_the_syntax_was_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    env = {"HOST": "h", "EMPTY": "", "EVIL": "x: {y: 1}\n- z"}
    text = "a: ${HOST}:${PORT:-80}\nb: ${file:key}\nc: ${EVIL}\nd: $${HOST}\ne: ${EMPTY:-e}\nf: '${HOST}'\n"
    found = doc(text, env, tmp_path)
    assert found.value == {"a": "h:80", "b": "s3cret", "c": "x: {y: 1}\n- z", "d": "${HOST}", "e": "e", "f": "h"}
    assert found.mistakes == []
    assert ("b",) in found.filled


def test_a_value_that_was_filled_in_stands_in_no_mistake() -> None:
    found = doc("a: ${SECRET}${file:gone}", {"SECRET": "hunter2"})
    assert "hunter2" not in "".join(map(str, found.mistakes))
