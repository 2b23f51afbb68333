"""The Projector's reader and writer: their table held against the delivered schema, member by member."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.demo.contract import folder
from gateway.demo.projector_wire import COM, TYPES, canon, canon_echo, canon_records, read, request_members, write
from gateway.demo.soap11 import SoapFault

XS = "{http://www.w3.org/2001/XMLSchema}"


def listed():
    """type name -> [(namespace, member)] of the delivered schemas, bases first."""
    types, bases = {}, {}
    for path in (folder() / "projector").glob("*.xsd"):
        root = etree.parse(str(path)).getroot()
        for node in root.findall(f"{XS}complexType"):
            key = (root.get("targetNamespace"), node.get("name"))
            extension = node.find(f".//{XS}extension")
            if extension is not None:
                prefix, local = extension.get("base").split(":")
                bases[key] = (root.nsmap[prefix], local)
            types[key] = [(key[0], one.get("name")) for one in node.iter(f"{XS}element")]

    def whole(key):
        return (whole(bases[key]) if key in bases else []) + types[key]

    return {key[1]: whole(key) for key in types}


SCHEMA = listed()


@pytest.mark.parametrize("name", sorted(TYPES))
def test_each_type_of_the_table_is_that_of_the_schema(name):
    mine = [(ns, member) for ns, member, _ in TYPES[name]]
    if name in {"Request", "Response"}:
        assert mine == SCHEMA["PwsSessionRequest" if name == "Request" else "PwsResponse"]
    elif name not in SCHEMA and not name.endswith("Response"):
        assert [(ns, member) for ns, member, _ in request_members(name)] == SCHEMA[name + "Request"]
    elif name.endswith("Response"):
        assert [(ns, m) for ns, m, _ in TYPES["Response"]] + mine == SCHEMA[name]
    else:
        assert mine == SCHEMA[name]


def test_a_record_round_trips_and_absence_is_nil():
    record = {"EntityCode": "A<&>", "EntityUid": 1152921504607351596, "LockType": "RT"}
    node = write(COM, "x", TYPES["PwsProjectorLockEntity"], record)
    assert len(node) == 4
    assert read(node, TYPES["PwsProjectorLockEntity"]) == record


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("int", "2147483648"),
        ("int", "1_0"),
        ("int", "١"),
        ("int", ""),
        ("short", "32768"),
        ("long", "1.0"),
        ("boolean", "yes"),
    ],
)
def test_a_scalar_that_is_none_is_a_fault(kind, words):
    node = etree.fromstring(f'<r xmlns="{COM}"><a>{words}</a></r>')
    with pytest.raises(SoapFault):
        read(node, [(COM, "a", kind)])


def test_prefixes_do_not_count_in_an_echo_and_anything_else_does():
    record = {"EntityIdentity": {"EntityCode": "A", "LockType": "RT"}, "EntityLockSummary": []}
    mine = canon_records([record])
    node = write(COM, "PwsEntityLockSummary", TYPES["PwsEntityLockSummary"], record)
    text = etree.tostring(node).decode()
    wrapped = etree.fromstring(f"<LocksToSteal>{text}</LocksToSteal>")
    assert canon_echo(wrapped) == mine
    other = etree.fromstring(f"<LocksToSteal>{text.replace('ns0', 'q')}</LocksToSteal>")
    assert canon_echo(other) == mine
    for old, new in ((">RT<", "> RT<"), (">A<", ">a<"), ('nil="true"', 'nil="false"')):
        assert old in text
        assert canon_echo(etree.fromstring(f"<LocksToSteal>{text.replace(old, new, 1)}</LocksToSteal>")) != mine
    assert canon_echo(None) == canon_echo(etree.fromstring("<a/>")) == ()
    assert canon(etree.fromstring("<a/>"))[0] == "a"
