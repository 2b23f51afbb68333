"""The law of conditions: an XPath 2.0 test over the attributes of one element, and nothing else of the document.

XSD 1.1 chooses types by such tests (Part 1 §3.12.4): an element with the attributes and no content is asked. A test
that fails on a value (a cast that cannot be) does not hold, as the specification says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from lxml import etree

Scope = tuple[tuple[str, str], ...]
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def holds(test: str, scope: Scope, default: str, attributes: Mapping[str, str]) -> bool:
    """Whether a test holds of an element with these attributes (Clark name to text); `scope` are its prefixes.

    A test that cannot be read holds never: whoever reads schemas has refused it.
    """
    if not test:
        return True
    token = _compiled(test, scope, default)
    if token is None:
        return False
    import elementpath

    try:
        context = elementpath.XPathContext(root=etree.Element("element", dict(attributes)))
        return bool(token.boolean_value(list(token.select(context))))
    except (elementpath.ElementPathError, TypeError, ValueError, ArithmeticError, LookupError):
        return False


def own(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes less what xsi says of the element."""
    return {name: text for name, text in attributes.items() if not name.startswith(_XSI)}


@lru_cache(maxsize=1024)
def _compiled(test: str, scope: Scope, default: str) -> Any:
    import elementpath

    parser = elementpath.XPath2Parser(namespaces=dict(scope), strict=False, default_namespace=default)
    try:
        return parser.parse(test)
    except elementpath.ElementPathError:
        return None
