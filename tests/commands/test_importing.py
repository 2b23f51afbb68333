"""gateway.commands.importing: a WSDL in, a verdict and a folder that is served out."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ROOT, Call

PORTAL = "schemas/netid/portal.wsdl"


def test_without_a_folder_nothing_is_written(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = call("import", PORTAL)
    assert done.code == 0
    assert "15 operations: 15 load, 15 survive both round trips" in done.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wsdl", [PORTAL, "schemas/projector/projector.wsdl", "tests/schema/wsdl/several-services.wsdl", "tests/schema/wsdl/rpc.wsdl", "tests/schema/wsdl/encoded.wsdl", "tests/schema/wsdl/description-2.0.wsdl"])
def test_the_configuration_is_one_that_check_accepts(call: Call, tmp_path: Path, wsdl: str) -> None:
    assert call("import", wsdl, "-o", str(tmp_path / "o")).code == 0
    done = call("check", str(tmp_path / "o/gateway.yaml"))
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "o/verdict.json").read_text())["loads"] is True


def test_a_configuration_that_is_there_is_its_owners(call: Call, tmp_path: Path) -> None:
    call("import", PORTAL, "-o", str(tmp_path))
    (tmp_path / "gateway.yaml").write_text("# mine\n")
    done = call("import", PORTAL, "-o", str(tmp_path))
    assert "is left as it is" in done.err
    assert (tmp_path / "gateway.yaml").read_text() == "# mine\n"
    assert call("check", str(tmp_path / "gateway.proposed.yaml")).code == 0


def test_a_refusal_has_its_place_in_both_forms(call: Call, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wsdl"
    broken.write_text((ROOT / PORTAL).read_text().replace('message="tns:', 'message="tns:Gone', 1))
    (tmp_path / "portal.xsd").write_text((ROOT / "schemas/netid/portal.xsd").read_text())
    done = call("import", str(broken), "-o", str(tmp_path / "o"))
    assert (done.code, done.out) == (1, "")
    assert "broken.wsdl:" in done.err
    assert not (tmp_path / "o").exists()
    told = json.loads(call("import", str(broken), "--report", "json").out)
    assert told["loads"] is False
    assert told["refused"]["line"] > 0
    assert told["refused"]["section"].startswith("WSDL 1.1")


def test_the_machine_readable_verdict(call: Call) -> None:
    told = json.loads(call("import", PORTAL, "--report", "json").out)
    one = told["operations"][0]
    assert (one["operation"], one["binding"], one["style"]) == ("Login", "SOAP 1.1", "document/literal wrapped")
    assert (one["xml_json_xml"], one["json_xml_json"], one["loads"]) == ("yes", "yes", True)
    assert all(len(document["sha256"]) == 64 for document in told["documents"])


@pytest.fixture
def site() -> Iterator[str]:
    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(ROOT / "schemas/netid"))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_contract_of_the_network_is_vendored_whole(call: Call, tmp_path: Path, site: str) -> None:
    done = call("import", f"{site}/portal.wsdl", "-o", str(tmp_path))
    assert done.code == 0, done.err
    assert {p.name for p in (tmp_path / "contract").iterdir()} == {"manifest.json", "portal.wsdl", "portal.xsd"}
    assert call("check", str(tmp_path / "gateway.yaml")).code == 0


def test_a_host_that_is_not_named_is_not_asked(call: Call, tmp_path: Path, site: str) -> None:
    wsdl = tmp_path / "far.wsdl"
    wsdl.write_text((ROOT / PORTAL).read_text().replace('schemaLocation="portal.xsd"', f'schemaLocation="{site}/portal.xsd"'))
    assert call("import", str(wsdl)).code == 1
    assert call("import", str(wsdl), "--fetch", site.removeprefix("http://")).code == 0


def test_an_operation_that_cannot_be_served_costs_the_configuration_not_the_verdict(call: Call, tmp_path: Path) -> None:
    text = (ROOT / "tests/golden/wsdl/prefix-on-part/contract.wsdl").read_text().replace('type="xs:int"', 'type="xs:ENTITY"')
    (tmp_path / "c.wsdl").write_text(text)
    done = call("import", str(tmp_path / "c.wsdl"), "-o", str(tmp_path / "o"))
    assert done.code == 0
    assert "no configuration is written: " in done.err
    assert "ENTITY" in done.out
    assert not (tmp_path / "o/gateway.yaml").exists()
    (one,) = json.loads((tmp_path / "o/verdict.json").read_text())["operations"]
    assert one["loads"] is False


def test_a_link_is_what_it_leads_to(call: Call, tmp_path: Path) -> None:
    """The imports of the portal stand beside the file, not beside the link; `serve` sees it so, too."""
    (tmp_path / "my.wsdl").symlink_to(ROOT / "schemas/netid/portal.wsdl")
    done = call("import", str(tmp_path / "my.wsdl"))
    assert done.code == 0
    assert "operations: " in done.out


@pytest.mark.parametrize("text", ["", "hello"])
def test_what_is_called_a_wsdl_and_is_none(call: Call, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.wsdl").write_text(text)
    done = call("import", str(tmp_path / "x.wsdl"))
    assert done.code == 1
    assert "JSON" not in done.err
    assert "x.wsdl" in done.err
