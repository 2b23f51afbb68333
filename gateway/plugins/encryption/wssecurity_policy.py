"""The law of fitting: what the contract's policy says fills what the settings leave open; what they contradict is told.

A setting that is written wins over the policy where both can be met; where the service would refuse the message, or
send one that is not looked at, the contradiction is told at start with the place of the assertion. Pure: settings and
demands in, settings or words out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from gateway.core.operation import Operation
from gateway.core.security import Security

from .wssecurity_names import BLOCKS
from .wssecurity_settings import ReceiveSettings, SendSettings, UsernameSettings, WsSecuritySettings


def _open(settings: BaseModel, **said: Any) -> dict[str, Any]:
    """What the policy says of settings that are not written."""
    return {name: value for name, value in said.items() if value and name not in settings.model_fields_set}


def sent(send: SendSettings, demanded: Security | None) -> SendSettings:
    """What is put on a request to this operation."""
    if not demanded:
        return send
    changes: dict[str, Any] = {"order": demanded.order} if "order" not in send.model_fields_set else {}
    if demanded.binding and "timestamp" not in send.model_fields_set:
        changes["timestamp"] = send.timestamp if demanded.timestamp else 0.0
    suite = demanded.suite
    if send.sign is not None:
        digest = suite.digest if suite is not None and not suite.weak else ""
        known = _open(send.sign, parts=demanded.request.signed, reference=demanded.sign_reference, digest=digest)
        changes["sign"] = send.sign.model_copy(update=known)
    if send.endorse is not None:
        digest = suite.digest if suite is not None and not suite.weak else ""
        changes["endorse"] = send.endorse.model_copy(
            update=_open(send.endorse, reference=demanded.endorse_reference, digest=digest)
        )
    for name, how in (("encrypt", send.encrypt), ("symmetric", send.symmetric)):
        if how is None:
            continue
        known = _open(how, parts=demanded.request.encrypted, reference=demanded.encrypt_reference)
        if suite is not None and suite.block in BLOCKS:
            known |= _open(how, block=suite.block, transport=suite.transport)
        if name == "symmetric":
            known |= _open(how, signed=demanded.request.signed)
            if demanded.binding and "parts" not in how.model_fields_set:
                known["parts"] = demanded.request.encrypted
        changes[name] = how.model_copy(update=known)
    if send.username is not None and demanded.username and "digest" not in send.username.model_fields_set:
        changes["username"] = send.username.model_copy(update={"digest": demanded.username == "digest"})
    return send.model_copy(update=changes)


def asked(receive: ReceiveSettings, demanded: Security | None) -> ReceiveSettings:
    """What is asked of the answer of this operation."""
    if not demanded:
        return receive
    reply = demanded.reply
    wanted = ["signature"] if reply.signed else []
    wanted += ["encryption"] if "body" in reply.encrypted else []
    wanted += ["timestamp"] if demanded.timestamp else []
    signed = tuple(part for part in reply.signed if part != "username")
    known = _open(receive, demand=tuple(wanted), signed=signed, confirmed=demanded.confirm)
    return receive.model_copy(update=known)


def objections(settings: WsSecuritySettings, operation: Operation) -> Iterator[str]:
    """What in the settings the service of this operation would refuse, each with the assertion's place."""
    demanded = operation.security
    if not demanded or "upstream" not in settings.edges or settings.policy == "ignore":
        return
    if settings.operations and operation.name not in settings.operations:
        return
    for each in demanded.unmet:
        yield f"{each.place}: the contract demands {each.name}: {each.unmet}; `policy: ignore` sends without"
    send = settings.send or SendSettings(timestamp=0)
    yield from _of_suite(send, demanded)
    if demanded.binding in ("asymmetric", "symmetric") and (demanded.binding == "symmetric") != bool(send.symmetric):
        if operation.signature != "none" or operation.encryption != "none":
            wanted = "`send.symmetric`" if demanded.binding == "symmetric" else "`send.sign` and `send.encrypt`"
            yield f"{demanded.place()}: the contract's binding is {demanded.binding}: give {wanted}"
        return
    if operation.signature != "none":
        yield from _of_signing(send, demanded)
    if operation.encryption != "none":
        yield from _of_encryption(send, demanded)
    yield from _of_tokens(send, demanded)
    if send.symmetric is None:
        yield from _of_replies(settings.receive, demanded)
    elif settings.receive is None and (demanded.reply.signed or demanded.reply.encrypted):
        yield f"{demanded.place()}: the contract says that replies are protected: give `receive`, if an empty one"


