"""The law of forks at build: routes of one verb and path are told apart by one field, each value once.

Also which GET route a writing one compares its version with. What could never be chosen is refused with its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ..core.layers import Send
from ..core.limits import Limits
from ..core.message import Wire
from ..dialect.choice import Choice
from ..dialect.router import shape
from ..layers.offload import offload
from .doors import NAMES, RouteFace

Group = tuple[RouteFace, ...]


def grouped(faces: Sequence[RouteFace]) -> list[Group]:
    """The faces by verb and path, in the order of the file."""
    groups: dict[tuple[str, str], list[RouteFace]] = {}
    for face in faces:
        groups.setdefault((face.route.method, shape(face.route.path)), []).append(face)
    return [tuple(group) for group in groups.values()]


def choosing(face: RouteFace) -> bool:
    """Whether a route is chosen by a field."""
    return face.settings is not None and face.settings.when is not None


def quarrels(group: Group) -> Iterator[tuple[RouteFace, str]]:
    """What is wrong with the routes of one verb and path: the route and the words."""
    fields: dict[tuple[str, str], None] = {}
    seen: set[str | None] = set()
    for face in group:
        when = face.settings.when if face.settings else None
        if len(group) > 1 and face.route.path != group[0].route.path:
            yield face, f"its path names other variables than {group[0].route.path}, with which it shares `when`"
        if when is not None:
            name = when.name.lower() if when.place == "header" else when.name
            fields[when.place, name] = None
            if len(fields) > 1:
                yield face, "`when` of one verb and path names one field"
        value = when.equals if when is not None else None
        if value in seen:
            yield face, f"`when` has {value} twice" if value is not None else "two routes are without `when`"
        seen.add(value)


def choice(group: Group, sends: Sequence[Send], soap: Send, limits: Limits) -> Choice[Send]:
    """The compiled choice of a group in which some route has `when`."""
    branches: dict[str, Send] = {}
    otherwise = None
    first = None
    for face, send in zip(group, sends, strict=True):
        when = face.settings.when if face.settings else None
        if when is None:
            otherwise = send
            continue
        first = first or when
        branches[when.equals] = send
    assert first is not None
    return Choice(first.place, first.name, branches, otherwise, soap, limits)


def forked(chosen: Choice[Send]) -> Send:
    """A Send to the branch that a request means."""

    async def send(wire: Wire) -> Wire:
        branch = await offload(len(wire.body), chosen.limits.offload, lambda: chosen.of(wire))
        return await branch(wire)

    return send


def compared(face: RouteFace, faces: Sequence[RouteFace]) -> RouteFace | None:
    """The GET route that a route's `version.check` names, None without one."""
    settings = face.settings
    if settings is None or settings.version is None or settings.version.check is None:
        return None
    named = settings.version.check
    return next((each for each in faces if f"{each.route.method} {each.route.path}" == named), None)


def uncompared(face: RouteFace, faces: Sequence[RouteFace]) -> str:
    """What is wrong with a route's `version.check`, '' when nothing is."""
    settings = face.settings
    if settings is None or settings.version is None or settings.version.check is None:
        return ""
    found = compared(face, faces)
    if found is None:
        return f"`check`: there is no route {settings.version.check} in this service"
    if face.rest.reads:
        return "`check` has no effect: a GET compares nothing"
    lacking = set(NAMES.findall(found.route.path)) - set(NAMES.findall(face.route.path))
    if lacking:
        return f"`check`: the path has no variable {{{sorted(lacking)[0]}}}"
    return "`check` names a route that is chosen by a field" if choosing(found) else ""


def filled(template: str, variables: dict[str, str]) -> str:
    """A path's template with its variables."""
    return NAMES.sub(lambda found: quote(variables.get(found[1], ""), safe=""), template)
