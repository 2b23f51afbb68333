"""The law of the file: what stands at the top of a configuration, and how its parts hang together.

A rule that needs two places of the file stands here and names both; a rule that needs the contract
stands where the contract is compiled. Descriptions are the documentation: the reference file and the
editors' JSON Schema are drawn from them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from .bounds import Bounds
from .fields import Address, FilePath, HeaderName, HeaderValue, HostName, Part, Seconds, Url
from .service import Service

ServiceName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=64)]


class Cors(Part):
    """Which web pages may call (CORS); off unless origins are named."""

    origins: tuple[str, ...] = Field(
        default=(), description='Origins, such as https://app.example.com; "*" for all, without credentials.'
    )
    headers: tuple[HeaderName, ...] = Field(
        default=("Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Prefer"),
        description="Request headers that pages may set.",
    )
    expose: tuple[HeaderName, ...] = Field(
        default=("ETag", "Location", "Retry-After", "Preference-Applied", "Idempotency-Replayed", "X-Request-Id"),
        description="Reply headers that pages may read.",
    )
    credentials: bool = Field(default=False, description="Whether cookies and Authorization go along.")
    max_age: Annotated[int, Field(ge=0, le=86_400)] = Field(
        default=600, description="Seconds that a browser may keep the answer."
    )

    @model_validator(mode="after")
    def _no_credentials_for_all(self) -> Cors:
        if self.credentials and "*" in self.origins:
            raise ValueError('credentials and "*" do not go together (Fetch standard §3.3.5)')
        return self


class Logging(Part):
    """What is written to stderr, one JSON line each."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is written."
    )
    access: bool = Field(default=True, description="One line a request.")


class Metrics(Part):
    """What /metrics on the admin port gives."""

    buckets: tuple[Seconds, ...] = Field(
        default=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
        description="Upper bounds of the latency histograms, seconds.",
    )

    @field_validator("buckets")
    @classmethod
    def _rising(cls, buckets: tuple[float, ...]) -> tuple[float, ...]:
        if not buckets or any(a >= b for a, b in pairwise(buckets)):
            raise ValueError("the bounds must rise")
        return buckets


class Tracing(Part):
    """Where spans are sent (OTLP over HTTP, the extra `otel`); trace ids are carried on without it."""

    endpoint: Url | None = Field(
        default=None,
        description="The collector's address with its path; without one no spans are made.",
        examples=["http://collector:4318/v1/traces"],
    )
    service: Annotated[str, Field(min_length=1, max_length=255)] = Field(
        default="soapgw", description="What the spans call this gateway: service.name."
    )
    sample: Annotated[float, Field(ge=0, le=1)] = Field(
        default=1.0, description="Share of the traces that begin here that is kept; a caller's own decision holds."
    )
    queue: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=4096, description="Spans that wait to be sent; what comes beyond is dropped and counted."
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default={}, description="Header fields for the collector.", examples=[{"x-team": "desk"}]
    )
    ca: FilePath | None = Field(
        default=None, description="Trust only these certificates (PEM); by default the system's.", examples=["ca.pem"]
    )


class Clients(Part):
    """Certificates of those who call."""

    ca: FilePath = Field(description="Authorities that vouch for clients (PEM), these alone.", examples=["clients.pem"])
    require: bool = Field(default=True, description="Whether a call needs one; false: it may have one.")
    identity: Literal["subject", "name", "dns", "uri", "email"] = Field(
        default="subject",
        description="What of it is the caller's identity: subject (RFC 4514), name (CN), or its one name of a kind.",
    )
    known: dict[str, str] = Field(
        default={},
        description="Only these, and what each is called; empty: everybody, by what stands there.",
        examples=[{"CN=desk,O=Example": "desk"}],
    )


class ListenTls(Part):
    """TLS on `listen`; files are read again when they change."""

    certificate: FilePath = Field(description="The chain that is presented, leaf first (PEM).", examples=["server.pem"])
    key: FilePath | None = Field(
        default=None,
        description="Its private key (PEM, mode 0600); by default in the same file.",
        examples=["server.key"],
    )
    clients: Clients | None = Field(default=None, description="Ask clients for certificates (mutual TLS).")


