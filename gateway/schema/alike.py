"""The law of operations that look alike: two whose SOAP messages nothing tells apart are told, with the rule.

WS-I Basic Profile 1.1 R2710: the Body's first element, or else the action, names an operation. JSON callers are not
concerned: they call by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.schema.contract import BoundOperation, Note


def alike(operations: Sequence[BoundOperation]) -> Iterator[Note]:
    """A note for each operation of a SOAP binding that an earlier one has the messages of."""
    seen: dict[tuple[str, str], BoundOperation] = {}
    for each in operations:
        if each.http_location or each.input_media or each.refused:
            continue
        first = each.input.wire if each.input.on_wire else next(iter(each.input.elements), "")
        other = seen.setdefault((first, each.action), each)
        if other is not each:
            said = f"the soapAction {each.action!r}" if each.action else "no soapAction"
            what = first or "an empty Body"
            words = f"{other.name} and {each.name} both have {what} and {said}"
            rule = "SOAP callers cannot be told which is meant, JSON callers can (WS-I Basic Profile R2710)"
            yield Note("approximated", f"{words}: {rule}", each.place, each.name)
