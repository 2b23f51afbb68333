"""Open content as particles, and the names that a wildcard bars."""

from __future__ import annotations

from gateway.schema.ir import AnyUse, Element, ElementUse, Group, NamespaceTest, Wildcard
from gateway.schema.opened import opened, settled

ANY = Wildcard(NamespaceTest("any"), "lax")
REST = AnyUse(Wildcard(NamespaceTest("any"), "lax", open=True), 0, None)
A, B = (ElementUse(Element(name, "t"), 0, most) for name, most in (("a", 1), ("b", None)))


def test_a_suffix_stands_at_the_end() -> None:
    own = Group("sequence", (A, B))
    assert opened(own, "suffix", ANY) == Group("sequence", (own, REST))


def test_interleaved_content_has_it_before_each_element_and_at_the_end() -> None:
    once = Group("sequence", (REST, ElementUse(A.element)), 0, 1)
    many = Group("sequence", (REST, ElementUse(B.element)), 0, None)
    assert opened(Group("choice", (A, B)), "interleave", ANY) == Group(
        "sequence", (Group("choice", (once, many)), REST)
    )


def test_an_all_has_one_member_more_and_nothing_is_only_the_wildcard() -> None:
    assert opened(Group("all", (A,)), "suffix", ANY) == Group("all", (A, REST))
    assert opened(None, "interleave", ANY) == Group("sequence", (REST,))


def test_barred_names_are_listed() -> None:
    wild = Wildcard(NamespaceTest("any"), "lax", frozenset({"x", "##defined", "##definedSibling"}))
    made = settled(Group("sequence", (A, AnyUse(wild))), ["g"])
    assert made.particles[1] == AnyUse(Wildcard(NamespaceTest("any"), "lax", frozenset({"x", "g", "a"})))
    assert settled(wild, ["k"]).barred == {"x", "k"}
    assert settled(ANY, ["k"]) is ANY
