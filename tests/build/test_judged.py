"""XSD 1.1: an assertion holds on both sides, and its words hold no value."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.build.judged import JudgedCodec
from gateway.build.workbench import Workbench
from gateway.core.problem import Problem
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType>
<xs:sequence><xs:element name="low" type="xs:int"/><xs:element name="high" type="xs:int"/></xs:sequence>
%s</xs:complexType></xs:element></xs:schema>"""


def bench(folder: Path, more: str) -> Workbench:
    file = folder / "s.xsd"
    file.write_text(SCHEMA % more)
    return Workbench(load_xsd([str(file)]))


def test_an_assertion_holds_both_ways(tmp_path: Path) -> None:
    body = bench(tmp_path, '<xs:assert test="low le high"/>').body("r", Settings())
    assert isinstance(body, JudgedCodec)
    value = {"low": 1, "high": 2}
    assert body.decode(etree.fromstring(body.encode(value))) == value
    assert body.json_valid(etree.fromstring(body.encode(value))) == b'{"low":1,"high":2}'
    with pytest.raises(Problem) as written:
        body.encode({"low": 4711, "high": 2})
    with pytest.raises(Problem) as read:
        body.decode(etree.fromstring("<r><low>4711</low><high>2</high></r>"))
    assert written.value.findings == read.value.findings
    assert [found.xpath for found in read.value.findings] == ["/r"]
    assert "4711" not in repr(read.value.findings)


def test_the_walk_still_says_the_places(tmp_path: Path) -> None:
    body = bench(tmp_path, '<xs:assert test="low le high"/>').body("r", Settings())
    with pytest.raises(Problem) as caught:
        body.encode({"low": "x", "high": 2})
    assert [found.pointer for found in caught.value.findings] == ["/low"]


def test_nobody_else_pays(tmp_path: Path) -> None:
    assert not isinstance(bench(tmp_path, "").body("r", Settings()), JudgedCodec)


def test_a_declared_member_is_not_smuggled_in_as_an_open_one(tmp_path: Path) -> None:
    (tmp_path / "s.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType>'
        '<xs:openContent mode="suffix"><xs:any processContents="lax"/></xs:openContent>'
        '<xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )
    body = Workbench(load_xsd([str(tmp_path / "s.xsd")])).body("r", Settings())
    value = {"a": 1, "$any": [{"{}a": {"$value": "2"}}]}  # after the member that is there, it can only be an open one
    assert body.decode(etree.fromstring(body.encode(value))) == value
    with pytest.raises(Problem) as caught:
        body.encode({"$any": [{"{}a": {"$value": "2"}}]})
    assert "would be read as a member" in caught.value.findings[0].detail
