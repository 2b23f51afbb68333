"""The law of excuses: a case that is wrong by its own schema or by the specification, each with its reason.

A pattern over `check|case`, then the words. Nothing of ours may stand here: what we get wrong is `failed`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

KNOWN: Final[dict[str, tuple[tuple[str, str], ...]]] = {"xsts": (), "frank-align": (
        ("JSON is the compact JSON|NestedValue/nestedValue", "no twins: the JSON is filled in from parameters"),
        ("JSON is the compact JSON|TreeAndMap/updateEmployeeRequest", "no twins: the JSON is filled in from parameters"),
        ("JSON is the compact JSON|Mixed/mixed-unknown", "the JSON holds a text that the XML does not"),
        ("JSON is the compact JSON|RepeatedElements/sprint-*", "no twins: the XML is what is left without `BIID`"),
    ), "soap-samples": (
        ("the WSDL is served|*/login__*", "the WSDL imports documents that are not in the archive, and names what they hold"),
        ("the WSDL is served|*/readMetadata__*", "the WSDL's header names an element that no schema of it declares"),
        ("the WSDL is served|*/SetResource__*", "the WSDL's response names an element that no schema of it declares"),
        ("the WSDL is served|*/GetSubscription__*", "the WSDL's response names an element that no schema of it declares"),
        ("XML to JSON and back|*Headers__*", "the Header holds text, which the schema of SOAP 1.1 does not allow"),
    ), "jsontestsuite": ()}


def excuse(suite: str, check: str, case: str) -> str:
    """Why this case may fail; '' when it may not."""
    for pattern, reason in KNOWN.get(suite, ()):
        if fnmatchcase(f"{check}|{case}", pattern):
            return reason
    return ""
