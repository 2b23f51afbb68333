"""The law of leaves: one text of a simple type, read and written, with what one text alone cannot tell.

The scalar knows the text; the leaf adds the prefixes in scope (QName), the message's IDs and IDREFs
(XSD 1.0 Part 1 §3.17) and equality by value (fixed, §3.2.4, §3.3.4). Refusals come as `Flaws`.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from ..core.problem import Kind, Problem
from ..core.value import Value
from ..schema import ir
from ..xml import escape_attribute, escape_text, illegal_at
from .flaw import Flaw, Flaws, unfit
from .lexical import Unfit
from .scalars import scalar_for
from .state import References, Writing

_NONE: Final[dict[str | None, str]] = {}
_ILLEGAL: Final = "A string holds a character that XML 1.0 §2.2 does not allow."


class Leaf:
    """A simple type at work. `plain`: its text needs neither prefixes nor IDs, so `scalar.read` will do."""

    __slots__ = ("_named", "_role", "is_id", "plain", "refers", "scalar")

    def __init__(self, model: ir.Model, id_: ir.TypeId, settings: ir.Settings) -> None:
        self.scalar = scalar_for(model, id_, settings)
        builtins = _builtins(model, id_)
        self._named = self.scalar.qnames
        self._role: Literal["", "ID", "IDREF"] = (
            "ID" if builtins == {"ID"} else "IDREF" if builtins & {"IDREF", "IDREFS"} else ""
        )
        self.plain = not self._named and not self._role
        self.is_id = self._role == "ID"
        self.refers = self._role == "IDREF"

    def read(self, text: str, el: Any, doc: References) -> Value:
        """The value of a text that stands in `el`. Raises Flaws."""
        try:
            value = self.scalar.read(text, el.nsmap if self._named and el is not None else _NONE)
        except Unfit as refusal:
            raise unfit(refusal) from None
        if self._role:
            self._note(value, doc)
        return value

    def write(self, value: Value, doc: Writing) -> str:
        """The text, not escaped. Raises Flaws."""
        try:
            text = self.scalar.write(value, doc)
        except Unfit as refusal:
            raise (_illegal() if _has_illegal(value) else unfit(refusal)) from None
        if self._role:
            self._note([*text.split()] if isinstance(value, list) else text, doc)
        return text

    def has(self, text: str, fixed: str, at: Any = None) -> bool:
        """Whether a text has the value of a literal of the schema; `at` is the element, or the writing, it is in."""
        names = at.nsmap if self._named and at is not None else _NONE
        try:
            wanted = self.scalar.literal(fixed) if self._named else self.scalar.key(fixed, _NONE)
            return bool(self.scalar.key(text, names) == wanted)
        except Unfit:
            return False

    def stands_in(self, default: str, doc: References) -> None:
        """Note the IDREFs of an absent attribute's default, which counts as if it were given (§3.4.4). Raises Flaws."""
        self._note(self.scalar.read(default, _NONE), doc)

    def _note(self, value: Value, doc: References) -> None:
        for one in value if isinstance(value, list) else [value]:
            text = str(one)
            if self._role == "ID":
                if text in doc.ids:
                    raise Flaws(Flaw("This ID is given twice.", "an ID of its own"))
                doc.ids.add(text)
            else:
                doc.wanted.add(text)
                if text in doc.dangling:
                    raise Flaws(Flaw("There is no element with this ID.", "an ID of this message"))


def _builtins(model: ir.Model, id_: ir.TypeId) -> set[str]:
    """The built-in types that a simple type's text may hold."""
    type_ = model.types[id_]
    if not isinstance(type_, ir.Simple):
        return set()
    if type_.variety == "list" and type_.item:
        return _builtins(model, type_.item)
    if type_.variety == "union":
        return set().union(*(_builtins(model, member) for member in type_.members))
    return {type_.builtin}


def _illegal() -> Flaws:
    return Flaws(Flaw(_ILLEGAL, "characters of XML 1.0", kind=Kind.XML_ILLEGAL_CHARACTER))


def _has_illegal(value: Value) -> bool:
    texts = value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and illegal_at(text) >= 0 for text in texts)


def text_piece(text: str) -> str:
    """Escaped element content. Raises Flaws."""
    try:
        return escape_text(text)
    except Problem:
        raise _illegal() from None


def attribute_piece(text: str) -> str:
    """Escaped attribute value. Raises Flaws."""
    try:
        return escape_attribute(text)
    except Problem:
        raise _illegal() from None
