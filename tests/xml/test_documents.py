"""An operator's documents: encodings, refused DTDs, slices that stand alone with the lines they had."""

import pytest
from lxml import etree

from gateway.xml.documents import MAX_BYTES, DocumentError, as_utf8, parse_document, slices


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "cp1252", "us-ascii"]
)
def test_every_encoding_becomes_utf8(encoding):
    declared = encoding.replace("-sig", "").replace("cp", "windows-")
    text = f'<?xml version="1.0" encoding="{declared[:6] if declared.startswith("utf-16") else declared}"?>\n<a>x{"" if encoding == "us-ascii" else "é"}</a>'
    utf8 = as_utf8(text.encode(encoding))
    assert utf8.startswith(b'<?xml version="1.0"?>\n')
    assert parse_document(utf8).text == ("x" if encoding == "us-ascii" else "xé")


@pytest.mark.parametrize(
    ("raw", "words", "line"),
    [
        (b'<?xml version="1.0" encoding="ebcdic-cp-us"?><a/>', "is not read", 1),
        (b"<a>\n\xff</a>", "is not utf-8", 2),
        (b'<?xml version="1.0" encoding="us-ascii"?>\n<a>\xc3\xa9</a>', "is not ascii", 2),
        (b"x" * (MAX_BYTES + 1), "at most", 0),
    ],
)
def test_what_is_not_readable(raw, words, line):
    with pytest.raises(DocumentError, match=words) as caught:
        as_utf8(raw)
    assert caught.value.line == line


@pytest.mark.parametrize("prolog", ["", "<!-- a -->\n", '<?xml version="1.0"?>\n<?pi x?> <!-- <!DOCTYPE -->\n'])
def test_a_doctype_is_refused_wherever_it_stands(prolog):
    text = prolog + '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    with pytest.raises(DocumentError, match="DTD") as caught:
        parse_document(text.encode())
    assert caught.value.doctype
    assert caught.value.line == prolog.count("\n") + 1
    assert parse_document((prolog + "<a/>").encode()).tag == "a"


@pytest.mark.parametrize("broken", ["<a>", "<a></b>", "", "<a b=1/>", "<!--", "<?x", "&lt;"])
def test_not_well_formed(broken):
    with pytest.raises(DocumentError):
        parse_document(broken.encode())


def test_slices_stand_alone_on_their_lines():
    text = b"""<d xmlns="w" xmlns:x="urn:x" xmlns:t="urn:&amp;t"><types>
<x:schema
  a="b>" xmlns:t="2"/><x:other><x:schema/></x:other>
 <x:schema
   b='c'> <x:schema/> <x:e t:q="1"/>
   </x:schema >
</types></d>"""
    first, second, third = slices(text, "urn:x", "schema")
    assert [first.line, second.line, third.line] == [2, 3, 4]
    assert first.standing_alone(text) == b'<x:schema xmlns="w" xmlns:x="urn:x"\n  a="b>" xmlns:t="2"/>'
    assert etree.fromstring(second.standing_alone(text)).tag == "{urn:x}schema"
    alone = etree.fromstring(third.standing_alone(text))
    assert alone[1].get("{urn:&t}q") == "1"
    assert third.standing_alone(text).endswith(b"</x:schema >")
    assert slices(text, "w", "schema") == []


def test_a_name_of_a_later_edition_of_xml_is_refused_where_slices_are_made():
    text = "<d>\n<w\u3c3a\u783f/></d>".encode()
    assert parse_document(text).tag == "d"
    with pytest.raises(DocumentError, match="not well-formed") as caught:
        slices(text, "w", "schema")
    assert caught.value.line == 2
