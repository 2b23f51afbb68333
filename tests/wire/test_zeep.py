"""A SOAP client that nobody here wrote calls the gateway's SOAP face from the WSDL that the gateway serves."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import zeep
import zeep.exceptions

from gateway.demo import portal
from tests.wire.conftest import gateway_of_file, in_thread


@asynccontextmanager
async def portal_behind(root: Path):
    """The reference portal and the gateway of config/netid.yaml before it: (gateway's address, portal)."""
    running = await portal.start("127.0.0.1", 0)
    try:
        async with gateway_of_file(root / "config" / "netid.yaml", {"NETID_PORTAL": running.url}) as gateway:
            yield f"http://{gateway.addresses['data']}", running
    finally:
        await running.stop()


@pytest.fixture
def served(root: Path):
    with in_thread(lambda: portal_behind(root)) as address_and_portal:
        yield address_and_portal


def test_zeep_takes_and_releases_a_task(served):
    address, _ = served
    client = zeep.Client(f"{address}/portal?wsdl")
    made = client.service.CreateTask(Info={"SessionId": b"", "Type": "123", "Id": 5, "Count": 1})
    assert made.Task.Status.Name == "Processing"
    released = client.service.ReleaseTask(Info={"SessionId": b"", "Id": made.Task.Id, "Count": 2})
    assert released.Task.Status.Name == "Ready"
    assert released.Task.ProcessorId == 0
    assert released.Task.Message.Code == "NPR_TASK_RELEASED"


def test_the_served_wsdl_names_the_gateway_alone(served):
    address, running = served
    client = zeep.Client(f"{address}/portal?wsdl")
    binding_address = client.service._binding_options["address"]
    assert binding_address == f"{address}/portal"
    assert running.url not in client.wsdl.location


def test_a_fault_of_the_service_reaches_zeep_as_a_fault(served):
    address, _ = served
    client = zeep.Client(f"{address}/portal?wsdl")
    with pytest.raises(zeep.exceptions.Fault) as fault:
        client.service.ReleaseTask(Info={"SessionId": b"", "Id": 999999999, "Count": 1})
    assert fault.value.code.endswith(("Client", "Server"))


def test_a_message_that_breaks_the_schema_is_a_client_fault_with_its_places(served):
    address, running = served
    client = zeep.Client(f"{address}/portal?wsdl")
    before = running.executions("ReleaseTask") if hasattr(running, "executions") else None
    with pytest.raises(zeep.exceptions.Fault) as fault:
        client.service.ReleaseTask(Info={"SessionId": b"", "Id": 2**63, "Count": 1})
    assert fault.value.code == "soap:Client"
    assert b"invalid-message" in zeep.wsdl.utils.etree_to_string(fault.value.detail)
    if before is not None:
        assert running.executions("ReleaseTask") == before
