"""Expressions: made from particles and nodes, flat, and compared without payloads."""

from __future__ import annotations

from gateway.codec.expressions import (
    Alt,
    Leaf,
    Rep,
    Seq,
    alt,
    bare,
    leaves,
    members,
    nullable,
    of_layout,
    of_particle,
    rep,
    seq,
    size,
)
from gateway.schema import ir

A, B = ir.Element("a", "t"), ir.Element("b", "t")
EMPTY = ir.Model({}, {}, {}, {}, {})


def test_flat_and_small() -> None:
    assert seq([Seq((Leaf("a"),)), Leaf("b")]) == Seq((Leaf("a"), Leaf("b")))
    assert alt([Leaf("a")]) == Leaf("a")
    assert rep(Leaf("a"), 1, 1) == Leaf("a")
    assert rep(Leaf("a"), 0, 0) == Seq(())


def test_particle_and_layout_agree() -> None:
    particle = ir.Group("sequence", (ir.ElementUse(A), ir.ElementUse(B, 0, None)))
    node = ir.Sequence((ir.Slot("a", A, 1, 1, False), ir.Slot("b", B, 0, None, True)))
    assert bare(of_particle(particle, EMPTY, lambda one: one)) == bare(of_layout(node))


def test_a_head_is_the_choice_of_its_members() -> None:
    head = ir.Element("h", "t", abstract=True, is_global=True)
    model = ir.Model({}, {"h": head, "a": A, "b": B}, {}, {"h": ("a", "b")}, {})
    assert [e.name for e in members(head, model)] == ["a", "b"]
    assert bare(of_particle(ir.ElementUse(head, 0, None), model, lambda one: one)) == Rep(
        Alt((Leaf("a"), Leaf("b"))), 0, None
    )


def test_questions() -> None:
    e = Seq((Rep(Leaf("a"), 2, 3), Alt((Leaf("b"), Seq(())))))
    assert size(e) == 4
    assert not nullable(e)
    assert nullable(Rep(Leaf("a"), 0, 1))
    assert [leaf.symbol for leaf in leaves(e)] == ["a", "b"]
