"""Writing content: presence, counts, shapes; text pieces without a default namespace."""

from __future__ import annotations

import time

from tests.codec.kit import codec_of, round_trip, unwritten

PERSON = (
    '<xs:sequence><xs:element name="Name" type="xs:string"/><xs:element name="Age" type="xs:int" minOccurs="0"/>'
    '<xs:element name="Tag" type="xs:string" minOccurs="0" maxOccurs="2"/></xs:sequence>'
)


def test_the_order_is_the_schema_s() -> None:
    assert (
        codec_of(PERSON).encode({"Tag": ["x"], "Name": "n"})
        == '<t:r xmlns:t="urn:t"><t:Name>n</t:Name><t:Tag>x</t:Tag></t:r>'
    )


def test_every_finding() -> None:
    assert unwritten(codec_of(PERSON), {"Age": 1.5, "Tag": ["1", 2, "3"], "Zed": 1}) == [
        ("/Name", "/t:r/t:Name", "`Name` is missing."),
        ("/Age", "/t:r/t:Age", "Not a whole number."),
        ("/Tag", "/t:r/t:Tag[3]", "There are too many `Tag`."),
        ("/Zed", "/t:r/t:Zed", "`Zed` is not known here."),
    ]
    assert unwritten(codec_of(PERSON), {"Name": "x", "Tag": ["1", 2]})[0][:2] == ("/Tag/1", "/t:r/t:Tag[2]")


def test_shapes() -> None:
    codec = codec_of(PERSON)
    for value in ([], "x", 1, True):
        assert unwritten(codec, value) == [("", "/t:r", "This is the wrong kind of value.")]
    assert unwritten(codec, None) == [("", "/t:r", "A null is not allowed here.")]
    assert unwritten(codec, {"Name": "x", "Tag": "y"}) == [("/Tag", "/t:r/t:Tag", "This is the wrong kind of value.")]
    assert unwritten(codec, {"Name": {"a": 1}})
    assert unwritten(codec, {"Name": None}) == [("/Name", "/t:r/t:Name", "A null is not allowed here.")]


def test_absence() -> None:
    codec = codec_of(PERSON)
    assert (
        codec.encode({"Name": "x", "Age": None, "Tag": None})
        == codec.encode({"Name": "x", "Tag": []})
        == codec.encode({"Name": "x"})
    )


def test_text_is_escaped() -> None:
    assert '<t:Name>&lt;a&gt;&amp;"&#13;\n\t]]&gt;</t:Name>' in round_trip(codec_of(PERSON), {"Name": '<a>&"\r\n\t]]>'})


def test_counts_are_judged_as_xml() -> None:
    codec = codec_of(
        '<xs:sequence minOccurs="0" maxOccurs="unbounded"><xs:element name="a" type="xs:int" minOccurs="2" maxOccurs="2"/></xs:sequence>'
    )
    assert round_trip(codec, {"a": [1, 2]})
    assert unwritten(codec, {"a": [1, 2, 3]})


def test_time_is_linear() -> None:
    codec = codec_of('<xs:sequence><xs:element name="a" type="xs:int" maxOccurs="unbounded"/></xs:sequence>')

    def cost(size: int) -> float:
        value = {"a": list(range(size))}
        began = time.process_time()
        codec.encode(value)
        return time.process_time() - began

    cost(2_000)
    assert min(cost(40_000) for _ in range(3)) < 12 * max(min(cost(10_000) for _ in range(3)), 0.002)
