"""The law of export: spans leave by a thread of their own, in batches, as OTLP over HTTP; the loop waits for nothing.

Needs the extra `otel`. A collector that is slow or gone costs spans, never requests: what does not fit the queue is
dropped, a batch is tried a few times and given up, all of it counted. The environment is not read.
"""

from __future__ import annotations

import importlib.util
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Final

from .spans import Span, Spans

Post = Callable[[bytes], tuple[str, bool]]

BATCH: Final = 512
EVERY: Final = 1.0  # seconds between two batches that are not full
TRIES: Final = 3
PAUSE: Final = 0.5  # seconds before the second try, doubled for each that follows


def lacking() -> bool:
    """Whether the extra is not installed."""
    return importlib.util.find_spec("opentelemetry") is None or not all(
        importlib.util.find_spec(name) for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.common")
    )


class Exporter:
    """Sends what `spans` holds, between `start` and `stop`. `why` is told once of each row of failures.

    `post` sends a body: empty, or why it was not taken, and whether it may be sent again (OTLP/HTTP Response).
    """

    def __init__(
        self,
        spans: Spans,
        post: Post,
        *,
        service: str,
        version: str = "",
        why: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._spans = spans
        self._post = post
        self._encode = _encoder(service, version)
        self._why = why
        self._well = True
        self._ending = threading.Event()
        self._last = 0.0  # when the last batch must be out
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Send what is left, within that time; the rest is counted as dropped. Blocks: not for the loop."""
        self._last = time.monotonic() + seconds
        self._ending.set()
        self._thread.join(seconds + 0.1)
        left = len(self._spans.take(1 << 30))
        if left:
            self._spans.tell("dropped", left)

    def _run(self) -> None:
        while not self._ending.wait(0 if self._spans.waiting >= BATCH else EVERY):
            self._send(self._spans.take(BATCH))
        while self._spans.waiting and time.monotonic() < self._last:
            self._send(self._spans.take(BATCH))

    def _send(self, spans: Sequence[Span]) -> None:
        if not spans:
            return
        failure = self._posted(self._encode(spans))
        self._spans.tell("failed" if failure else "sent", len(spans))
        if failure and self._well:
            self._why(failure)
        self._well = not failure

    def _posted(self, body: bytes) -> str:
        """Empty, or why it could not be sent."""
        failure, pause = "", PAUSE
        for attempt in range(TRIES):
            if attempt and self._ending.wait(pause) and time.monotonic() + pause > self._last:
                break
            pause *= 2
            failure, again = self._post(body)
            if not again:
                break
        return failure


def _encoder(service: str, version: str) -> Callable[[Sequence[Span]], bytes]:
    """OTLP's protobuf of spans. Imports the extra."""
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

    named = {"service.name": service, "service.version": version, "service.instance.id": str(uuid.uuid4())}
    resource = Resource(named)
    scope = InstrumentationScope("soapgw", version)
    kinds = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT}

    def context(trace: int, span: str, flags: int, *, remote: bool, state: str = "") -> SpanContext:
        return SpanContext(trace, int(span, 16), remote, TraceFlags(flags), TraceState.from_header([state]))

    def readable(span: Span) -> ReadableSpan:
        _, trace, own, flags = span.own.split("-")
        number, kept = int(trace, 16), int(flags, 16)
        parent = context(number, span.parent, kept, remote=span.kind == "server") if span.parent else None
        return ReadableSpan(
            span.name,
            context=context(number, own, kept, remote=False, state=span.state),
            parent=parent,
            resource=resource,
            attributes=span.attributes,
            kind=kinds[span.kind],
            instrumentation_scope=scope,
            status=Status(StatusCode.ERROR, span.failed) if span.failed else Status(StatusCode.UNSET),
            start_time=span.began,
            end_time=span.ended,
        )

    def encode(spans: Sequence[Span]) -> bytes:
        encoded: bytes = encode_spans([readable(span) for span in spans]).SerializeToString()
        return encoded

    return encode
