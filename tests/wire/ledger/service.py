"""The law of the ledger: a service that locks and lets in by ways that no shipped one has, so that no plug-in knows it.

A conflict is a fault known by its element alone, or a status inside a good answer; holders are structures with times and
decimals whose very digits must come back. Who has entered shows a pass: in the body, in a header block, a header field or
a cookie. It counts what it carried out.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from lxml import etree

from gateway.demo.server import Answer, Call, serve

NS = "urn:ledger"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XML = 'text/xml; charset="utf-8"'


class Ledger:
    """`shape`: how it tells a conflict; `shows`: how a pass comes; `says`: how it says that a pass has ended."""

    def __init__(self, *, shape="fault", shows="none", says="fault"):
        self.shape, self.shows, self.says = shape, shows, says
        self.holders, self.firm = [], False
        self.entered, self.left, self.booked, self.received, self.echoes = 0, [], [], 0, []
        self.passes = set()
        self.calls = []  # (operation, HTTP header fields, SOAP header blocks by Clark name)
        self.before = None  # called before each booking: others' doings

    async def __call__(self, call: Call) -> Answer:
        root = etree.fromstring(call.body)
        self.header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")[0]
        name = etree.QName(body).localname
        blocks = {each.tag: each.text for each in self.header} if self.header is not None else {}
        self.calls.append((name, {key.lower(): value for key, value in call.headers.items()}, blocks))
        if name == "Enter":
            return self._enter(body)
        shown = self._shown(call, body)
        if name == "Leave":
            self.left.append(shown)
            return answer("<Left/>")
        self.received += 1
        if self.shows != "none" and shown not in self.passes:
            return Answer(401, b"", "text/plain") if self.says == "401" else fault("<Unknown/>")
        return self._book(body)

    def _enter(self, body):
        self.entered += 1
        if body.findtext(f"{{{NS}}}Key") != "s3cret&<>":
            return fault("<Unknown/>")
        made = f"p{self.entered}<&>" if self.shows in ("body", "block") else f"p{self.entered}.x_y"
        self.passes.add(made)
        told = f"<Pass>{escape(made)}</Pass>"
        headers = {"cookie": {"Set-Cookie": f"VISIT={made}; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly"},
                   "field": {"X-Pass": made}}.get(self.shows, {})  # fmt: skip
        block = f'<Visit xmlns="{NS}">{told}</Visit>' if self.shows == "block" else ""
        return answer(f"<Entered>{told if self.shows == 'body' else ''}</Entered>", block, headers)

    def _shown(self, call, body):
        if self.shows == "block":
            found = self.header.find(f"{{{NS}}}Visit") if self.header is not None else None
            return found.findtext(f"{{{NS}}}Pass") if found is not None else None
        if self.shows == "cookie":
            crumbs = dict(each.strip().split("=", 1) for each in call.headers.get("Cookie", "").split(";") if each)
            return crumbs.get("VISIT")
        return call.headers.get("X-Pass") if self.shows == "field" else body.findtext(f"{{{NS}}}Pass")

    def _book(self, body):
        if self.before is not None:
            self.before()
        echo = body.find(f"{{{NS}}}Displace")
        sent = None if echo is None else [said(each) for each in echo]
        if sent is not None:
            self.echoes.append(sent)
        if self.holders and (self.firm or sent != [said(parsed(each)) for each in self.holders]):
            busy = f"<Firm>{str(self.firm).lower()}</Firm>{''.join(self.holders)}"
            if self.shape == "fault":
                return fault(f"<AccountBusy>{busy}</AccountBusy>")
            return answer(f"<Booked><Code>BUSY</Code><Busy>{busy}</Busy></Booked>")
        if body.findtext(f"{{{NS}}}Account") == "old":
            return fault("<Outdated/>") if self.shape == "fault" else answer("<Booked><Code>OLD</Code></Booked>")
        self.holders = []
        self.booked.append(body.findtext(f"{{{NS}}}Amount"))
        return answer("<Booked><Code>DONE</Code><Balance>1.10</Balance></Booked>")


def holder(who, since="2026-11-22T10:00:00.1234567", slot="<Slot>9007199254740993</Slot>", weight="1.50"):
    """A holder as the service writes one."""
    return f"<Holder><Who>{escape(who)}</Who><Since>{since}</Since>{slot}<Weight>{weight}</Weight></Holder>"


def parsed(text):
    return etree.fromstring(f'<r xmlns="{NS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{text}</r>')[0]


def said(node):
    """Every member with its text and its nil, character for character."""
    return [(etree.QName(each).localname, each.text, dict(each.attrib)) for each in node]


def answer(text, block="", headers=None):
    head = f"<s:Header>{block}</s:Header>" if block else ""
    body = text.replace(">", f' xmlns="{NS}">', 1) if not text.startswith("<Left/>") else f'<Left xmlns="{NS}"/>'
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    whole = f'<s:Envelope xmlns:s="{SOAP}" {xsi}>{head}<s:Body>{body}</s:Body></s:Envelope>'
    return Answer(200, whole.encode(), XML, headers or {})


def fault(detail):
    name, rest = detail[1:].split(">", 1) if not detail.endswith("/>") else (detail[1:-2], None)
    detail = f'<{name} xmlns="{NS}"/>' if rest is None else f'<{name} xmlns="{NS}">{rest}'
    text = (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body><s:Fault>'
        f"<faultcode>s:Server</faultcode><faultstring>no</faultstring><detail>{detail}</detail>"
        "</s:Fault></s:Body></s:Envelope>"
    )
    return Answer(500, text.encode(), XML)


async def start(ledger):
    return await serve(ledger, path="/ledger")
