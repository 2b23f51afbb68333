"""The law of services: what one contract, its upstream, its operations and its REST doors may be told.

What the contract says is not repeated here; what is here and changes nothing is refused where the
contract is compiled. The mapping's settings mirror `gateway.schema.ir.Settings` (a test holds that).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from .behind import UpstreamFault
from .bounds import RouteBounds
from .breaker import Breaker, BreakerOrOff
from .fields import (
    FilePath,
    HeaderName,
    HeaderValue,
    LocalName,
    Location,
    Namespace,
    Part,
    Pointer,
    SchemaPath,
    Seconds,
    Url,
    UrlPath,
    VerbPath,
)
from .shaping import Body, JsonKey, Renamed, Version, When

Need = Literal["required", "preferred", "none"]
Status = Annotated[int, Field(ge=400, le=599)]


class Mapping(Part):
    """How XML becomes JSON; for a service, or for one route over the service's."""

    numbers: Literal["exact", "string"] | None = Field(
        default=None,
        description="Whole numbers past 32 bits and decimals: exact (digits kept as a JSON number; default) or string.",
    )
    arrays: Literal["collapsed", "wrapped"] | None = Field(
        default=None,
        description="A type that only holds one repeating element: collapsed (the array itself; default) or wrapped (keeps the inner key).",
    )
    defaults: Literal["keep", "fill"] | None = Field(
        default=None, description="Defaults of the schema: keep (absent stays absent; default) or fill."
    )
    names: Literal["as-is", "camel", "snake"] | None = Field(
        default=None, description="JSON keys: as-is (default), camel or snake."
    )
    nulls: Literal["omit", "write"] | None = Field(
        default=None, description="The absent: omit (no key; default) or write (null)."
    )
    lists: Literal["omit", "empty"] | None = Field(
        default=None, description="No repetition: omit (no key; default) or empty ([])."
    )
    scalars: Literal["typed", "string"] | None = Field(
        default=None,
        description="Scalars: typed (numbers and booleans; default) or string (every one a string, both ways).",
    )
    empties: Annotated[
        Literal["keep", "null"] | None, BeforeValidator(lambda value: "null" if value is None else value)
    ] = Field(default=None, description='An empty element of simple type: keep ("", default) or null, both ways.')

    rename: dict[Renamed, JsonKey] | None = Field(
        default=None,
        description="Other JSON keys for elements, by local name or Type/Name (a type without a name: its element's); () by default.",
        examples=[{"ProcessorId": "holder", "CreateTaskInfo/Id": "entityId"}],
    )

    def chosen(self) -> dict[str, Any]:
        """What was set, by the names of `gateway.schema.ir.Settings`."""
        found = self.model_dump(exclude_none=True)
        return {**found, "rename": tuple(sorted(found["rename"].items()))} if "rename" in found else found


class Unwrap(Part):
    """Sole children that carry nothing and are left out of the JSON, from the outside in, by local name."""

    request: tuple[LocalName, ...] = Field(
        default=(), description="Wrappers of the request's body.", examples=[["Info"]]
    )
    response: tuple[LocalName, ...] = Field(
        default=(), description="Wrappers of the reply's body.", examples=[["ReleaseTaskResult"]]
    )


class FaultRule(Part):
    """Which fault gets which status; the first rule whose every condition holds wins."""

    name: str | None = Field(
        default=None,
        description="The detail's element: {namespace}local, or local.",
        examples=["{urn:example:orders}OrderNotFound"],
    )
    code: str | None = Field(
        default=None,
        description="The fault code: SOAP 1.2's name (Sender, Receiver), or with its subcode's local name behind a dot.",
        examples=["Sender.NotFound"],
    )
    path: Pointer | None = Field(
        default=None, description="A place in the typed detail, as a JSON Pointer.", examples=["/Reason"]
    )
    equals: str | None = Field(
        default=None,
        description="What stands at `path`, as text; without it the place must only be there.",
        examples=["Locked"],
    )
    status: Status = Field(description="The HTTP status of the problem document.", examples=[404])

    @model_validator(mode="after")
    def _some_condition(self) -> FaultRule:
        if self.equals is not None and self.path is None:
            raise ValueError("`equals` needs a `path`")
        if self.name is None and self.code is None and self.path is None:
            raise ValueError("a rule needs a condition: `name`, `code` or `path`")
        return self


