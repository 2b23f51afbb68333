"""The law of peers: whose message it is, for counting failures; and how many of one peer are still looked at.

By default a peer is an address. Behind a proxy all callers have one: there it is the identity of the client's
certificate, or the address that a proxy which is named adds to X-Forwarded-For, whose other entries anybody may write.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

By: TypeAlias = Literal["address", "identity", "forwarded"]
_HOPS: Final = 16  # entries of X-Forwarded-For that are looked at, from its end
MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Peers:
    """Who a peer is. `proxies`: addresses or networks whose X-Forwarded-For counts."""

    by: By = "address"
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def of(cls, by: By, proxies: Sequence[str]) -> Peers:
        """Raises ValueError for what is no address or network."""
        return cls(by, tuple(ipaddress.ip_network(each, strict=False) for each in proxies))

    def name(self, facts: Mapping[str, Any], headers: Mapping[str, str], service: str) -> str:
        """The peer of a message with these facts and header fields; an answer's is the service."""
        address = facts.get("peer")
        if address is None:
            return service
        if self.by == "identity" and facts.get("identity"):
            return f"identity {facts['identity']}"
        if self.by == "forwarded" and self._proxy(str(address)):
            return self._before(headers.get("x-forwarded-for", "")) or str(address)
        return str(address)

    def _proxy(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.proxies)

    def _before(self, forwarded: str) -> str:
        """The last entry that is no proxy of ours: those before it anybody may have written. '' when none is."""
        for entry in reversed(forwarded.split(",")[-_HOPS:]):
            text = entry.strip().strip('"').removeprefix("[").partition("]")[0]
            try:
                address = ipaddress.ip_address(text if text.count(":") != 1 else text.partition(":")[0])
            except ValueError:
                return ""
            if not self._proxy(str(address)):
                return str(address)
        return ""


class Failures:
    """Failures of each peer within the last minute; bounded in peers, of which the oldest is forgotten."""

    MOST = 10_000

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._failures: dict[str, list[float]] = {}

    def spent(self, peer: str, now: float) -> bool:
        """Whether this peer has had all that it may have."""
        recent = [t for t in self._failures.get(peer, ()) if now - t < MINUTE]
        if recent:
            self._failures[peer] = recent
        else:
            self._failures.pop(peer, None)
        return len(recent) >= self._allowed

    def fail(self, peer: str, now: float) -> None:
        """One more."""
        if peer not in self._failures and len(self._failures) >= self.MOST:
            self._failures.pop(next(iter(self._failures)))
        self._failures.setdefault(peer, []).append(now)
