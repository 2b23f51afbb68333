"""The reference portal over a real socket, by raw bytes and by zeep, every reply held against the XSD."""

from __future__ import annotations

import asyncio
import base64
import socket
from datetime import datetime, timedelta

import aiohttp
import pytest
import zeep
import zeep.exceptions
from lxml import etree

from gateway.demo import portal as demo
from gateway.demo.contract import folder
from gateway.demo.portal_state import ANNA, OMAR, Rules, seeded

NS = "http://www.pointsharp.com/netid/server/portal"
SCHEMA = etree.XMLSchema(etree.parse(str(folder() / "netid" / "portal.xsd")))


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class Clock:
    def __init__(self):
        self.now = datetime(2025, 3, 4, 5, 6, 7)  # noqa: DTZ001 - the portal's dates have no zone

    def __call__(self):
        return self.now


class Caller:
    def __init__(self, url):
        self.url = url
        self.count = 0

    async def __call__(self, operation, who, inside, *, headers=None, count=None, raw=None):
        self.count += 1
        info = f"<Info><SessionId>{b64(who)}</SessionId>{inside}<Count>{self.count if count is None else count}</Count></Info>"
        body = raw or (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<{operation} xmlns="{NS}">{info}</{operation}></s:Body></s:Envelope>'
        )
        if headers is None:
            headers = {"SOAPAction": f'"{NS}/IServiceSoap/{operation}"'}
        async with (
            aiohttp.ClientSession() as client,
            client.post(self.url, data=body.encode(), headers={"Content-Type": "text/xml", **headers}) as answer,
        ):
            self.content_type = answer.headers["Content-Type"]
            self.raw = await answer.read()
            root = etree.fromstring(self.raw) if self.raw else None
        if root is not None:
            inner = root[0][0]
            if answer.status == 500:
                for entry in inner.find("detail") if inner.find("detail") is not None else ():
                    SCHEMA.assertValid(etree.ElementTree(entry))
            else:
                SCHEMA.assertValid(etree.fromstring(etree.tostring(inner)))
        return answer.status, root

    async def code(self, *args, **more):
        status, root = await self(*args, **more)
        return status, root.findtext(f".//{{{NS}}}PortalFault/{{{NS}}}Code")


@pytest.fixture
async def portal():
    return demo.Portal(seeded(clock=Clock()))


@pytest.fixture
async def call(portal):
    running = await demo.start(portal=portal)
    yield Caller(running.url)
    await running.stop()


def told(root):
    task = root.find(f".//{{{NS}}}Task")
    return {
        "processor": task.findtext(f"{{{NS}}}ProcessorId"),
        "status": task.findtext(f"{{{NS}}}Status/{{{NS}}}Name"),
        "message": task.findtext(f"{{{NS}}}Message/{{{NS}}}Code"),
        "call": root.findtext(f".//{{{NS}}}Task/../{{{NS}}}Status/{{{NS}}}Code"),
    }


async def test_a_task_is_taken_saved_released_and_taken_by_the_next(call, portal):
    _, root = await call("GetTask", ANNA, "<Id>51001</Id>")
    assert told(root) == {"processor": "21", "status": "Processing", "message": None, "call": "Success"}
    whole = etree.tostring(root.find(f".//{{{NS}}}Task")).decode().replace("Mika Berg", "Mika Lindberg")
    _, root = await call("SaveTask", ANNA, whole)
    assert told(root) == {"processor": "21", "status": "Processing", "message": "NPR_TASK_SAVED", "call": "Success"}
    assert await call.code("GetTask", OMAR, "<Id>51001</Id>") == (500, "NPR_TASK_HELD")
    _, root = await call("ReleaseTask", ANNA, "<Id>51001</Id>")
    assert told(root) == {"processor": "0", "status": "Ready", "message": "NPR_TASK_RELEASED", "call": "Success"}
    assert root.findtext(f".//{{{NS}}}Task/{{{NS}}}ValidFrom") == "2025-03-04 05:06:07"
    _, root = await call("GetTask", OMAR, "<Id>51001</Id>")
    assert told(root)["processor"] == "22"
    assert root.findtext(f".//{{{NS}}}EntityDescription") == "Mika Lindberg"
    assert portal.received["GetTask"] == 3
    assert portal.executed["GetTask"] == 2


