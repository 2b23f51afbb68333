"""The law of a contract's demands: what its policy asks of an operation's messages, as frozen words.

Who reads WS-SecurityPolicy writes these (`gateway.schema.securitypolicy`); who protects messages holds its
settings against them. Nothing here knows XML, keys or algorithms' bytes: algorithms are their identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Suite:
    """An algorithm suite (WS-SecurityPolicy 1.3 §6.1). `weak`: why it is not written, '' when it is."""

    name: str
    block: str
    transport: str
    digest: str
    weak: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What must be protected of one message: `body`, `timestamp`, `username`, `signature` or a Clark name."""

    signed: tuple[str, ...] = ()
    encrypted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """One assertion, by the words of its place (`file:line`), and why it cannot be met ('' when it can)."""

    name: str
    place: str
    unmet: str = ""


@dataclass(frozen=True, slots=True)
class Security:
    """All that the policy in force asks of one operation. Empty: nothing."""

    binding: Literal["", "transport", "asymmetric", "symmetric"] = ""
    suite: Suite | None = None
    sign_reference: str = ""  # token, issuer-serial, key-identifier, thumbprint; '': not said
    encrypt_reference: str = ""
    timestamp: bool = False
    order: Literal["sign-encrypt", "encrypt-sign"] = "sign-encrypt"
    layout: str = "Lax"
    confirm: bool = False  # replies confirm the request's signature
    username: Literal["", "digest", "text", "name"] = ""
    saml: bool = False
    endorse: bool = False  # a second signature over the first
    endorse_reference: str = ""
    derived: bool = False  # keys derived from the protection token's
    request: Parts = Parts()
    reply: Parts = Parts()
    demands: tuple[Demand, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.demands)

    @property
    def unmet(self) -> tuple[Demand, ...]:
        """What nobody here can do."""
        return tuple(each for each in self.demands if each.unmet)

    def place(self, name: str = "") -> str:
        """Where the assertion stands, by default the first."""
        return next((each.place for each in self.demands if name in ("", each.name)), "")
