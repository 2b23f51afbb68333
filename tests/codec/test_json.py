"""JSON bytes to values and back: exact digits, strictness, limits at their boundaries."""

from __future__ import annotations

import copy
import json as stdlib
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codec.json import dumps, indented, loads, written_off
from gateway.codec.json_reader import read
from gateway.core.limits import DEFAULT, LARGE, Limits
from gateway.core.problem import Kind, Problem
from gateway.xml import illegal_at


def refused(raw: bytes, limits: Limits = DEFAULT, **how: bool) -> Problem:
    with pytest.raises(Problem) as info:
        loads(raw, limits, **how)
    return info.value


# -- numbers


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"0", 0),
        (b"-1", -1),
        (b"999999999999999999", 999999999999999999),
        (b"-999999999999999999", -999999999999999999),
        (b"1000000000000000000", Decimal("1000000000000000000")),
        (b"-1000000000000000000", Decimal("-1000000000000000000")),
        (b"9007199254740993", 2**53 + 1),
        (b"18446744073709551616", Decimal(2**64)),
        (b"12345678901234567890123", Decimal("12345678901234567890123")),
        (b"1.10", Decimal("1.10")),
        (b"0.12345678901234567890", Decimal("0.12345678901234567890")),
        (b"0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
        (b"-0.0", Decimal("-0.0")),
        (b"-0", Decimal("-0")),
        (b"1E5", Decimal("1E5")),
        (b"1e128", Decimal("1e128")),
        (b"1e-128", Decimal("1e-128")),
        (b"1e129", 1e129),
        (b"1.7976931348623157E308", 1.7976931348623157e308),
        (b"5e-324", 5e-324),
        (b"0e999", 0.0),
        (b"9" * 128, Decimal("9" * 128)),
    ],
)
def test_numbers_keep_their_digits(raw: bytes, value: object) -> None:
    for text, path in ((raw, ()), (b"[" + raw + b"]", (0,)), (b'{"a": {"b":[ ' + raw + b" ]}}", ("a", "b", 0))):
        got: object = loads(text, DEFAULT)
        for step in path:
            got = got[step]  # type: ignore[index]
        assert type(got) is type(value)
        assert str(got) == str(value)


@pytest.mark.parametrize(
    "raw", [b"9" * 129, b"9" * 5000, b"1." + b"0" * 127, b"1e400", b"-1e400", b"1e-400", b"1e" + b"9" * 99]
)
def test_numbers_beyond_the_limits(raw: bytes) -> None:
    assert refused(b"[1, " + raw + b"]").kind is Kind.JSON_LIMIT_EXCEEDED
    assert refused(b"[1, " + raw + b"]").findings[0].pointer == "/1"


def test_a_million_digits_are_cheap_to_refuse() -> None:
    begun = time.process_time()
    assert refused(b"9" * 1_000_000).kind is Kind.JSON_LIMIT_EXCEEDED
    assert refused(b"1e400").limit == "json_exponent"
    assert time.process_time() - begun < 0.06


def test_digits_in_strings_are_not_numbers() -> None:
    assert loads(b'["12345678901234567890", 12345678901234567890, "1e999", "\\\\", "-0"]', DEFAULT) == [
        "12345678901234567890",
        Decimal("12345678901234567890"),
        "1e999",
        "\\",
        "-0",
    ]


