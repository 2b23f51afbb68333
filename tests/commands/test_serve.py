"""gateway.commands.serve: what reaches the composition root, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import app
from gateway.demo import tour
from gateway.settings import Loaded

from .conftest import Call


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Loaded]:
    """What `app.serve` was called with."""
    calls: list[Loaded] = []
    monkeypatch.setattr(app, "serve", lambda loaded, again: calls.append(loaded))
    return calls


def test_a_configuration_with_other_addresses(call: Call, served: list[Loaded]) -> None:
    arguments = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", "http://127.0.0.1:9/x")
    done = call("serve", "config/netid.yaml", *arguments)
    assert done.code == 0
    found = served[0].settings
    assert (found.listen, found.admin) == ("127.0.0.1:0", "127.0.0.1:0")
    assert found.services["portal"].upstream.url == "http://127.0.0.1:9/x"
    assert found.services["portal"].upstream.action_headers == ("SOAPAction", "Action")
    assert "warning: config/netid.yaml:" in done.err


def test_a_wsdl_alone(call: Call, served: list[Loaded]) -> None:
    assert call("serve", "--wsdl", "schemas/netid/portal.wsdl", "--upstream", "http://127.0.0.1:9/x").code == 0
    assert served[0].settings.services["main"].upstream.url == "http://127.0.0.1:9/x"


@pytest.mark.parametrize(
    "arguments",
    [("gone.yaml",), ("--wsdl", "gone.wsdl"), ("config/netid.yaml", "--listen", "8080"), ("--wsdl", "README.md")],
)
def test_a_configuration_that_cannot_be_served_is_78(call: Call, arguments: tuple[str, ...]) -> None:
    done = call("serve", *arguments)
    assert (done.code, done.out) == (78, "")
    assert done.err
    assert "Traceback" not in done.err


def test_misuse_is_2(call: Call) -> None:
    assert call("serve").code == 2
    assert call("serve", "config/netid.yaml", "--wsdl", "x").code == 2


def test_an_address_that_is_taken_is_78(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(_: Loaded, again: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(app, "serve", taken)
    done = call("serve", "config/netid.yaml")
    assert done.code == 78
    assert "Address already in use" in done.err


def test_the_demos_exit_code_is_the_tours(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(tour, "run", lambda once: seen.append(once) or 1)
    assert call("demo", "--once").code == 1
    assert call("demo").code == 1
    assert seen == [True, False]


def test_the_example_is_found_from_anywhere(call: Call, served: list[Loaded], monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("config/netid.yaml").resolve()
    monkeypatch.chdir("/")
    assert call("serve", str(path)).code == 0
    assert served
