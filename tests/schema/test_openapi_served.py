"""What plug-ins say in the document: typed problems, two answers with one status, paths of their own."""

from __future__ import annotations

from gateway.core.described import Refused, Served
from gateway.schema.openapi_fields import SEGMENT
from gateway.schema.openapi_served import both, header, path_of, refusals

PROBLEM = "#/components/schemas/Problem"


def test_a_problem_with_members_is_typed_and_one_without_is_the_usual():
    made = refusals({423: Refused("Held.", {"token": {"type": "string"}}), 428: Refused("Say which.")}, PROBLEM)
    schema = made["423"]["content"]["application/problem+json"]["schema"]
    assert schema == {"allOf": [{"$ref": PROBLEM}], "properties": {"token": {"type": "string"}}}
    assert made["428"]["content"]["application/problem+json"]["schema"] == {"$ref": PROBLEM}


def test_two_answers_with_one_status_are_either():
    one, other = (refusals({412: Refused(words, {words: {}})}, PROBLEM)["412"] for words in ("A", "B"))
    made = both(one, other)
    assert made["description"] == "A B"
    assert len(made["content"]["application/problem+json"]["schema"]["anyOf"]) == 2


def test_a_path_has_its_parameters_its_body_and_its_answers():
    made = path_of(Served("PUT", "/locks/{id}", "Words", "S", status=204), {"locks": {"type": "array"}}, PROBLEM, {"default": {}}, 7)
    assert made["operationId"] == "put_locks_id"
    (parameter,) = made["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("id", "path", True)
    assert parameter["schema"] == {"type": "string", "pattern": SEGMENT}
    assert made["requestBody"]["content"]["application/json"]["schema"]["required"] == ["locks"]
    assert made["requestBody"]["content"]["application/json"]["example"] == 7
    assert sorted(made["responses"]) == ["204", "default"]
    assert header("Lock-Set", "Words")["required"] is False