# -- strictness


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"a":1,"a":1}', "/a"),
        (b'{"a":1,"\\u0061":2}', "/a"),
        (b'{"x":[0,{"b/c":1,"b/c":2}]}', "/x/1/b~1c"),
        (b'{"":1,"":2}', "/"),
    ],
)
def test_duplicate_keys(raw: bytes, pointer: str) -> None:
    problem = refused(raw)
    assert problem.kind is Kind.JSON_DUPLICATE_KEY
    assert problem.findings[0].pointer == pointer


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (rb'{"a":["\ud800"]}', "/a/0"),
        (rb'["\udc00\ud800"]', "/0"),
        (rb'["\ud800x"]', "/0"),
        (rb'["\ud800\u0041"]', "/0"),
        (rb'{"a":"\u0000"}', "/a"),
        (rb'{"a":"\u0001"}', "/a"),
        (rb'{"a":"\b"}', "/a"),
        (rb'{"a":"\f"}', "/a"),
        (rb'{"a":"\uFFFE"}', "/a"),
        (rb'{"a":"\uffff"}', "/a"),
        ('{"a":"\ufffe"}'.encode(), "/a"),
        ('{"a":"\uffff"}'.encode(), "/a"),
        (b'{"a":"\x00"}', "/a"),
        (b'{"a":"\x1f"}', "/a"),
        (b'{"\\u0000":1}', "/\x00"),
        (rb'{"\ud800":1}', "/?"),
    ],
)
def test_what_xml_cannot_carry(text: bytes, pointer: str) -> None:
    problem = refused(text)
    assert problem.kind is Kind.XML_ILLEGAL_CHARACTER
    assert problem.status == 422
    assert problem.findings[0].pointer == pointer


@pytest.mark.parametrize(
    "text",
    ['"C:\\\\foo\\\\bar"', '"\\u0009\\u000a\\u000d"', '"\\ud83d\\ude00"', '"\ud7ff\ue000\ufffd"', '"\x7f\x85\u2028"'],
)
def test_what_xml_can_carry(text: str) -> None:
    assert loads(text.encode(), DEFAULT) == stdlib.loads(text)


@pytest.mark.parametrize(
    ("raw", "words", "pointer"),
    [
        (b"", "ends too early", ""),
        (b" ", "ends too early", ""),
        (b"[1,]", "value is expected", "/1"),
        (b'{"a":1,}', "key in double quotes", ""),
        (b"{'a':1}", "key in double quotes", ""),
        (b'{"a" 1}', "`:`", "/a"),
        (b'{"a":1 "b"}', "`,` or `}`", ""),
        (b"[1 2]", "`,` or `]`", ""),
        (b"[01]", "`,` or `]`", ""),
        (b"[-]", "not complete", "/0"),
        (b"[+1]", "value is expected", "/0"),
        (b"[.5]", "value is expected", "/0"),
        (b"NaN", "value is expected", ""),
        (b"-Infinity", "not complete", ""),
        (b"[tru]", "value is expected", "/0"),
        (b'"a', "does not end", ""),
        (b'"\\x"', "escape", ""),
        (b'"\\u12"', "hexadecimal", ""),
        (b'"\t"', "not escaped", ""),
        (b"1 1", "follows", ""),
        (b"// c\n1", "value is expected", ""),
        (b'{"a":[1,{"b":nul}]}', "value is expected", "/a/1/b"),
        (b'"\xff"', "not UTF-8 at byte 1", None),
        (b'"\xed\xa0\x80"', "not UTF-8", None),
        (b'"\xc0\xaf"', "not UTF-8", None),
        ("[１]".encode(), "value is expected", "/0"),
        (b"[1\x0c]", "`,` or `]`", ""),
        (b"[1\xc2\xa0]", "`,` or `]`", ""),
    ],
)
def test_malformed(raw: bytes, words: str, pointer: str | None) -> None:
    problem = refused(raw)
    assert problem.kind is Kind.MALFORMED_JSON
    assert words in problem.detail
    assert [f.pointer for f in problem.findings] == ([] if pointer is None else [pointer])


def test_the_place_is_line_and_column() -> None:
    assert refused(b'{\n  "a": 1,\n  "b": x\n}').detail == "Line 3, column 8: a value is expected."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_only_utf8(encoding: str) -> None:
    assert refused('{"a":1}'.encode(encoding)).kind is Kind.UNSUPPORTED_CHARSET


def test_a_byte_order_mark_is_read_past() -> None:
    assert loads(b'\xef\xbb\xbf{"a":1}', DEFAULT) == {"a": 1}


# -- limits


def keys(count: int) -> bytes:
    return dumps({f"k{i}": 1 for i in range(count)})


