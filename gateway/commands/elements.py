"""The law of bare elements: with `--xsd` a message is a global element, without envelope or wrapper."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.build.workbench import Workbench
from gateway.cli import Misuse
from gateway.codec.json import dumps
from gateway.commands.task import Task
from gateway.core.limits import Limits
from gateway.core.problem import Kind, Problem
from gateway.dialect.rest import JsonCodec
from gateway.schema.ir import Settings
from gateway.schema.wsdl import load_xsd
from gateway.xml import parse

_PLAIN = Settings()


class Elements:
    """The global elements of a set of schema files (a `Translator`)."""

    def __init__(self, files: Sequence[str], limits: Limits) -> None:
        """Raises ContractError when the schemas are refused."""
        self._bench = Workbench(load_xsd(files), findings=limits.findings)
        self._limits = limits

    def translate(self, task: Task) -> bytes:
        """The element's other form. Raises Problem, Misuse."""
        if task.form == "json":
            return self._read(task)
        return self._write(task)

    def schema(self, name: str) -> dict[str, object]:
        """The JSON Schema of an element, or of the only one. Raises Misuse."""
        return self._bench.json_schema(self.named(name), _PLAIN)

    def named(self, name: str) -> str:
        """The Clark name of an element by that or by its local name; of the only one without a name. Raises Misuse."""
        known = self._bench.model.elements
        if name in known:
            return name
        found = [each for each in known if not name or each.rpartition("}")[2] == name]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Misuse(f"the schema has no global element {name}")
        raise Misuse(f"name one of the elements with --element: {', '.join(sorted(found)[:8])}")

    def _read(self, task: Task) -> bytes:
        root = parse(task.message, self._limits, response=task.direction != "request")
        wanted = self.named(task.element) if task.element else root.tag
        if wanted not in self._bench.model.elements:
            raise Problem(Kind.OPERATION_UNKNOWN, "The schema has no such global element.")
        if root.tag != wanted:
            raise Problem(Kind.INVALID_MESSAGE, f"The element is not {wanted}.")
        # the codec's own walk is the whole verdict: it follows the specification where libxml2 does not
        return dumps(self._bench.body(wanted, _PLAIN).decode(root))

    def _write(self, task: Task) -> bytes:
        name = self.named(task.element)
        body = self._bench.body(name, _PLAIN)
        codec = JsonCodec(
            body,
            body,
            limits=self._limits,
            schema=self._bench.checker(name, _PLAIN),
            recheck=self._bench.recheck(name, _PLAIN),
        )
        return codec.body_text(codec.parse(task.message)).encode()
