"""Where a type stands that no codec can be made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.build.workbench import Workbench
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="r" type="Outer"/>
<xs:complexType name="Outer"><xs:sequence><xs:element name="in" type="Inner"/></xs:sequence></xs:complexType>
<xs:complexType name="Inner">{}</xs:complexType>
<xs:simpleType name="E"><xs:list itemType="xs:ENTITY"/></xs:simpleType>
</xs:schema>"""


@pytest.mark.parametrize(
    "inner",
    [
        '<xs:sequence><xs:element name="e" type="xs:ENTITY"/></xs:sequence>',
        '<xs:sequence><xs:element name="e" type="E" minOccurs="0"/></xs:sequence>',
        '<xs:attribute name="e" type="xs:ENTITIES"/>',
        '<xs:simpleContent><xs:extension base="E"/></xs:simpleContent>',
    ],
)
def test_the_line_is_that_of_the_type_which_holds_it(tmp_path: Path, inner: str) -> None:
    (tmp_path / "s.xsd").write_text(XSD.format(inner))
    with pytest.raises(ContractError) as caught:
        Workbench(load_xsd([str(tmp_path / "s.xsd")])).body("r", Settings())
    assert str(caught.value).startswith(f"{tmp_path}/s.xsd:4: xs:ENTITY")
