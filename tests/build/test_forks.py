"""gateway.build.forks: routes of one verb and path are told apart by one field; what could never be meant is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.build.book import Built
from gateway.build.forks import choosing, compared, filled, grouped
from gateway.settings.mistakes import Refused

ONE = "routes:\n  - {route: 'POST /x/{id}', operation: ReleaseTask, unwrap: {request: [Info]}, %s" + (
    "parameters: [{in: path, name: id, to: /Id}]}\n"
)
TWO = "  - {route: 'POST /x/{%s}', operation: BackTask, unwrap: {request: [Info]}, %s" + (
    "parameters: [{in: path, name: %s, to: /Id}]}\n"
)
WHEN = "when: {in: body, name: do, equals: %s}, "
GET = (
    "  - {route: 'GET /x/{id}', operation: GetTask, unwrap: {request: [Info]}, "
    "parameters: [{in: path, name: id, to: /Id}], "
    "constants: {/ReadOnly: true, /Count: 0, /SessionId: ''}}\n"
)


def test_two_operations_behind_one_route(book: Callable[[str], Built]) -> None:
    built = book(ONE % (WHEN % "release") + TWO % ("id", WHEN % "back", "id"))
    groups = grouped(built.services[0].faces)
    assert [len(group) for group in groups[:2]] == [2, 1]
    assert all(map(choosing, groups[0]))
    assert [face.rest.chosen_by for face in groups[0]] == ["do", "do"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (ONE % "" + TWO % ("id", "", "id"), "is served already"),
        (ONE % (WHEN % "a") + TWO % ("id", WHEN % "a", "id"), "`when` has a twice"),
        (ONE % (WHEN % "a") + TWO % ("id", "when: {in: query, name: do, equals: b}, ", "id"), "names one field"),
        (ONE % (WHEN % "a") + TWO % ("other", WHEN % "b", "other"), "names other variables"),
        (ONE % (WHEN % "a") + TWO % ("id", "", "id") + TWO % ("id", "", "id"), "two routes are without `when`"),
        (ONE % "version: {check: 'GET /y'}, ", "there is no route GET /y"),
        (GET.replace("  - {", "routes:\n  - {version: {check: 'GET /x/{id}'}, "), "a GET compares nothing"),
        (
            ONE % "" + GET + "  - {route: POST /z, operation: BackTask, version: {check: 'GET /x/{id}'}}\n",
            "the path has no variable {id}",
        ),
    ],
)
def test_what_could_never_be_meant_is_refused(book: Callable[[str], Built], lines: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        book(lines)
    assert words in str(refused.value)
    assert all(mistake.line >= 6 for mistake in refused.value.mistakes)


def test_whom_a_version_is_compared_with(book: Callable[[str], Built]) -> None:
    faces = book(ONE % "version: {check: 'GET /x/{id}', required: true}, " + GET).services[0].faces
    found = compared(faces[0], faces)
    assert found is not None
    assert found.route.method == "GET"
    assert compared(faces[1], faces) is None
    assert filled(found.route.path, {"id": "a b/ü", "more": "x"}) == "/x/a%20b%2F%C3%BC"
