"""gateway.schema.drawn.kinds: names are followed to what they stand for."""

from __future__ import annotations

from gateway.schema.drawn.kinds import Place, Ref, Remark, Scalar, Types
from gateway.schema.drawn.texts import Where


def test_an_alias_is_followed():
    types = Types({"A": Place(Ref("B")), "B": Place(Scalar("string"))})
    assert types.resolve(Ref("A")) == Scalar("string")
    assert types.target(Ref("A")) == Ref("B")


def test_a_type_on_its_way_stands_for_itself():
    types = Types({"A": Place(Ref("A"))})
    assert types.resolve(Ref("A")) == Ref("A")


def test_a_remark_names_its_place():
    remark = Remark(Where("a.yaml", 3, "/x"), "uniqueItems", "checked")
    assert str(remark) == "a.yaml:3 (#/x): uniqueItems: checked"
