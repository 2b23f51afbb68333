"""gateway.commands.elements: global elements by either name; the rest is tested through `translate`."""

from __future__ import annotations

import json

import pytest

from gateway.cli import Misuse
from gateway.commands.elements import Elements
from gateway.commands.task import Task
from gateway.core.limits import DEFAULT
from gateway.core.problem import Problem


def test_elements_are_named_by_clark_or_local_name(xsd: str) -> None:
    elements = Elements([xsd], DEFAULT)
    assert elements.named("order") == elements.named("{urn:t}order") == "{urn:t}order"
    for name in ("nope", "{urn:t}nope", ""):
        with pytest.raises(Misuse):
            elements.named(name)


def test_another_element_than_the_one_named_is_refused(xsd: str) -> None:
    elements = Elements([xsd], DEFAULT)
    message = b'<note xmlns="urn:t">a</note>'
    assert json.loads(elements.translate(Task(message, element="note"))) == "a"
    with pytest.raises(Problem):
        elements.translate(Task(message, element="order"))
