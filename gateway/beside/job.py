"""The law of jobs: one very large message, named by what two processes of one configuration call the same.

A codec is an object; between processes it is named by where it stands in the built configuration. Plain data only, so
that a job crosses as JSON beside the message's bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from ..build.book import Built
from ..core.message import Wire
from ..core.ports import Codec
from ..schema.compiled import fingerprint

Step = Literal["request", "reply"]


@dataclass(frozen=True, slots=True)
class Job:
    """A step of the translation: a reply read and written for the caller, or a request for the service.

    `face`: which of the service's routes reads a request. `target`: the name of the codec that writes.
    """

    step: Step
    service: str
    operation: str
    target: str
    face: int = 0
    status: int = 0
    method: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    proven: tuple[str, ...] = ()  # facts of the protection that the gateway has taken off

    def dump(self) -> bytes:
        """The job as JSON."""
        return orjson.dumps(asdict(self))

    def wire(self, body: bytes) -> Wire:
        """The message as the gateway has it."""
        facts = dict.fromkeys(self.proven, True)
        return Wire(dict(self.headers), body, method=self.method, path=self.path, status=self.status, facts=facts)

    @classmethod
    def load(cls, raw: bytes) -> Job:
        """The job of `dump`."""
        return cls(**orjson.loads(raw))


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job: `taken` says whether it was done; `blocks` are the header blocks that were read.

    A block: its name, its text, mustUnderstand, its role.
    """

    taken: bool
    blocks: tuple[tuple[str, str, bool, str], ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)

    def dump(self) -> bytes:
        """As JSON."""
        return orjson.dumps(asdict(self))

    @classmethod
    def load(cls, raw: bytes) -> Done:
        """What `dump` gave."""
        read: dict[str, Any] = orjson.loads(raw)
        return cls(read["taken"], tuple(map(tuple, read["blocks"])), read["told"])


def codecs(built: Built) -> Iterator[tuple[str, Codec]]:
    """Every codec of whole messages by its name, which is the same in each process that has built this."""
    for service in built.services:
        for bound in service.operations:
            for version, face in bound.operation.faces.items():
                for side, codec in (("request", face.request), ("reply", face.reply)):
                    if codec is not None:
                        yield f"{service.name}/{bound.operation.name}/{version}/{side}", codec
        for number, each in enumerate(service.faces):
            for side, codec in (("request", each.route.json_face.request), ("reply", each.route.json_face.reply)):
                if codec is not None:
                    yield f"{service.name}/{number}/{side}", codec


def identity(built: Built) -> str:
    """What was built of the same settings, SHA-256: the text of every document of every contract."""
    digest = hashlib.sha256()
    for service in built.services:
        contract = service.bench.contract
        texts = (fingerprint(contract.sources), *(hashlib.sha256(each.text).hexdigest() for each in contract.documents))
        digest.update(" ".join(texts).encode())
    return digest.hexdigest()
