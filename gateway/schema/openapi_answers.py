"""The law of answers in OpenAPI: statuses that the gateway gives of itself, their header fields, the problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, Final

from gateway.core.problem import Kind

REFS: Final = "#/components/schemas/"
PROBLEM: Final = "application/problem+json"
USUAL: Final = ("400", "413", "415", "422", "502", "503", "504")  # of every operation
_WORDS: Final[Mapping[str, str]] = {
    "400": "The message is malformed.",
    "401": "Credentials are missing, not valid, or a session has ended.",
    "403": "The caller may not do this.",
    "404": "There is no such thing.",
    "409": "The state of what is asked for does not allow it.",
    "410": "It is gone.",
    "412": "The version given is not the present one.",
    "413": "The body is too large.",
    "415": "The media type is not supported.",
    "422": "The message breaks its schema; `errors` names each place.",
    "423": "Somebody holds it.",
    "428": "A version is required: send the ETag in If-Match.",
    "429": "Too many requests.",
    "502": "The service cannot be reached, or its answer is not what its contract says.",
    "503": "The gateway or the service is at its limit.",
    "504": "The service did not answer in time.",
    "default": "Any other problem.",
}
# What an answer's header may say; each by its status, or of good answers by who asks for it.
_FIELDS: Final[Mapping[str, str]] = {
    "Accept-Post": "The media type that is taken.",
    "ETag": "The version; it is what If-Match and If-None-Match want.",
    "Idempotency-Replayed": "`true` where this is the answer that the same key got before.",
    "Location": "Where what was made stands.",
    "Preference-Applied": "`return=minimal` where that was asked for by Prefer.",
    "Retry-After": "When to ask again: seconds, or a date.",
    "WWW-Authenticate": "The credentials that are wanted.",
    "RateLimit": "What is left of the service's quota (RateLimit header fields for HTTP).",
    "RateLimit-Policy": "The service's quotas.",
}
_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "401": ("WWW-Authenticate",),
    "409": ("Retry-After",),
    "412": ("ETag",),
    "415": ("Accept-Post",),
    "423": ("Retry-After",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
_STATUSES: Final = frozenset(each.value for each in HTTPStatus)
FINDING: Final = {
    "type": "object",
    "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) of the place."},
        "xpath": {"type": "string", "description": "The same place in the XML form."},
        "detail": {"type": "string"},
        "expected": {"type": "string"},
    },
    "required": ["pointer", "xpath", "detail"],
}


def headers(names: Collection[str]) -> dict[str, Any]:
    """The header fields of an answer."""
    return {
        name: {"schema": {"type": "string"}, **({"description": _FIELDS[name]} if name in _FIELDS else {})}
        for name in names
    }


def reference(status: str) -> dict[str, str]:
    """The answer of a status that is a component."""
    return {"$ref": f"#/components/responses/{status}"}


def components(used: str) -> dict[str, Any]:
    """The answers that a document's paths (as text) refer to, by status."""
    statuses = [*_WORDS, *(str(each.value) for each in HTTPStatus if str(each.value) not in _WORDS)]
    return {status: _answer(status) for status in statuses if f"responses/{status}'" in used}


def known(status: int) -> bool:
    """Whether a status is one that HTTP has a phrase for, as an answer's name needs."""
    return status in _STATUSES


def _answer(status: str) -> dict[str, Any]:
    words = _WORDS.get(status) or f"{HTTPStatus(int(status)).phrase}."
    fields = headers(_OF.get(status, ()))
    content = {PROBLEM: {"schema": {"$ref": REFS + "Problem"}}}
    return {"description": words, **({"headers": fields} if fields else {}), "content": content}


def problem() -> dict[str, Any]:
    """The schema of every problem document."""
    slugs = ", ".join(f"`{kind.slug}`" for kind in Kind)
    return {
        "type": "object",
        "description": f"A problem document (RFC 9457). The last step of `type` is one of: {slugs}.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "requestId": {"type": "string"},
            "traceId": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "outcome": {"type": "string", "enum": ["not-sent", "rejected", "unknown", "applied"]},
            "errors": {"type": "array", "items": {"$ref": REFS + "Finding"}},
            "fault": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "subcode": {"type": "string"},
                    "reason": {"type": "string"},
                    "name": {"type": "string"},
                },
            },
        },
        "required": ["type", "title", "status", "detail"],
    }
