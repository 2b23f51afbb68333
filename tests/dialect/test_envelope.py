"""The shape around a body, good and bad (SECURITY X-17)."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.core.problem import Kind, Problem
from gateway.dialect.envelope import NS, for_us, open_envelope, write_envelope

S11, S12 = NS["1.1"], NS["1.2"]


@pytest.mark.parametrize(("version", "namespace"), [("1.1", S11), ("1.2", S12)])
def test_both_versions_are_read(version: str, namespace: str) -> None:
    found = open_envelope(
        etree.fromstring(
            f'<e:Envelope xmlns:e="{namespace}"> <e:Header><a/><b/></e:Header>\n<e:Body> <x/> </e:Body></e:Envelope>'
        )
    )
    assert found.version == version
    assert found.body.tag == "x"
    assert [block.name for block in found.headers] == ["a", "b"]
    assert not found.is_fault


def test_an_empty_body_and_a_fault_of_the_own_version_only() -> None:
    text = '<e:Envelope xmlns:e="{0}"><e:Body>{1}</e:Body></e:Envelope>'
    assert open_envelope(etree.fromstring(text.format(S11, ""))).body is None
    assert open_envelope(etree.fromstring(text.format(S11, "<e:Fault/>"))).is_fault
    assert not open_envelope(etree.fromstring(text.format(S11, f'<f:Fault xmlns:f="{S12}"/>'))).is_fault


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<e:Body/><e:Body/>", "two Bodies"),
        ("<e:Body/><e:Header/>", "Header after Body"),
        ("<e:Header/><e:Header/><e:Body/>", "two Headers"),
        ("<e:Header/><x/><e:Body/>", "an element between"),
        ("<e:Header/>", "no Body"),
        ("", "nothing"),
        ("text<e:Body/>", "text before"),
        ("<e:Body/>text", "text after"),
        ("<e:Header>text</e:Header><e:Body/>", "text in Header"),
        ("<e:Body>text<x/></e:Body>", "text in Body"),
        ("<e:Body/><x/>", "unqualified after Body"),
        ('<e:Header><x e:mustUnderstand="maybe"/></e:Header><e:Body/>', "a flag that is none"),
    ],
)
@pytest.mark.parametrize("namespace", [S11, S12])
def test_another_shape_is_refused(inside: str, why: str, namespace: str) -> None:
    with pytest.raises(Problem) as caught:
        open_envelope(etree.fromstring(f'<e:Envelope xmlns:e="{namespace}">{inside}</e:Envelope>'))
    assert caught.value.kind is Kind.ENVELOPE_INVALID, why


def test_elements_after_the_body_are_soap_1_1s_alone() -> None:
    text = '<e:Envelope xmlns:e="{}"><e:Body/><x xmlns="urn:x"/></e:Envelope>'
    assert open_envelope(etree.fromstring(text.format(S11))).version == "1.1"
    with pytest.raises(Problem):
        open_envelope(etree.fromstring(text.format(S12)))


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("<Envelope><Body/></Envelope>", Kind.VERSION_MISMATCH),
        ('<e:Envelope xmlns:e="urn:e"><e:Body/></e:Envelope>', Kind.VERSION_MISMATCH),
        (f'<e:Body xmlns:e="{S11}"/>', Kind.ENVELOPE_INVALID),
        ("<html/>", Kind.ENVELOPE_INVALID),
    ],
)
def test_another_root_is_refused(root: str, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        open_envelope(etree.fromstring(root))
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("namespace", "attributes", "must", "ours"),
    [
        (S11, 'e:mustUnderstand="1"', True, True),
        (S11, 'mustUnderstand="1"', False, True),  # unqualified: not the envelope's attribute
        (S11, 'e:mustUnderstand="1" e:actor="http://schemas.xmlsoap.org/soap/actor/next"', True, True),
        (S11, 'e:mustUnderstand="1" e:actor="urn:someone"', True, False),
        (
            S12,
            'e:mustUnderstand="true" e:role="http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"',
            True,
            True,
        ),
        (S12, 'e:mustUnderstand=" true "', True, True),
        (S12, 'e:mustUnderstand="1" e:role="http://www.w3.org/2003/05/soap-envelope/role/none"', True, False),
        (S12, 'e:mustUnderstand="false"', False, True),
    ],
)
def test_header_blocks(namespace: str, attributes: str, must: bool, ours: bool) -> None:
    text = f'<e:Envelope xmlns:e="{namespace}"><e:Header><x {attributes}/></e:Header><e:Body/></e:Envelope>'
    (block,) = open_envelope(etree.fromstring(text)).headers
    assert block.must_understand is must
    assert for_us(block) is ours


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_what_is_written_is_read(version: str) -> None:
    text = write_envelope(version, "<x>ü</x>", "<h/>")  # type: ignore[arg-type]
    assert text.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    found = open_envelope(etree.fromstring(text))
    assert (found.version, found.body.text, found.headers[0].name) == (version, "ü", "h")
    assert b"Header" not in write_envelope("1.1", "")
