"""The law of failure: everything that may go wrong on purpose is one row of one table.

A `Problem` is raised by whoever finds it and becomes an answer in one place only. The text that
a caller sees (`detail`, `findings`) and the cause that an operator reads (`cause`) are different
fields, joined by the request's id; no value from a message may stand in the shown text.
Statuses follow RFC 9110, the document RFC 9457, SOAP codes SOAP 1.1 §4.4.1 and SOAP 1.2 §5.4.6.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Side = Literal["client", "gateway", "upstream"]
Outcome = Literal["not-sent", "rejected", "unknown", "applied"]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of problem: whose fault, which status, which SOAP 1.2 code, what to do."""

    slug: str
    title: str
    status: int
    side: Side
    soap: Literal["Sender", "Receiver", "VersionMismatch", "MustUnderstand"]
    advice: str
    retryable: bool = False  # the same request may succeed later
    plain: bool = False  # a refusal of the transport: plain HTTP for SOAP callers, too


def _client(slug: str, title: str, status: int, advice: str, **more: Any) -> Row:
    return Row(slug, title, status, "client", "Sender", advice, **more)


def _upstream(slug: str, title: str, status: int, advice: str, **more: Any) -> Row:
    return Row(slug, title, status, "upstream", "Receiver", advice, **more)


def _gateway(slug: str, title: str, status: int, advice: str, **more: Any) -> Row:
    return Row(slug, title, status, "gateway", "Receiver", advice, **more)


