"""Secrets and what proves them are compared by hmac.compare_digest alone (W-04, P-07): time tells nothing of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.tree import PACKAGE, Module, modules

# a name whose value is guessed at, or the proof of one
SECRET = re.compile(
    r"(?:^|_)(?:secret|password|passwd|digest|signature|hmac|mac|tag|token|ticket|nonce|credential|cookie|api_?key|"
    r"thumbprint|authorization)s?$"
)
# (module, name): why the comparison is of something else. One that is no longer needed must be taken out.
EXEMPT: dict[tuple[str, str], str] = {
    ("codec.identity", "tag"): "an element's name",
    ("commands.messages", "tag"): "an element's name",
    ("dialect.conditions", "tag"): "an entity tag, that everybody is told",
    ("demo.projector_locks", "rate_token"): "a version of a project, that everybody is told",
    ("layers.idempotency", "digest"): "of a body that the caller has sent: it knows both",
    ("plugins.encryption.jose_tokens", "token"): "its kind, by its number of dots",
    ("plugins.encryption.wssecurity_policy", "digest"): "whether a password goes as one",
    ("plugins.keys", "digest"): "of a file of ours, with what it was before",
}


def names_of(node: ast.expr) -> Iterator[str]:
    """The names that an operand is known by: of a call its function's and its arguments'. An element's tag is a name."""
    if isinstance(node, ast.Name):
        yield node.id if not node.id.isupper() else ""  # a constant of a specification
    elif isinstance(node, ast.Attribute):
        yield node.attr if node.attr != "tag" else ""
    elif isinstance(node, ast.Call):
        yield from names_of(node.func)
        for each in node.args:
            yield from names_of(each)
    elif isinstance(node, ast.Subscript):
        yield from names_of(node.value)
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            yield node.slice.value
    elif isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from names_of(each)


def compared(module: Module) -> Iterator[tuple[int, str]]:
    """(line, name) of every comparison of a secret by value. A comparison with a constant or a length is none."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Compare) or not any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Constant) or _length(side) for side in sides):
            continue
        for side in sides:
            for name in names_of(side):
                if SECRET.search(name.lower()):
                    yield node.lineno, name


def _length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len"


def test_no_secret_is_compared_by_equality() -> None:
    found = [
        f"gateway/{module.path.relative_to(PACKAGE)}:{line}: {name}: by hmac.compare_digest"
        for module in modules()
        for line, name in compared(module)
        if (module.name, name) not in EXEMPT
    ]
    assert not found, "\n" + "\n".join(found)


def test_no_exemption_is_stale() -> None:
    seen = {(module.name, name) for module in modules() for _, name in compared(module)}
    assert sorted(set(EXEMPT) - seen) == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("given == self.password", True),
        ("mac(key, data) != value", True),
        ("tag == b", True),
        ('wire.headers["authorization"] == wanted', True),
        ("(name, digest) == known", True),
        ("expected_signature == given", True),
        ("hmac.compare_digest(given, password)", False),
        ("len(tag) == size", False),
        ('kind == "token"', False),
        ("tokens == 3", False),
        ("stage == b", False),
        ("element.tag == name", False),
    ],
)
def test_the_check_itself_sees_what_it_should(text: str, seen: bool) -> None:
    assert bool(list(compared(Module(PACKAGE / "core/x.py", text)))) == seen
