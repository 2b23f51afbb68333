"""Reading content: order, counts, stray text, unknown elements; every finding with both places."""

from __future__ import annotations

from tests.codec.kit import codec_of, read, refused

PERSON = (
    '<xs:sequence><xs:element name="Name" type="xs:string"/><xs:element name="Age" type="xs:int" minOccurs="0"/>'
    '<xs:element name="Tag" type="xs:string" minOccurs="0" maxOccurs="2"/></xs:sequence>'
)


def test_comments_do_not_cut_a_value() -> None:
    assert read(codec_of(PERSON), "<!-- a --><t:Name>x<!-- c -->y</t:Name><t:Age>4<!-- c -->1</t:Age>") == {
        "Name": "xy",
        "Age": 41,
    }


def test_missing_and_then_on() -> None:
    assert refused(codec_of(PERSON), "<t:Age>x</t:Age><t:Zed/>") == [
        ("/Name", "/t:r/t:Name", "`Name` is missing."),
        ("/Age", "/t:r/t:Age", "Not a whole number."),
        ("/Zed", "/t:r/t:Zed", "`Zed` is not known here."),
    ]


def test_too_many_and_out_of_order() -> None:
    codec = codec_of(PERSON)
    found = refused(codec, "<t:Name>x</t:Name><t:Tag/><t:Tag/><t:Tag/>")
    assert found == [("/Tag", "/t:r/t:Tag[3]", "There are too many `Tag`.")]
    assert [one[2] for one in refused(codec, "<t:Name>x</t:Name><t:Tag/><t:Age>1</t:Age>")] == [
        "`Age` may not stand here."
    ]
    assert [one[2] for one in refused(codec, "<t:Name>x</t:Name><t:Name>x</t:Name>")] == ["There are too many `Name`."]


def test_stray_text() -> None:
    codec = codec_of(PERSON)
    assert read(codec, "\n <t:Name>x</t:Name>\n ") == {"Name": "x"}
    assert [one[2] for one in refused(codec, "a<t:Name>x</t:Name>b")] == ["Text may not stand here."] * 2


def test_markup_in_a_simple_value() -> None:
    codec = codec_of(PERSON)
    assert refused(codec, "<t:Name>1<t:b/>000</t:Name>") == [("/Name", "/t:r/t:Name/t:b", "`b` is not known here.")]


def test_the_limit_of_findings() -> None:
    codec = codec_of(
        '<xs:sequence><xs:element name="a" type="xs:int" maxOccurs="unbounded"/></xs:sequence>', findings=3
    )
    assert len(refused(codec, "<t:a>x</t:a>" * 50)) == 3


def test_counts_beyond_what_the_layout_says() -> None:
    codec = codec_of(
        '<xs:sequence minOccurs="0" maxOccurs="unbounded"><xs:element name="a" type="xs:int" minOccurs="2" maxOccurs="2"/></xs:sequence>'
    )
    assert read(codec, "<t:a>1</t:a>" * 4) == {"a": [1, 1, 1, 1]}
    assert refused(codec, "<t:a>1</t:a>" * 3)


def test_empty_content() -> None:
    codec = codec_of("")
    assert read(codec, "<!-- c -->") == {}
    assert refused(codec, " ")
    assert [one[2] for one in refused(codec, "<t:a/>")] == ["`a` is not known here."]


def test_nulls_and_lists_are_filled_in_schema_order() -> None:
    codec = codec_of(PERSON, nulls="write", lists="empty")
    assert list(read(codec, "<t:Name>x</t:Name>").items()) == [("Name", "x"), ("Age", None), ("Tag", [])]  # type: ignore[union-attr]


def test_an_all_is_put_in_schema_order() -> None:
    codec = codec_of(
        '<xs:all><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int" minOccurs="0"/></xs:all>'
    )
    assert list(read(codec, "<t:b>1</t:b><t:a>2</t:a>")) == ["a", "b"]  # type: ignore[arg-type]
    assert [one[2] for one in refused(codec, "<t:b>1</t:b>")] == ["`a` is missing."]
