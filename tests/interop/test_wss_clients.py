"""WSSE of zeep, node-soap and gSOAP: each foreign client is served by the gateway, and what is tampered with is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
import zeep.exceptions
from zeep.wsse import BinarySignature, Signature, UsernameToken

from tests.interop.conftest import lacking
from tests.interop.secured import PARTS, Between, Keyfiles, Plain, contract, protecting, tampered
from tests.interop.stages import HERE, Lacking, built, need_gsoap, node_modules, run
from tests.wire.conftest import gateway_of, in_thread

xmlsec = pytest.importorskip("xmlsec")  # of the interop extra: `make test` does without
pytestmark = pytest.mark.interop

USERS = {"users": {"anna": "pass word"}, "demand": ["username"]}
SIGNED = {"trust": ["them"], "demand": ["signature"], "signed": ["body"]}
# gSOAP 2.8 wraps keys with RSA 1.5, also where it writes that it is OAEP, and reads no OAEP: its answers are not encrypted
HIDDEN = {"decrypt": ["us"], "demand": ["encryption"], "dangerous_legacy_algorithms": True}
TRANSFORM = {"signature_method": xmlsec.Transform.RSA_SHA256, "digest_method": xmlsec.Transform.SHA256}

Ask = Callable[[str, int], str]  # (address, amount) -> `answer …` or `refused …`


class Ground:
    """Keys and the WSDL, made once."""

    def __init__(self, folder: Path) -> None:
        self.keys = Keyfiles(folder)
        self.wsdl = folder / "bank.wsdl"
        self.wsdl.write_text(contract())

    def file(self, name: str, kind: str) -> str:
        return str(self.keys.folder / f"{name}.{kind}.pem")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Keys and the WSDL."""
    return Ground(tmp_path_factory.mktemp("ground"))


# -- the clients


def _zeep(ground: Ground, mode: str) -> Ask:
    key, own, peer = ground.file("client", "key"), ground.file("client", "cert"), ground.file("server", "cert")

    class Both:
        """zeep signs with its own key and verifies with the peer's certificate."""

        def __init__(self, kind: Any) -> None:
            self.out, self.into = kind(key, own, **TRANSFORM), kind(key, peer, **TRANSFORM)

        def apply(self, envelope: Any, headers: Any) -> Any:
            return self.out.apply(envelope, headers)

        def verify(self, envelope: Any) -> Any:
            return self.into.verify(envelope)

    kinds: dict[str, Callable[[], Any]] = {
        "digest": lambda: UsernameToken("anna", "pass word", use_digest=True),
        "text": lambda: UsernameToken("anna", "pass word"),
        "sign": lambda: Both(BinarySignature),
        "sign-data": lambda: Both(Signature),
    }

    def ask(address: str, amount: int) -> str:
        client = zeep.Client(str(ground.wsdl), wsse=kinds[mode]())
        service = client.create_service("{urn:bank}BankSoap", address)
        try:
            return f"answer {service.Pay(amount=amount, to='Ann')}"
        except (zeep.exceptions.Error, xmlsec.Error) as error:
            return f"refused {error}"

    return ask


def _node(ground: Ground, mode: str) -> Ask:
    modules = node_modules() / "node_modules"
    words = ["env", f"NODE_PATH={modules}", "node", HERE / "wss_node" / "client.js", ground.wsdl]
    own = (ground.file("client", "key"), ground.file("client", "cert"))
    return lambda address, amount: run(*words, address, mode, str(amount), *own).strip()


def _gsoap(ground: Ground, mode: str) -> Ask:
    need_gsoap()
    source = HERE / "wss_gsoap" / "client.cpp"

    def make(folder: Path) -> None:
        (folder / "bank.wsdl").write_text(contract())
        run("wsdl2h", "-o", "bank.h", "bank.wsdl", cwd=folder)
        (folder / "bank.h").write_text('#import "wsse.h"\n' + (folder / "bank.h").read_text())
        run("soapcpp2", "-j", "-C", "-w", "-x", "-L", "-I/usr/share/gsoap/import", "bank.h", cwd=folder)
        plugin = Path("/usr/share/gsoap/plugin")
        made = [source, "soapC.cpp", "soapBankSoapProxy.cpp", plugin / "wsseapi.cpp", plugin / "mecevp.c", plugin / "smdevp.c"]
        made += [plugin / "threads.c", Path("/usr/share/gsoap/custom/struct_timeval.c")]
        flags = ["-DWITH_OPENSSL", "-DWITH_DOM", "-DWITH_GZIP", "-lgsoapssl++", "-lssl", "-lcrypto", "-lz", "-lpthread"]
        run("g++", "-O0", "-w", "-I.", "-I/usr/share/gsoap", "-I/usr/share/gsoap/plugin", "-o", "program", *made, *flags,
            cwd=folder)  # fmt: skip

    program = built("wss-gsoap", [source, contract()], make) / "program"
    files = (ground.file("client", "key"), ground.file("client", "cert"), ground.file("server", "cert"))
    return lambda address, amount: run(program, address, mode, str(amount), *files).strip()


