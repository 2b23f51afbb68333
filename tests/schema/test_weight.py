"""Each bound: N is read, N+1 refused, with the line."""

import pytest
from lxml import etree

from gateway.schema import weight
from gateway.schema.errors import ContractError
from gateway.schema.weight import weigh

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def schema(body):
    return etree.fromstring(f"<xs:schema {XS}>\n{body}</xs:schema>")


@pytest.mark.parametrize("model", ["sequence", "choice", "all"])
def test_particles(model):
    def group(count):
        return schema(f"<xs:{model}>{'<xs:any/>' * count}</xs:{model}>")

    assert weigh(group(1000), "x.xsd", 0) == 1002
    with pytest.raises(ContractError, match=r"x\.xsd:2: 1001 particles"):
        weigh(group(1001), "x.xsd", 0)


def test_nesting():
    def nested(depth):
        return schema("<xs:sequence>" * depth + "</xs:sequence>" * depth)

    weigh(nested(64), "x.xsd", 0)
    with pytest.raises(ContractError, match="deeper than 64"):
        weigh(nested(65), "x.xsd", 0)


def test_nodes_of_all_documents():
    assert weigh(schema("<xs:element/>"), "x.xsd", weight.MAX_NODES - 2) == weight.MAX_NODES
    with pytest.raises(ContractError, match="more than"):
        weigh(schema("<xs:element/>"), "x.xsd", weight.MAX_NODES - 1)
