import pytest
from lxml import etree

from gateway.schema.names import camel, clark, prefixes, snake, split


def roots(*texts: str) -> list[etree._Element]:
    return [etree.fromstring(text) for text in texts]


def test_prefixes_are_the_documents_own() -> None:
    found = prefixes(
        roots(
            '<s xmlns:a="urn:a" xmlns:bb="urn:b" targetNamespace="urn:a"/>',
            '<s xmlns:b="urn:b" xmlns:x="urn:a" targetNamespace="urn:b"/>',
        ),
        ["urn:a", "urn:b"],
    )
    assert (found["urn:a"], found["urn:b"]) == ("a", "b")


def test_clashing_prefixes_are_numbered_and_reserved_ones_kept() -> None:
    found = prefixes(
        roots(
            '<s xmlns:xs="urn:a" targetNamespace="urn:a"/>',
            '<s xmlns:t="urn:b" targetNamespace="urn:b"/>',
            '<s xmlns:t="urn:c" targetNamespace="urn:c"/>',
            "<s/>",
        ),
        ["urn:a", "urn:b", "urn:c", "urn:d", "urn:e"],
    )
    assert [found[f"urn:{n}"] for n in "abcde"] == ["xs2", "t", "t2", "ns1", "ns2"]
    assert found["http://www.w3.org/2001/XMLSchema"] == "xs"
    assert len(set(found.values())) == len(found)


def test_no_prefix_begins_with_xml() -> None:
    found = prefixes(roots('<s xmlns:xmlx="urn:a" targetNamespace="urn:a"/>'), ["urn:a"])
    assert not found["urn:a"].startswith("xml")


@pytest.mark.parametrize(
    ("name", "as_camel", "as_snake"),
    [
        ("LocksToSteal", "locksToSteal", "locks_to_steal"),
        ("ID", "id", "id"),
        ("IDNumber", "idNumber", "id_number"),
        ("already", "already", "already"),
        ("my-key", "myKey", "my_key"),
        ("snake_case", "snakeCase", "snake_case"),
        ("Åtgärd", "åtgärd", "åtgärd"),
        ("GetTask2", "getTask2", "get_task2"),
    ],
)
def test_spellings(name: str, as_camel: str, as_snake: str) -> None:
    assert (camel(name), snake(name)) == (as_camel, as_snake)


@pytest.mark.parametrize("name", ["{urn:a}b", "b"])
def test_a_clark_name_comes_apart_and_together(name: str) -> None:
    assert clark(*split(name)) == name
