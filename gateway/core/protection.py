"""The law of protection: an operation's needs held against what was proven of a message, or a refusal.

The wire layers write facts (`encrypted`, `signed`: names of parts; `exempt`: clear by a plug-in's own list); who knows
the operation judges them: a dialect as soon as it has read which one is meant, before it looks at anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .operation import Operation
from .problem import Kind, Problem


def asked_of_clients(operation: Operation) -> bool:
    """Whether callers of this operation must encrypt or sign."""
    return operation.client_encryption == "required" or operation.client_signature == "required"


def judge_client(operation: Operation, facts: Mapping[str, Any]) -> None:
    """Refuse a call that its caller had to protect. Raises Problem ENCRYPTION_REQUIRED, SIGNATURE_REQUIRED."""
    _judge(operation, facts, operation.client_encryption == "required", operation.client_signature == "required")


def judge_service(operation: Operation, facts: Mapping[str, Any]) -> None:
    """Refuse a message that would leave for the service in clear. Raises as `judge_client`."""
    if not operation.clear_allowed:
        _judge(operation, facts, operation.encryption == "required", operation.signature == "required")


def _judge(operation: Operation, facts: Mapping[str, Any], encrypted: bool, signed: bool) -> None:
    if encrypted and not (facts.get("encrypted") or facts.get("exempt")):
        raise Problem(Kind.ENCRYPTION_REQUIRED, f"{operation.name} must be encrypted.", outcome="not-sent")
    if signed and not facts.get("signed"):
        raise Problem(Kind.SIGNATURE_REQUIRED, f"{operation.name} must be signed.", outcome="not-sent")
