"""gateway.schema.drawn.naming: XML names, each one's own."""

from __future__ import annotations

import pytest

from gateway.core.xmlnames import is_nc_name
from gateway.schema.drawn.naming import Names, camel, fold, ncname, pascal, words_of_path


@pytest.mark.parametrize("text", ["a", "pet name", "1st", "@type", "", "a:b", "é", "😀", "x" * 300])
def test_any_text_becomes_a_name(text):
    assert is_nc_name(ncname(text))


def test_a_name_stays_and_a_clash_gets_a_number():
    names = Names()
    assert [names.give(each) for each in ("pet-name", "pet name", "petName", "PETNAME")] == [
        "pet-name", "pet_name_2", "petName_3", "PETNAME_4",
    ]  # fmt: skip


def test_cases_of_words():
    assert (pascal("pet store"), camel("Get pet by id"), fold("A-b_c")) == ("PetStore", "getPetById", "abc")
    assert camel(" ".join(("get", *words_of_path("/pets/{petId}/photos")))) == "getPetsByPetIdPhotos"
