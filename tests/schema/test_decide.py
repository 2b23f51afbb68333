from collections.abc import Iterable, Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.schema.decide import always, can_be_empty, ever, is_plain, key_sets
from gateway.schema.ir import AnySlot, Choice, Element, ItemsSlot, NamespaceTest, Node, Sequence, Slot, Wildcard


def slot(name: str, low: int = 1) -> Slot:
    return Slot(name, Element(name, "T"), low, 1, repeated=False)


ANY = AnySlot(Wildcard(NamespaceTest("any"), "lax"), 0, 1, repeated=False)
GROUP = ItemsSlot(Choice((slot("p"), slot("q"))), 0, None)
a, b, c, x = slot("a"), slot("b"), slot("c"), slot("x")


@pytest.mark.parametrize(
    ("node", "plain"),
    [
        (Sequence((a, b)), True),
        (Sequence((slot("a", 0), b, slot("a", 0))), False),
        (Choice((Sequence((a, b)), Sequence((c, a)))), True),
        (Choice((Sequence((a, b)), Sequence((b, a)))), False),
        (Choice((Sequence((a, slot("b", 0))), Sequence((b, slot("a", 0))))), False),
        (Choice((Sequence((a, slot("x", 0))), Sequence((b, slot("x", 0))))), True),
        (Choice((Sequence((Choice((a, b)), x)), Sequence((c, x)))), True),
        (Sequence((Choice((a, b)), Choice((a, c)))), False),
        (Sequence((a, GROUP)), True),
        (Sequence((GROUP, ItemsSlot(Choice((a, b)), 0, None))), False),
        (ItemsSlot(Sequence((GROUP, a)), 0, None), True),
        (Sequence((slot("p"), GROUP)), False),
        (Sequence((a, ANY)), True),
        (Sequence((ANY, a, ANY)), False),
        (Choice((ANY, Sequence((a, ANY)))), False),
        (Choice((slot("a", 0), slot("b", 0))), True),
    ],
)
def test_what_keys_can_tell(node: Node, plain: bool) -> None:
    assert is_plain(node) is plain


def documents(node: Node) -> Iterator[tuple[str, ...]]:
    """Every order of elements that a node without repetition takes."""
    if isinstance(node, Slot):
        yield (node.element.name,)
        if node.min == 0:
            yield ()
    elif isinstance(node, Choice):
        for child in node.nodes:
            yield from documents(child)
    elif isinstance(node, Sequence):
        parts: Iterable[tuple[tuple[str, ...], ...]] = product(*(list(documents(child)) for child in node.nodes))
        for part in parts:
            yield tuple(name for piece in part for name in piece)
    if isinstance(node, Sequence | Choice) and node.optional:
        yield ()


leaves = st.builds(slot, st.sampled_from("abcd"), st.sampled_from([0, 1]))
nodes = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, children, optional: kind(tuple(children), optional=optional),
        st.sampled_from([Sequence, Choice]),
        st.lists(inner, min_size=1, max_size=3),
        st.booleans(),
    ),
    max_leaves=6,
)


@given(nodes)
def test_a_plain_object_gives_back_one_document(node: Node) -> None:
    """Law 2: no two documents of a plain node have the same keys."""
    if is_plain(node):
        every = set(documents(node))
        assert len({frozenset(one) for one in every}) == len(every)
        assert all(len(set(one)) == len(one) for one in every)


@given(nodes)
def test_the_three_views_of_the_keys_agree(node: Node) -> None:
    found = key_sets(node)
    assert found is not None
    assert ever(node) == frozenset().union(*found)
    assert always(node) == frozenset.intersection(*found)
    assert can_be_empty(node) == (frozenset() in found)
    assert {frozenset(one) for one in documents(node)} == set(found)


def test_too_many_key_sets_are_not_listed() -> None:
    many = Sequence(tuple(slot(f"k{n}", 0) for n in range(20)))
    assert key_sets(many) is None
    assert is_plain(Choice((Sequence((a, *many.nodes)), Sequence((b, *many.nodes)))))
    assert not is_plain(Choice((many, Sequence((many.nodes[1], many.nodes[0])))))