CLIENTS: dict[str, Callable[[Ground, str], Ask]] = {"zeep": _zeep, "node-soap": _node, "gsoap": _gsoap}

# client, mode -> (what we ask of it, what our answer has)
ROWS: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {
    ("zeep", "digest"): (USERS, {}),
    ("zeep", "text"): ({**USERS, "password_text": True, "nonce_required": False}, {}),
    ("zeep", "sign"): (SIGNED, {"sign": {"key": "us", "parts": ["body"]}, "timestamp": 0}),
    ("zeep", "sign-data"): (SIGNED, {"sign": {"key": "us", "parts": ["body"]}, "timestamp": 0}),
    ("node-soap", "digest"): (USERS, {}),
    ("node-soap", "text"): ({**USERS, "password_text": True}, {}),
    ("node-soap", "sign"): ({**SIGNED, "signed": ["body", "timestamp"]}, {}),
    ("node-soap", "sign-exclusive"): ({**SIGNED, "signed": ["body", "timestamp"]}, {}),
    ("gsoap", "digest"): (USERS, {}),
    ("gsoap", "text"): ({**USERS, "password_text": True, "nonce_required": False}, {}),
    ("gsoap", "sign"): ({**SIGNED, "signed": ["body", "timestamp"]}, {"sign": {"key": "us"}}),
    ("gsoap", "encrypt"): (HIDDEN, {}),
    ("gsoap", "both"): ({**SIGNED, **HIDDEN, "demand": ["signature", "encryption"]}, {"sign": {"key": "us"}}),
}


@pytest.fixture
def bank() -> Iterator[Plain]:
    """The service behind, which knows nothing of security."""
    plain = Plain()
    yield plain
    plain.close()


@pytest.mark.parametrize(("client", "mode"), ROWS, ids=["-".join(row) for row in ROWS])
def test_it_is_served_and_tampering_is_refused(ground: Ground, bank: Plain, client: str, mode: str) -> None:
    try:
        ask = CLIENTS[client](ground, mode)
    except Lacking as words:
        lacking(str(words))
    receive, send = ROWS[client, mode]
    plugin = {"receive": receive, **({"send": send} if send else {})}
    config = protecting(ground.keys, plugin, ground.wsdl, bank.address)
    with in_thread(lambda: gateway_of(config)) as gateway:
        between = Between(gateway.addresses["data"])
        address = f"{between.address}/bank"
        assert ask(address, 77).endswith("answer paid 77"), between.seen
        assert (b"77<" in between.seen[0][1]) != ("decrypt" in receive)
        parts = ("Username", "Password", "Nonce") if mode in ("digest", "text") else PARTS
        refused = 0
        for part in parts:
            # node-soap verifies no answers, and where ours has no signature there is nothing to verify
            for direction in ("request", "reply") if send and client != "node-soap" else ("request",):
                between.tamper = lambda way, body, d=direction, p=part: tampered(body, p) if way == d else body
                between.seen.clear()
                asked = len(bank.seen)
                told = ask(address, 77)
                if all(tampered(body, part) == body for way, body in between.seen if way == direction):
                    continue
                if (part in ("Created", "Expires") and direction == "reply") or (mode == "text" and part == "Nonce"):
                    continue  # what is in clear, or what a client does not look at
                if (client, part, direction) == ("zeep", "BinarySecurityToken", "reply"):
                    continue  # zeep has the certificate and does not look at the token
                refused += 1
                assert told.startswith("refused "), (part, direction, told)
                assert direction == "reply" or len(bank.seen) == asked
        assert refused >= 2
        between.close()