def objects(tokens: int) -> bytes:
    """Exactly so many tokens: brackets, keys and values."""
    rows, rest = divmod(tokens - 2, 4)
    return dumps([{"k": 1}] * rows + [1] * rest)


SMALL = Limits(body=100_000, response=200_000, json_items=40_000)
CASES = [
    ("array depth", lambda n: b"[" * n + b"]" * n, 64, DEFAULT),
    ("array depth with a leaf", lambda n: b"[" * n + b"1" + b"]" * n, 64, DEFAULT),
    ("object depth", lambda n: b'{"a":' * n + b"1" + b"}" * n, 64, DEFAULT),
    ("depth beside much", lambda n: b"[" + b"[]," * 70 + b"[" * (n - 1) + b"1" + b"]" * n, 64, DEFAULT),
    ("tokens", objects, 50_000, Limits(json_items=100_000)),
    ("keys", keys, 1000, DEFAULT),
    ("items", lambda n: b"[" + b",".join([b"1"] * n) + b"]", 10_000, DEFAULT),
    ("key", lambda n: b'{"' + b"k" * n + b'":1}', 256, DEFAULT),
    ("key, wide characters", lambda n: ('{"' + "ä" * n + '":1}').encode(), 256, DEFAULT),
    ("string", lambda n: b'["' + b"s" * n + b'"]', 256 * 1024, DEFAULT),
    ("number", lambda n: b"[" + b"1" * n + b"]", 128, DEFAULT),
    ("number with a fraction", lambda n: b"[1." + b"1" * (n - 2) + b"]", 128, DEFAULT),
    ("short numbers by setting", lambda n: b"[" + b"1" * n + b"]", 5, Limits(json_number=5)),
]


@pytest.mark.parametrize(("make", "limit", "limits"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_boundary_pair(make, limit: int, limits: Limits) -> None:  # type: ignore[no-untyped-def]
    assert loads(make(limit), limits) == read(make(limit), limits)
    problem = refused(make(limit + 1), limits)
    assert problem.kind is Kind.JSON_LIMIT_EXCEEDED
    assert getattr(limits, problem.limit) == limit
    assert f"more than {limit} " in problem.detail


def test_sizes_of_requests_and_answers() -> None:
    exact = b"[" + b" " * 99_998 + b"]"
    assert loads(exact, SMALL) == []
    assert refused(exact + b" ", SMALL).kind is Kind.PAYLOAD_TOO_LARGE
    assert loads(exact + b" " * 100_000, SMALL, response=True) == []
    assert refused(exact + b" " * 100_001, SMALL, response=True).kind is Kind.UPSTREAM_TOO_LARGE


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 1024, b"[" * 1024 + b"]" * 1024])
def test_depth_is_cheap_to_refuse(raw: bytes) -> None:
    begun = time.process_time()
    assert refused(raw).kind is Kind.JSON_LIMIT_EXCEEDED
    assert time.process_time() - begun < 0.06


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (b"1 2", Kind.MALFORMED_JSON),
        (b'{"a":1,"a":1}', Kind.JSON_DUPLICATE_KEY),
        (b"[" * 300, Kind.JSON_LIMIT_EXCEEDED),
        (rb'"\ud800"', Kind.XML_ILLEGAL_CHARACTER),
    ],
)
def test_a_large_text_is_refused_without_the_slow_reader(broken: bytes, kind: Kind) -> None:
    raw = b"[" + b"1," * 3_000_000 + broken + b"]"
    begun = time.process_time()
    problem = refused(raw, LARGE)
    assert problem.kind is kind
    assert "line 1 column" in problem.detail
    assert time.process_time() - begun < 1.5


def test_members_names_are_cut_in_pointers() -> None:
    assert len(refused(b'{"' + b"k" * 200 + b'":x}').findings[0].pointer) == 129