@enum.unique
class Kind(enum.Enum):
    """The table of problem kinds. The docs page and `/problems/<slug>` are drawn from it."""

    # -- the message as bytes
    BAD_REQUEST = _client(
        "bad-request",
        "The HTTP request is malformed",
        400,
        "Send a well-formed HTTP/1.1 request: one Content-Length or `Transfer-Encoding: chunked`, one Host, an absolute path.",
    )
    MALFORMED_JSON = _client(
        "malformed-json",
        "The body is not JSON",
        400,
        "Mend the JSON at the place named; UTF-8 only, no comments, no trailing commas.",
    )
    JSON_DUPLICATE_KEY = _client(
        "json-duplicate-key",
        "A key is given twice",
        400,
        "Give each key of an object once: which of two values counts is nowhere defined.",
    )
    JSON_LIMIT_EXCEEDED = _client(
        "json-limit-exceeded",
        "The JSON is larger or deeper than allowed",
        400,
        "Send less, or ask the operator for `limits: large` on this route.",
    )
    MALFORMED_XML = _client(
        "malformed-xml", "The body is not well-formed XML", 400, "Mend the XML at the place named; XML 1.0 in UTF-8."
    )
    XML_DTD_FORBIDDEN = _client(
        "xml-dtd-forbidden", "A DTD or entity is not allowed", 400, "Remove the DOCTYPE: SOAP 1.1 §3 forbids it."
    )
    XML_PI_FORBIDDEN = _client(
        "xml-pi-forbidden",
        "A processing instruction is not allowed",
        400,
        "Remove it: SOAP 1.1 §3 forbids processing instructions.",
    )
    XML_LIMIT_EXCEEDED = _client(
        "xml-limit-exceeded",
        "The XML is larger or deeper than allowed",
        400,
        "Send less, or ask the operator for `limits: large` on this route.",
    )
    UNSUPPORTED_CHARSET = _client(
        "unsupported-charset",
        "The character encoding is not supported",
        415,
        "Send UTF-8, and say nothing else in Content-Type, the XML declaration or a byte order mark.",
        plain=True,
    )
    UNSUPPORTED_CONTENT_ENCODING = _client(
        "unsupported-content-encoding",
        "The content encoding is not supported",
        415,
        "Send the body without compression.",
        plain=True,
    )
    UNSUPPORTED_MEDIA_TYPE = _client(
        "unsupported-media-type",
        "The media type is not supported here",
        415,
        "Send `application/json` to a REST route, `text/xml` (SOAP 1.1) or `application/soap+xml` (SOAP 1.2) to a SOAP address.",
        plain=True,
    )
    CONTENT_MISMATCH = _client(
        "content-mismatch", "The body is not what Content-Type says", 400, "Make Content-Type and the body agree."
    )
    PAYLOAD_TOO_LARGE = _client(
        "payload-too-large",
        "The body is larger than allowed",
        413,
        "Send less, or ask the operator to raise `limits.body` for this route.",
        plain=True,
    )
    URI_TOO_LONG = _client(
        "uri-too-long", "The request line is too long", 414, "Shorten the path or the query.", plain=True
    )
    HEADERS_TOO_LARGE = _client(
        "headers-too-large", "The header fields are too large", 431, "Send fewer or shorter header fields.", plain=True
    )
    REQUEST_TIMEOUT = _client(
        "request-timeout", "The request came too slowly", 408, "Send the whole request faster.", plain=True
    )
    EXPECTATION_FAILED = _client(
        "expectation-failed",
        "The expectation cannot be met",
        417,
        "Leave Expect away, or send `100-continue`.",
        plain=True,
    )
    NOT_IMPLEMENTED = _client(
        "not-implemented", "This HTTP feature is not supported", 501, "Use a plain HTTP/1.1 request.", plain=True
    )
    MISDIRECTED = _client(
        "misdirected-request",
        "This host is not served here",
        421,
        "Send the request to a host that the gateway is configured for.",
    )
    # -- the message as a contract
    INVALID_MESSAGE = _client(
        "invalid-message",
        "The message breaks its schema",
        422,
        "Mend each finding in `errors`; `/openapi.json` and `?wsdl` describe what is expected.",
    )
    XML_ILLEGAL_CHARACTER = _client(
        "xml-illegal-character",
        "A string holds a character that XML cannot carry",
        422,
        "Remove control characters, U+FFFE, U+FFFF and lone surrogates (XML 1.0 §2.2).",
    )
    ENVELOPE_INVALID = _client(
        "envelope-invalid",
        "The SOAP envelope is not valid",
        400,
        "Send one Envelope with at most one Header before one Body (SOAP 1.1 §4, SOAP 1.2 §5).",
    )
    ATTACHMENTS_INVALID = _client(
        "attachments-invalid",
        "The message's parts are not valid",
        400,
        "Send multipart/related (RFC 2387) in which each other part is named once by its `cid:`, or bound by the contract.",
    )
    VERSION_MISMATCH = Row(
        "version-mismatch",
        "The SOAP version is not known",
        400,
        "client",
        "VersionMismatch",
        "Use the SOAP 1.1 or SOAP 1.2 envelope namespace, with its own media type.",
    )
    MUST_UNDERSTAND = Row(
        "must-understand",
        "A mandatory SOAP header is not understood",
        400,
        "client",
        "MustUnderstand",
        "Send only header blocks that the WSDL declares, or without mustUnderstand.",
    )
    ACTION_MISMATCH = _client(
        "action-mismatch",
        "The SOAP action is not the body's operation",
        400,
        "Send the action that the WSDL gives for the operation in the body.",
    )
    ADDRESSING_INVALID = _client(
        "addressing-invalid",
        "The WS-Addressing header is not valid",
        400,
        "Mend the header block named: one Action that is the operation's, ReplyTo and FaultTo anonymous.",
    )
    OPERATION_UNKNOWN = _client(
        "operation-unknown",
        "The body names no operation of this service",
        400,
        "Send a body that the WSDL at `?wsdl` declares.",
    )
    OPERATION_REFUSED = _gateway(
        "operation-refused",
        "The gateway cannot serve this operation",
        501,
        "Use the service's other operations; the operator sees with `gateway check` and `gateway import` what stands in the way.",
    )
    NOT_FOUND = _client("not-found", "Nothing is served at this path", 404, "See `/docs` for what is.")
    METHOD_NOT_ALLOWED = _client(
        "method-not-allowed",
        "The method is not allowed at this path",
        405,
        "Use one of the methods in the Allow header.",
    )
    NOT_ACCEPTABLE = _client(
        "not-acceptable",
        "No acceptable representation",
        406,
        "Accept `application/json` (or, on a SOAP address, the SOAP media type).",
    )
    EMPTY_RESULT = _client(
        "empty-result",
        "Nothing was found",
        404,
        "The service answered with an empty result, which this route reads as not found.",
    )
    PARAMETER_INVALID = _client(
        "parameter-invalid",
        "A path, query or header parameter is not valid",
        400,
        "Mend the parameters named in `errors`.",
    )
    # -- conditions and repetition
    PRECONDITION_FAILED = _client(
        "precondition-failed",
        "The version given is not the present one",
        412,
        "Read the resource again and repeat with its new ETag.",
    )
    PRECONDITION_REQUIRED = _client(
        "precondition-required", "A version is required", 428, "Read the resource, then send its ETag in If-Match."
    )
    IDEMPOTENCY_KEY_REQUIRED = _client(
        "idempotency-key-required",
        "An Idempotency-Key is required",
        400,
        "Send a new `Idempotency-Key` with each new request.",
    )
    IDEMPOTENCY_KEY_REUSED = _client(
        "idempotency-key-reused",
        "The Idempotency-Key belongs to another request",
        422,
        "Use a new key for a new request.",
    )
    IDEMPOTENCY_IN_PROGRESS = _client(
        "idempotency-in-progress",
        "The first request with this key is still running",
        409,
        "Wait, then send the same request again.",
        retryable=True,
    )
    # -- who and how protected
    UNAUTHENTICATED = _client("unauthenticated", "Credentials are missing or not valid", 401, "Send valid credentials.")
    FORBIDDEN = _client("forbidden", "The caller may not do this", 403, "Ask the operator for the permission.")
    ENCRYPTION_REQUIRED = _client(
        "encryption-required",
        "This call must be encrypted",
        403,
        "Encrypt the call as its policy says; the operator may allow clear text by an explicit setting.",
    )
    SIGNATURE_REQUIRED = _client(
        "signature-required", "This call must be signed", 403, "Sign the call as its policy says."
    )
    SECURITY_PROCESSING_FAILED = _client(
        "security-processing-failed",
        "The message's protection could not be verified",
        401,
        "Check keys, algorithms and time; the operator sees the cause in the log by this request's id.",
    )
    STALE_MESSAGE = _client(
        "stale-message", "The message is too old or from the future", 401, "Set the clock and send a fresh message."
    )
    REPLAYED_CALL = _client(
        "replayed-call", "This call was already made", 409, "Take a new call number, nonce or message id."
    )
    SESSION_EXPIRED = _client("session-expired", "The session has ended", 401, "Log in again.")
    # -- locks
    LOCK_CONFLICT = _client(
        "lock-conflict",
        "The entity is locked",
        423,
        "Wait for the holders in `holders`, or, where the route allows it, send the token back to take the lock over.",
        retryable=True,
    )
    LOCK_CHANGED = _client(
        "lock-changed", "The holders have changed", 412, "Look at the new holders, and decide again."
    )
    # -- load
    QUOTA_EXCEEDED = _client(
        "quota-exceeded", "Too many requests", 429, "Slow down; see Retry-After.", retryable=True, plain=True
    )
    OVERLOADED = _gateway(
        "overloaded",
        "The gateway is at its limit",
        503,
        "Try again after the pause in Retry-After.",
        retryable=True,
        plain=True,
    )
    DRAINING = _gateway(
        "draining",
        "The gateway is shutting down",
        503,
        "Try again: another instance will take the request.",
        retryable=True,
        plain=True,
    )
    STATE_UNAVAILABLE = _gateway(
        "state-unavailable",
        "The shared state cannot be reached",
        503,
        "Try again later; the operator should look at the state store.",
        retryable=True,
    )
    INTERNAL = _gateway(
        "internal", "The gateway failed", 500, "Report this with the request's id; the cause is in the log."
    )
    # -- the service behind
    UPSTREAM_UNREACHABLE = _upstream(
        "upstream-unreachable",
        "The service cannot be reached",
        502,
        "The request was not sent. Try again later.",
        retryable=True,
    )
    UPSTREAM_CONNECT_TIMEOUT = _upstream(
        "upstream-connect-timeout",
        "The service does not accept connections",
        504,
        "The request was not sent. Try again later.",
        retryable=True,
    )
    UPSTREAM_TLS = _upstream(
        "upstream-tls",
        "The service's TLS could not be trusted",
        502,
        "The operator should check the certificates; the cause is in the log.",
    )
    UPSTREAM_TIMEOUT = _upstream(
        "upstream-timeout",
        "The service did not answer in time",
        504,
        "It is unknown whether the call was carried out; check before you repeat it.",
    )
    UPSTREAM_CLOSED = _upstream(
        "upstream-closed",
        "The service closed the connection",
        502,
        "It is unknown whether the call was carried out; check before you repeat it.",
    )
    UPSTREAM_MALFORMED = _upstream(
        "upstream-malformed",
        "The service's answer is malformed",
        502,
        "The operator should look at the service; the cause is in the log.",
    )
    UPSTREAM_NOT_SOAP = _upstream(
        "upstream-not-soap",
        "The service answered with something else than SOAP",
        502,
        "The operator should check the upstream's address.",
    )
    UPSTREAM_NOT_JSON = _upstream(
        "upstream-not-json",
        "The service answered with something else than JSON",
        502,
        "The operator should check the upstream's address.",
    )
    UPSTREAM_TOO_LARGE = _upstream(
        "upstream-too-large",
        "The service's answer is larger than allowed",
        502,
        "Ask for less, or ask the operator to raise `limits.response`.",
    )
    UPSTREAM_REDIRECT = _upstream(
        "upstream-redirect",
        "The service answered with a redirect",
        502,
        "The operator should configure the final address: redirects are not followed.",
    )
    UPSTREAM_SCHEMA_VIOLATION = _upstream(
        "upstream-schema-violation",
        "The service's answer breaks its own schema",
        502,
        "The operator should compare the service with its WSDL; the findings are in `errors`.",
    )
    UPSTREAM_AUTH = _upstream(
        "upstream-auth",
        "The service refused the gateway's credentials",
        502,
        "The operator should check the gateway's credentials for the service.",
    )
    UPSTREAM_UNAVAILABLE = _upstream(
        "upstream-unavailable",
        "The service is unavailable",
        503,
        "Try again after the pause in Retry-After.",
        retryable=True,
    )
    BREAKER_OPEN = _upstream(
        "breaker-open",
        "The service has been failing",
        503,
        "The request was not sent. Try again after the pause in Retry-After.",
        retryable=True,
    )
    UPSTREAM_PROTECTION = _upstream(
        "upstream-protection",
        "The service's answer is not protected as agreed",
        502,
        "The operator should check keys and policy; the cause is in the log.",
    )
    FAULT = _upstream(
        "fault", "The service answered with a fault", 502, "See `fault`: the reason and detail are the service's own."
    )

    @property
    def row(self) -> Row:
        """The row itself."""
        return self.value

    @property
    def slug(self) -> str:
        """The stable name: last step of the problem type's URI, and the metric's label."""
        return self.value.slug


