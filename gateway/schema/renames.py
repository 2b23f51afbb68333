"""The law of renames: another key for an element's members, at all its places or at those of one type.

`Name` is an element's local name, `Type/Name` the same within a type's local name; the narrower one wins. A type
without a name goes by that of the element that declares it (`GetTaskResponse/GetTaskResult`).
A rename that no message of a route has is found here, so that it can be refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gateway.schema.ir import Complex, Model, Settings, TypeId
from gateway.schema.names import local
from gateway.schema.reach import reach, slots_of


@lru_cache(maxsize=64)
def _table(rename: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(rename)


def renamed(settings: Settings, type_id: TypeId, name: str) -> str | None:
    """The key that the settings give an element of this local name in a type, None for its own."""
    table = _table(settings.rename)
    return table.get(f"{type_name(type_id)}/{name}") or table.get(name)


def type_name(type_id: TypeId) -> str:
    """The local name of a type, its element's for one without; copies that are filled in (`loosen`) keep theirs."""
    name, _, path = local(type_id.partition("#filled:")[0]).partition("#")
    return path.rpartition("/")[2].partition("~")[0] or name.partition("~")[0]


def idle(model: Model, settings: Settings, roots: Iterable[str]) -> list[str]:
    """The renames that change no key of documents with these global root elements."""
    left = dict(settings.rename)
    for type_id in reach(model, roots).types:
        kind = model.types[type_id]
        if not left or not isinstance(kind, Complex):
            continue
        for slot in slots_of(kind):
            name = local(slot.element.name)
            for said in (f"{type_name(type_id)}/{name}", name):
                if said in left and slot.key == left[said]:
                    del left[said]
    return list(left)
