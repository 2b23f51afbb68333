"""The law of the verdict: for every operation of a contract, does it survive the round trip, before its first request.

Two samples of each message are made, a document from the content model and a value from the layout, and sent through
the codecs that `serve` uses: XML to JSON to XML and JSON to XML to JSON. Equal is what MAPPING's second law holds
equal; the JSON Schema must take the value, too. Nothing is served, nothing written; a message that fails is told, and
the next one is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..codec.encoded import Encoding
from ..codec.json import dumps
from ..core.limits import LARGE
from ..core.problem import Problem
from ..schema.constraints import constraints_beyond_json_schema
from ..schema.contract import BoundMessage, BoundOperation, Note, Place, Port, Service
from ..schema.errors import ContractError
from ..schema.ir import AnySlot, Complex, Entries, Keys, Mixed, Open
from ..schema.jsonnodes import leaves
from ..schema.reach import reach
from ..schema.samples import sample
from ..schema.validator import Undecided
from ..schema.xmlsamples import NoSample, sample_xml
from ..xml import element_text, parse
from ..xml.same import difference
from .operations import CANONICAL
from .workbench import Workbench

End = Literal["yes", "no", "not tried"]


@dataclass(frozen=True, slots=True)
class Trip:
    """One direction of one round trip: whether the same came back, and if not, why."""

    end: End
    words: str = ""


YES: Final = Trip("yes")


@dataclass(frozen=True, slots=True)
class MessageVerdict:
    """One message: `role` is request, response, fault NAME or header NAME."""

    role: str
    element: str
    xml: Trip = YES  # XML to JSON to XML
    json: Trip = YES  # JSON to XML to JSON
    approximated: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class OperationVerdict:
    """One operation of one port. `refused` says why it cannot be served."""

    service: str
    port: str
    operation: str
    binding: str
    style: str
    place: Place
    refused: str = ""
    messages: tuple[MessageVerdict, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def loads(self) -> bool:
        """Whether the operation can be served."""
        return not self.refused and not any(message.refused for message in self.messages)

    def trip(self, which: Literal["xml", "json"]) -> End:
        """How one direction came out for all messages together."""
        ends = [getattr(message, which).end for message in self.messages if not message.refused]
        return "no" if "no" in ends else "not tried" if "not tried" in ends or not self.loads else "yes"


class Judge:
    """Judges the operations of one contract; each message once, however many operations use it."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self._known: dict[tuple[str, bool], MessageVerdict] = {}

    def operations(self) -> Iterator[OperationVerdict]:
        """The verdicts, in the order of the contract."""
        self._ask()
        for service in self.bench.contract.services:
            for port in service.ports:
                if port.refused and not port.operations:
                    yield OperationVerdict(service.name, port.name, "", binding_of(port), "", port.place, port.refused)
                for operation in port.operations:
                    yield self._operation(service, port, operation)

    def _ask(self) -> None:
        """Ask for every checker before the first is used, so that they are compiled as one (`gateway.build.panel`)."""
        elements = {
            element: None
            for _, port, bound in self.bench.contract.bound()
            if not (port.refused or bound.refused)
            for element in _elements(bound)
        }
        for element in elements:
            try:
                self.bench.body(element, CANONICAL)
                self.bench.checker(element, CANONICAL)
            except (ContractError, KeyError):
                continue  # told where it is judged

    def _operation(self, service: Service, port: Port, bound: BoundOperation) -> OperationVerdict:
        refused = port.refused or bound.refused
        messages = () if refused else tuple(self._messages(bound))
        notes = tuple(n for n in self.bench.contract.notes if n.subject == bound.name)
        return OperationVerdict(
            service=service.name,
            port=port.name,
            operation=bound.name,
            binding=binding_of(port),
            style=style_of(bound),
            place=bound.place,
            refused=refused,
            messages=messages,
            notes=notes,
        )

    def _messages(self, bound: BoundOperation) -> Iterator[MessageVerdict]:
        for role, message in (("request", bound.input), ("response", bound.output)):
            if message is None:
                continue
            if message.element:
                yield self._message(role, message.element, message)
            for header in message.headers:
                yield self._message(f"{role} header {_local(header.element)}", header.element)
                for fault in header.faults:
                    yield self._message(f"{role} header fault {_local(fault.element)}", fault.element)
        for declared in bound.faults:
            yield self._message(f"fault {declared.name}", declared.element)

    def _message(self, role: str, element: str, message: BoundMessage | None = None) -> MessageVerdict:
        encoded = message is not None and message.use == "encoded"
        key = (element, encoded)
        if key not in self._known:
            self._known[key] = self._judged(element, message if encoded else None)
        known = self._known[key]
        return MessageVerdict(role, element, known.xml, known.json, known.approximated, known.refused)

    def _judged(self, element: str, encoded: BoundMessage | None) -> MessageVerdict:
        try:
            body = self.bench.body(element, CANONICAL)
        except ContractError as error:
            return MessageVerdict("", element, refused=str(error))
        except KeyError:
            return MessageVerdict("", element, refused=f"the schemas declare no element {element}")
        encoding = None
        if encoded is not None:
            encoding = Encoding(self.bench.model, element, self.bench.contract.arrays, LARGE, encoded.wire)
        return MessageVerdict(
            "",
            element,
            self._xml(element, body, encoding),
            self._json(element, body, encoding),
            tuple(self._approximated(element)),
        )

    # ------------------------------------------------------------ the two round trips

    def _xml(self, element: str, body: Any, encoding: Encoding | None) -> Trip:
        """XML to JSON to XML."""
        try:
            document = sample_xml(self.bench.model, element)
        except NoSample as none:
            return Trip("not tried", str(none))
        wrong = self._invalid(document)
        if wrong:
            smaller = self._smaller(element)
            if smaller is None:
                return Trip("not tried", f"no valid sample was found: {wrong}")
            document = smaller
        try:
            back = parse(self._carried(body.encode(body.decode(document)), encoding).encode(), LARGE, response=True)
            found = difference(document, self._read(back, encoding))
        except Problem as problem:
            return Trip("no", _words(problem))
        return Trip("no", found) if found else YES

    def _smaller(self, element: str) -> Any:
        """The sample with nothing optional in it, where that is valid."""
        try:
            document = sample_xml(self.bench.model, element, most=0)
        except NoSample:
            return None
        return None if self._invalid(document) else document

    def _invalid(self, document: Any) -> str:
        """Why libxml2, or else the codec's own walk, does not take a sample."""
        validator = self.bench.validator
        if validator.unavailable:
            return ""
        try:
            found = validator.validate(parse(element_text(document).encode(), LARGE, response=True))
        except Undecided:
            return ""
        return found[0][2] if found else ""

    def _json(self, element: str, body: Any, encoding: Encoding | None) -> Trip:
        """JSON to XML to JSON."""
        try:
            value = sample(self.bench.laid(CANONICAL), element, CANONICAL)
        except RecursionError:
            return Trip("not tried", "the sample recurses too deeply")
        try:
            text = self._carried(body.encode(value), encoding)
        except Problem as problem:
            return Trip("not tried", f"no valid sample was found: {_words(problem)}")
        try:
            back = body.decode(self._read(parse(text.encode(), LARGE, response=True), encoding))
        except Problem as problem:
            return Trip("no", _words(problem))
        if dumps(value) != dumps(back):
            return Trip("no", _differs(value, back, ""))
        if not self.bench.checker(element, CANONICAL).is_valid(value):  # MAPPING, law 4
            return Trip("no", "its JSON Schema refuses a value whose document is valid")
        return YES

    def _carried(self, text: str, encoding: Encoding | None) -> str:
        return text if encoding is None else encoding.encoded(text, "1.1")

    def _read(self, root: Any, encoding: Encoding | None) -> Any:
        return root if encoding is None else encoding.literal(root)

    # ------------------------------------------------------------ what is approximated

    def _approximated(self, element: str) -> Iterator[str]:
        model = self.bench.laid(CANONICAL)
        for row in constraints_beyond_json_schema(model, element, CANONICAL):
            yield f"JSON Schema cannot say: {row.title}"
        forms = {type(kind.form) for t in reach(model, [element]).types if isinstance(kind := model.types[t], Complex)}
        if Open in forms or any(self._wild(t) for t in reach(model, [element]).types):
            yield "schema-less: xs:any or xs:anyType"
        why = self.bench.validator.unavailable
        if why:
            yield f"libxml2 cannot compile the schemas; the codec's own walk validates ({why})"

    def _wild(self, type_id: str) -> bool:
        kind = self.bench.laid(CANONICAL).types[type_id]
        form = kind.form if isinstance(kind, Complex) else None
        if isinstance(form, Entries | Mixed):
            return bool(form.wildcards)
        return isinstance(form, Keys) and any(isinstance(leaf, AnySlot) for leaf in leaves(form.content))


