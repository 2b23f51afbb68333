"""gateway.commands.faults: a Fault's envelope to its problem document, and back."""

from __future__ import annotations

import json

from .conftest import Call

ROUTE = ("translate", "config/netid.yaml", "--route", "POST /api/task/get", "--direction", "fault")
NS = "http://www.pointsharp.com/netid/server/portal"
FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>'
    f'<faultstring>Held.</faultstring><detail><PortalFault xmlns="{NS}"><Code>NPR_TASK_HELD</Code>'
    "<Description>Held.</Description></PortalFault></detail></s:Fault></s:Body></s:Envelope>"
)


def test_a_declared_fault_goes_both_ways(call: Call) -> None:
    done = call(*ROUTE, "--to", "json", stdin=FAULT)
    assert done.code == 0
    problem = json.loads(done.out)
    assert problem["status"] >= 400
    assert problem["fault"]["name"] == f"{{{NS}}}PortalFault"
    assert problem["fault"]["detail"]["Code"] == "NPR_TASK_HELD"
    back = call(*ROUTE, "--to", "xml", stdin=done.out)
    again = json.loads(call(*ROUTE, "--to", "json", stdin=back.out).out)
    assert again["fault"] == problem["fault"]


def test_an_undeclared_detail_goes_both_ways(call: Call) -> None:
    odd = FAULT.replace("PortalFault", "Odd").replace(NS, "urn:odd")
    problem = json.loads(call(*ROUTE, "--to", "json", stdin=odd).out)
    back = call(*ROUTE, "--to", "xml", stdin=json.dumps(problem))
    assert json.loads(call(*ROUTE, "--to", "json", stdin=back.out).out)["fault"] == problem["fault"]


def test_a_problem_without_a_fault_becomes_a_plain_one(call: Call) -> None:
    done = call(*ROUTE, "--to", "xml", stdin='{"status": 404, "title": "Not there"}')
    assert "<faultcode>soap:Client</faultcode><faultstring>Not there</faultstring>" in done.out
    done = call(*ROUTE, "--to", "xml", "--soap", "1.2", stdin='{"status": 503, "detail": "Down"}')
    assert "soap:Receiver" in done.out


def test_what_is_no_fault_is_refused(call: Call) -> None:
    plain = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>'
    assert json.loads(call(*ROUTE, "--to", "json", stdin=plain).err)["type"] == "/problems/envelope-invalid"
    assert call(*ROUTE, "--to", "xml", stdin="[]").code == 1
