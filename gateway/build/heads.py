"""The law of mapped header blocks at build: each is declared by the contract, mapped once, and fits where it goes."""

from __future__ import annotations

from collections.abc import Iterable

from ..codec.scalars import scalar_for
from ..dialect.heads import Head, Heads
from ..schema.contract import BoundOperation, HeaderUse
from ..schema.errors import ContractError
from ..schema.ir import Complex, Settings, Simple, Text
from ..schema.names import local
from ..settings.service import Head as HeadSettings
from .workbench import Workbench

# Fields that HTTP, the gateway or a body's length own: a service's block may not set them.
_OWNED = frozenset(
    "connection content-length content-type content-encoding transfer-encoding host te trailer upgrade etag location "
    "set-cookie cookie authorization vary date server cache-control".split()
)


def heads(
    bench: Workbench, bound: BoundOperation, mapped: Iterable[HeadSettings], shape: Settings, *, bodyless: bool = False
) -> Heads:
    """The header blocks that a route maps. Raises ContractError for one that has no place.

    `bodyless`: requests have no JSON that could hold `$headers`, so a block there is the reply's alone.
    """
    asks = {local(use.element): use for use in bound.input.headers}
    answers = {local(use.element): use for use in bound.output.headers} if bound.output else {}
    request: list[Head] = []
    reply: list[Head] = []
    seen: set[str] = set()
    for each in mapped:
        http = (each.http or "").lower()
        if each.name in seen or (http and http in seen):
            raise ContractError(f"the header block {each.name} is mapped twice, or two of them to {each.http}")
        seen |= {each.name, http} - {""}
        if each.name not in asks and each.name not in answers:
            known = ", ".join(sorted({*asks, *answers})) or "none"
            raise ContractError(f"the operation declares no header block {each.name}; it declares {known}")
        if http in _OWNED:
            raise ContractError(f"{each.http} is not a field that a header block may fill")
        unsaid = bodyless and not http
        if unsaid and (each.name not in answers or (each.name in asks and asks[each.name].required)):
            raise ContractError(f"{each.name} in `$headers` has no effect: the request has no body; say `http`")
        if each.name in asks and not unsaid:
            request.append(_head(bench, asks[each.name], each.http or "", shape))
        if each.name in answers:
            reply.append(_head(bench, answers[each.name], each.http or "", shape))
    return Heads(tuple(request), tuple(reply))


def _head(bench: Workbench, use: HeaderUse, http: str, shape: Settings) -> Head:
    codec = bench.body(use.element, shape)
    key = local(use.element)
    if not http:
        return Head(use.element, key, codec, required=use.required)
    type_id = bench.model.elements[use.element].type
    kind = bench.laid(shape).types[type_id]
    if isinstance(kind, Complex):
        if not (isinstance(kind.form, Text) and kind.form.bare and kind.simple):
            raise ContractError(f"the header block {key} is a structure; it can go to `$headers` only")
        type_id = kind.simple
    assert isinstance(bench.model.types[type_id], Simple)
    return Head(use.element, key, codec, http, scalar_for(bench.laid(shape), type_id, shape), use.required)
