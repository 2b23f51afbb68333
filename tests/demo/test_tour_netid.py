"""The Net iD tour's steps by themselves: SOAP bodies valid by the schema, REST bodies flat strings as documented."""

from __future__ import annotations

import json

from lxml import etree

from gateway.demo import tour_netid
from gateway.demo.contract import folder
from gateway.demo.steps import Reply

DATA, ADMIN = "http://d:1", "http://a:2"


def _walked():
    """Every step, each answered with nothing."""
    script, steps = tour_netid.steps(DATA, ADMIN), []
    step = next(script, None)
    while step is not None:
        steps.append(step)
        try:
            step = script.send(Reply(0, {}, b""))
        except StopIteration:
            step = None
    return steps


STEPS = _walked()


def test_every_step_has_a_title_of_its_own_and_an_address_of_the_gateway():
    assert len({step.title for step in STEPS}) == len(STEPS) >= 10
    assert all(step.url.startswith((DATA, ADMIN)) for step in STEPS)


def test_soap_bodies_are_valid_and_say_their_action():
    schema = etree.XMLSchema(etree.parse(str(folder() / "netid" / "portal.xsd")))
    soap = [step for step in STEPS if "SOAPAction" in step.headers]
    assert len(soap) == 3
    for step in soap:
        body = etree.fromstring(step.body)[0][0]
        schema.assertValid(etree.fromstring(etree.tostring(body)))
        assert step.headers["SOAPAction"].strip('"').endswith("/" + etree.QName(body).localname)


def test_rest_bodies_are_flat_and_all_scalars_are_strings():
    rest = [step for step in STEPS if "/api/" in step.url]
    assert len(rest) >= 5
    for step in rest:
        assert all(isinstance(value, str) for value in json.loads(step.body).values())


def test_it_tells_of_the_protection_that_is_missing():
    (release,) = [step for step in STEPS if "encryption: required" in step.why]
    assert "dangerous_allow_clear_text" in release.why


def test_the_second_face_shows_each_verb_and_what_a_version_is_for():
    face = [step for step in STEPS if "/tasks" in step.url]
    assert {step.method for step in face} == {"GET", "PUT", "DELETE", "POST"}
    assert {step.status for step in face} == {200, 201, 204, 304, 412}
