"""The law of bounds: `limits` is `core.limits.Limits` as a setting, drawn from it field by field.

`limits: large` is the profile; `limits: {profile: large, body: 32MiB}` changes single numbers. A
route may change only what bounds one message: sockets and queues belong to the whole gateway.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag, create_model

from ..core.limits import DEFAULT, LARGE, Limits
from .fields import Part, Seconds, Size

_PROFILES: Final[Mapping[str, Limits]] = {"default": DEFAULT, "large": LARGE}

# What each bound means; a field of Limits without a line here fails the tests.
MEANING: Final[Mapping[str, str]] = {
    "line": "bytes of the request line",
    "field": "bytes of one header field",
    "fields": "header fields of one request",
    "head": "bytes of the request line and all header fields",
    "body": "bytes of a request's body",
    "response": "bytes of a service's answer",
    "head_deadline": "seconds for the header to arrive",
    "body_deadline": "seconds for the body to arrive",
    "body_rate": "bytes a second that a body must keep up, after body_rate_after",
    "body_rate_after": "seconds before body_rate counts",
    "idle": "seconds that an idle client connection stays open",
    "write_stall": "seconds that a client may stop reading its answer",
    "connections": "client connections at once",
    "in_flight": "requests that are worked on at once",
    "queue": "requests that wait for a place",
    "queue_wait": "seconds that a request waits for a place",
    "xml_depth": "nesting of XML elements",
    "xml_elements": "elements of a request",
    "xml_elements_response": "elements of a service's answer",
    "xml_attributes": "attributes of one element",
    "xml_attributes_total": "attributes of one message",
    "xml_namespaces": "namespace declarations of one element",
    "xml_namespaces_total": "namespace declarations of one message",
    "xml_name": "characters of an XML name",
    "xml_attribute_value": "characters of an attribute's value",
    "json_depth": "nesting of JSON",
    "json_tokens": "values and keys of a JSON message",
    "json_keys": "keys of one object",
    "json_items": "items of one array",
    "json_key": "characters of a key",
    "json_string": "bytes of a string",
    "json_number": "characters of a number",
    "json_exponent": "size of a number's exponent",
    "parts": "parts of a multipart/related message, its root among them",
    "part_head": "bytes of the header of one part",
    "findings": "findings told of one message",
    "offload": "bytes from which on a message is converted off the event loop",
}
# bounds of the whole gateway: not for a route
_GATEWAY: Final = frozenset(
    (
        *("line", "field", "fields", "head", "head_deadline", "body_deadline", "body_rate", "body_rate_after"),
        *("idle", "write_stall", "connections", "in_flight", "queue", "queue_wait"),
    )
)


def _model(name: str, leave_out: frozenset[str]) -> Any:
    members: dict[str, Any] = {
        "profile": (Literal["default", "large"], Field(default="default", description="The numbers to start from."))
    }
    for bound in dataclasses.fields(Limits):
        if bound.name in leave_out:
            continue
        kind = Seconds if bound.type == "float" else Size
        meaning = MEANING[bound.name]
        words = f"{meaning[0].upper()}{meaning[1:]}; {bound.default}, large: {getattr(LARGE, bound.name)}."
        members[bound.name] = (kind | None, Field(default=None, description=words, examples=[bound.default]))
    return create_model(name, __base__=Part, __doc__="Bounds: N is accepted, N+1 refused.", **members)


def _kind(value: Any) -> str:
    return "profile" if isinstance(value, str) else "bounds"


if TYPE_CHECKING:
    Bounds = str | Part
    RouteBounds = str | Part
else:
    _profile = Annotated[Literal["default", "large"], Tag("profile")]
    Bounds = Annotated[
        _profile | Annotated[_model("Bounds", frozenset()), Tag("bounds")],
        Discriminator(_kind),
    ]
    RouteBounds = Annotated[
        _profile | Annotated[_model("RouteBounds", _GATEWAY), Tag("bounds")],
        Discriminator(_kind),
    ]


def limits(setting: Bounds | None, base: Limits = DEFAULT) -> Limits:
    """The limits of a setting; without one, `base`. `large` starts afresh but for the gateway's own bounds."""
    if setting is None:
        return base
    chosen: dict[str, Any] = {"profile": setting} if isinstance(setting, str) else setting.model_dump(exclude_none=True)
    profile = chosen.pop("profile", "default")
    if profile != "default":
        named = {
            f.name: getattr(_PROFILES[profile], f.name) for f in dataclasses.fields(Limits) if f.name not in _GATEWAY
        }
        base = dataclasses.replace(base, **named)
    return dataclasses.replace(base, **chosen)