class Drain(Part):
    """How the gateway stops: readiness off, connections closed one by one, then the end."""

    delay: Annotated[float, Field(ge=0)] = Field(
        default=5.0, description="Seconds after SIGTERM in which requests are still taken."
    )
    grace: Annotated[float, Field(ge=0)] = Field(default=30.0, description="Seconds that running requests then have.")


class Reload(Part):
    """When the configuration is read again while serving; SIGHUP and POST /reload always do."""

    watch: bool = Field(default=True, description="Whether a change of its files is enough.")
    every: Seconds = Field(default=2.0, description="Seconds between two looks; a change is taken at the second one.")


class Settings(Part):
    """One gateway."""

    include: tuple[str, ...] = Field(
        default=(),
        description="Files that this one stands on: later ones win, this file over all; lists are replaced whole.",
        examples=[["base.yaml"]],
    )
    listen: Address = Field(
        default="127.0.0.1:8080", description="Where clients call: HOST:PORT; port 0 takes a free one."
    )
    admin: Address = Field(
        default="127.0.0.1:9901", description="Where operators and probes look: metrics, health. Keep it private."
    )
    tls: ListenTls | None = Field(default=None, description="TLS on `listen`; without it clients call by plain HTTP.")
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1,
        description="Processes that serve on `listen`, under one supervisor; locks and counters then need `state`.",
    )
    public_url: Url | None = Field(
        default=None,
        description="The gateway's address as clients see it, in ?wsdl, Location, OpenAPI; by default the request's.",
        examples=["https://api.example.com"],
    )
    hosts: tuple[HostName, ...] = Field(
        default=(),
        description="Hosts that clients may name, with one port or any; others are 421. By default all are answered.",
        examples=[["api.example.com", "127.0.0.1:8080"]],
    )
    problem_base: str = Field(
        default="/problems/",
        description="What stands before the slug in a problem's `type`: /problems/, or that behind an http(s) address.",
    )
    services: dict[ServiceName, Service] = Field(
        min_length=1, description="The contracts that are served, by a name of your own."
    )
    very_large: Literal["process", "thread"] = Field(
        default="process",
        description="Who translates messages of 1 MiB and more: a process beside, begun by the first, or a thread.",
    )
    limits: Bounds | None = Field(
        default=None, description="Bounds on messages and connections: `large`, or single numbers."
    )
    cors: Cors = Field(default=Cors(), description="Which web pages may call.")
    state: str = Field(
        default="memory",
        description="Where shared state lives: memory (this process alone), or redis://HOST:PORT/DB for several.",
    )
    drain: Drain = Field(default=Drain(), description="How the gateway stops.")
    reload: Reload = Field(default=Reload(), description="When the configuration is read again.")
    logging: Logging = Field(default=Logging(), description="Logs.")
    metrics: Metrics = Field(default=Metrics(), description="Metrics.")
    tracing: Tracing = Field(default=Tracing(), description="Spans.")
    keyring: dict[str, dict[str, Any]] = Field(
        default={},
        description="Key material by id: one of pem (with certificate), pkcs12, jwk, secret (a file each), env.",
        examples=[{"portal": {"pem": "portal.pem"}}],
    )
    plugins: dict[str, dict[str, Any]] = Field(default={}, description="Plug-ins by name, each with its own settings.")

    @field_validator("problem_base")
    @classmethod
    def _where_problems_are(cls, value: str) -> str:
        if not value.endswith("/problems/") or not value.startswith(("/problems/", "http://", "https://")):
            raise ValueError("/problems/ or https://HOST/problems/ is expected: the pages are served there")
        return value

    @field_validator("state")
    @classmethod
    def _known_home(cls, value: str) -> str:
        if value != "memory" and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("memory, or a redis://, rediss:// or unix:// URL is expected")
        return value
