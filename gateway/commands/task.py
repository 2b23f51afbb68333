"""The law of a translation: what is asked, in one frozen record, and who can do it.

A `Translator` knows a contract; a `Task` names one message of it, its bytes and its wanted form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Direction = Literal["request", "response", "fault"]
Form = Literal["json", "xml"]
DIRECTIONS: tuple[Direction, ...] = ("request", "response", "fault")
FORMS: tuple[Form, ...] = ("json", "xml")


@dataclass(frozen=True, slots=True)
class Task:
    """One message to translate. '' and None: not said; `to` is then the other form than the message has."""

    message: bytes
    direction: Direction = "request"
    to: Form | None = None
    operation: str = ""
    element: str = ""
    route: str = ""
    soap: Literal["1.1", "1.2"] | None = None

    @property
    def form(self) -> Form:
        """The form to write."""
        if self.to is not None:
            return self.to
        return "json" if self.message.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else "xml"


class Translator(Protocol):
    """Reads one contract's messages."""

    def translate(self, task: Task) -> bytes:
        """The message's other form. Raises Problem when it is refused, Misuse when it is not named."""
