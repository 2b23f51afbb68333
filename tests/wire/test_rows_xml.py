"""The rows X of the hazard table over a socket: each input gets its answer at its bound, and the service sees nothing."""

from __future__ import annotations

import http.client
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.secured import Plain, contract
from tests.wire.conftest import gateway_of, in_thread

CHEAP = 0.020 * 3  # seconds of CPU, with the tolerance of shared machines
STANDARD = 0.300 * 3
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
PAY = '<Pay xmlns="urn:bank"><amount>1</amount><to>%s</to></Pay>'


class Canary:
    """An address that nobody may ask."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        canary = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.hits.append(self.path)
                self.send_error(404)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Bench:
    """A gateway before a bank that counts."""

    def __init__(self, address: str, bank: Plain, canary: Canary) -> None:
        self.address, self.bank, self.canary = address, bank, canary

    def post(self, body: bytes, content_type: str = "text/xml; charset=utf-8", action: str = "pay") -> tuple[int, str, float]:
        """Status, text, CPU seconds of this process, which holds the gateway and the bank."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        began = time.process_time()
        connection.request("POST", "/bank", body, {"content-type": content_type, "soapaction": f'"{action}"'})
        reply = connection.getresponse()
        text = reply.read().decode()
        spent = time.process_time() - began
        connection.close()
        return reply.status, text, spent


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Started once for all rows."""
    wsdl = tmp_path_factory.mktemp("rows") / "bank.wsdl"
    wsdl.write_text(contract())
    bank, canary = Plain(), Canary()
    service = {"wsdl": str(wsdl), "path": "/bank", "upstream": {"url": bank.address}}
    config = "services: " + json.dumps({"bank": service}) + "\n"
    with in_thread(lambda: gateway_of(config, Path.cwd())) as gateway:
        made = Bench(gateway.addresses["data"], bank, canary)
        assert made.post((ENVELOPE % (PAY % "Ann")).encode())[0] == 200  # warm
        yield made
    bank.close()
    canary.server.shutdown()


def body(text: str) -> bytes:
    return (ENVELOPE % text).encode()


def prolog(text: str) -> bytes:
    return (text + ENVELOPE % (PAY % "x")).encode()


def entities(levels: int, fan: int) -> str:
    defined = ['<!ENTITY a0 "lol">']
    defined += [f'<!ENTITY a{n} "' + f"&a{n - 1};" * fan + '">' for n in range(1, levels + 1)]
    return f"<!DOCTYPE a [{''.join(defined)}]>"


def many(count: int) -> str:
    return " ".join(f'b{n}=""' for n in range(count))


LIMIT = ("xml-limit-exceeded",)
WRONG: dict[str, tuple[bytes, tuple[str, ...], float]] = {
    "X-01 depth 65": (body("<a>" * 63 + "</a>" * 63), LIMIT, CHEAP),
    "X-01 1500": (b"<X>" * 1500, (*LIMIT, "malformed-xml"), CHEAP),
    "X-01 100000 unclosed": (b"<X>" * 100_000, (*LIMIT, "malformed-xml"), CHEAP),
    "X-01 30000": (body("<A>" * 30_000), LIMIT, CHEAP),
    "X-02 65": (body(f"<a {many(65)}/>"), LIMIT, CHEAP),
    "X-02 25000": (body(f"<a {many(25_000)}/>"), LIMIT, CHEAP),
    "X-04 20001": (body("<b/>" * 19_999), LIMIT, CHEAP),
    "X-04 262000": (body("<b/>" * 262_000)[: 1 << 20], (*LIMIT, "malformed-xml"), CHEAP),
    "X-04 25000 comments": (body(PAY % ("<!---->" * 25_000)), LIMIT, CHEAP),
    "X-04 a PI": (body(PAY % "<?x?>"), ("xml-pi-forbidden",), CHEAP),
    "X-04 100000 PIs": (body("<?x?>" * 100_000), ("xml-pi-forbidden",), CHEAP),
    "X-05 name 257": (body(f"<{'n' * 257}/>"), LIMIT, CHEAP),
    "X-05 name 100000": (body(f"<{'n' * 100_000}/>"), LIMIT, CHEAP),
    "X-05 value": (body('<a b="' + "v" * 65_537 + '"/>'), LIMIT, CHEAP),
    "X-07 laughs": (prolog(entities(9, 10)), ("xml-dtd-forbidden",), 0.002 * 10),
    "X-07 2^200": (prolog(entities(200, 2)), ("xml-dtd-forbidden",), 0.002 * 10),
    "X-07 quadratic": (prolog('<!DOCTYPE a [<!ENTITY a "' + "a" * 100_000 + '">]>'), ("xml-dtd-forbidden",), 0.002 * 10),
    "X-07 parameter": (prolog('<!DOCTYPE a [<!ENTITY % a "x">%a;]>'), ("xml-dtd-forbidden",), 0.002 * 10),
    "X-08": (
        prolog("<!DOCTYPE a [" + "".join(f"<!ATTLIST a a{n} CDATA 'x'>" for n in range(30_000)) + "]>"),
        ("xml-dtd-forbidden",), 0.005 * 10,
    ),
    "X-10 UTF-16": ((ENVELOPE % (PAY % "x")).encode("utf-16"), ("unsupported-charset", "malformed-xml"), CHEAP),
    "X-10 UTF-7": (prolog('<?xml version="1.0" encoding="UTF-7"?>'), ("unsupported-charset",), CHEAP),
    "X-10 UTF-32": ((ENVELOPE % (PAY % "x")).encode("utf-32"), ("unsupported-charset", "malformed-xml"), CHEAP),
    "X-10 latin-1": (prolog('<?xml version="1.0" encoding="ISO-8859-1"?>'), ("unsupported-charset",), CHEAP),
    "X-10 overlong": (body(PAY % "x").replace(b">x<", b">\xc0\xaf<"), ("malformed-xml", "unsupported-charset"), CHEAP),
    "X-10 surrogate": (body(PAY % "x").replace(b">x<", b">\xed\xa0\x80<"), ("malformed-xml", "unsupported-charset"), CHEAP),
    **{f"X-11 {each}": (body(PAY % each), ("malformed-xml",), CHEAP) for each in ("&#0;", "&#1;", "&#xD800;", "&#xFFFE;", "\0")},
    "X-11 XML 1.1": (prolog('<?xml version="1.1"?>'), ("malformed-xml",), CHEAP),
    "X-11 trailing": (body(PAY % "x") + b"x", ("malformed-xml",), CHEAP),
    "X-11 two roots": (body(PAY % "x") * 2, ("malformed-xml",), CHEAP),
    "X-11 empty": (b"", ("malformed-xml",), CHEAP),
    "X-11 a mark": (b"\xef\xbb\xbf", ("malformed-xml",), CHEAP),
    "X-13 file": (prolog('<!DOCTYPE a SYSTEM "file:///etc/hostname">'), ("xml-dtd-forbidden",), CHEAP),
    "X-13 http": (prolog('<!DOCTYPE a SYSTEM "CANARY/x">'), ("xml-dtd-forbidden",), CHEAP),
    "X-13 stylesheet": (prolog('<?xml-stylesheet href="CANARY/s" type="text/xsl"?>'), ("xml-pi-forbidden",), CHEAP),
    "X-13 XInclude": (
        body(PAY % '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="CANARY/i"/>'), ("invalid-message",), CHEAP
    ),
    "X-14": (body('<Other xmlns="urn:bank"/>'), ("operation-unknown",), CHEAP),
    "X-16": (
        body('<Pay xmlns="urn:bank" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="x[1000000000]"/>'),
        ("invalid-message",), CHEAP,
    ),
    "X-16 href": (body('<Pay xmlns="urn:bank" href="#a" id="a"/>'), ("invalid-message",), CHEAP),
    "X-17 two bodies": (body("</s:Body><s:Body>" + PAY % "x"), ("envelope-invalid",), CHEAP),
    "X-17 nested": (body(ENVELOPE % (PAY % "x")), ("operation-unknown",), CHEAP),
    "X-17 a namespace": (body(PAY % "x").replace(b"soap/envelope/", b"soap/evil/"), ("VersionMismatch",), CHEAP),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_rows(bench: Bench, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    sent, kinds, bound = WRONG[name]
    before = len(bench.bank.seen)
    sent = sent.replace(b"CANARY", bench.canary.url.encode())
    status, text, spent = min((bench.post(sent) for _ in range(3)), key=lambda each: each[2])
    assert 400 <= status <= 500, text
    assert any(f"/problems/{kind}" in text for kind in kinds) or kinds[0] in text, (status, text[:600])
    assert "internal" not in text
    assert spent <= bound, spent
    assert len(bench.bank.seen) == before
    assert bench.canary.hits == []
    assert "Traceback" not in "".join(capfd.readouterr())
    assert bench.post(body(PAY % "Ann"))[0] == 200  # and the next one is served


@pytest.mark.parametrize(
    "sent",
    [
        body(PAY % "Ann").replace(b"<s:Body>", b"<s:Body>" + b" " * 5),
        body(PAY % ("<!---->" * 1000 + "Ann")),  # comments count, these few are few
        body(PAY % ("A" * (1 << 19))),  # X-05, a text of half the limit
        body(PAY % "Ann").replace(  # named, never followed
            b"<Pay ", b'<Pay xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:bank CANARY/x" '
        ),
        b"\xef\xbb\xbf" + body(PAY % "Ann"),
        b'<?xml version="1.0" encoding="utf-8"?>' + body(PAY % "<![CDATA[Ann]]>"),
    ],
)
def test_what_is_near_them_and_right(bench: Bench, sent: bytes) -> None:
    status, text, spent = bench.post(sent.replace(b"CANARY", bench.canary.url.encode()))
    assert (status, "paid 1" in text) == (200, True), text[:500]
    assert spent <= STANDARD
    assert bench.canary.hits == []


def test_x14_who_is_meant_is_the_bodys_name(bench: Bench) -> None:
    before = len(bench.bank.seen)
    told = bench.post(body(PAY % "Ann"), action="a&b<c")[1]
    assert "action-mismatch" in told
    assert "The action is `a&amp;b?c`; that of the body's operation Pay is" in told
    assert len(bench.bank.seen) == before


PAIRS: dict[str, tuple[bytes, bytes]] = {
    "X-01 depth": (body("<a>" * 62 + "</a>" * 62), body("<a>" * 63 + "</a>" * 63)),
    "X-02 attributes": (body(f"<a {many(64)}/>"), body(f"<a {many(65)}/>")),
    "X-04 elements": (body("<b/>" * 19_998), body("<b/>" * 19_999)),
    "X-04 comments": (body(PAY % ("<!---->" * 19_995)), body(PAY % ("<!---->" * 19_996))),
    "X-05 name": (body(f"<{'n' * 256}/>"), body(f"<{'n' * 257}/>")),
    "X-05 attribute value": (body('<a b="' + "v" * 65_536 + '"/>'), body('<a b="' + "v" * 65_537 + '"/>')),
}


@pytest.mark.parametrize("name", PAIRS)
def test_at_its_bound(bench: Bench, name: str) -> None:
    """What a limit allows is read, and judged by the contract; one more is refused by the limit."""
    allowed, refused = PAIRS[name]
    assert LIMIT[0] not in bench.post(allowed)[1]
    assert LIMIT[0] in bench.post(refused)[1]


@pytest.mark.parametrize(("size", "status"), [(1 << 20, 200), ((1 << 20) + 1, 413)])
def test_x05_a_body_at_its_bound(bench: Bench, size: int, status: int) -> None:
    """A text as long as the message may be."""
    empty = body(PAY % "")
    sent = body(PAY % ("A" * (size - len(empty))))
    assert len(sent) == size
    assert bench.post(sent)[0] == status
