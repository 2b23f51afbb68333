"""gateway.settings.reference: the two files are drawn from the models, and hold."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from gateway.settings import load, parse
from gateway.settings.document import read
from gateway.settings.models import Settings
from gateway.settings.reference import json_schema, main, reference, schema_text

CONFIG = Path(__file__).resolve().parents[2] / "config"


def test_the_files_are_what_the_models_say(tmp_path: Path) -> None:
    main(tmp_path)
    for name in ("reference.yaml", "gateway.schema.json"):
        assert (CONFIG / name).read_text("utf-8") == (tmp_path / name).read_text("utf-8"), (
            f"{name} has drifted: python -m gateway.settings.reference"
        )


def test_the_reference_loads_and_gives_the_defaults() -> None:
    found = load(CONFIG / "reference.yaml", {}).settings
    plain = Settings.model_validate({"services": {"portal": {"wsdl": found.services["portal"].wsdl}}})
    assert found.model_copy(update={"services": {}}) == plain.model_copy(update={"services": {}})
    assert found.services["portal"].model_copy(update={"routes": (), "operations": {}}) == plain.services["portal"]


def test_every_line_that_is_off_may_be_taken_in(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("{}")
    for name in ("ca.pem", "client.pem", "client.key", "server.pem", "server.key", "clients.pem", "portal.wsdl", "petstore.json"):
        (tmp_path / name).write_text("")
    lines = [line.replace("#: ", "", 1) for line in reference().splitlines() if line.strip() != "#: limits: large"]
    text = "\n".join(lines).replace("../schemas/netid/", "")
    found = parse(text, base=tmp_path, env={}).settings
    assert found.services["portal"].routes[0].faults[0].status == 404
    assert found.services["portal"].upstream.tls.ca == str(tmp_path / "ca.pem")


def test_the_editors_schema_is_one_and_takes_the_examples() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in sorted(CONFIG.glob("*.yaml")):
        value = read(name.read_text("utf-8"), name.name, {}, CONFIG).value
        jsonschema.Draft202012Validator(schema).validate(_without_nulls(value))


@pytest.mark.parametrize(
    "wrong", [{"admn": "x"}, {"listen": 7}, {"limits": {"bdy": 1}}, {"services": {"a": {"routes": [{}]}}}]
)
def test_the_editors_schema_refuses_what_the_loader_does(wrong: dict[str, object]) -> None:
    value = {"services": {"a": {"wsdl": "x"}}} | wrong
    assert not jsonschema.Draft202012Validator(json.loads(schema_text())).is_valid(value)


def test_a_reference_may_stand_for_any_scalar() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    assert validator.is_valid({"services": {"a": {"wsdl": "x", "upstream": {"timeout": "${T}"}}}})
    assert not validator.is_valid({"services": {"a": {"wsdl": "x", "upstream": {"timeout": "soon"}}}})


def test_every_setting_is_described_for_editors() -> None:
    bare = [
        f"{name}.{key}"
        for name, part in json_schema()["$defs"].items()
        for key, member in part.get("properties", {}).items()
        if "description" not in member
    ]
    assert bare == []


def _without_nulls(value: object) -> object:
    """A key with nothing under it is an empty part to the loader; editors may warn of it."""
    if isinstance(value, dict):
        return {key: _without_nulls(member) for key, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value