def _of_suite(send: SendSettings, demanded: Security) -> Iterator[str]:
    suite = demanded.suite
    if suite is None or not suite.weak:
        return
    how = send.symmetric or send.encrypt
    encrypts = bool(demanded.request.encrypted) and not (how and "block" in how.model_fields_set)
    digests = bool(demanded.request.signed) and "sha1" in suite.digest
    digests = digests and not (send.sign and "digest" in send.sign.model_fields_set)
    if encrypts or digests:
        place, setting = demanded.place("AlgorithmSuite"), "encrypt.block" if encrypts else "sign.digest"
        yield (
            f"{place}: the contract's suite {suite.name} is weak ({suite.weak}) and is not written; "
            f"where the service takes better, say so by `send.{setting}`"
        )


def _of_signing(send: SendSettings, demanded: Security) -> Iterator[str]:
    wanted = demanded.request.signed
    if not wanted:
        return
    place = demanded.place("SignedParts") or demanded.place()
    if send.symmetric is not None:
        given, setting = _written(send.symmetric, "signed"), "send.symmetric.signed"
    elif send.sign is not None:
        given, setting = _written(send.sign, "parts"), "send.sign.parts"
    else:
        yield f"{place}: the contract demands that requests are signed ({', '.join(wanted)}): give `send.sign`"
        return
    if given is not None and (lacking := set(wanted) - set(given)):
        yield f"{place}: the contract demands {', '.join(sorted(lacking))} signed: add it to `{setting}`"


def _written(settings: BaseModel, name: str) -> tuple[str, ...] | None:
    """A setting's parts where they are written, None where the contract fills them."""
    return getattr(settings, name) if name in settings.model_fields_set else None


def _of_encryption(send: SendSettings, demanded: Security) -> Iterator[str]:
    wanted = demanded.request.encrypted
    if not wanted:
        return
    place = demanded.place("EncryptedParts") or demanded.place()
    how = send.symmetric or send.encrypt
    if how is None:
        yield f"{place}: the contract demands that requests are encrypted ({', '.join(wanted)}): give `send.encrypt`"
        return
    given = _written(how, "parts")
    if given is not None and (lacking := set(wanted) - set(given)):
        setting = "symmetric" if send.symmetric else "encrypt"
        yield f"{place}: the contract demands {', '.join(sorted(lacking))} encrypted: add it to `send.{setting}.parts`"
    if "order" in send.model_fields_set and send.order != demanded.order and demanded.request.signed:
        yield f"{demanded.place()}: the contract's order is {demanded.order}, `send.order` says {send.order}"


def _of_tokens(send: SendSettings, demanded: Security) -> Iterator[str]:
    user, place = send.username, demanded.place("UsernameToken")
    if demanded.username and user is None:
        yield f"{place}: the contract demands a UsernameToken: give `send.username`"
    elif demanded.username == "name":
        yield f"{place}: the contract demands a UsernameToken without a password, which is not sent here"
    elif user is not None and demanded.username and user.digest != _digested(user, demanded):
        kind = "a digest" if demanded.username == "digest" else "the password itself"
        yield f"{place}: the contract demands {kind} in the UsernameToken, `send.username.digest` says otherwise"
    if demanded.endorse and send.endorse is None:
        place = demanded.place("EndorsingX509Token")
        yield f"{place}: the contract demands that the signature is endorsed: name your key in `send.endorse`"
    if demanded.saml and send.saml == "none":
        place = demanded.place("SamlToken")
        yield f"{place}: the contract demands a SAML token: pass on the callers' by `send.saml`"
    if demanded.timestamp and "timestamp" in send.model_fields_set and not send.timestamp:
        yield f"{demanded.place('IncludeTimestamp')}: the contract demands a Timestamp: leave `send.timestamp` away"


def _digested(user: UsernameSettings, demanded: Security) -> bool:
    """Whether the password goes as a digest: as the contract says, which fills the setting where it is not written."""
    return demanded.username == "digest" if "digest" in user.model_fields_set else user.digest


def _of_replies(receive: ReceiveSettings | None, demanded: Security) -> Iterator[str]:
    reply = demanded.reply
    if reply.signed and not (receive and (receive.trust or receive.authorities)):
        place = demanded.place("SignedParts") or demanded.place()
        yield f"{place}: the contract says that replies are signed: say by `receive.trust` by whom"
    if reply.encrypted and not (receive and receive.decrypt):
        place = demanded.place("EncryptedParts") or demanded.place()
        yield f"{place}: the contract says that replies are encrypted: name your key in `receive.decrypt`"
