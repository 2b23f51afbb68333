"""gateway.commands.show: check, routes, openapi, wsdl, problems."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.core.problem import Kind

from .conftest import ROOT, Call

KEY = ec.generate_private_key(ec.SECP256R1())


def pem(path: Path, *, days: int = 90, password: bytes | None = None) -> Path:
    """A private key with a certificate that ends in so many days, mode 0600."""
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(7).not_valid_before(now - timedelta(365)).not_valid_after(now + timedelta(days))
    hidden = BestAvailableEncryption(password) if password else NoEncryption()
    path.write_bytes(
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
        + builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM)
    )
    path.chmod(0o600)
    return path


def test_key_files_are_looked_at(call: Call, tmp_path: Path) -> None:
    """All that is wrong with keys is told at once, each at the line of its setting."""
    good = pem(tmp_path / "good.pem")
    wide = pem(tmp_path / "wide.pem")
    wide.chmod(0o644)
    pem(tmp_path / "shut.pem", password=b"secret")
    config = tmp_path / "c.yaml"
    lines = [
        "keyring:",
        f"  good: {{pem: {good}}}",
        "  gone: {pem: gone.pem}",
        "  wide: {pem: wide.pem}",
        "  shut: {pem: shut.pem}",
        "  wrong: {pem: shut.pem, password: hunter2}",
        "  none: {env: NO_SUCH_VARIABLE}",
        f"services: {{portal: {{wsdl: {ROOT}/schemas/netid/portal.wsdl}}}}",
    ]
    config.write_text("\n".join(lines))
    done = call("check", str(config))
    assert done.code == 1
    told = [line.removeprefix(f"{config}:") for line in done.err.splitlines()]
    wanted = {
        3: "No such file or directory",
        4: "can be read by others (mode 0644); make it 0600",
        5: "the private key is encrypted; give its `password`",
        6: "the password is wrong, or the material cannot be read",
        7: "the environment variable NO_SUCH_VARIABLE is not set",
    }
    assert [line.partition(":")[0] for line in told] == [str(number) for number in wanted]
    assert all(words in line for line, words in zip(told, wanted.values(), strict=True)), told
    assert "hunter2" not in done.err


@pytest.mark.parametrize(("days", "words"), [(-1, "ended on"), (10, "ends on"), (60, "")])
def test_a_certificate_that_ends_is_a_warning_with_its_place(call: Call, tmp_path: Path, days: int, words: str) -> None:
    pem(tmp_path / "k.pem", days=days)
    config = tmp_path / "c.yaml"
    config.write_text(f"services: {{p: {{wsdl: {ROOT}/schemas/netid/portal.wsdl}}}}\nkeyring:\n  mine: {{pem: k.pem}}\n")
    done = call("check", str(config))
    assert done.code == 0
    warnings = [line for line in done.err.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == bool(words)
    assert all(f"{config}:3:" in line and f"the certificate of key mine {words}" in line for line in warnings)


CONFIGS = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))


@pytest.mark.parametrize("name", CONFIGS)
def test_every_example_configuration_is_one_that_would_be_served(call: Call, name: str) -> None:
    done = call("check", f"config/{name}")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-1].startswith("ok: ")


def test_a_key_file_that_the_environment_names_may_be_elsewhere(call: Call) -> None:
    lines = call("check", "config/netid-encrypted.yaml").err.splitlines()
    assert len([line for line in lines if line.startswith("warning: ") and "No such file or directory" in line]) == 2


def test_a_dangerous_setting_is_named(call: Call) -> None:
    assert "dangerous_allow_clear_text is on" in call("check", "config/netid.yaml").err


def test_all_mistakes_are_told_with_their_places(call: Call, tmp_path: Path) -> None:
    wsdl = ROOT / "schemas/netid/portal.wsdl"
    path = tmp_path / "c.yaml"
    path.write_text(
        f"listne: x\nservices:\n  a:\n    wsdl: {wsdl}\n    routes:\n      - {{route: POST /x, operatin: y}}\n"
    )
    done = call("check", str(path))
    assert (done.code, done.out) == (1, "")
    assert 'c.yaml:1:1: listne: there is no such setting here; did you mean "listen"?' in done.err
    assert (
        'c.yaml:6:26: services.a.routes[0].operatin: there is no such setting here; did you mean "operation"?'
        in done.err
    )


def test_what_the_contract_does_not_have_is_told_with_the_settings_place(call: Call, tmp_path: Path) -> None:
    wsdl = ROOT / "schemas/netid/portal.wsdl"
    path = tmp_path / "c.yaml"
    path.write_text(
        f"services:\n  a:\n    wsdl: {wsdl}\n    routes:\n      - {{route: POST /x, operation: Nope}}\n"
        "      - {route: POST /y, operation: GetTask, unwrap: {request: [Nothing]}}\n"
    )
    done = call("check", str(path))
    assert done.code == 1
    assert "c.yaml:5:26: services.a.routes[0].operation: the contract has no operation Nope" in done.err
    assert "c.yaml:6:" in done.err


def test_a_contract_alone_can_be_checked(call: Call) -> None:
    assert call("check", "--wsdl", "schemas/netid/portal.wsdl").code == 0
    assert call("check", "--xsd", "schemas/netid/portal.xsd").err.startswith("ok: ")
    assert call("check").code == 2
    assert call("check", "--xsd", "gone.xsd").code == 1


def test_the_editors_schema_is_printed(call: Call) -> None:
    done = call("check", "--schema")
    assert done.out == (ROOT / "config/gateway.schema.json").read_text("utf-8")


def test_routes_say_what_is_protected(call: Call) -> None:
    rows = json.loads(call("routes", "config/netid.yaml", "--json").out)
    release = next(row for row in rows if row["path"] == "/api/task/release")
    assert release == {
        "method": "POST",
        "path": "/api/task/release",
        "operation": "portal.ReleaseTask",
        "does": "writes",
        "protection": "encryption required, clear text allowed",
        "clients": "none",
    }
    assert ("SOAP", "/portal") in {(row["method"], row["path"]) for row in rows}
    lines = call("routes", "config/netid.yaml").out.splitlines()
    assert len(lines) == len(rows)
    assert next(line for line in lines if "/api/task/release" in line).split()[:2] == ["POST", "/api/task/release"]


def test_openapi_is_printed_in_both_versions(call: Call) -> None:
    newer = json.loads(call("openapi", "config/netid.yaml").out)
    assert newer["openapi"].startswith("3.1")
    assert "/api/task/release" in newer["paths"]
    older = json.loads(call("openapi", "config/netid.yaml", "--openapi", "3.0").out)
    assert older["openapi"].startswith("3.0")


def test_the_wsdl_has_the_gateways_own_address(call: Call) -> None:
    found = etree.fromstring(call("wsdl", "config/netid.yaml").out.encode())
    assert found.xpath("//*[local-name()='address']/@location") == ["http://127.0.0.1:8080/portal"]
    found = etree.fromstring(call("wsdl", "config/netid.yaml", "--url", "https://api.example.com/").out.encode())
    assert found.xpath("//*[local-name()='address']/@location") == ["https://api.example.com/portal"]


def test_the_wsdl_of_several_services_is_the_firsts_and_the_others_are_told(call: Call) -> None:
    told = call("wsdl", "config/netid.yaml")
    assert told.code == 0
    assert "this is the WSDL of portal; `serve` has the others at /tasks-soap?wsdl (tasks)" in told.err


def test_problems_are_listed_and_told(call: Call) -> None:
    assert len(call("problems").out.splitlines()) == len(Kind)
    assert {row["slug"] for row in json.loads(call("problems", "--json").out)} == {kind.slug for kind in Kind}
    one = call("problems", "lock-conflict")
    assert "423" in one.out
    assert "holders" in one.out
    assert call("problems", "nope").code == 2
    assert "may succeed later" in one.out
    assert "may succeed later" not in call("problems", "not-found").out


def test_check_tells_the_contracts_mistakes_beside_the_settings(call: Call, tmp_path: Path) -> None:
    """One run, eight mistakes of both kinds, each with line, column and the nearest right name."""
    (tmp_path / "c.yaml").write_text(f"""\
