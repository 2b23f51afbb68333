"""The law of the WSDL reader: one location in, one frozen Contract out, or a ContractError with its place.

Own reader for WSDL 1.1 (§2) on lxml: composes the loader, the gatherer of schemas, the definitions and the
bindings. It reads no schema component; types are read from `Contract.sources` by `gateway.schema.xsd`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from gateway.core.xmlnames import is_nc_name
from gateway.schema.bindings import HTTP, Binding, Reader, not_understood, read_binding, read_operations
from gateway.schema.byname import wsdl_by_names
from gateway.schema.catalog import Catalog
from gateway.schema.contract import BoundOperation, Contract, Note, Port, Service
from gateway.schema.definitions import Declared, Definitions, children, documentation, read_definitions, target
from gateway.schema.encoded import plain
from gateway.schema.errors import ContractError
from gateway.schema.gathering import Schemas
from gateway.schema.http_bindings import VERBS, HttpOperationReader
from gateway.schema.lint import costly
from gateway.schema.loader import WSDL, WSDL20, FetchBytes, Loader
from gateway.schema.newer import slower
from gateway.schema.policies import POLICY, Policies, addressing_of
from gateway.schema.securitypolicy import kept
from gateway.schema.source import XS
from gateway.schema.swaref import inlined
from gateway.schema.synthetic import Synthetics
from gateway.schema.wsdl20 import Reader20, read_descriptions
from gateway.schema.wsdl20 import documentation as described

Bindings: TypeAlias = dict[str, tuple[Binding, tuple[BoundOperation, ...], str]]  # by Clark name
_NO_SOAP = "neither a SOAP nor an HTTP binding"


def load_wsdl(
    location: str | Path,
    *,
    catalog: Catalog | None = None,
    fetch: FetchBytes | None = None,
    root: Path | None = None,
) -> Contract:
    """Reads a WSDL and everything that it imports.

    `fetch` is the allowance to use the network, None for none; `root` the folder that local imports
    may not leave. Raises ContractError, with file, line and section, for what is not legal or not there.
    """
    loader = Loader(catalog or Catalog(), root=root, fetch=fetch)
    first = loader.open_named(str(location))
    if first.kind == "xsd":
        first = _by_names(loader, first)
    if etree.QName(first.root).namespace == WSDL20:
        return _described(loader, first)
    schemas = Schemas(loader)
    definitions = read_definitions(loader, first, schemas)
    schemas.settle(_namespaces_of_parts(definitions))
    reader = Reader(definitions, schemas, Synthetics(schemas), Policies(definitions.documents), loader.notes)
    services = tuple(_services(reader))
    arrays: dict[str, str] = {}
    inlined(schemas.sources, schemas.roots)
    if any(map(_encoded, services)):
        arrays = plain(schemas.sources, schemas.roots, loader.notes)
    reader.synthetics.write()
    if not services:
        loader.notes.append(Note("ignored", "no wsdl:service with a port: nothing can be called", _place(first)))
    loader.notes += [*definitions.notes, *reader.policies.notes, *_unmet(services), *slower(schemas)]
    loader.notes += costly(schemas)
    return Contract(
        location=first.url,
        name=first.root.get("name") or "",
        namespace=target(first),
        version="1.1",
        services=services,
        sources=tuple(schemas.sources.values()),
        documents=tuple(each.frozen() for each in loader.documents.values()),
        notes=tuple(dict.fromkeys(loader.notes)),
        document=documentation(first.root),
        arrays=arrays,
    )


def _by_names(loader: Loader, schema: Any) -> Any:
    """The WSDL that a schema alone makes, by the names of its elements."""
    stem = schema.url.rpartition("/")[2].rpartition(".")[0]
    name = "".join(char if is_nc_name("a" + char) else "_" for char in stem)
    name = name if is_nc_name(name) else f"_{name}"
    text = wsdl_by_names(schema.root, name, schema.url.rpartition("/")[2], schema.file)
    return loader.drawn(schema.url + ".wsdl", text, schema.file)


def _described(loader: Loader, first: Any) -> Contract:
    """The contract of a WSDL 2.0 description."""
    schemas = Schemas(loader)
    found = read_descriptions(loader, first, schemas)
    schemas.settle()
    reader = Reader20(found, schemas)
    services = reader.services()
    inlined(schemas.sources, schemas.roots)
    if not services:
        loader.notes.append(Note("ignored", "no service with an endpoint: nothing can be called", _place(first)))
    told = [*_unmet(services), *slower(schemas), *costly(schemas)]
    return Contract(
        location=first.url,
        namespace=target(first),
        version="2.0",
        services=services,
        sources=tuple(schemas.sources.values()),
        documents=tuple(each.frozen() for each in loader.documents.values()),
        notes=tuple(dict.fromkeys([*loader.notes, *found.notes, *reader.policies.notes, *told])),
        document=described(first.root),
    )


def _unmet(services: Sequence[Service]) -> Iterator[Note]:
    """What the policies in force demand and nothing here can do: kept, and told."""
    for port in (port for service in services for port in service.ports):
        messages = (m for each in port.operations for m in (each.input, each.output) if m is not None)
        several = (port.assertions, *(each.assertions for each in port.operations), *(m.assertions for m in messages))
        for assertions in several:
            for assertion, words in kept(assertions):
                yield Note("ignored", words, assertion.place)


def load_xsd(
    paths: Sequence[str | Path],
    *,
    catalog: Catalog | None = None,
    fetch: FetchBytes | None = None,
    root: Path | None = None,
) -> Contract:
    """Reads schema documents and all that they import: a contract without services. Raises ContractError."""
    loader = Loader(catalog or Catalog(), root=root, fetch=fetch)
    schemas = Schemas(loader)
    namespace = ""
    for path in paths:
        opened = loader.open_named(str(path))
        namespace = namespace or target(opened)
        if opened.kind == "wsdl":
            schemas.take_wsdl(opened)
        else:
            schemas.take_file(opened)
    schemas.settle()
    return Contract(
        location=next(iter(loader.documents), ""),
        namespace=namespace,
        sources=tuple(schemas.sources.values()),
        documents=tuple(each.frozen() for each in loader.documents.values()),
        notes=tuple(dict.fromkeys(loader.notes)),
    )


def _place(document: Any) -> Any:
    return document.place(document.root)


def _namespaces_of_parts(definitions: Definitions) -> frozenset[str]:
    used = set()
    for message in definitions.tables["message"].values():
        for part in children(message.element, "part"):
            for value in (part.get("element"), part.get("type")):
                if value:
                    prefix, colon, _ = value.strip().partition(":")
                    used.add(part.nsmap.get(prefix if colon else None) or "")
    return frozenset(used - {"", XS})


def _services(reader: Reader) -> list[Service]:
    services = []
    cache: Bindings = {}
    for declared in reader.definitions.tables["service"].values():
        ports = tuple(_port(reader, declared, element, cache) for element in children(declared.element, "port"))
        namespace, _, local = declared.name[1:].rpartition("}") if "}" in declared.name else ("", "", declared.name)
        services.append(Service(local, namespace, ports, documentation(declared.element), declared.place))
    for declared in reader.definitions.tables["binding"].values():
        if declared.name not in cache:
            _bound(reader, declared, cache)  # an error in a binding without a port is told, too
            reader.notes.append(Note("ignored", f"no port uses the binding {declared.name}", declared.place))
    return [service for service in services if service.ports]


def _bound(reader: Reader, declared: Declared, cache: Bindings) -> tuple[Binding, tuple[BoundOperation, ...], str]:
    """A binding, its operations, and why none of them is served ('' where they are)."""
    if declared.name not in cache:
        binding = read_binding(reader, declared)
        operations: tuple[BoundOperation, ...] = ()
        refused = _refusal(binding, declared)
        if binding.soap:
            operations = read_operations(reader, binding)
        elif binding.namespace == HTTP:
            try:
                operations = read_operations(reader, binding, HttpOperationReader)
            except ContractError as wrong:  # it never stopped the SOAP ports beside it
                refused = refused or str(wrong)
        cache[declared.name] = (binding, operations, refused)
    return cache[declared.name]


def _port(
    reader: Reader,
    service: Declared,
    element: Any,
    cache: Bindings,
) -> Port:
    document = service.document
    declared = reader.definitions.find("binding", element.get("binding") or "", element, document)
    binding, operations, refused = _bound(reader, declared, cache)
    policies = reader.policies
    assertions = (
        *policies.of(service.element, document),
        *policies.of(element, document),
        *policies.of(declared.element, declared.document),
        *policies.of(binding.port_type.element, binding.port_type.document),
    )
    place = document.place(element)
    name = (element.get("name") or "").strip()
    if refused:
        reader.notes.append(Note("refused", f"the port {name} is not served: {refused}", place))
    address = (
        next((each for each in element if etree.QName(each).localname == "address"), None) if len(element) else None
    )
    port = Port(
        name=name,
        binding=declared.name,
        port_type=binding.port_type.name,
        soap=binding.soap,
        location=((address.get("location") or "") if address is not None else "").strip(),
        operations=operations,
        transport=(binding.extension.get("transport") or "") if binding.soap else "",
        http_verb=_verb(binding) if binding.namespace == HTTP else "",
        assertions=assertions,
        addressing=addressing_of([element, declared.element], assertions),
        document=documentation(element),
        place=place,
        refused=refused,
    )
    if not port.location and not refused:
        words = f"the port {name} has no address: `upstream.url` must say where the service is (WSDL 1.1 §3.8)"
        reader.notes.append(Note("approximated", words, place))
    if not port.over_http:
        words = f"the port {name} has the transport {port.transport}; it is called by HTTP (WSDL 1.1 §3.3)"
        reader.notes.append(Note("approximated", words, place))
    return port


def _encoded(service: Service) -> bool:
    """Whether a message of a service has SOAP encoding; the two of an operation may differ."""
    operations = (operation for port in service.ports for operation in port.operations)
    return any(m is not None and m.use == "encoded" for each in operations for m in (each.input, each.output))


def _verb(binding: Binding) -> str:
    return (binding.extension.get("verb") or "").strip()


def _refusal(binding: Binding, declared: Declared) -> str:
    """Why the ports of a binding cannot be served, '' when they can."""
    if binding.namespace == HTTP and _verb(binding) not in VERBS:
        return f"its verb is {_verb(binding)!r}; it is {' or '.join(VERBS)} (WSDL 1.1 §4.4)"
    if not binding.soap and binding.namespace != HTTP:
        others = {etree.QName(child).namespace or "" for child in declared.element if isinstance(child.tag, str)}
        own = sorted(others - {"", WSDL, *POLICY})
        return f"its binding is {_NO_SOAP}: {f'its extension is of {own[0]}' if own else 'it has no soap:binding'}"
    for child in declared.element:
        if child is not binding.extension and not_understood(child):
            return f"the extension {child.tag} is required and not understood (WSDL 1.1 §2.1.3)"
    return ""
