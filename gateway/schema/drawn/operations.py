"""The law of operations: each path and method of an OpenAPI document is an operation, or is named with the reason.

OpenAPI 3.0.x and 3.1.x, Paths, Operation, Parameter, Request Body and Responses Objects. A parameter is a member of
the request's element, the JSON body its member `body`, the answer the member `result` of the response's. Draws
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from gateway.schema.drawn.bundle import Bundle, Schema
from gateway.schema.drawn.forms import Kind, misformed
from gateway.schema.drawn.kinds import Array, Place, Record, Ref, Remark, Scalar
from gateway.schema.drawn.naming import Names, camel, ncname, pascal, words_of_path
from gateway.schema.drawn.reader import Reader
from gateway.schema.drawn.steps import route_path, variables
from gateway.schema.drawn.texts import Steps, Text, Where
from gateway.schema.errors import ContractError

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SERVED: Final = frozenset({"get", "put", "post", "delete", "patch"})
BODYLESS: Final = frozenset({"get", "delete"})
_OWN_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})  # OpenAPI: these are ignored
In = Literal["path", "query", "header"]
_PARTED = {"form": "comma", "spaceDelimited": "space", "pipeDelimited": "pipe"}  # not exploded, in the query


@dataclass(frozen=True, slots=True)
class At:
    """A value of the document and where it stands, behind every `$ref`."""

    text: Text
    steps: Steps
    value: Any

    def where(self) -> Where:
        """Its place."""
        return self.text.where(self.steps)

    def get(self, *keys: str) -> At | None:
        """What stands below, None where nothing does."""
        value = self.value
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
        return At(self.text, (*self.steps, *keys), value)

    def words(self) -> str:
        """Summary, else description, in one line."""
        found = self.value.get("summary") or self.value.get("description") or ""
        return " ".join(str(found).split())


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: where it stands, its name there, its member in the request's element."""

    place: In
    name: str
    xml: str
    kind: Place
    required: bool
    many: bool = False
    schema: Schema = True
    parted: str = ""  # how a list stands in one text of the query: comma, space or pipe; '' where each is its own


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body: what it is, and the schemas that judge it."""

    place: Place
    schema: Schema
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """A declared fault: its element, its body, and the statuses that it is of (`404`, `4XX`, `default`)."""

    element: str
    place: Place
    schema: Schema
    wrapped: bool
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: `answer` is the response's element."""

    name: str
    answer: str
    method: str
    path: str
    words: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    body_xml: str = "body"
    result: Body | None = None
    faults: tuple[Fault, ...] = ()


