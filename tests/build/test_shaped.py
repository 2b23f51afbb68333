"""gateway.build.shaped: the file of shapes is read, or refused with its place."""

from __future__ import annotations

import json

import pytest

from gateway.build.shaped import Bodies
from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from tests.schema.drawn.drawing import Contract_, document


def test_a_drawn_message_is_the_service_s_json(tmp_path):
    contract = Contract_(tmp_path, document({}, {"type": "object", "additionalProperties": {"type": "integer"}}))
    (tmp_path / "shapes.json").write_text(json.dumps(contract.drawn.shapes))
    bodies = Bodies(contract.bench, str(tmp_path / "shapes.json"))
    body = bodies.body("{urn:openapi:T}putResponse", Settings())
    assert "entry" in body.encode({"result": {"a": 1}})


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_what_are_no_shapes_is_refused(tmp_path, text):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ContractError, match="no shapes"):
        Bodies(None, str(tmp_path / "s.json"))  # type: ignore[arg-type]  # it is not asked