class FailureRule(Part):
    """Which good answer means that the call was refused, and the status that it gets."""

    path: str = Field(
        pattern="^/.*",
        description="A place in the answer, as a JSON Pointer; `*` stands for every item or member.",
        examples=["/*/Status"],
    )
    equals: str | tuple[str, ...] = Field(
        default=(), description="What stands at `path`, as text; without it anything.", examples=["Fail"]
    )
    status: Status = Field(description="The HTTP status of the problem document.", examples=[422])


class Parameter(Part):
    """A path, query or header parameter, bound to a place in the request."""

    place: Literal["path", "query", "header"] = Field(
        alias="in", description="Where the parameter stands.", examples=["path"]
    )
    name: Annotated[str, Field(min_length=1)] = Field(description="Its name there.", examples=["id"])
    to: Pointer = Field(description="The place in the route's JSON request that it fills.", examples=["/Id"])
    required: bool | None = Field(
        default=None, description="Whether it must be given; by default as the schema says. A path's always must."
    )
    list: Literal["repeat", "comma", "space", "pipe"] | None = Field(
        default=None,
        description="How a member that repeats stands there: repeat (?a=1&a=2, a query's default), comma (the others'), space or pipe.",
        examples=["comma"],
    )
    example: str | None = Field(default=None, description="A value to try, for OpenAPI and /docs.", examples=["51001"])


class Head(Part):
    """A SOAP header block that the contract declares, as the route's clients see it."""

    name: LocalName = Field(description="The block's element, by local name.", examples=["SessionId"])
    http: HeaderName | None = Field(
        default=None,
        description="The HTTP field that it is, in requests and answers; by default a member of `$headers` in the JSON.",
        examples=["X-Session"],
    )


class Route(Part):
    """A REST door to one operation."""

    route: VerbPath = Field(description="Verb and path template.", examples=["POST /api/task/release"])
    operation: LocalName = Field(description="The operation's name in the contract.", examples=["ReleaseTask"])
    when: When | None = Field(
        default=None, description="Several operations behind one route: the field that chooses this one."
    )
    writes: bool | None = Field(
        default=None,
        description="Whether a call by this route changes anything, over the operation's: a constant may make a mere look of it.",
    )
    unwrap: Unwrap = Field(default=Unwrap(), description="Wrappers left out of the JSON.")
    body: Body = Field(default=Body(), description="The part of a message that is the client's JSON, after `unwrap`.")
    mapping: Mapping = Field(default=Mapping(), description="The mapping here, over the service's.")
    limits: RouteBounds | None = Field(
        default=None, description="Bounds here, over the gateway's: `large`, or single numbers."
    )
    parameters: tuple[Parameter, ...] = Field(default=(), description="Path, query and header parameters.")
    constants: dict[Pointer, Any] = Field(
        default={},
        description="Values that the gateway fills in itself, by their place; they leave the route's face.",
        examples=[{"/Type": "User"}],
    )
    headers: tuple[Head, ...] = Field(
        default=(), description="SOAP header blocks of the contract that the route's clients send and get."
    )
    faults: tuple[FaultRule, ...] = Field(default=(), description="Rules for faults here, before the service's.")
    status: Literal[200, 201, 202, 204] | None = Field(
        default=None, description="The status of a good answer; by default 200, 202 for one-way."
    )
    empty: Literal["keep", 204, 404] = Field(
        default="keep", description="An answer without content: keep it as it is, 204 (no body) or 404."
    )
    location: str | None = Field(
        default=None,
        description="The Location of what was made, with JSON Pointers into the reply in braces.",
        examples=["/tasks/{/Task/Id}"],
    )
    version: Version | None = Field(
        default=None, description="The version that the service keeps, as ETag and If-Match."
    )
    cache: Seconds | None = Field(
        default=None,
        description="Seconds that an answer of a reading route may be served again; by default never.",
        examples=[30],
    )
    idempotency: Literal["off", "optional", "required"] = Field(
        default="off", description="Idempotency-Key on a writing route: the same key gives the same answer for a day."
    )
    summary: str | None = Field(default=None, description="A line for OpenAPI and /docs.", examples=["Give a task up"])
    example: Any = Field(
        default=None,
        description="A request's JSON to try, for OpenAPI and /docs; by default one made from the types.",
        examples=[{"Id": 51001}],
    )
    group: str | None = Field(
        default=None,
        description="The heading that it stands under in OpenAPI and /docs; by default its service's name.",
        examples=["Tasks"],
    )


