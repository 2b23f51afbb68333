"""The law of the version: said once, in pyproject.toml; read from the installed distribution."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _of


def version() -> str:
    """The version of the distribution; 0 when it runs from a bare folder."""
    try:
        return _of("soapgw")
    except PackageNotFoundError:
        return "0"
