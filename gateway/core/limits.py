"""The law of limits: every bound on a message is one field of one frozen record.

Each number has its precedents beside it; N is accepted, N+1 refused (tests hold each pair).
Bytes, seconds and counts; `LARGE` is what `limits: large` means on a route.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
VERY_LARGE: Final = MIB  # bytes from which on a message is worked on in pieces, one message after the other


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one message and one connection."""

    # HTTP head (nginx 8k, Envoy 100 fields, HAProxy 16k)
    line: int = 8190
    field: int = 8190
    fields: int = 100
    head: int = 32 * KIB
    # bodies (nginx and aiohttp 1 MiB, DataPower 4 MiB)
    body: int = MIB
    response: int = 10 * MIB
    # time, seconds (linkerd detect 10, nginx 75)
    head_deadline: float = 10.0
    body_deadline: float = 30.0
    body_rate: int = 500  # bytes a second, after `body_rate_after`
    body_rate_after: float = 5.0
    idle: float = 75.0
    write_stall: float = 30.0
    # concurrency (linkerd fail-fast 1 s)
    connections: int = 2000
    in_flight: int = 256
    queue: int = 512
    queue_wait: float = 1.0
    # XML (WCF depth 32, CXF 100 and 500 attributes, DataPower 256 characters)
    xml_depth: int = 64
    xml_elements: int = 20_000
    xml_elements_response: int = 200_000
    xml_attributes: int = 64
    xml_attributes_total: int = 40_000
    xml_namespaces: int = 16
    xml_namespaces_total: int = 256
    xml_name: int = 256
    xml_attribute_value: int = 64 * KIB
    # JSON (Membrane 50 deep, 10k, 1000; DataPower 128 characters a number)
    json_depth: int = 64
    json_tokens: int = 50_000
    json_keys: int = 1000
    json_items: int = 10_000
    json_key: int = 256
    json_string: int = 256 * KIB
    json_number: int = 128
    json_exponent: int = 128
    # multipart/related (CXF 50 parts by default, 500 at most, 300 characters of a header line)
    parts: int = 50
    part_head: int = 8190
    # answers
    findings: int = 10
    # off the event loop from this size on (measured: bench/)
    offload: int = 32 * KIB


DEFAULT: Final = Limits()
LARGE: Final = replace(
    DEFAULT,
    body=64 * MIB,
    response=64 * MIB,
    xml_elements=2_000_000,
    xml_elements_response=2_000_000,
    xml_attributes_total=4_000_000,
    json_tokens=5_000_000,
    json_keys=1000,
    json_items=1_000_000,
    json_string=64 * MIB,
)