class ClientPolicy(Part):
    """Whether a client's message must be protected, on the client's side of the gateway."""

    encryption: Need = Field(default="none", description="Whether the client must encrypt the message.")
    signature: Need = Field(default="none", description="Whether the client must sign the message.")


class OperationSettings(Part):
    """What is said of one operation over what the contract says."""

    encryption: Need | None = Field(
        default=None,
        description="Whether the message must be encrypted on the service's side; by default as the contract's policy says, else none.",
    )
    signature: Need | None = Field(default=None, description="Whether the message must be signed, likewise.")
    client: ClientPolicy = Field(default=ClientPolicy(), description="What clients must do with this operation.")
    dangerous_allow_clear_text: bool | None = Field(
        default=None,
        description="Send it in clear although `encryption: required`. Without it the gateway refuses the call.",
    )
    writes: bool | None = Field(
        default=None,
        description="Whether it changes anything: drives retries. By default guessed from its name, Get… and Search… read.",
    )
    timeout: Seconds | None = Field(
        default=None, description="Seconds for this operation, over the upstream's.", examples=[120]
    )


class Tls(Part):
    """TLS to a service; the certificate is always verified."""

    ca: FilePath | None = Field(
        default=None, description="Trust only these certificates (PEM); by default the system's.", examples=["ca.pem"]
    )
    certificate: FilePath | None = Field(
        default=None, description="The gateway's own certificate chain (PEM), for mutual TLS.", examples=["client.pem"]
    )
    key: FilePath | None = Field(default=None, description="Its private key (PEM).", examples=["client.key"])

    @model_validator(mode="after")
    def _pair(self) -> Tls:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("`certificate` and `key` go together")
        return self


class Upstream(Part):
    """The service behind the gateway."""

    url: Url | None = Field(
        default=None,
        description="Its address; by default the one in the contract.",
        examples=["http://127.0.0.1:8090/portal"],
    )
    shapes: SchemaPath | None = Field(
        default=None,
        description="The JSON service's own JSON beside that of the contract, as `gateway import` of an OpenAPI document writes it.",
        examples=["petstore.json"],
    )
    speaks: Literal["soap", "json"] = Field(
        default="soap", description="What it speaks: soap, or json (REST by the routes, read from the message)."
    )
    soap: Literal["1.1", "1.2"] | None = Field(
        default=None, description="The SOAP version that it speaks; by default the binding's.", examples=["1.1"]
    )
    routes: tuple[Route, ...] = Field(
        default=(),
        description="The calls of a JSON service, as routes below `url`; by default those of `routes`, read backwards.",
    )
    faults: tuple[UpstreamFault, ...] = Field(
        default=(),
        description="Which refusals of a JSON service are which faults; by default `faults`, read backwards.",
    )
    timeout: Seconds = Field(default=30.0, description="Seconds for a whole call.")
    connect_timeout: Seconds = Field(default=1.0, description="Seconds for a connection.")
    pool: Annotated[int, Field(ge=1, le=10_000)] = Field(default=100, description="Connections at once.")
    pool_idle: Seconds = Field(
        default=3.0, description="Seconds that an idle connection is kept: less than the service keeps it."
    )
    breaker: BreakerOrOff = Field(
        default=Breaker(),
        description="When a service that keeps failing is left alone: 503 `breaker-open`, nothing is sent; off: never.",
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default={},
        description="HTTP headers sent with each call; secrets by ${file:…}.",
        examples=[{"X-Api-Key": "${API_KEY:-none}"}],
    )
    answer_headers: tuple[HeaderName, ...] | None = Field(
        default=None,
        description="Fields of a JSON service's answers that REST clients get as they are; by default ETag, Last-Modified, Retry-After, RateLimit, RateLimit-Policy, Content-Language, Deprecation, Sunset. With ETag the service judges If-Match and If-None-Match, where no route has `version`.",
        examples=[["ETag", "Retry-After", "X-Total-Count"]],
    )
    action_headers: tuple[HeaderName, ...] = Field(
        default=("SOAPAction",), description="The HTTP headers that carry a SOAP 1.1 action."
    )
    addressing: bool | None = Field(
        default=None,
        description="Whether WS-Addressing 1.0 is filled in towards a SOAP service; by default as the contract asks.",
        examples=[True],
    )
    trace_blocks: Namespace | None = Field(
        default=None,
        description="Namespace of two SOAP header blocks, traceparent and tracestate, that carry the trace to a SOAP service beside the header fields of these names; by default there are none.",
        examples=["urn:example:trace"],
    )
    mtom: Annotated[int, Field(ge=0)] | Literal[False] | None = Field(
        default=None,
        description="Send MTOM: bytes from which on a binary value is a part of its own. By default as the contract's policy demands (then 1024), else never; false: never.",
        examples=[1024],
    )
    tls: Tls = Field(default=Tls(), description="TLS to the service.")


