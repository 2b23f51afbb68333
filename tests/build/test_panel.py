"""gateway.build.panel: many schemas compiled as one, each with its own verdict and its own paths."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from gateway.build.panel import MOST, Panel
from gateway.build.workbench import Workbench
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_wsdl

PORTAL = Path(__file__).resolve().parents[2] / "schemas/netid/portal.wsdl"
NS = "{urn:t}"


@pytest.fixture
def bench() -> Workbench:
    return Workbench(load_wsdl(PORTAL))


def inputs(bench: Workbench) -> list[str]:
    return [operation.input.element for _, _, operation in bench.contract.bound()]


def test_each_message_has_its_own_verdict(bench: Workbench) -> None:
    from gateway.schema.samples import sample

    plain = Settings()
    values = {name: sample(bench.laid(plain), name, plain) for name in inputs(bench)}
    checkers = {name: bench.checker(name, plain) for name in values}
    for name, checker in checkers.items():
        assert checker.is_valid(values[name])
        assert not checker.is_valid({"nonsense": 1})


def test_an_error_has_the_path_within_its_own_message(bench: Workbench) -> None:
    name = next(each for each in inputs(bench) if each.endswith("ReleaseTask"))
    (error, *_) = bench.checker(name, Settings(), ("Info",)).iter_errors({"nonsense": 1})
    assert error.instance_path == ()
    errors = list(bench.checker(name, Settings()).iter_errors({"Info": {"nonsense": 1}}))
    assert {error.instance_path for error in errors} == {("Info",)}
    assert errors[0].message
    assert errors[0].kind is not None


def test_what_is_asked_for_after_compiling_gets_another_panel(bench: Workbench) -> None:
    first, second, *_ = inputs(bench)
    one = bench.checker(first, Settings())
    assert not one.is_valid([])
    two = bench.checker(second, Settings())
    assert not two.is_valid([])
    assert bench.checker(first, Settings()) is one


def test_an_unknown_element_or_wrapper_is_told_at_once(bench: Workbench) -> None:
    with pytest.raises(KeyError):
        bench.checker("{urn:x}none", Settings())
    with pytest.raises(KeyError):
        bench.checker(inputs(bench)[0], Settings(), ("None",))


def test_a_panel_is_bounded(bench: Workbench) -> None:
    panel = Panel(bench.laid(Settings()), Settings())
    for _ in range(MOST):
        assert not panel.full
        panel.checker(inputs(bench)[0], ())
    assert panel.full


def test_threads_share_one_compilation(bench: Workbench) -> None:
    checkers = [bench.checker(name, Settings()) for name in inputs(bench)]
    found: list[bool] = []
    threads = [Thread(target=lambda c=checker: found.append(c.is_valid([]))) for checker in checkers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [False] * len(checkers)
