"""A good answer that says Fail is no success for a REST client; over real sockets, the service saying it both ways."""

from __future__ import annotations

import pytest

from gateway.demo import projector as projector_demo
from gateway.demo import projector_state
from tests.wire.test_locks import PATH, UID, before, draft, save


@pytest.mark.parametrize("errors", ["fault", "status"])
async def test_an_error_is_one_whichever_way_the_service_says_it(errors):
    service = projector_demo.Projector(projector_state.seeded(projector_state.Rules(errors=errors)))
    async with before(service) as (service, client, _):
        assert (await save(client, draft("A")))[0] == 201
        status, told, headers = await save(client, draft("A"))
        assert (status, told["type"], told["outcome"]) == (409, "/problems/fault", "rejected"), told
        assert "etag" not in headers
        assert "location" not in headers
        status, told, _ = await save(client, draft("B"), path="/projects/NONE/task-types")
        assert (status, told["outcome"]) == (404, "rejected")
        status, told, _ = await save(client, draft("B"), method="PUT", path=f"{PATH}/{UID}", If_Match='"AAAAAAAAAAA="')
        assert (status, told["type"]) == (412, "/problems/precondition-failed")
        broken = {"ProjectTaskType": {"ProjectTaskTypeName": "C"}}
        status, told, _ = await save(client, broken)
        assert (status, told["outcome"]) == (422, "rejected")
        if errors == "status":
            assert told["answer"]["PwsSaveProjectTaskTypeResult"]["Status"] == "Fail"
        async with client.get("/projects/NONE") as answer:
            assert answer.status == 404
        assert len(service.saved) == 1


async def test_soap_callers_get_the_answer_itself():
    service = projector_demo.Projector(projector_state.seeded(projector_state.Rules(errors="status")))
    async with before(service) as (service, client, _):
        body = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            '<PwsGetProject xmlns="http://projectorpsa.com/PwsProjectorServices/"><serviceRequest>'
            '<s:ProjectIdentity xmlns:s="http://projectorpsa.com/DataContracts/Shared/Scheduling/">'
            '<c:ProjectCode xmlns:c="http://projectorpsa.com/DataContracts/Shared/Common/">NONE</c:ProjectCode>'
            "</s:ProjectIdentity></serviceRequest></PwsGetProject>"
            "</s:Body></s:Envelope>"
        )
        action = '"http://projectorpsa.com/PwsProjectorServices/IPwsProjectorServices/PwsGetProject"'
        headers = {"content-type": "text/xml", "soapaction": action}
        async with client.post("/projector", data=body, headers=headers) as answer:
            assert answer.status == 200
            assert "Fail</" in await answer.text()