class Service(Part):
    """A contract and all that is served of it."""

    wsdl: Location = Field(
        description="The WSDL, relative to this file; or an XML Schema alone, of which elements X and XResponse make the operation X.",
        examples=["../schemas/netid/portal.wsdl"],
    )
    xsd: tuple[SchemaPath, ...] = Field(default=(), description="Schemas for imports that name no location.")
    service: LocalName | None = Field(
        default=None, description="Which wsdl:service, where the WSDL has several.", examples=["Portal"]
    )
    port: LocalName | None = Field(
        default=None, description="Which wsdl:port; by default the first with a SOAP binding.", examples=["PortalSoap"]
    )
    path: UrlPath | None = Field(
        default=None,
        description="Where SOAP callers and ?wsdl are served; by default /<Service>.",
        examples=["/portal"],
    )
    upstream: Upstream = Field(default=Upstream(), description="The service behind.")
    strict: bool = Field(
        default=False,
        description="Whether one operation that cannot be served stops the start; by default it is told, and the others are served.",
    )
    default_routes: bool = Field(default=True, description="Serve every operation as POST <path>/<Operation>, too.")
    mapping: Mapping = Field(default=Mapping(), description="How XML becomes JSON.")
    replays: Seconds | None = Field(
        default=None,
        description="Seconds in which a WS-Addressing MessageID is taken once: the same again is refused (DuplicateMessageID). By default it is not looked for.",
        examples=[300.0],
    )
    addressing: Literal["answer", "pass"] = Field(
        default="answer",
        description="WS-Addressing headers of SOAP callers: answer (they end here; default) or pass (the service's).",
    )
    accept_bare_reply: LocalName | None = Field(
        default=None,
        description="Read a bare element of this name, without result wrapper or Envelope, as the reply.",
        examples=["Task"],
    )
    dangerous_allow_clear_text: bool = Field(
        default=False,
        description="Send operations in clear although they are marked `encryption: required`. Without it the gateway refuses them.",
    )
    operations: dict[LocalName, OperationSettings] = Field(
        default={}, description="Settings of single operations, by name."
    )
    failures: tuple[FailureRule, ...] = Field(
        default=(), description="Which good answers mean: refused, nothing was done. REST clients get a problem."
    )
    faults: tuple[FaultRule, ...] = Field(
        default=(), description="Rules for faults; then the defaults: declared 422, Sender 400, Receiver 502."
    )
    routes: tuple[Route, ...] = Field(default=(), description="REST doors.")
