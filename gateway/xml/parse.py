"""The law of parsing: foreign bytes become a tree here, in one order, or a Problem.

Size, charset, prolog, counts, then libxml2 with nothing switched on, then the depth. One parse,
one tree. Messages name a place and a rule, never what stands there (RFC 9457 documents go out).
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem

from . import limits as bounds
from .prolog import enter

_HUGE_FROM: Final = 9_000_000  # libxml2 bounds a text node at 10,000,000 bytes unless told otherwise
_ERRORS: Final = etree.ErrorTypes
# libxml2's codes in a person's words; anything else is "not well-formed"
_WORDS: Final[dict[int, str]] = {
    _ERRORS.ERR_DOCUMENT_EMPTY: "there is no element",
    _ERRORS.ERR_DOCUMENT_END: "something follows the root element, or the document ends too early",
    _ERRORS.ERR_INVALID_CHAR: "a character is not allowed in XML 1.0",
    _ERRORS.ERR_UNDECLARED_ENTITY: "an entity is not known",
    _ERRORS.ERR_ATTRIBUTE_REDEFINED: "an attribute is given twice",
    _ERRORS.ERR_TAG_NAME_MISMATCH: "an end tag does not match its start tag",
    _ERRORS.ERR_TAG_NOT_FINISHED: "a tag does not end",
    _ERRORS.ERR_MISPLACED_CDATA_END: "`]]>` is not allowed in content",
    _ERRORS.ERR_HYPHEN_IN_COMMENT: "`--` is not allowed in a comment",
    _ERRORS.ERR_LT_IN_ATTRIBUTE: "`<` is not allowed in an attribute value",
    _ERRORS.ERR_ATTRIBUTE_NOT_STARTED: "an attribute value is not in quotes",
    _ERRORS.NS_ERR_UNDEFINED_NAMESPACE: "a namespace prefix is not declared",
    _ERRORS.NS_ERR_XML_NAMESPACE: "a namespace declaration is not allowed (Namespaces in XML §3)",
    _ERRORS.NS_ERR_QNAME: "a name has more than one colon",
}
_BEYOND: Final = frozenset({_ERRORS.ERR_NAME_TOO_LONG, 114})  # 114: ERR_RESOURCE_LIMIT

_local = threading.local()


def parse(raw: bytes, limits: Limits, *, response: bool = False) -> Any:
    """The root element of a message, comments dropped, CDATA merged into text.

    With `response` the bounds of a service's answer hold; the caller turns the Problem into one
    of the upstream's, its `detail` and `cause` say why. Raises Problem: PAYLOAD_TOO_LARGE (or
    UPSTREAM_TOO_LARGE), UNSUPPORTED_CHARSET, MALFORMED_XML, XML_DTD_FORBIDDEN, XML_PI_FORBIDDEN,
    XML_LIMIT_EXCEEDED.
    """
    if response:
        if len(raw) > limits.response:
            raise Problem(Kind.UPSTREAM_TOO_LARGE, limit="response")
        elements = limits.xml_elements_response
    else:
        if len(raw) > limits.body:
            raise Problem(Kind.PAYLOAD_TOO_LARGE, limit="body")
        elements = limits.xml_elements
    try:
        start = enter(raw, elements)
        shallow = bounds.check(raw, start, limits, elements=elements)
    except Problem as problem:
        if response and problem.limit == "xml_elements":
            problem.limit = "xml_elements_response"
        raise
    try:
        root = etree.fromstring(raw, _parser(len(raw) > _HUGE_FROM))
    except etree.XMLSyntaxError as error:
        raise _refusal(error) from None
    if not shallow and _deeper(limits.xml_depth)(root):
        words = f"The XML has more than {limits.xml_depth} levels."
        raise Problem(Kind.XML_LIMIT_EXCEEDED, words, limit="xml_depth")
    return root


def _parser(huge: bool) -> etree.XMLParser:
    """This thread's parser: a shared one would make the threads wait for each other."""
    parser = getattr(_local, "huge" if huge else "plain", None)
    if parser is None:
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            recover=False,
            huge_tree=huge,  # size, depth and names were bounded before
            remove_comments=True,
            remove_pis=False,
            strip_cdata=True,
            collect_ids=False,
            encoding="utf-8",
        )
        setattr(_local, "huge" if huge else "plain", parser)
    return parser


@lru_cache(maxsize=16)
def _deeper(depth: int) -> etree.XPath:
    """Whether a tree has more levels than that, asked in C."""
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")


def _refusal(error: etree.XMLSyntaxError) -> Problem:
    line, column = error.position
    cause = str(error)[:300]
    code = int(getattr(error, "code", None) or 0)
    if code in _BEYOND:
        words = "The XML is deeper or has longer names than allowed."
        limit = "xml_name" if code == _ERRORS.ERR_NAME_TOO_LONG else "xml_depth"
        return Problem(Kind.XML_LIMIT_EXCEEDED, words, cause=cause, limit=limit)
    words = _WORDS.get(code, "it is not well-formed")
    return Problem(Kind.MALFORMED_XML, f"Line {line}, column {column}: {words}.", cause=cause)
