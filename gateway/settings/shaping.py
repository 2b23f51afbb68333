"""The law of shaping: what a route may say of the JSON around a message, beside what the mapping makes of it.

Which operation a request means, where its body stands in the message, and which version is compared first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .fields import Part, Pointer, VerbPath

# A key that a client may see: no attribute, none of the mapping's own words, no prefix.
JsonKey = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.\-]*$", max_length=128)]
# An element's local name, for all its places or, behind its type's name and a slash, for those of one type.
Renamed = Annotated[str, Field(pattern=r"^([^\s{}/@]+/)?[^\s{}/@]+$", max_length=256)]


class When(Part):
    """A field that chooses among routes of one verb and path; without `when` a route takes what is left."""

    place: Literal["body", "query", "header"] = Field(
        alias="in",
        description="Where the field stands: a member of the JSON, of the query or of the header.",
        examples=["body"],
    )
    name: Annotated[str, Field(min_length=1)] = Field(
        description="Its name there. A member that the message does not have is taken out of the JSON.",
        examples=["action"],
    )
    equals: str = Field(description="The value, as text, with which this route is meant.", examples=["execute"])


class Body(Part):
    """The part of a message that is the client's JSON; the rest is the route's to fill, or left out."""

    request: Pointer | None = Field(
        default=None, description="The member of the request that the client's body is.", examples=["/Task"]
    )
    response: Pointer | None = Field(
        default=None, description="The member of the reply that the client gets; its siblings are left out.",
        examples=["/Task"],
    )  # fmt: skip


class Version(Part):
    """The version that the service keeps: ETag out, If-Match in, verbatim."""

    reply: Pointer | None = Field(
        default=None, description="Where the reply has it: it becomes the ETag.", examples=["/RateTaskTimestamp"]
    )
    request: Pointer | None = Field(
        default=None, description="Where the request takes it: If-Match fills it.", examples=["/RateTaskTimestamp"]
    )
    check: VerbPath | None = Field(
        default=None,
        description="Where the service compares nothing: the GET route whose ETag the gateway compares with If-Match.",
        examples=["GET /tasks/{id}"],
    )
    required: bool = Field(default=False, description="Refuse a request without If-Match, 428.")

    @model_validator(mode="after")
    def _some_place(self) -> Version:
        if self.reply is None and self.request is None and self.check is None:
            raise ValueError("a version needs a place: `reply`, `request` or `check`")
        if self.required and self.request is None and self.check is None:
            raise ValueError("`required` needs `request` or `check`")
        if self.check is not None and not self.check.startswith("GET "):
            raise ValueError("`check` names a GET route")
        return self
