"""gateway.schema.renames: other keys, everywhere or in one type, and those that change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.build.workbench import Workbench
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.renames import idle, renamed, type_name
from gateway.schema.wsdl import load_wsdl

ROOT = Path(__file__).resolve().parents[2]
NS = "{http://www.pointsharp.com/netid/server/portal}"


@pytest.fixture(scope="module")
def bench() -> Workbench:
    return Workbench(load_wsdl(ROOT / "schemas/netid/portal.wsdl"))


def test_a_type_is_named_by_its_local_name() -> None:
    assert type_name("{urn:a#b}Task") == "Task"
    assert type_name("{urn:t}Task#filled:{urn:t}SaveTask/Info") == "Task"


def test_a_type_without_a_name_is_named_by_its_element() -> None:
    assert type_name("element:{urn:t}Save#") == "Save"
    assert type_name("element:{urn:t}Save##filled:{urn:t}Save") == "Save"
    assert type_name("element:{urn:t}Save#Info/Part~2") == "Part"
    assert type_name("{urn:a#b}Task#Lines") == "Lines"


def test_a_member_of_a_type_without_a_name_is_renamed(bench: Workbench) -> None:
    settings = Settings(rename=(("GetTaskResponse/GetTaskResult", "found"), ("CreateTask/Info", "order")))
    assert idle(bench.laid(settings), settings, [f"{NS}GetVersion"]) == [name for name, _ in settings.rename]
    assert idle(bench.laid(settings), settings, [f"{NS}GetTaskResponse", f"{NS}CreateTask"]) == []
    assert bench.body(f"{NS}GetTaskResponse", settings).encode({"found": {}}).count("GetTaskResult") == 2


def test_the_narrower_rename_wins() -> None:
    settings = Settings(rename=(("Id", "key"), ("Task/Id", "number")))
    assert renamed(settings, "{urn:t}Task", "Id") == "number"
    assert renamed(settings, "{urn:t}Other", "Id") == "key"
    assert renamed(settings, "{urn:t}Task", "Name") is None


def test_codec_and_schema_have_the_new_key(bench: Workbench) -> None:
    settings = Settings(names="camel", rename=(("Task/ProcessorId", "holder"), ("TaskType/Name", "called")))
    body = bench.body(f"{NS}GetTaskResponse", settings, ("GetTaskResult",))
    task = {
        "id": 1, "organizationId": 1, "requestorId": 1, "behalfOfId": 0, "holder": 21, "entityId": 1,
        "entityType": "User", "entityDescription": "", "validFrom": "", "validTo": "", "dateTime": "",
        "type": {"id": 1, "called": "x"}, "status": {"id": 1, "name": "Ready", "dateTime": ""},
    }  # fmt: skip
    assert bench.checker(f"{NS}GetTaskResponse", settings, ("GetTaskResult",)).is_valid({"task": task})
    xml = body.encode({"task": task})
    assert "ProcessorId>21<" in xml
    assert body.decode(etree.fromstring(xml)) == {"task": task}


def test_two_members_under_one_key_are_refused(bench: Workbench) -> None:
    with pytest.raises(ContractError, match=r"`rename` gives .* one key 'EntityId'"):
        bench.laid(Settings(rename=(("Task/ProcessorId", "EntityId"),)))


def test_a_rename_that_nothing_has_is_idle(bench: Workbench) -> None:
    settings = Settings(rename=(("GetTaskInfo/Id", "task"), ("Id", "key"), ("Nope", "x"), ("TaskType/Nope", "y")))
    assert idle(bench.laid(settings), settings, [f"{NS}GetTask", f"{NS}GetTaskResponse"]) == ["Nope", "TaskType/Nope"]
    assert idle(bench.laid(settings), settings, [f"{NS}GetVersion"]) == [
        "GetTaskInfo/Id", "Id", "Nope", "TaskType/Nope",
    ]  # fmt: skip
