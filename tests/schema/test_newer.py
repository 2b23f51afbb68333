"""Open content and alternatives of XSD 1.1: told with their place, and no message that uses them passes by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.commands.contract import of_wsdl
from gateway.commands.messages import Messages
from gateway.commands.task import Task
from gateway.core.problem import Kind, Problem
from gateway.schema.wsdl import load_wsdl

CASE = Path(__file__).parents[1] / "golden/wsdl/xsd-1.1/contract.wsdl"
SOAP = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><e:Body>{}</e:Body></e:Envelope>'


def test_each_is_told_where_it_stands() -> None:
    told = [(note.kind, note.place.line, note.text.partition(": ")[0]) for note in load_wsdl(CASE).notes]
    assert told == [("approximated", 5, "xs:alternative"), ("approximated", 6, "xs:openContent")]


def test_content_that_is_closed_again_is_nothing_to_tell(tmp_path: Path) -> None:
    text = CASE.read_text()
    opened = text[text.index("<xs:openContent") : text.index("</xs:openContent>") + len("</xs:openContent>")]
    (tmp_path / "c.wsdl").write_text(text.replace(opened, '<xs:openContent mode="none"/>'))
    assert [note.place.line for note in load_wsdl(tmp_path / "c.wsdl").notes] == [5]


@pytest.mark.parametrize(
    ("direction", "body", "json"),
    [
        ("request", '<t:Get k="y"><t:a>1</t:a></t:Get>', b'{"@k":"y","a":1}'),
        ("request", '<t:Get k="x"><t:a>1</t:a><t:b>2</t:b></t:Get>', None),
        ("request", '<t:Get k="x"><t:a>1</t:a></t:Get>', None),  # the alternative wants b
        ("response", "<t:GetResponse><t:a>1</t:a></t:GetResponse>", b'{"a":1}'),
        ("response", "<t:GetResponse><t:a>1</t:a><o xmlns='urn:o'/></t:GetResponse>", None),
    ],
)
def test_a_message_passes_whole_or_not_at_all(direction: str, body: str, json: bytes | None) -> None:
    task = Task(SOAP.format(body).encode(), direction, "json", "Get")
    messages = Messages(of_wsdl(str(CASE)))
    if json is not None:
        assert messages.translate(task) == json
        return
    with pytest.raises(Problem) as caught:
        messages.translate(task)
    assert caught.value.kind is Kind.INVALID_MESSAGE
