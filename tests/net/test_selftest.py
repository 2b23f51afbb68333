"""What must hold before a socket is opened: rows H-02 and P-08."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gateway.net import selftest as module
from gateway.net.selftest import selftest


def test_this_installation_is_fit() -> None:
    assert selftest() == []


def test_the_pure_http_parser_is_refused() -> None:
    code = "from gateway.net.selftest import selftest; print(*selftest(), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "AIOHTTP_NO_EXTENSIONS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "AIOHTTP_NO_EXTENSIONS" in done.stdout


def test_old_libraries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIBXML2", (99, 0))
    monkeypatch.setitem(module.FLOORS, "orjson", (99, 0))
    monkeypatch.setitem(module.FLOORS, "no-such-package", (1,))
    told = "\n".join(selftest())
    assert "libxml2" in told
    assert "orjson" in told
    assert "no-such-package is not installed" in told


def test_another_libxml2_in_xmlsec_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        get_libxml_version = staticmethod(lambda: (2, 9, 14))
        get_libxmlsec_version = staticmethod(lambda: (1, 2, 37))

    monkeypatch.setitem(sys.modules, "xmlsec", Other)
    told = "\n".join(selftest())
    assert "cannot be shared" in told
    assert "libxmlsec 1.2.37 is older" in told


@pytest.mark.parametrize(("text", "numbers"), [("3.14.5", (3, 14, 5)), ("2.0.dev3", (2, 0)), ("6.1.3+x", (6, 1, 3))])
def test_versions(text: str, numbers: tuple[int, ...]) -> None:
    assert module._parse(text) == numbers
