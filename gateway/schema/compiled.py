"""The law of the compiled contract: a Model as bytes and back, so that a pod starts without building schemas.

JSON, never a pickle: reading a stored model runs no code of the store's. A stored model names the documents it was made
from and the shape of the records it holds; one that does not match is not read. Every record of `gateway.schema.ir`
is a list led by its number, so a store made by another version of the records is refused and not misread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from sys import intern
from typing import Any, Final

import orjson

from gateway.schema import ir
from gateway.schema.source import Source

_RECORDS: Final[tuple[type[Any], ...]] = tuple(
    kind
    for _, kind in sorted(vars(ir).items())
    if isinstance(kind, type) and is_dataclass(kind) and kind is not ir.Model
)
_TUPLE: Final = 0
_SET: Final = 1
_FIRST: Final = 2  # number of the first record
_NUMBERS: Final = {kind: number for number, kind in enumerate(_RECORDS, _FIRST)}
_FIELDS: Final = {kind: tuple(field.name for field in fields(kind)) for kind in _RECORDS}
_SHAPE: Final = hashlib.sha256(
    repr([(kind.__name__, _FIELDS[kind]) for kind in (*_RECORDS,)] + [f.name for f in fields(ir.Model)]).encode()
).hexdigest()
_MAPS: Final = ("types", "elements", "attributes", "substitutions", "derived", "prefixes")


def fingerprint(sources: Iterable[Source], settings: ir.Settings | None = None) -> str:
    """SHA-256 over the documents, in order, and the settings that a model was laid out with."""
    digest = hashlib.sha256(repr(settings).encode())
    for source in sources:
        for part in (source.url.rpartition("/")[2].encode(), source.text):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def freeze(model: ir.Model, key: str) -> bytes:
    """The model as bytes; `key` is the fingerprint of what it was made from."""
    maps = {name: {k: _plain(v) for k, v in getattr(model, name).items()} for name in _MAPS}
    body = orjson.dumps({**maps, "notations": sorted(model.notations)})
    head = {"shape": _SHAPE, "key": key, "sha256": hashlib.sha256(body).hexdigest()}
    return orjson.dumps(head) + b"\n" + body


def thaw(stored: bytes, key: str) -> ir.Model | None:
    """The model of `freeze`; None when it was made from other documents or by other records, or is damaged.

    Each component is made when it is first asked for: a large contract costs what is used of it.
    """
    head, _, body = stored.partition(b"\n")
    try:
        found = orjson.loads(head)
    except orjson.JSONDecodeError:
        return None
    if found != {"shape": _SHAPE, "key": key, "sha256": hashlib.sha256(body).hexdigest()}:
        return None
    read = orjson.loads(body)
    maps: dict[str, Any] = {name: _Lazy(read[name]) for name in _MAPS}
    return ir.Model(**maps, notations=frozenset(read["notations"]))


class _Lazy(Mapping[str, Any]):
    """Name -> record, made on first use; two threads that ask at once make equal ones."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self._stored = stored
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _record(self._stored[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_TUPLE, *map(_plain, value)]
    if isinstance(value, frozenset):
        return [_SET, *sorted(value)]
    kind = type(value)
    return [_NUMBERS[kind], *(_plain(getattr(value, name)) for name in _FIELDS[kind])]


def _record(value: Any) -> Any:
    if type(value) is list:
        head = value[0]
        if head == _TUPLE:
            return tuple([_record(item) for item in value[1:]])
        if head == _SET:
            return frozenset(value[1:])
        make: Callable[..., Any] = _RECORDS[head - _FIRST]
        return make(*[_record(item) for item in value[1:]])
    return intern(value) if type(value) is str else value