def _elements(bound: BoundOperation) -> Iterator[str]:
    for message in (bound.input, bound.output):
        if message is not None:
            yield from filter(None, [message.element, *(use.element for use in message.headers)])
            yield from (fault.element for use in message.headers for fault in use.faults)
    yield from (fault.element for fault in bound.faults)


def binding_of(port: Port) -> str:
    """A port's binding in words."""
    return f"SOAP {port.soap}" if port.soap else f"HTTP {port.http_verb}" if port.http_verb else "other"


def style_of(bound: BoundOperation) -> str:
    """An operation's style in words: `document/literal wrapped`, `rpc/encoded`, …"""
    if bound.input_media:
        return bound.input_media
    words = f"{bound.style}/{bound.use}"
    if bound.style == "rpc":
        return words
    if not bound.input.element:
        return f"{words} empty"
    if not bound.input.on_wire:
        several = len(bound.input.parts) + len(bound.input.attachments) > 1
        return f"{words} {'multi-part' if several else 'typed part'}"
    return f"{words} {'wrapped' if bound.input.wrapped else 'bare'}"


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _words(problem: Problem) -> str:
    for finding in problem.findings:
        return f"{finding.xpath or finding.pointer or '/'}: {finding.detail}"
    return str(problem.detail or problem)


def _differs(one: Any, two: Any, at: str) -> str:
    """The first place at which two values differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in {**one, **two}:
            if key not in one or key not in two:
                return f"{at}/{key} {'is lost' if key in one else 'is added'}"
            found = _differs(one[key], two[key], f"{at}/{key}")
            if found:
                return found
        return "" if list(one) == list(two) else f"{at or '/'}: the keys are in another order"
    if isinstance(one, list) and isinstance(two, list):
        if len(one) != len(two):
            return f"{at}: {len(two)} items in place of {len(one)}"
        told = (_differs(a, b, f"{at}/{i}") for i, (a, b) in enumerate(zip(one, two, strict=True)))
        return next((words for words in told if words), "")
    return "" if type(one) is type(two) and one == two else f"{at}: {str(two)[:60]!r} in place of {str(one)[:60]!r}"
