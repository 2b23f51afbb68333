"""The law of canonical XML: exclusive C14N only (inclusive is cubic in nested declarations)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from gateway.core.problem import Kind, Problem


def canonical(node: Any, *, comments: bool = False, prefixes: Sequence[str] = ()) -> bytes:
    """Exclusive XML Canonicalization 1.0 of a subtree, without its tail.

    `prefixes` is the InclusiveNamespaces PrefixList (Exclusive C14N §3). Bytes in, bytes out are
    proportional: the namespaces in scope are bounded by `Limits.xml_namespaces_total`. Raises
    Problem(MALFORMED_XML) where Canonical XML §1.3 gives no form: a relative namespace name.
    """
    try:
        return etree.tostring(
            node,
            method="c14n",
            exclusive=True,
            with_comments=comments,
            with_tail=False,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    except etree.C14NError as error:
        raise Problem(
            Kind.MALFORMED_XML, "The XML has no canonical form: a namespace name is relative.", cause=str(error)
        ) from None