BY_SLUG: Final[Mapping[str, Kind]] = {kind.slug: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a message that is wrong. No value of the message may stand in it."""

    pointer: str  # JSON Pointer (RFC 6901) into the JSON form
    xpath: str  # the same place in the XML form: local names with prefixes, 1-based positions
    detail: str  # what is wrong, in a person's words
    expected: str = ""  # what was expected there


class Problem(Exception):
    """What went wrong, for the person who gets it. Raised anywhere, answered in one place."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        findings: Sequence[Finding] = (),
        cause: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        outcome: Outcome | None = None,
        extra: Mapping[str, Any] | None = None,
        close: bool = False,
        limit: str = "",
    ) -> None:
        super().__init__(f"{kind.slug}: {detail or kind.row.title}")
        self.kind = kind
        self.detail = detail or kind.row.title + "."
        self.findings = tuple(findings)
        self.cause = cause  # logged, never shown
        self.status = status or kind.row.status
        self.headers = dict(headers or {})  # response headers: Allow, Retry-After, …
        self.outcome = outcome
        self.extra = dict(extra or {})  # further members of the document: fault, holders, token
        self.close = close  # the connection cannot be used again
        self.limit = limit  # the field of `Limits` that was hit, for the metric

    @property
    def logged(self) -> str:
        """For the log: the cause, else the first place of the message that is wrong and how many more there are."""
        if self.cause or not self.findings:
            return self.cause
        first, more = self.findings[0], len(self.findings) - 1
        return f"{first.xpath or first.pointer or '/'}: {first.detail}" + (f" (and {more} more)" if more else "")
