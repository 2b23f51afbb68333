"""gateway.commands.verdict_report: one object for machines, the same as a table."""

from __future__ import annotations

from gateway.build.verdict import MessageVerdict, OperationVerdict, Trip
from gateway.commands.verdict_report import report, text
from gateway.schema.contract import Contract, Note, Place

AT = Place("a.wsdl", 7)


def test_every_reason_is_told_once_with_whom_it_concerns() -> None:
    bad = MessageVerdict("request", "{u}a", xml=Trip("no", "a/b: lost"), approximated=("JSON Schema cannot say: xs:key",))
    verdicts = [
        OperationVerdict("S", "P", "One", "SOAP 1.1", "rpc/literal", AT, messages=(bad,)),
        OperationVerdict("S", "P", "Two", "SOAP 1.1", "rpc/literal", AT, refused="two parts"),
        OperationVerdict("S", "H", "", "HTTP GET", "", AT, refused="its binding is HTTP"),
    ]
    told = report(Contract("a.wsdl", version="1.1", notes=(Note("repaired", "mended", AT),)), verdicts)
    assert told["summary"] == {"operations": 2, "load": 1, "round_trip_both_ways": 0}
    shown = text(told).splitlines()
    assert "  One        SOAP 1.1  rpc/literal  yes    no            yes" in shown
    assert "  Two        SOAP 1.1  rpc/literal  no     -             -" in shown
    assert "  HTTP GET; not served: its binding is HTTP" in shown
    assert shown[shown.index("does not come back: XML-JSON-XML: a/b: lost") + 1] == "  a.wsdl:7 One request"
    assert "refused: two parts" in shown
    assert "approximated: JSON Schema cannot say: xs:key" in shown
    assert "repaired: a.wsdl:7: mended" in shown