async def test_the_answer_is_labelled_as_the_pages_print_it(call):
    await call("GetTask", ANNA, "<Id>51002</Id>")
    assert call.content_type == 'text/xml; charset="utf-8";'


async def test_created_executed_to_the_end_and_cancelled(call, portal):
    _, root = await call("CreateTask", ANNA, "<Type>Renewcard</Type><Id>61</Id>")
    number = root.findtext(f".//{{{NS}}}Task/{{{NS}}}Id")
    assert root.findtext(f".//{{{NS}}}Type/{{{NS}}}Name") == "Renewcard"
    whole = etree.tostring(root.find(f".//{{{NS}}}Task")).decode()
    _, root = await call("ExecuteTask", ANNA, whole)
    assert root.findtext(f".//{{{NS}}}ActionIndex") == "1"
    _, root = await call("BackTask", ANNA, f"<Id>{number}</Id>")
    assert root.findtext(f".//{{{NS}}}ActionIndex") == "0"
    _, root = await call("CancelTask", ANNA, f"<Id>{number}</Id>")
    assert told(root)["status"] == "Cancelled"
    assert await call.code("GetTask", ANNA, f"<Id>{number}</Id>") == (500, "NPR_TASK_MISSING")
    assert portal.state.audit == [f"task {number} cancelled by 21"]


@pytest.mark.parametrize(
    ("operation", "inside"),
    [
        ("GetLoginStatus", ""),
        ("GetObject", "<Type>ApplicationInfo</Type>"),
        ("GetObject", "<Type>User</Type><Id>22</Id>"),
        ("Search", "<Type>User</Type><Directive>omar</Directive><Offset>0</Offset><Limit>5</Limit>"),
        ("GetList", "<Type>Task</Type><EntityType>User</EntityType><Id>61</Id>"),
        ("GetData", "<Type>{USER.SUBJECT.NAME}</Type><Id>21</Id>"),
        ("GetTask", "<Id>51003</Id><ReadOnly>True</ReadOnly>"),
        ("Logout", ""),
    ],
)
async def test_every_other_method_answers_by_the_schema(call, operation, inside):
    status, root = await call(operation, OMAR, inside)
    assert status == 200
    assert root.findtext(f".//{{{NS}}}{operation}Result/{{{NS}}}Status/{{{NS}}}Code") == "Success"


async def test_a_task_with_its_actions_is_valid_too(call, portal):
    portal.state.rules = Rules(action_list=True)
    _, root = await call("GetTask", ANNA, "<Id>51001</Id>")
    assert len(root.find(f".//{{{NS}}}ActionList")) == 2


async def test_read_only_takes_nothing(call, portal):
    await call("GetTask", ANNA, "<Id>51003</Id><ReadOnly>True</ReadOnly>")
    assert portal.state.tasks[51003].processor == 0


async def test_login_gives_a_session_of_twenty_bytes(call):
    raw = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<Login xmlns="{NS}"><Info><Certificate>AAEC</Certificate><DateTime>2025-03-04T05:06:07Z</DateTime></Info></Login>'
        "</s:Body></s:Envelope>"
    )
    _, root = await call("Login", b"", "", raw=raw)
    session = base64.b64decode(root.findtext(f".//{{{NS}}}SessionId"))
    assert len(session) == 20
    status, _ = await call("GetTask", session, "<Id>51001</Id>")
    assert status == 200


async def test_either_header_names_the_action(call, portal):
    for header in ("SOAPAction", "Action"):
        status, _ = await call("GetTask", ANNA, "<Id>51001</Id>", headers={header: f'"{NS}/IServiceSoap/GetTask"'})
        assert status == 200
    for action in (f"{NS}/IServiceSoap/ReleaseTask", f"{NS}/IServiceSoap/gettask"):
        status, _ = await call("GetTask", ANNA, "<Id>51001</Id>", headers={"SOAPAction": f'"{action}"'})
        assert status == 500
    assert portal.received["GetTask"] == 2