# -- writing


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (Decimal("1.10"), b"1.10"),
        (Decimal("1E5"), b"100000"),
        (Decimal("1E-7"), b"0.0000001"),
        (Decimal("-0"), b"-0"),
        (2**64, b"18446744073709551616"),
        ({"a": [2**200, {"b": None}, [], {}, True, 1.5]}, b'{"a":[%d,{"b":null},[],{},true,1.5]}' % 2**200),
        (-0.0, b"-0.0"),
        ("a\r\n\x85\u2028\U0001f600", '"a\\r\\n\x85\u2028\U0001f600"'.encode()),
    ],
)
def test_writing_is_exact(value: object, raw: bytes) -> None:
    assert dumps(value) == raw  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e100000000"), "\ud800", {"\udc00": 1}, object()]
)
def test_what_is_no_value_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # which words does not matter
        dumps(value)  # type: ignore[arg-type]


def test_depth_is_no_bound_of_writing() -> None:
    value: object = 1
    for _ in range(5000):
        value = [value, {"k": 2}]
    assert dumps(value).startswith(b"[" * 5000 + b"1")  # type: ignore[arg-type]
    assert dumps(value).endswith(b',{"k":2}]')  # type: ignore[arg-type]


# -- laws

TEXTS = st.text(st.characters(exclude_categories=("Cs",)).filter(lambda c: illegal_at(c) < 0), max_size=20)
NUMBERS = st.integers(-(10**30), 10**30).map(lambda n: Decimal(n) if abs(n) >= 10**18 else n) | st.decimals(
    allow_nan=False, allow_infinity=False, places=5
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_what_is_written_reads_back(value: object) -> None:
    raw = dumps(value)  # type: ignore[arg-type]
    assert loads(raw, DEFAULT) == value
    assert dumps(loads(raw, DEFAULT)) == raw


PIECES = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b'"a"',
        b"1",
        b"-0",
        b"0.5",
        b"1e9",
        b"\\u00",
        b"\\ud83d",
        b"\\ude00",
        b"true",
        b"null",
        b" ",
        b"\n",
        b"\xc3\xa4",
        b"\xef\xbf\xbf",
        b"\x00",
        b"\\",
        b"12345678901234567890",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.binary(max_size=60) | st.lists(PIECES, max_size=14).map(b"".join))
def test_any_bytes_give_a_value_or_a_problem_and_both_readers_agree(raw: bytes) -> None:
    def verdict(reader) -> object:  # type: ignore[no-untyped-def]
        try:
            return repr(reader(raw, DEFAULT))
        except Problem as problem:
            return problem.kind

    fast = verdict(loads)
    if fast is not Kind.UNSUPPORTED_CHARSET and not raw.startswith(b"\xef\xbb\xbf"):
        assert fast == verdict(read)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a":12.50,"b":[1,{"c":"x: {, \\" é"}],"d":{},"e":[]}', None),
        ("-0.0", "-0.0"),
        ('"a b"', '"a b"'),
        ("[]", "[]"),
        ("[[],[1e400]]", "[\n  [],\n  [\n    1e400\n  ]\n]"),
    ],
)
def test_text_for_a_person_keeps_every_scalar(text: str, shown: str | None) -> None:
    found = indented(text.encode())
    if shown is None:
        assert found == stdlib.dumps(stdlib.loads(text), indent=2, ensure_ascii=False).replace("12.5,", "12.50,")
    else:
        assert found == shown


@pytest.mark.parametrize("size", [0, 1023, 1024, 1025, 2048, 5000])
def test_a_long_array_is_written_piece_by_piece_and_given_up(size):
    rows = [{"a": at, "b": ["x"] * (at % 3)} for at in range(size)]
    for value in (rows, {"r": rows}, {"s": {"é\"": "x", "r": rows, "t": []}, "n": None}, {"one": rows, "two": rows[:7] * 300}):
        whole = dumps(value)
        assert written_off(copy.deepcopy(value)) == whole
    given = {"r": rows}
    written_off(given)
    assert given["r"] == ([None] * size if size > 1024 else rows)


def test_what_orjson_cannot_write_is_left_to_the_other():
    assert written_off({"r": [1] * 2000 + [1 << 70]}) is None
    assert written_off({"r": [1] * 2000, "s": 1 << 70}) is None
