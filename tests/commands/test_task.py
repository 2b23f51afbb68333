"""gateway.commands.task: the wanted form is the other one unless it is said."""

from __future__ import annotations

import pytest

from gateway.commands.task import Task


@pytest.mark.parametrize(
    ("message", "form"),
    [(b"<a/>", "json"), (b"\xef\xbb\xbf \n<a/>", "json"), (b"{}", "xml"), (b"", "xml"), (b'"<"', "xml")],
)
def test_the_form(message: bytes, form: str) -> None:
    assert Task(message).form == form
    assert Task(message, to="xml").form == "xml"
    assert Task(message, to="json").form == "json"
