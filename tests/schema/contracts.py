"""What the tests of contracts share: where they are, and short ways to load them."""

from pathlib import Path

from gateway.schema.wsdl import load_wsdl
from gateway.schema.xsd import read_schemas

HERE = Path(__file__).parent / "wsdl"
PORTAL = HERE.parents[2] / "schemas" / "netid" / "portal.wsdl"
OURS = "{urn:ours}"


def load(name, **options):
    return load_wsdl(HERE / name, **options)


def model(contract):
    return read_schemas(contract.sources, fetch=lambda url: None)


def operations(contract, service="S", port="P"):
    found = next(each for each in contract.service(service).ports if each.name == port)
    return {each.name: each for each in found.operations}
