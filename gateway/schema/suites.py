"""The law of algorithm suites: each name of WS-SecurityPolicy 1.3 §6.1 as its algorithms, and what is weak in it.

Every suite of the standard encrypts with CBC, whose padding tells an attacker the text (One Bad Apple, CCS'11); those
with GCM are Apache CXF's names (`Basic256GCM` digests with SHA-1 there). A suite that is weak can be read from an old
service by the plug-in's dangerous setting; it is not written.
"""

from __future__ import annotations

from typing import Final

from gateway.core.security import Suite

_XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_XENC11: Final = "http://www.w3.org/2009/xmlenc11#"
_SHA: Final = {"1": "http://www.w3.org/2000/09/xmldsig#sha1", "256": f"{_XENC}sha256"}
_BLOCKS: Final = {
    "Basic256": "aes256-cbc",
    "Basic192": "aes192-cbc",
    "Basic128": "aes128-cbc",
    "TripleDes": "tripledes-cbc",
}


def suite_of(name: str) -> Suite | None:
    """The suite of this name, None when there is none."""
    return SUITES.get(name)


def _standard(base: str, sha: str, rsa15: bool) -> Suite:
    name = base + ("Sha256" if sha == "256" else "") + ("Rsa15" if rsa15 else "")
    weak = [f"it encrypts with {_BLOCKS[base]}"]
    weak += ["it digests with SHA-1"] if sha == "1" else []
    weak += ["it wraps keys with RSA 1.5"] if rsa15 else []
    transport = f"{_XENC}{'rsa-1_5' if rsa15 else 'rsa-oaep-mgf1p'}"
    return Suite(name, f"{_XENC}{_BLOCKS[base]}", transport, _SHA[sha], ", ".join(weak))


def _gcm(bits: int, sha: str) -> Suite:
    name, weak = f"Basic{bits}GCM{'Sha256' if sha == '256' else ''}", "it digests with SHA-1" if sha == "1" else ""
    return Suite(name, f"{_XENC11}aes{bits}-gcm", f"{_XENC}rsa-oaep-mgf1p", _SHA[sha], weak)


SUITES: Final = {
    suite.name: suite
    for suite in (
        *(_standard(base, sha, rsa15) for base in _BLOCKS for sha in ("1", "256") for rsa15 in (False, True)),
        *(_gcm(bits, sha) for bits in (128, 192, 256) for sha in ("1", "256")),
        Suite("CustomAlgorithmSuite", "", "", ""),  # its algorithms stand outside the contract: ours, or the settings'
    )
}
