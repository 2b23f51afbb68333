"""What the demo's tests share: callers of the reference services, and their schemas as libxml2 reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from lxml import etree

from gateway.demo import projector as projector_demo
from gateway.demo.contract import folder
from gateway.demo.projector_state import seeded

NAMESPACES = {
    "pws": "http://projectorpsa.com/PwsProjectorServices/",
    "req": "http://projectorpsa.com/DataContracts/Requests/",
    "rsp": "http://projectorpsa.com/DataContracts/Responses/",
    "sch": "http://projectorpsa.com/DataContracts/Shared/Scheduling/",
    "com": "http://projectorpsa.com/DataContracts/Shared/Common/",
    "svc": "http://projectorpsa.com/CommonServices/",
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "i": "http://www.w3.org/2001/XMLSchema-instance",
}


class Clock:
    def __init__(self):
        self.now = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)


class Told:
    """An answer: status and tree, with short ways to what a test asks for."""

    def __init__(self, status, root):
        self.status = status
        self.root = root

    def text(self, path):
        return self.root.findtext(f".//{path}", namespaces=NAMESPACES)

    def nodes(self, path):
        return self.root.findall(f".//{path}", namespaces=NAMESPACES)

    @property
    def numbers(self):
        return [int(node.text) for node in self.nodes("com:ErrorNumber")]

    @property
    def ok(self):
        return self.text("svc:Status")


class ProjectorCaller:
    """Sends raw envelopes; every answer is held against the delivered schema."""

    def __init__(self, url):
        self.url = url
        self.base = url.split("/Ops")[0]
        self.ticket = ""
        parser = etree.XMLParser(no_network=True)
        self.schema = etree.XMLSchema(etree.parse(str(folder() / "projector" / "pws.xsd"), parser))
        self.common = etree.XMLSchema(etree.parse(str(folder() / "projector" / "com.xsd"), parser))

    async def login(self, user="gateway", account="DEMO", password=None):
        inside = (
            f"<req:AccountCode>{account}</req:AccountCode><req:Password>{password or 'demo-' + user}</req:Password>"
            f"<req:UserName>{user}</req:UserName>"
        )
        return await self("PwsAuthenticate", inside, ticket=None)

    async def ticket_of(self, user):
        return (await self.login(user)).text("rsp:SessionTicket")

    async def __call__(self, operation, inside="", *, ticket="", check=True):
        mine = self.ticket if ticket == "" else ticket
        session = "" if mine is None else f"<req:SessionTicket>{mine}</req:SessionTicket>"
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        body = (
            f"<s:Envelope {names}><s:Body><pws:{operation}><pws:serviceRequest>{session}{inside}</pws:serviceRequest>"
            f"</pws:{operation}></s:Body></s:Envelope>"
        )
        action = f'"{NAMESPACES["pws"]}IPwsProjectorServices/{operation}"'
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
        async with (
            aiohttp.ClientSession() as client,
            client.post(self.url, data=body.encode(), headers=headers) as answer,
        ):
            root = etree.fromstring(await answer.read())
            told = Told(answer.status, root)
        inner = root[0][0]
        if answer.status == 200 and check:
            self.schema.assertValid(etree.fromstring(etree.tostring(inner)))
        for entry in inner.findall("detail/*"):
            self.common.assertValid(etree.fromstring(etree.tostring(entry)))
        return told

    async def control(self, verb, **given):
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{self.base}/control/{verb}", data=json.dumps(given)) as answer,
        ):
            return await answer.json()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def projector(clock):
    return projector_demo.Projector(seeded(clock=clock), control=True)


@pytest.fixture
async def call(projector):
    running = await projector_demo.start(projector=projector)
    caller = ProjectorCaller(running.url)
    caller.ticket = await caller.ticket_of("gateway")
    yield caller
    await running.stop()
