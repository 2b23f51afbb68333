"""The law of what a JSON service refuses: its statuses and problem documents, told as faults of the contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .fields import Part, Pointer


class UpstreamFault(Part):
    """Which refusal of a JSON service is which fault; the first rule whose every condition holds wins."""

    status: Annotated[int, Field(ge=400, le=599)] | Literal["4XX", "5XX"] | None = Field(
        default=None, description="The HTTP status of the answer; 4XX and 5XX are any of them.", examples=[404]
    )
    type: str | None = Field(
        default=None,
        description="The problem document's `type` (RFC 9457).",
        examples=["https://api.example.com/problems/no-such-order"],
    )
    path: Pointer | None = Field(
        default=None, description="A place in the answer's JSON, as a JSON Pointer.", examples=["/code"]
    )
    equals: str | None = Field(
        default=None,
        description="What stands at `path`, as text; without it the place must only be there.",
        examples=["NO_ORDER"],
    )
    name: str | None = Field(
        default=None,
        description="The declared fault that it becomes, by its detail's element: {namespace}local, or local. An operation that declares none of that name skips the rule.",
        examples=["OrderNotFound"],
    )
    code: str | None = Field(
        default=None,
        description="The fault code: SOAP 1.2's name, or with a subcode behind a dot; by default Sender for 4xx, Receiver for 5xx.",
        examples=["Sender.NotFound"],
    )
    detail: Pointer | None = Field(
        default=None,
        description='Where the fault\'s detail stands in the answer; "" is all of it. By default /fault/detail, or the members that the detail declares.',
        examples=["/order"],
    )
    members: dict[Pointer, Pointer] = Field(
        default={},
        description="The detail's members, each with the place in the answer that fills it.",
        examples=[{"/Reason": "/title"}],
    )

    @model_validator(mode="after")
    def _whole(self) -> UpstreamFault:
        if self.equals is not None and self.path is None:
            raise ValueError("`equals` needs a `path`")
        if self.status is None and self.type is None and self.path is None:
            raise ValueError("a rule needs a condition: `status`, `type` or `path`")
        if self.name is None and self.code is None:
            raise ValueError("a rule needs a fault: `name`, `code` or both")
        if self.name is None and (self.detail is not None or self.members):
            raise ValueError("`detail` and `members` need a `name`")
        return self
