"""The law of fields: the kinds of value that settings share, each with its own words when it is wrong.

Models are strict (no text for a number), closed (no unknown key) and frozen. A path is made absolute
against the file that names it; that it exists is checked there, so the mistake has a line.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

_UNITS: Final = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SIZE: Final = re.compile(r"([0-9]+) ?(B|KiB|MiB|GiB)", re.ASCII)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)  # RFC 9110 §5.6.2
VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Part(BaseModel):
    """A part of the configuration."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


def _size(value: Any) -> Any:
    if isinstance(value, str):
        found = _SIZE.fullmatch(value)
        if not found:
            raise ValueError("a size is a number of bytes, or a number with KiB, MiB or GiB: 64MiB")
        return int(found[1]) * _UNITS[found[2]]
    return value


def _file(value: str, info: ValidationInfo) -> str:
    base = (info.context or {}).get("base")
    if base is None:
        return value
    path = Path(base, value)
    try:
        plain = Path(os.path.abspath(path))  # without `..`, where no link stands before one
        path = plain if plain.resolve() == path.resolve() else path
        found = path.is_file()
    except OSError:  # no name of a file: too long, for one
        found = False
    if not found:
        raise ValueError(f"there is no file {value[:200]} beside the configuration")
    return str(path)


def _schema(value: str, info: ValidationInfo) -> str:
    name = _file(value, info)
    return name if (info.context or {}).get("base") is None else str(Path(name).resolve())


def _location(value: str, info: ValidationInfo) -> str:
    if value.startswith(("http://", "https://")):
        if not (info.context or {}).get("remote"):
            raise ValueError("serving never fetches: save the contract beside this file, and name the file")
        return _url(value)
    return _schema(value, info)


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("this is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("an http:// or https:// URL with a host is expected")
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in a URL; use `headers` with ${file:…}")
    if parts.fragment:
        raise ValueError("a URL that is called has no fragment")
    return value


def _address(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("HOST:PORT is expected, such as 127.0.0.1:8080 or [::1]:8080")
    if host.startswith("[") != host.endswith("]") or (":" in host and not host.startswith("[")):
        raise ValueError("an IPv6 host stands in brackets: [::1]:8080")
    return value


def _path(value: str) -> str:
    if not value.startswith("/") or "?" in value or "#" in value or "//" in value or any(c <= " " for c in value):
        raise ValueError("a path starts with / and has no query: /portal")
    return value


def _header(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("this is not the name of an HTTP header field")
    return value


def _header_value(value: str) -> str:
    if any(c in "\r\n\0" for c in value):
        raise ValueError("a header's value has no line breaks")
    return value


def _route(value: str) -> str:
    verb, blank, path = value.partition(" ")
    if not blank or verb not in VERBS:
        raise ValueError(f"VERB /path is expected, the verb one of {', '.join(VERBS)}: POST /api/task/release")
    _path(path)
    for step in path.split("/"):
        if ("{" in step or "}" in step) and not re.fullmatch(r"\{[A-Za-z_][A-Za-z0-9_]*\}", step):
            raise ValueError("a variable is a whole step of the path: /projects/{code}")
    return value


def _pointer(value: str) -> str:
    if value and not value.startswith("/"):
        raise ValueError("a JSON Pointer starts with /: /ProjectIdentity/ProjectCode")
    return value


Size = Annotated[int, Field(ge=1), BeforeValidator(_size, json_schema_input_type=int | str)]
HostName = Annotated[  # as Host has it: a name, an address, [IPv6]; one port, or any
    str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$")
]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
FilePath = Annotated[str, AfterValidator(_file)]  # links stay: certificates are looked at again, and links are swapped
SchemaPath = Annotated[str, AfterValidator(_schema)]  # where a link leads to: what it imports stands there
Location = Annotated[str, AfterValidator(_location)]
Url = Annotated[str, AfterValidator(_url)]
Address = Annotated[str, AfterValidator(_address)]
UrlPath = Annotated[str, AfterValidator(_path)]
HeaderName = Annotated[str, AfterValidator(_header)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]
VerbPath = Annotated[str, AfterValidator(_route)]
Pointer = Annotated[str, AfterValidator(_pointer)]
Namespace = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[!-~]+$")]
LocalName = Annotated[str, Field(min_length=1, pattern=r"^[^\s{}/]+$")]


def address(value: str) -> tuple[str, int]:
    """Host and port of an `Address`, without the brackets of an IPv6 host."""
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)
