"""JSON Schemas of simple types: never narrower than the codec, and wider only where law 4 says so."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codec.lexical import Unfit
from gateway.codec.scalars import Scalar, scalar_for
from gateway.core.lexical import BUILTINS
from gateway.schema.ir import Facets, Settings, Simple
from gateway.schema.jsonschema_scalars import json_schema_of
from tests.codec.lexical_cases import TAKEN
from tests.codec.models import Declared, model_of, restricted, scalar, xs

LATE = {"entity"}


def both(simple: Simple | str, *more: Simple, **setting: Any) -> tuple[Scalar, Any]:
    own = () if isinstance(simple, str) else (simple,)
    model = model_of(*own, *more)
    type_id = xs(simple) if isinstance(simple, str) else simple.id
    under = Settings(**setting)
    return scalar_for(model, type_id, under), jsonschema_rs.Draft202012Validator(json_schema_of(model, type_id, under))


def writes(one: Scalar, value: Any) -> bool:
    try:
        one.write(value, Declared())
    except Unfit:
        return False
    return True


@pytest.mark.parametrize("name", sorted(TAKEN))
@pytest.mark.parametrize("setting", [{}, {"numbers": "string"}, {"scalars": "string"}], ids=str)
def test_what_is_read_is_described(name: str, setting: dict[str, Any]) -> None:
    codec, schema = both(name, **setting)
    for text in TAKEN[name][0]:
        assert schema.is_valid(codec.read(text, {})), text


_TEXTS = st.one_of(
    st.sampled_from([text for good, bad in TAKEN.values() for text in (*good, *bad) if len(text) < 99]),
    st.text("0123456789+-.:TZPYMDHS eE", max_size=12),
    st.text("ab :/#%[]\t\n\u00e5\x00\ufffe=AQgw", max_size=8),
)
_VALUES = st.one_of(
    _TEXTS,
    st.booleans(),
    st.none(),
    st.integers(-(2**65), 2**65),
    st.integers(-300, 300),
    st.decimals(-1000, 1000, places=3),
    st.floats(-1e100, 1e100).map(lambda number: Decimal(repr(number))),  # as JSON is read
    st.lists(st.sampled_from(["a", "b c", "", "1", "a:b"]), max_size=3),
)
# bounds of numbers given as strings, calendars: listed in law 4
_STRINGS_MAY_BE_WIDER = {"integer", "decimal", "temporal", "duration"}


@settings(max_examples=400)
@given(
    st.sampled_from([*sorted(name for name, row in BUILTINS.items() if row.kind not in LATE | {"name"}), "NMTOKENS"]),
    _VALUES,
)
def test_built_ins(name: str, value: Any) -> None:
    codec, schema = both(name)
    taken, described = writes(codec, value), schema.is_valid(value)
    if taken:
        assert described
    elif described:
        row = BUILTINS.get(name)
        assert row is not None
        assert row.kind in _STRINGS_MAY_BE_WIDER
        assert isinstance(value, str)


FACETED = [
    restricted("string", max_length=2),
    restricted("string", min_length=1, patterns=(("[a-b ]*",), ("a.*", "b"))),
    restricted("token", length=3),
    restricted("string", enumeration=("a", "b c", "")),
    restricted("string", white_space="collapse"),
    restricted("int", min_inclusive="-5", max_exclusive="5"),
    restricted("int", enumeration=("1", "-3")),
    restricted("int", patterns=(("[0-9]{1,3}",),)),
    restricted("boolean", patterns=(("0|1",),)),
    restricted("double", min_exclusive="-1", max_inclusive="100.5"),
    restricted("float", enumeration=("1", "INF")),
    restricted("base64Binary", min_length=1, max_length=2),
    restricted("base64Binary", length=3),
    restricted("hexBinary", length=1),
    restricted("hexBinary", enumeration=("0a",)),
    restricted("anyURI", max_length=3),
    restricted("NMTOKEN", max_length=1),
]


@settings(max_examples=400)
@given(st.sampled_from(FACETED), _VALUES)
def test_facets_are_exact(simple: Simple, value: Any) -> None:
    codec, schema = both(simple)
    taken, described = writes(codec, value), schema.is_valid(value)
    if not (isinstance(value, str) and simple.facets.patterns and simple.builtin == "int" and described):
        assert taken is described, (simple, value)


@pytest.mark.parametrize(("name", "literal", "text"), [
    ("float", "1.278656273654", "1.2786562"),
    ("float", "16777217", "16777216"),
    ("double", "0.1000000000000000055511151231257827", "0.1"),
    ("double", "1E2", "100"),
])  # fmt: skip
def test_a_literal_of_more_digits_than_its_value_is_taken_as_it_is_read(name: str, literal: str, text: str) -> None:
    codec, schema = both(restricted(name, enumeration=(literal,)))
    for value in (Decimal(text), Decimal(literal)):
        assert writes(codec, value)
        assert schema.is_valid(value)
    assert not schema.is_valid(Decimal("0.2"))


WIDER = [
    restricted("long", min_inclusive="0", max_inclusive="9"),
    restricted("decimal", min_exclusive="0", max_exclusive="9.5", fraction_digits=1),
    restricted("decimal", enumeration=("1.0", "2")),
    restricted("date", min_inclusive="2024-01-01", enumeration=("2024-05-17",)),
    restricted("base64Binary", min_length=4000),
]


@settings(max_examples=300)
@given(st.sampled_from(WIDER), _VALUES)
def test_never_narrower(simple: Simple, value: Any) -> None:
    codec, schema = both(simple)
    if writes(codec, value):
        assert schema.is_valid(value)


MEMBERS = [
    ("int", "boolean", "string"), ("int", "date"), ("boolean", "token"), ("double", "NMTOKEN"), ("decimal", "boolean"),
]  # fmt: skip


@settings(max_examples=300)
@given(
    st.sampled_from(MEMBERS),
    st.sampled_from([{}, {"enumeration": ("1", "true")}, {"patterns": (("[a-z0-9]+",),)}]),
    _VALUES,
)
def test_unions_are_never_narrower(members: tuple[str, ...], facets: dict[str, Any], value: Any) -> None:
    simple = Simple("U", "union", "", "collapse", Facets(**facets), members=tuple(map(xs, members)))
    codec, schema = both(simple)
    if writes(codec, value):
        assert schema.is_valid(value)


@pytest.mark.parametrize("octets", range(8))
@pytest.mark.parametrize(("low", "high"), [(0, None), (1, None), (2, 4), (3, 3), (0, 5), (4, None), (5, 6)])
def test_octets_are_counted_in_base64(octets: int, low: int, high: int | None) -> None:
    import base64

    codec, schema = both(restricted("base64Binary", min_length=low, max_length=high))
    text = base64.b64encode(bytes(octets)).decode()
    inside = low <= octets and (high is None or octets <= high)
    assert schema.is_valid(text) is writes(codec, text) is inside


def test_names() -> None:
    codec, schema = both("QName")
    for value in ("{urn:a}b", "b", "xs:int", "{}b", "{a", "{u}1", "", "{u}{v}a", 5):
        assert schema.is_valid(value) is writes(codec, value), value
    model = model_of(restricted("NOTATION"), notations=frozenset({"b", "a"}))
    assert json_schema_of(model, "T", Settings()) == {"type": "string", "enum": ["a", "b"]}
    listed = restricted("QName", enumeration=("{u}a",))
    assert json_schema_of(model_of(listed), "T", Settings()) == {"type": "string", "enum": ["{u}a"]}


def test_lists() -> None:
    simple = Simple("L", "list", "", "collapse", Facets(min_length=1, max_length=2), item=xs("string"))
    codec, schema = both(simple)
    for value in ([], ["a"], ["a", "b"], ["a", "b", "c"], [""], ["a b"], [1], "a", ["a\u00a0b"]):
        assert schema.is_valid(value) is writes(codec, value), value


@pytest.mark.parametrize(
    ("simple", "schema"),
    [
        ("int", {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}),
        ("boolean", {"type": "boolean"}),
        (
            "decimal",
            {
                "anyOf": [
                    {"type": "number"},
                    {"type": "string", "pattern": "^(?:[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+))$"},
                ]
            },
        ),
        ("hexBinary", {"type": "string", "pattern": "^(?:(?:[0-9A-Fa-f]{2})*)$"}),
    ],
)
def test_golden(simple: str, schema: dict[str, Any]) -> None:
    assert json_schema_of(model_of(), xs(simple), Settings()) == schema


def test_the_flaws_of_common_practice_are_not_in_it() -> None:
    for name in BUILTINS:
        if BUILTINS[name].kind in LATE:
            continue
        said = json.dumps(json_schema_of(model_of(), xs(name), Settings()), default=str)
        assert "multipleOf" not in said
        assert "format" not in said
        assert '"type"' in said
    _, cents = both(restricted("decimal", fraction_digits=2))
    assert cents.is_valid(Decimal("19.99"))
    assert scalar("decimal").read("19.99", {}) == Decimal("19.99")
