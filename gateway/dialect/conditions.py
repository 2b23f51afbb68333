"""The law of conditions: entity tags out and in, compared as RFC 9110 §8.8.3 and §13 say.

A service's own version becomes a strong tag verbatim, so that what comes back in If-Match is the
very text that the service gave; without one the tag is a digest of the JSON's bytes.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote, unquote

from ..core.problem import Kind, Problem

_TAG: Final = re.compile(
    r'[ \t]*(?:(W/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|$)'
)  # an empty item is none (§5.6.1)
_ONE: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"').fullmatch
_WRITTEN: Final = 'An entity tag is written "…" or W/"…".'
CONDITIONS: Final = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
VALIDATORS: Final = ("etag", "last-modified")
_SAFE: Final = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"


def tag_of_version(version: str) -> str:
    """The entity tag of a service's version."""
    return f'"{quote(version, safe=_SAFE)}"'


def tag_of_bytes(body: bytes) -> str:
    """The entity tag of a representation."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def version_of(if_match: str) -> str | None:
    """The version in an If-Match, None for `*`. Raises Problem PARAMETER_INVALID, PRECONDITION_FAILED.

    Of a list only strong tags can match; the service compares one version, so two of them are refused.
    """
    if if_match.strip() == "*":
        return None
    check_tags(if_match)
    strong = {text for weak, text in _tags(if_match) if not weak}
    if len(strong) > 1:
        detail = (
            'If-Match holds one strong entity tag here, as the ETag gave it: "…"; the service compares one version.'
        )
        raise Problem(Kind.PARAMETER_INVALID, detail)
    if not strong:  # If-Match compares strongly (§13.1.1): a weak tag never matches
        raise Problem(Kind.PRECONDITION_FAILED, "If-Match holds a weak entity tag, which never matches.")
    return unquote(strong.pop())


def none_match(header: str, tag: str) -> bool:
    """Whether If-None-Match names the tag, weakly compared (§13.1.2): then the answer is 304."""
    if header.strip() == "*":
        return True
    return any(f'"{text}"' == tag.removeprefix("W/") for _, text in _tags(header))


def check_tags(header: str) -> None:
    """Raises Problem PARAMETER_INVALID for a condition that is neither `*` nor a list of entity tags (§13.1)."""
    if header.strip() != "*" and not _tags(header):
        raise Problem(Kind.PARAMETER_INVALID, _WRITTEN)


def is_tag(text: str) -> bool:
    """Whether the text is one entity tag, strong or weak."""
    return _ONE(text) is not None


def _tags(header: str) -> list[tuple[bool, str]]:
    tags, at = [], 0
    while at < len(header):
        match = _TAG.match(header, at)
        if match is None:
            raise Problem(Kind.PARAMETER_INVALID, _WRITTEN)
        if match[2] is not None:
            tags.append((bool(match[1]), match[2]))
        at = match.end()
    return tags


def strong_match(if_match: str, tag: str) -> bool:
    """Whether If-Match names the tag, strongly compared (§13.1.1). Raises Problem PARAMETER_INVALID."""
    return any(not weak and f'"{text}"' == tag for weak, text in _tags(if_match))
