from collections.abc import Callable
from typing import Any

import pytest

from gateway.schema.errors import ContractError
from gateway.schema.ir import Settings
from gateway.schema.layout import lay_out

TEXT = 'type="xs:string"'
NUMBER = 'type="xs:int"'


def one(element: str) -> str:
    return f"<xs:sequence><xs:element name='p' {element}/></xs:sequence>"


@pytest.mark.parametrize(
    ("element", "settings", "refused"),
    [
        (f'{TEXT} nillable="true"', {"empties": "null"}, True),
        (f'{NUMBER} nillable="true"', {"empties": "null"}, False),  # an empty int is no int: null is nil alone
        (f"{TEXT} minOccurs='0'", {"empties": "null"}, False),
        (f"{TEXT} minOccurs='0'", {"empties": "null", "nulls": "write"}, True),
        (f"{NUMBER} minOccurs='0'", {"empties": "null", "nulls": "write"}, False),
        (f'{NUMBER} nillable="true" minOccurs="0"', {"nulls": "write"}, True),
        (f'{NUMBER} nillable="true"', {"nulls": "write"}, False),
        (f'{NUMBER} nillable="true" minOccurs="0" maxOccurs="9"', {"nulls": "write"}, False),
        (f'{NUMBER} nillable="true" minOccurs="0"', {}, False),
    ],
)
def test_a_setting_that_loses_something_is_refused(
    content: Callable[..., Any], element: str, settings: dict[str, Any], refused: bool
) -> None:
    made = content(one(element))
    if not refused:
        made.laid(**settings)
        return
    with pytest.raises(ContractError, match=r"no longer tells .*: element \{urn:t\}p of type"):
        made.laid(**settings)


def test_only_what_is_reached_is_looked_at(schema: Callable[..., Any]) -> None:
    made = schema(
        f'<xs:element name="r" type="t:Good"/><xs:element name="s" type="t:Bad"/><xs:complexType name="Good"/>'
        f'<xs:complexType name="Bad">{one(TEXT + " nillable=" + chr(34) + "true" + chr(34))}</xs:complexType>'
    )
    settings = Settings(empties="null")
    lay_out(made.model, settings, ["{urn:t}r"])
    with pytest.raises(ContractError):
        lay_out(made.model, settings, ["{urn:t}s"])
    with pytest.raises(ContractError):
        lay_out(made.model, settings)
