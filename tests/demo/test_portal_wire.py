"""The portal's words: parameters are read by name and kind, a task is written as the pages print it."""

from __future__ import annotations

from datetime import datetime

import pytest
from lxml import etree

from gateway.demo.portal_state import PortalError, seeded
from gateway.demo.portal_wire import NS, Parameters, call_status, leaf, task_node


def info(inside):
    return Parameters.of(etree.fromstring(f'<Info xmlns="{NS}">{inside}</Info>'))


def test_parameters_by_kind():
    given = info("<A> 1 </A><B>x</B><C>AAEC</C><D>TRUE</D><A>2</A><E xmlns='urn:x'>9</E>")
    assert given.number("A") == 1
    assert given.word("B") == "x"
    assert given.binary("C") == b"\0\1\2"
    assert given.flag("D") is True
    assert given.flag("Z") is False
    assert not given.has("E")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda given: given.word("Z"), "NPR_PARAMETER_MISSING"),
        (lambda given: given.number("A"), "NPR_PARAMETER_INVALID"),
        (lambda given: given.number("D"), "NPR_PARAMETER_INVALID"),
        (lambda given: given.binary("A"), "NPR_PARAMETER_INVALID"),
        (lambda given: given.task(), "NPR_PARAMETER_MISSING"),
    ],
)
def test_refusals_name_the_parameter(call, code):
    with pytest.raises(PortalError) as error:
        call(info("<A>1_0!</A><D>١</D>"))
    assert error.value.code == code


def test_scalars_are_written_as_printed():
    at = datetime(2025, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the portal's dates have no zone
    words = [leaf("X", value).text for value in (at, b"\0", True, False, 7)]
    assert words == ["2025-01-02 03:04:05", "AA==", "true", "false", "7"]


def test_a_tasks_members_stand_in_their_order():
    node = task_node(seeded().tasks[51001], action_list=True)
    names = [etree.QName(child).localname for child in node]
    assert names == [
        "Id",
        "OrganizationId",
        "RequestorId",
        "BehalfOfId",
        "ProcessorId",
        "EntityId",
        "EntityType",
        "EntityDescription",
        "ActionIndex",
        "ValidFrom",
        "ValidTo",
        "DateTime",
        "Type",
        "Status",
        "ActionList",
    ]
    assert len(task_node(seeded().tasks[51001])) == len(names) - 1
    assert [child.text for child in call_status()] == ["Success", "Success"]
