from collections.abc import Callable
from typing import Any

from gateway.schema.ir import AnyUse, Complex, ElementUse, Group, NamespaceTest


def particle(schema: Any) -> Group:
    model = schema.model
    kind = model.types[model.elements["{urn:t}r"].type]
    assert isinstance(kind, Complex)
    assert kind.particle is not None
    return kind.particle


def test_counts_and_nesting_are_kept(content: Callable[..., Any]) -> None:
    found = particle(
        content(
            '<xs:sequence><xs:choice maxOccurs="unbounded"><xs:element name="a"/><xs:element name="b" minOccurs="0"/></xs:choice><xs:element name="c" minOccurs="0" maxOccurs="0"/><xs:any namespace="##other"/></xs:sequence>'
        )
    )
    choice, any_use = found.particles
    assert isinstance(choice, Group)
    assert (choice.model, choice.min, choice.max) == ("choice", 1, None)
    assert [(use.min, use.max) for use in choice.particles if isinstance(use, ElementUse)] == [(1, 1), (0, 1)]
    assert isinstance(any_use, AnyUse)


def test_an_empty_branch_makes_the_choice_optional(content: Callable[..., Any]) -> None:
    found = particle(content('<xs:choice><xs:element name="a"/><xs:element name="b"/><xs:sequence/></xs:choice>'))
    assert (found.model, found.min, len(found.particles)) == ("choice", 0, 2)


def test_which_namespaces_a_wildcard_takes(content: Callable[..., Any]) -> None:
    tests = {
        "##any": NamespaceTest("any"),
        "##other": NamespaceTest("not", frozenset({"", "urn:t"})),
        "##targetNamespace ##local urn:x": NamespaceTest("in", frozenset({"", "urn:t", "urn:x"})),
    }
    for namespace, test in tests.items():
        (use,) = particle(
            content(f'<xs:sequence><xs:any namespace="{namespace}" processContents="lax"/></xs:sequence>')
        ).particles
        assert isinstance(use, AnyUse)
        assert use.wildcard.test == test
        assert use.wildcard.process == "lax"
        assert [test.takes(n) for n in ("", "urn:t", "urn:x", "urn:y")] == {
            "##any": [True] * 4,
            "##other": [False, False, True, True],
        }.get(namespace, [True, True, True, False])