@pytest.mark.parametrize(
    "raw",
    [
        "<!DOCTYPE a><a/>",
        "<a",
        "<Envelope/>",
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Nope/></s:Body></s:Envelope>',
    ],
)
async def test_what_is_no_call_is_a_fault(call, raw):
    status, root = await call("GetTask", ANNA, "", raw=raw)
    assert status == 500
    assert root.findtext(".//faultstring")


async def test_refusals_of_release_are_rules(call, portal):
    assert await call.code("ReleaseTask", ANNA, "<Id>51004</Id>") == (500, "NPR_TASK_NOT_HELD")
    await call("GetTask", OMAR, "<Id>51004</Id>")
    assert await call.code("ReleaseTask", ANNA, "<Id>51004</Id>") == (500, "NPR_TASK_HELD")
    assert await call.code("ReleaseTask", ANNA, "<Id>x</Id>") == (500, "NPR_PARAMETER_INVALID")
    assert await call.code("ReleaseTask", ANNA, "") == (500, "NPR_PARAMETER_MISSING")
    portal.state.rules = Rules(release="anyone", release_ready="ok", errors="status")
    for _ in range(2):
        _, root = await call("ReleaseTask", ANNA, "<Id>51004</Id>")
        assert told(root)["message"] == "NPR_TASK_RELEASED"
    status, root = await call("ReleaseTask", ANNA, "<Id>9</Id>")
    assert status == 200
    assert root.findtext(f".//{{{NS}}}Status/{{{NS}}}Code") == "NPR_TASK_MISSING"


@pytest.mark.parametrize(
    ("rule", "counts", "expected"),
    [
        ("rising", [1, 5, 5, 4, 6], [200, 200, 500, 500, 200]),
        ("by-one", [1, 3, 2, 2, 3], [200, 500, 200, 500, 200]),
        ("off", [1, 1, 0], [200, 200, 200]),
    ],
)
async def test_count_is_taken_in_order(call, portal, rule, counts, expected):
    portal.state.rules = Rules(counts=rule)
    seen = [(await call("GetTask", ANNA, "<Id>51001</Id>", count=count))[0] for count in counts]
    assert seen == expected


@pytest.mark.parametrize("uses", [True, False])
async def test_whether_a_failed_call_uses_its_count_is_a_rule(call, portal, uses):
    portal.state.rules = Rules(counts="by-one", failed_call_uses_count=uses)
    await call("GetTask", ANNA, "<Id>1</Id>", count=1)
    status, _ = await call("GetTask", ANNA, "<Id>51001</Id>", count=1)
    assert status == (500 if uses else 200)


async def test_an_unknown_session_is_refused_when_checked(call, portal):
    assert (await call("GetTask", b"nobody", "<Id>51001</Id>"))[0] == 200
    portal.state.rules = Rules(sessions="checked")
    assert await call.code("GetTask", b"nobody", "<Id>51001</Id>") == (500, "NPR_SESSION_UNKNOWN")


async def test_an_idle_hold_vanishes_by_itself(call, portal):
    portal.state.rules = Rules(idle_release=60)
    await call("GetTask", OMAR, "<Id>51005</Id>")
    assert await call.code("GetTask", ANNA, "<Id>51005</Id>") == (500, "NPR_TASK_HELD")
    portal.state.clock.now += timedelta(seconds=60)
    _, root = await call("GetTask", ANNA, "<Id>51005</Id>")
    assert told(root)["processor"] == "21"


async def test_zeep_calls_it_by_the_wsdl_that_it_serves(call):
    def work():
        client = zeep.Client(call.url + "?wsdl")
        got = client.service.GetTask(Info={"SessionId": ANNA, "Id": 51002, "Count": 1})
        assert got.Task.ProcessorId == 21
        with pytest.raises(zeep.exceptions.Fault) as fault:
            client.service.GetTask(Info={"SessionId": OMAR, "Id": 51002, "Count": 1})
        assert "another user" in fault.value.message
        return client.service.ReleaseTask(Info={"SessionId": ANNA, "Id": 51002, "Count": 2})

    released = await asyncio.to_thread(work)
    assert released.Task.Status.Name == "Ready"
    assert released.Status.Code == "Success"


async def test_a_busy_port_is_said_in_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        assert await asyncio.to_thread(demo.main, ["--listen", listen]) == 1
    assert f"cannot listen on {listen}" in capsys.readouterr().err
