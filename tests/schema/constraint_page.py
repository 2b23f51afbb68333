"""docs/json-schema.md, drawn from the rows of `gateway.schema.constraints`."""

from __future__ import annotations

from typing import Final

from gateway.schema.constraints import Constraint

_WHERE: Final = {"value": "the value, while it is written", "xml": "the XML that was written, before it leaves"}
_HEAD: Final = """# What the JSON Schemas do not say

You validate with the JSON Schema or the OpenAPI document of a contract before you send. Whatever the gateway would take,
they accept; whatever they accept, the gateway takes, but for what JSON Schema has no words for. This list is closed: a
message that your validator takes and the gateway refuses breaks one of these rows, and the refusal says where.

| what | what is looked at |
|---|---|
"""
_TAIL: Final = """
`gateway import` names the rows that a contract has, by operation. OpenAPI 3.0.3 has fewer words than 3.1: documents drawn for it
also leave out the names under wildcards, items of lists by position, what one key asks of another, and what a choice forbids.

## Where a finding in JSON differs from the one in XML

A fault has the same pointer, XPath, words and expectation whichever form it was sent in. What only one form can say differs:

| what | in XML | in JSON |
|---|---|---|
| a null where an element is optional and cannot be nil | refused | reads as absent |
| a key that is not declared, in a type with a wildcard | told as an entry of `$any` | told as a key; an entry of `$any` as in XML |
| an undeclared element of no namespace among those of one | told by its own name | a plain key is told by its siblings' namespace |
| an undeclared element in a content that has no element | told by its own name | told without a namespace |
| attributes or elements at a scalar's place; a number for a string | told each | told as the wrong kind of value |
| an entry of `$items` that holds nothing but nulls | told by element | told by entry |
| order and what is missing in `$mixed` or a whole-content `$items` | told beside other faults | told when nothing else is wrong |

Drawn by `python -m tests.schema.constraint_page` from `gateway/schema/constraints.py`; `tests/property/test_described.py` looks for
documents that contradict this page.
"""


def page() -> str:
    """The page."""
    return _HEAD + "".join(f"| {row.title} | {_WHERE[row.value.checked]} |\n" for row in Constraint) + _TAIL


if __name__ == "__main__":
    print(page(), end="")
