"""gateway.dialect.blame: what is refused of an answer is the service's failure, and nothing that was known is lost."""

from __future__ import annotations

import pytest

from gateway.core.problem import Finding, Kind, Problem
from gateway.dialect.blame import Blaming, blamed
from gateway.dialect.soap_client import SoapClient
from tests.dialect.conftest import BUY, envelope, posted


def test_blame_keeps_what_is_known_and_never_names_the_client(soap: SoapClient) -> None:
    exchange = soap.read_request(posted(envelope(BUY)))
    told = blamed(Problem(Kind.XML_LIMIT_EXCEEDED, "Too deep.", limit="xml_depth"), exchange)
    assert (told.kind, told.status, told.outcome, told.limit) == (Kind.UPSTREAM_MALFORMED, 502, "unknown", "xml_depth")
    known = blamed(Problem(Kind.UPSTREAM_AUTH, outcome="rejected"), exchange)
    assert (known.kind, known.outcome) == (Kind.UPSTREAM_AUTH, "rejected")


def test_an_answer_that_breaks_the_schema_keeps_its_findings(soap: SoapClient) -> None:
    exchange = soap.read_request(posted(envelope(BUY)))
    finding = Finding("/n", "n", "No number.", "a number")
    with pytest.raises(Problem) as caught, Blaming(exchange):
        raise Problem(Kind.INVALID_MESSAGE, findings=[finding])
    assert (caught.value.kind, caught.value.findings) == (Kind.UPSTREAM_SCHEMA_VIOLATION, (finding,))
    assert isinstance(caught.value.__cause__, Problem)


def test_what_is_no_refusal_passes_as_it_is(soap: SoapClient) -> None:
    with pytest.raises(RecursionError), Blaming(soap.read_request(posted(envelope(BUY)))):
        raise RecursionError
