"""Which path leads where."""

from __future__ import annotations

import pytest

from gateway.core.problem import Kind, Problem
from gateway.dialect.router import Router, allow

ROUTER = Router(
    [
        ("GET", "/", "index"),
        ("GET", "/tasks/{id}", "one"),
        ("DELETE", "/tasks/{id}", "gone"),
        ("GET", "/tasks/mine", "mine"),
        ("POST", "/tasks", "new"),
        ("GET", "/tasks/{id}/notes/{note}", "note"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "door", "variables"),
    [
        ("GET", "/", "index", {}),
        ("GET", "/tasks/7", "one", {"id": "7"}),
        ("HEAD", "/tasks/7", "one", {"id": "7"}),
        ("GET", "/tasks/mine", "mine", {}),
        ("HEAD", "/tasks/mine", "mine", {}),
        ("GET", "/tasks/7/notes/a b", "note", {"id": "7", "note": "a b"}),
    ],
)
def test_found(method: str, path: str, door: str, variables: dict[str, str]) -> None:
    assert ROUTER.find(method, path) == (door, variables)


@pytest.mark.parametrize(
    "path", ["/nothing", "/tasks/", "/tasks/7/", "/tasks/7/notes", "/Tasks", "//", "/tasks/{id}/x"]
)
def test_nothing_is_served_there(path: str) -> None:
    with pytest.raises(Problem) as caught:
        ROUTER.find("GET", path)
    assert caught.value.kind is Kind.NOT_FOUND
    assert ROUTER.allowed(path) == ()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/tasks/7", "DELETE, GET, HEAD, OPTIONS"),
        ("GET", "/tasks", "OPTIONS, POST"),
        ("HEAD", "/tasks", "OPTIONS, POST"),
        ("BREW", "/tasks/mine", "GET, HEAD, OPTIONS"),
        ("DELETE", "/tasks/mine", "GET, HEAD, OPTIONS"),  # the path decides: it is no task called "mine"
    ],
)
def test_another_method_is_told_what_is_allowed(method: str, path: str, allowed: str) -> None:
    with pytest.raises(Problem) as caught:
        ROUTER.find(method, path)
    assert (caught.value.status, caught.value.headers["allow"]) == (405, allowed)
    assert ", ".join(ROUTER.allowed(path)) == allowed


def test_a_fixed_step_decides_at_every_depth() -> None:
    router = Router([("GET", "/a/{x}/c", "one"), ("PUT", "/a/b/{y}", "two"), ("GET", "/a/b/c/d", "three")])
    assert router.find("PUT", "/a/b/c") == ("two", {"y": "c"})
    assert router.find("GET", "/a/x/c") == ("one", {"x": "x"})
    assert router.allowed("/a/b/c") == ("OPTIONS", "PUT")
    with pytest.raises(Problem) as caught:
        router.find("GET", "/a/b/c")
    assert caught.value.headers["allow"] == "OPTIONS, PUT"
    assert router.find("GET", "/a/b/c/d") == ("three", {})


def test_two_doors_at_one_place_are_refused_at_start() -> None:
    with pytest.raises(ValueError, match="served twice"):
        Router([("GET", "/a/{x}", 1), ("GET", "/a/{y}", 2)])
    with pytest.raises(ValueError, match="twice"):
        Router([("GET", "/{x}/{x}", 1)])


def test_allow_of_nothing_is_nothing() -> None:
    assert allow([]) == ()