class OperationReader:
    """Reads the operations of one document; `left` are those that are not served, with the reason."""

    def __init__(self, reader: Reader, asks: Bundle, answers: Bundle, main: Text) -> None:
        self.reader, self.asks, self.answers, self.main = reader, asks, answers, main
        self.shared = reader.bundle.shared
        self.left: list[Remark] = []
        self._faults: dict[Any, Fault] = {}

    def read(self) -> list[Operation]:
        """The operations, in the document's order. Raises ContractError for what is no OpenAPI document."""
        root = At(self.main, (), self.main.value)
        paths = root.get("paths")
        if paths is None or not isinstance(paths.value, dict):
            raise root.where().error("there are no paths: what has no operation cannot be called")
        for name in ("webhooks", "security"):
            found = root.get(name)
            if found is not None and found.value:
                self._remark(found, name, _NOT_CARRIED[name])
        found_at = list(self._all(paths))
        names = [self._name(path, method, operation) for path, method, operation, _ in found_at]  # before the types'
        read: list[Operation] = []
        for (path, method, operation, item), (name, answer) in zip(found_at, names, strict=True):
            try:
                read.append(self._operation(path, method, operation, item, name, answer))
            except _Left as left:
                self.left.append(left.remark)
        return read

    # ------------------------------------------------------------ finding

    def _all(self, paths: At) -> Iterator[tuple[str, str, At, At]]:
        for path in paths.value:
            if path.startswith("x-"):
                continue
            below = paths.get(path)
            assert below is not None
            item = self._behind(below, "a path item")
            for method in METHODS:
                operation = item.get(method)
                if operation is None:
                    continue
                _formed(operation, "an operation")
                if method in SERVED:
                    yield path, method, operation, item
                else:
                    self.left.append(Remark(operation.where(), f"{method.upper()} {path}", "this verb is not served"))

    def _behind(self, at: At, kind: Kind) -> At:
        """What a `$ref` in the end names."""
        for _ in range(50):
            reference = at.value.get("$ref") if isinstance(at.value, dict) else None
            if not isinstance(reference, str):
                return _formed(at, kind)
            at = At(*self.shared.resolve(at.text, reference, at.where()))
        raise at.where().error("these $refs have no end")

    def _name(self, path: str, method: str, operation: At) -> tuple[str, str]:
        own = operation.value.get("operationId")
        wanted = ncname(str(own)) if own else camel(" ".join((method, *words_of_path(path))))
        name = self.shared.names.give(wanted)
        return name, self.shared.names.give(name + "Response")

    def _remark(self, at: At, what: str, then: str) -> None:
        where = at.where()
        self.reader.remarks.setdefault((str(where), what), Remark(where, what, then))

    # ------------------------------------------------------------ one operation

    def _operation(self, path: str, method: str, at: At, item: At, name: str, answer: str) -> Operation:
        for word in ("callbacks", "servers"):
            if at.get(word) is not None:
                self._remark(at, word, _NOT_CARRIED[word])
        names = Names()
        parameters = tuple(self._parameters(path, at, item, names))
        if route_path(path, variables(each.name for each in parameters if each.place == "path")) is None:
            why = "a variable is a whole step of a route's path: the operation is left out"
            raise _Left(Remark(at.where(), f"{method.upper()} {path}", why))
        body = self._body(method, at)
        responses = at.get("responses")
        told = responses.value if responses is not None and isinstance(responses.value, dict) else {}
        found = {status: responses.get(status) for status in told if not status.startswith("x-")}  # type: ignore[union-attr]  # told of it
        answers = {status: self._behind(each, "an answer") for status, each in found.items() if each is not None}
        words = at.words()
        if at.value.get("deprecated") is True:
            words = f"Deprecated. {words}".strip()
        return Operation(
            name=name,
            answer=answer,
            method=method.upper(),
            path=path,
            words=words,
            parameters=parameters,
            body=body,
            body_xml=names.give("body") if body is not None else "",
            result=self._result(answers, at),
            faults=tuple(self._errors(answers, name)),
        )

    def _parameters(self, path: str, at: At, item: At, names: Names) -> Iterator[Parameter]:
        given: dict[tuple[str, str], At] = {}
        for holder in (item.get("parameters"), at.get("parameters")):
            for index in range(len(holder.value) if holder is not None and isinstance(holder.value, list) else 0):
                assert holder is not None
                one = self._behind(At(holder.text, (*holder.steps, str(index)), holder.value[index]), "a parameter")
                if not one.value.get("name"):
                    raise one.where().error("a parameter has a name")
                given[(str(one.value.get("in")), str(one.value["name"]))] = one
        within = [part.partition("}")[0] for step in path.split("/") for part in step.split("{")[1:]]
        for (place, name), one in given.items():
            if place == "path" and name not in within:
                self._remark(one, f"parameter {name}", "its path has no such variable; it is not carried")
            elif place == "header" and name.lower() in _OWN_HEADERS:
                self._remark(one, f"header {name}", "OpenAPI gives it no effect here; it is not carried")
            elif place == "cookie":
                self._refuse_needed(one, f"cookie {name}", "cookies are not carried")
            elif place in ("path", "query", "header"):
                yield from self._parameter(place, name, one, names)  # type: ignore[arg-type]  # one of the three
            else:
                raise one.where().error("`in` is path, query, header or cookie")
        for variable in within:
            if ("path", variable) not in given:
                raise at.where().error(f"the path's {{{variable}}} is no parameter")

    def _refuse_needed(self, one: At, what: str, why: str) -> None:
        if one.value.get("required") is True:
            raise _Left(Remark(one.where(), what, f"{why}, and it is demanded: the operation is left out"))
        self._remark(one, what, why)

    def _parameter(self, place: In, name: str, one: At, names: Names) -> Iterator[Parameter]:
        required = one.value.get("required") is True or place == "path"
        schema_at = one.get("schema")
        if schema_at is None:
            self._remark(one, f"parameter {name}", "its member holds the text as the service takes it")
            yield Parameter(place, name, names.give(name), _TEXT, required)
            return
        schema = self.reader.bundle.schema(schema_at.text, schema_at.steps, schema_at.value)
        kind = self.reader.place(schema)
        kind = replace(kind, nullable=False, words=kind.words or one.words())
        shape = self.reader.types.resolve(kind.kind)
        style = one.value.get("style", "form" if place == "query" else "simple")
        exploded = place == "query" and one.value.get("explode", style == "form")
        listed = style in _PARTED if place == "query" else style == "simple"  # a header's and a path's items: commas
        judged = self.asks.schema(schema_at.text, schema_at.steps, schema_at.value)
        if isinstance(shape, Scalar):
            yield Parameter(place, name, names.give(name), kind, required, schema=judged)
        elif isinstance(shape, Array) and self._is_scalar(shape.item) and listed:
            item = replace(shape.item, nullable=False, words=kind.words)
            parted = _PARTED[style] if place == "query" and not exploded else ""
            yield Parameter(place, name, names.give(name), item, required, True, judged, parted)
        elif isinstance(shape, Record) and place == "query" and (exploded or style == "deepObject"):
            yield from self._members(name, one, shape, names, required)
        else:
            self._remark(one, f"parameter {name}", "its member holds the text as the service takes it")
            yield Parameter(place, name, names.give(name), replace(_TEXT, words=kind.words), required)

    def _members(self, name: str, one: At, shape: Record, names: Names, required: bool) -> Iterator[Parameter]:
        """An object in the query: a parameter for each member."""
        deep = one.value.get("style") == "deepObject"
        for member in shape.members:
            called = f"{name}[{member.name}]" if deep else member.name
            place = replace(member.place, nullable=False)
            if not self._is_scalar(place):
                self._remark(one, f"parameter {called}", "its member holds the text as the service takes it")
                place = replace(_TEXT, words=place.words)
            yield Parameter("query", called, names.give(called), place, required and member.required)

    def _is_scalar(self, place: Place) -> bool:
        return isinstance(self.reader.types.resolve(place.kind), Scalar)

    # ------------------------------------------------------------ bodies

    def _body(self, method: str, at: At) -> Body | None:
        asked = at.get("requestBody")
        if asked is None:
            return None
        asked = self._behind(asked, "a request body")
        needed = asked.value.get("required") is True
        media = self._json(asked)
        if media is None or method in BODYLESS:
            what = f"a body of {', '.join(asked.value.get('content') or {}) or 'no media type'}"
            why = "only JSON is carried" if media is None else f"{method.upper()} carries no body"
            if needed:
                raise _Left(Remark(asked.where(), what, f"{why}: the operation is left out"))
            self._remark(asked, what, f"{why}: calls go without it")
            return None
        return self._bodied([media], self.asks, needed)

    def _bodied(self, media: list[At], judge: Bundle, needed: bool) -> Body:
        schemas, judged = [], []
        for each in media:
            at = each.get("schema")
            schema = True if at is None else self.reader.bundle.schema(at.text, at.steps, at.value)
            if schema not in schemas:
                schemas.append(schema)
                judged.append(True if at is None else judge.schema(at.text, at.steps, at.value))
        if len(schemas) == 1:
            return Body(self.reader.place(schemas[0]), judged[0], needed)
        whole = self.reader.bundle.same({"anyOf": schemas}, schemas[0])
        return Body(self.reader.place(whole), {"anyOf": judged}, needed)

    def _json(self, at: At) -> At | None:
        """The content that is JSON, None without one."""
        content = at.get("content")
        names = list(content.value) if content is not None and isinstance(content.value, dict) else []
        for name in sorted(names, key=lambda name: name.partition(";")[0].strip().lower() != "application/json"):
            kind = name.partition(";")[0].strip().lower()
            if kind in ("application/json", "*/*", "application/*") or kind.endswith("+json"):
                assert content is not None
                return content.get(name)
        return None

    def _result(self, answers: dict[str, At], at: At) -> Body | None:
        good = {status: one for status, one in answers.items() if status[:1] == "2"}
        if not good and "default" in answers:
            good = {"default": answers["default"]}
        media = []
        for status, one in good.items():
            if one.get("headers") is not None:
                self._remark(one, "headers", "header fields of an answer are not carried")
            if one.get("links") is not None:
                self._remark(one, "links", _NOT_CARRIED["links"])
            found = self._json(one)
            if found is None and one.value.get("content"):
                what = f"an answer of {', '.join(one.value['content'])}"
                raise _Left(Remark(one.where(), what, f"only JSON is carried: {status} leaves the operation out"))
            if found is not None:
                media.append(found)
        if not media:
            return None
        return self._bodied(media, self.answers, len(media) == len(good))

    def _errors(self, answers: dict[str, At], operation: str) -> Iterator[Fault]:
        only_default = not any(status[:1] == "2" for status in answers)
        found: dict[str, Fault] = {}
        for status, one in answers.items():
            if status[:1] not in ("4", "5") and (status != "default" or only_default):
                if status[:1] == "3":
                    self._remark(one, status, "a redirection is not followed: it is a fault")
                continue
            media = self._json(one)
            schema_at = media.get("schema") if media is not None else None
            if schema_at is None:
                continue  # a plain fault
            fault = self._fault(schema_at, operation, status)
            told = found.get(fault.element, fault)
            found[fault.element] = replace(told, statuses=(*told.statuses, status))
        yield from found.values()

    def _fault(self, at: At, operation: str, status: str) -> Fault:
        schema = self.reader.bundle.schema(at.text, at.steps, at.value)
        place = self.reader.place(schema)
        key = place.kind if isinstance(place.kind, Ref) else id(schema)
        if key not in self._faults:
            wanted = place.kind.name if isinstance(place.kind, Ref) else pascal(f"{operation} {status}")
            element = self.shared.names.give(wanted + "Fault")
            wrapped = not isinstance(self.reader.types.resolve(place.kind), Record) or place.nullable
            judged = self.answers.schema(at.text, at.steps, at.value)
            self._faults[key] = Fault(element, place, judged, wrapped)
        return self._faults[key]

    @property
    def faults(self) -> list[Fault]:
        """All faults, each once."""
        return list(self._faults.values())


_TEXT: Final = Place(Scalar("string"))
_NOT_CARRIED: Final = {
    "webhooks": "the gateway makes no calls of the service's",
    "callbacks": "the gateway makes no calls of the service's",
    "links": "they are words for people; nothing is made of them",
    "servers": "the service's address is one setting, `upstream.url`",
    "security": "what the service wants is sent with each call: `upstream.headers`",
}


def _formed(at: At, kind: Kind) -> At:
    """The same, as an object of its kind. Raises ContractError."""
    found = misformed(kind, at.value)
    if found is not None:
        raise At(at.text, (*at.steps, *found[0]), None).where().error(found[1])
    return at


class _Left(ContractError):
    """The operation cannot be served."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(str(remark))
        self.remark = remark
