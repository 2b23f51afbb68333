"""Every line of the Net iD profile is a setting: the page's table is held against the settings, and each line changes something."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.core.problem import Kind, Problem
from gateway.plugins.encryption.sessionblob import SessionBlobSettings
from gateway.plugins.encryption.sessionblob_crypto import Profile
from tests.house.tree import ROOT
from tests.plugins.encryption.netid_stack import portal_stack

ROW = re.compile(r"\| (.*?) ?\| `([a-z_.]+)` \| (?:`(.*)`)? ?\|")
OURS = {"key", "scheme", "failures_per_minute", "failures_by", "proxies"}  # no lines of the scheme


def rows() -> Iterator[tuple[str, str]]:
    """(setting, default) of the page."""
    for line in (ROOT / "docs/netid-scheme.md").read_text("utf-8").splitlines():
        if found := ROW.fullmatch(line):
            yield found[2], found[3] or ""


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return ", ".join(str(getattr(each, "operation", each)) for each in value)
    return str(value)


def test_the_page_has_every_setting_with_its_default() -> None:
    usual = SessionBlobSettings(key="k", service_certificate="s")
    known = {f"scheme.{each.name}": getattr(usual.scheme, each.name) for each in dataclasses.fields(Profile)}
    known |= {name: getattr(usual, name) for name in SessionBlobSettings.model_fields if name not in OURS}
    known["service_certificate"] = ""
    assert {name: shown(value) for name, value in known.items()} == dict(rows())


# What the reference portal, which has an independent half of the profile, says to a gateway that differs in one line.
OTHER: dict[str, Any] = {
    "mode": "gcm", "compression": "gzip", "padding": "ansi-x923", "key_length": 16, "mac_hash": "SHA512", "mac_key_length": 64,
    "tag_length": 16, "layout": "tag-iv-ciphertext", "bound": ("count", "session"), "count_form": "int64", "length_prefix": 8,
    "derivation_hash": "SHA512", "nonce_order": "client-server", "salt": "none", "encryption_label": "x", "mac_label": "x",
    "nonce_length": 16, "transport_hash": "SHA512", "signature": "pss", "signature_hash": "SHA512", "signed": "value",
    "plaintext_limit": 8,
}  # fmt: skip


def test_every_line_of_the_bytes_is_tried() -> None:
    assert set(OTHER) == {each.name for each in dataclasses.fields(Profile)}


@pytest.mark.parametrize("line", OTHER)
async def test_one_line_that_differs_is_no_call(line: str) -> None:
    """The portal refuses it, or its answer is refused here; nothing is carried out and called well."""
    stack = await portal_stack(scheme={line: OTHER[line]})
    kind: Kind | None = None
    fault = None
    try:
        fault = (await stack.call("ReleaseTask", Id=51001)).fault
    except Problem as problem:
        kind = problem.kind
    assert fault is not None or kind in (Kind.UPSTREAM_AUTH, Kind.UPSTREAM_PROTECTION)


async def test_login_says_who_calls() -> None:
    stack = await portal_stack(client={"Device": "d-1", "Application": "desk"})
    await stack.call("Search", Type="User", Directive="a")
    assert b"<ns0:Name>d-1<" in stack.sent[0] or b"Name>d-1<" in stack.sent[0]
    assert stack.sent[0].index(b"Device") < stack.sent[0].index(b"Application")