admn: 127.0.0.1:9901
drain: {{delay: soon}}
services:
  a:
    wsdl: {ROOT}/schemas/netid/portal.wsdl
    upstream: {{url: "http://127.0.0.1:1/portal", timout: 5}}
    routes:
      - {{route: POST /x, operation: GetTsk}}
      - route: GET /y
        operation: GetTask
        parameters:
          - {{in: query, name: id, to: /Info/Ids}}
          - {{in: query, name: session, to: /Info/SessionID}}
      - {{route: POST /z}}
    operations:
      ReleseTask: {{writes: true}}
""")
    done = call("check", str(tmp_path / "c.yaml"))
    told = [line.removeprefix(f"{tmp_path}/") for line in done.err.splitlines()]
    places = [(line.split(": ")[0], line.split(": ")[1]) for line in told]
    assert done.code == 1
    assert places == [
        ("c.yaml:1:1", "admn"),
        ("c.yaml:2:9", "drain.delay"),
        ("c.yaml:6:50", "services.a.upstream.timout"),
        ("c.yaml:8:26", "services.a.routes[0].operation"),
        ("c.yaml:12:13", "services.a.routes[1].parameters[0]"),
        ("c.yaml:13:13", "services.a.routes[1].parameters[1]"),
        ("c.yaml:14:9", "services.a.routes[2].operation"),
        ("c.yaml:16:7", "services.a.operations.ReleseTask"),
    ]
    for at, name in {0: "admin", 2: "timeout", 3: "GetTask", 4: "/Info/Id", 5: "/Info/SessionId", 7: "ReleaseTask"}.items():
        assert told[at].endswith(f'; did you mean "{name}"?'), told[at]
