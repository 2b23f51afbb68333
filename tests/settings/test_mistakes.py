"""gateway.settings.mistakes: words with a place, sorted, and the nearest right name."""

from __future__ import annotations

from gateway.settings.mistakes import Mistake, Refused, dotted, nearest


def test_a_mistake_is_one_line_with_its_place() -> None:
    assert str(Mistake("c.yaml", 3, 5, "a.b", "no")) == "c.yaml:3:5: a.b: no"
    assert str(Mistake("c.yaml", 0, 0, "", "no")) == "c.yaml: no"


def test_refused_tells_all_once_in_the_order_of_the_file() -> None:
    late, early = Mistake("c", 9, 1, "x", "b"), Mistake("c", 2, 1, "y", "a")
    assert Refused([late, early, late]).mistakes == (early, late)
    assert str(Refused([late, early])) == "c:2:1: y: a\nc:9:1: x: b"


def test_a_path_is_written_as_people_do() -> None:
    assert dotted(("services", "portal", "routes", 0, "route")) == "services.portal.routes[0].route"
    assert dotted(()) == ""


def test_the_nearest_name_or_the_short_list_or_nothing() -> None:
    assert nearest("encription", ["encryption", "signature"]) == '; did you mean "encryption"?'
    assert nearest("Timeout", ["timeout"]) == '; did you mean "timeout"?'
    assert nearest("qqq", ["b", "a"]) == "; known here: a, b"
    assert nearest("qqq", [f"name{n}" for n in range(30)]) == ""
    assert nearest("qqq", []) == ""
