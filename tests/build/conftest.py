"""A book from a few lines of configuration over the legacy portal's contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.build.book import Built, build
from gateway.settings import parse

ROOT = Path(__file__).resolve().parents[2]
HEAD = "services:\n  portal:\n    wsdl: schemas/netid/portal.wsdl\n    path: /portal\n"


@pytest.fixture
def book() -> Callable[[str], Built]:
    """Build the portal with further lines of its service."""

    def of(lines: str = "") -> Built:
        more = "".join(f"    {line}\n" for line in lines.splitlines())
        return build(parse(HEAD + more, base=ROOT, env={}))

    return of
