"""The law of one reading or writing: what is known only while one message is walked.

IDs and the IDREFs that want them (XSD 1.0 Part 1 §3.3.4, cvc-id), and the namespaces that a text
needs declared. One object a message, never shared; closures hold none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..xml import escape_attribute
from .names import XML, XS, XSI

_WELL_KNOWN: Final = {XS: "xs", XSI: "xsi", XML: "xml"}


class References:
    """IDs and IDREFs of one message. `dangling`: on the second walk, those without their ID."""

    __slots__ = ("dangling", "ids", "wanted")

    def __init__(self, dangling: frozenset[str] = frozenset()) -> None:
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.dangling = dangling

    def open(self) -> frozenset[str]:
        """The IDREFs that have no ID."""
        return frozenset(self.wanted - self.ids) if self.wanted else frozenset()


class Reading(References):
    """One message being read."""

    __slots__ = ()


class Writing(References):
    """One message being written: the prefixes it uses, by the contract's table."""

    __slots__ = ("_made", "_table", "_taken", "needed", "recheck")

    def __init__(self, table: Mapping[str, str], dangling: frozenset[str] = frozenset()) -> None:
        super().__init__(dangling)
        self._table = table
        self._made: dict[str, str] = {}
        self._taken: set[str] | None = None
        self.needed: set[str] = set()
        self.recheck = False  # the text is to be read back: order or keys were not proven while writing

    def prefix(self, namespace: str) -> str:
        """The prefix of a namespace, declared from now on; '' for none."""
        if not namespace:
            return ""
        self.needed.add(namespace)
        return self._table.get(namespace) or _WELL_KNOWN.get(namespace) or self._make(namespace)

    @property
    def nsmap(self) -> dict[str | None, str]:
        """The prefixes declared so far, as an element gives them."""
        return {self.prefix(namespace): namespace for namespace in tuple(self.needed)}

    def qname(self, namespace: str, name: str) -> str:
        """A lexical QName for markup."""
        prefix = self.prefix(namespace)
        return f"{prefix}:{name}" if prefix else name

    def _make(self, namespace: str) -> str:
        known = self._made.get(namespace)
        if known is None:
            if self._taken is None:
                self._taken = {*self._table.values(), *_WELL_KNOWN.values()}
            number = len(self._made) + 1
            while f"n{number}" in self._taken:
                number += 1
            known = self._made[namespace] = f"n{number}"
            self._taken.add(known)
        return known

    def declarations(self) -> str:
        """The namespace declarations that the root carries."""
        return "".join(
            f' xmlns:{self.prefix(namespace)}="{escape_attribute(namespace)}"'
            for namespace in sorted(self.needed)
            if namespace != XML
        )
