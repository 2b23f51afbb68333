"""Algorithm suites by name; every one of the standard's is weak, and says why."""

from __future__ import annotations

import pytest

from gateway.schema.suites import SUITES, suite_of


@pytest.mark.parametrize(
    ("name", "block", "transport", "digest", "weak"),
    [
        ("Basic256", "aes256-cbc", "rsa-oaep-mgf1p", "sha1", "it encrypts with aes256-cbc, it digests with SHA-1"),
        ("Basic128Sha256", "aes128-cbc", "rsa-oaep-mgf1p", "sha256", "it encrypts with aes128-cbc"),
        ("TripleDesRsa15", "tripledes-cbc", "rsa-1_5", "sha1",
         "it encrypts with tripledes-cbc, it digests with SHA-1, it wraps keys with RSA 1.5"),
        ("Basic256GCM", "aes256-gcm", "rsa-oaep-mgf1p", "sha1", "it digests with SHA-1"),
        ("Basic256GCMSha256", "aes256-gcm", "rsa-oaep-mgf1p", "sha256", ""),
        ("CustomAlgorithmSuite", "", "", "", ""),
    ],
)  # fmt: skip
def test_what_a_suite_means(name: str, block: str, transport: str, digest: str, weak: str) -> None:
    suite = suite_of(name)
    assert suite is not None
    assert [uri.rpartition("#")[2] for uri in (suite.block, suite.transport, suite.digest)] == [block, transport, digest]
    assert suite.weak == weak


def test_the_table_is_whole() -> None:
    assert len(SUITES) == 16 + 6 + 1  # WS-SecurityPolicy 1.3 §6.1, and those with GCM
    assert suite_of("Basic512") is None
