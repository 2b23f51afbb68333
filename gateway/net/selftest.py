"""The law of starting: what the gateway's safety rests on is proven before a socket is opened.

Parsers must be the C ones, libraries at or above the releases whose behaviour was measured; a
distribution's older libxml2 or libxmlsec is refused, not tolerated (hazards M-2, M-20).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final

Version = tuple[int, ...]
FLOORS: Final[dict[str, Version]] = {
    "aiohttp": (3, 14, 5),
    "orjson": (3, 11, 6),
    "httptools": (0, 6, 4),
    "jiter": (0, 10),
}
LIBXML2: Final[Version] = (2, 14, 6)
LIBXMLSEC: Final[Version] = (1, 3, 9)


def selftest() -> list[str]:
    """What must not be started with, in words; empty when all is well. Under 0.2 s."""
    return [*_packages(), *_libxml2(), *_parsers()]


def _packages() -> Iterator[str]:
    for name, floor in FLOORS.items():
        try:
            have = _parse(version(name))
        except PackageNotFoundError:
            yield f"{name} is not installed"
            continue
        if have < floor:
            yield f"{name} {_show(have)} is older than {_show(floor)}"


def _libxml2() -> Iterator[str]:
    from lxml import etree

    if etree.LIBXML_VERSION < LIBXML2:
        yield f"lxml was loaded with libxml2 {_show(etree.LIBXML_VERSION)}, older than {_show(LIBXML2)}"
    xmlsec = sys.modules.get("xmlsec")
    if xmlsec is None:
        return  # only where a plug-in has loaded it
    own, other = etree.LIBXML_VERSION, getattr(xmlsec, "get_libxml_version", lambda: etree.LIBXML_VERSION)()
    if tuple(own) != tuple(other):
        yield f"xmlsec uses libxml2 {_show(other)}, lxml {_show(own)}: trees cannot be shared"
    have = getattr(xmlsec, "get_libxmlsec_version", lambda: LIBXMLSEC)()
    if tuple(have) < LIBXMLSEC:
        yield f"libxmlsec {_show(have)} is older than {_show(LIBXMLSEC)}"


def _parsers() -> Iterator[str]:
    """The C parsers, and that they refuse what the pure ones are known to take for two requests."""
    if os.environ.get("AIOHTTP_NO_EXTENSIONS"):
        yield "AIOHTTP_NO_EXTENSIONS is set: the pure HTTP parser can be desynchronised"
    try:
        import httptools
    except ImportError as error:
        yield f"the HTTP parser cannot be loaded: {error}"
        return
    parser = httptools.HttpRequestParser(_Deaf())
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    try:
        parser.feed_data(head + b"1;a=b\r\r\nx\r\n0\r\n\r\n")
    except httptools.HttpParserError:
        return
    yield "the HTTP parser accepts a malformed chunk"


class _Deaf:
    """Callbacks that are not there."""


def _parse(text: str) -> Version:
    numbers = []
    for part in text.split("."):
        digits = "".join(c for c in part if c.isdigit())
        if not digits or not part[0].isdigit():
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _show(numbers: Version) -> str:
    return ".".join(str(n) for n in numbers)
