"""The law of a tour's step: a request, shown as the curl command that a person would type, and its answer.

A step is sent exactly as it is shown, over a real socket, and judged: its status and what must stand
in its body. Nothing is printed that did not happen; long bodies are cut where it says so.
"""

from __future__ import annotations

import contextlib
import http
import json
import shlex
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

import aiohttp
from lxml import etree

LINES: Final = 60  # a longer body is cut


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def member(self, *path: str | int) -> Any:
        """A place in the JSON body; None when it is not there."""
        value = self.json
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def words(self, *names: str) -> str | None:
        """The text of the first XML element at this path of local names; None when it is not there."""
        try:
            root = etree.fromstring(self.body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return None
        path = "/".join(f"*[local-name()='{name}']" for name in names)
        found: Any = root.xpath(f"//{path}")
        return "".join(found[0].itertext()).strip() if found else None


Judge = Callable[[Reply], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to see. `judge` gives what is wrong with the answer, in words; nothing when it is right."""

    title: str
    method: str
    url: str
    status: int
    judge: Judge
    why: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    show: Callable[[Reply], str] | None = None  # the part of a long answer that matters
    shown_headers: tuple[str, ...] = ("Content-Type",)
    after: str = ""  # what a reader may want to know once the answer stands there

    def curl(self) -> str:
        """The command, over several lines where it is long."""
        parts = ["curl -i"]
        if self.method != ("POST" if self.body else "GET"):
            parts.append(f"-X {self.method}")
        parts.append(shlex.quote(self.url))
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        if self.body:
            parts.append(f"--data-binary {shlex.quote(self.body)}")
        line = " ".join(parts)
        return line if len(line) <= 110 else " \\\n     ".join([" ".join(parts[:2]), *parts[2:]])


# A script of steps: each is yielded, its reply comes back; text that is yielded is only said.
Steps = Generator[Step | str, Reply, None]


class Walk:
    """A tour on its way: sends steps, prints them, counts what came out wrong."""

    def __init__(self, out: TextIO, client: aiohttp.ClientSession) -> None:
        self._out = out
        self._client = client
        self.taken = 0
        self.wrong: list[str] = []

    def say(self, text: str = "") -> None:
        """A line of the tour's own."""
        self._out.write(text + "\n")
        self._out.flush()

    async def follow(self, script: Steps) -> None:
        """Take every step of a script; it may build the next one from a reply."""
        reply = Reply(0, {}, b"")
        with contextlib.suppress(StopIteration):
            step = next(script)
            while True:
                if isinstance(step, str):
                    self.say(f"\n{step}")
                else:
                    reply = await self.take(step)
                step = script.send(reply)

    async def take(self, step: Step) -> Reply:
        """Send the step as it is shown, print both, judge. An answer that never came is a wrong one."""
        self.taken += 1
        self.say(f"\n── {self.taken}. {step.title}")
        if step.why:
            self.say(f"   {step.why}")
        self.say(f"\n   $ {step.curl()}\n")
        try:
            reply = await self.send(step)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return self._judged(step, Reply(0, {}, b""), [f"no answer: {error}"])
        self._print(step, reply)
        wrong = [] if reply.status == step.status else [f"the status is {reply.status}, not {step.status}"]
        return self._judged(step, reply, [*wrong, *step.judge(reply)])

    async def send(self, step: Step) -> Reply:
        """The bare exchange, without a word."""
        async with self._client.request(
            step.method, step.url, headers=dict(step.headers), data=step.body.encode() if step.body else None
        ) as answer:
            return Reply(answer.status, answer.headers.copy(), await answer.read())

    def _print(self, step: Step, reply: Reply) -> None:
        phrase = http.HTTPStatus(reply.status).phrase if reply.status in set(http.HTTPStatus) else ""
        lines = [f"HTTP/1.1 {reply.status} {phrase}".rstrip()]
        lines += [f"{name}: {reply.headers[name]}" for name in step.shown_headers if name in reply.headers]
        shown = (step.show or pretty)(reply).splitlines()
        if len(shown) > LINES:
            shown = [*shown[:LINES], f"… ({len(shown) - LINES} more lines)"]
        for line in [*lines, "", *shown] if shown else lines:
            self.say(f"   {line}".rstrip())

    def _judged(self, step: Step, reply: Reply, wrong: list[str]) -> Reply:
        if step.after and not wrong:
            self.say(f"\n   {step.after}")
        for words in wrong:
            self.say(f"\n   NOT AS IT MUST BE: {words}")
        if wrong:
            self.wrong.append(f"step {self.taken}, {step.title}: {'; '.join(wrong)}")
        return reply


def pretty(reply: Reply) -> str:
    """The body, indented: JSON and XML; anything else as it came."""
    if not reply.body:
        return ""
    kind = reply.headers.get("Content-Type", "")
    if "json" in kind and reply.json is not None:
        return json.dumps(reply.json, indent=2, ensure_ascii=False)
    if "xml" in kind:
        try:
            root = etree.fromstring(
                reply.body, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
            )
        except etree.XMLSyntaxError:
            return reply.body.decode("utf-8", "replace")
        return str(etree.tostring(root, pretty_print=True, encoding="unicode"))
    return reply.body.decode("utf-8", "replace")


def only(*needles: str) -> Callable[[Reply], str]:
    """Shows the lines of a long answer that hold one of the needles, and says how long it is."""

    def show(reply: Reply) -> str:
        found = [line.strip()[:160] for line in pretty(reply).splitlines() if any(n in line for n in needles)]
        return "\n".join(["…", *found[:8], f"… ({len(reply.body)} bytes in all)"])

    return show


def part(*paths: str) -> Callable[[Reply], str]:
    """Shows some places of a JSON body, each by its path; an array's first item by the step 0."""

    def show(reply: Reply) -> str:
        lines = []
        for path in paths:
            found = reply.member(*(int(step) if step.isdigit() else step for step in path.split(".")))
            words = json.dumps(found, indent=2, ensure_ascii=False)
            lines.append(f'… "{path}": {words}')
        return "\n".join([*lines, f"… ({len(reply.body)} bytes in all)"])

    return show


def members(**expected: Any) -> Judge:
    """A judge of JSON members: names are paths joined by `__`."""

    def judge(reply: Reply) -> Iterable[str]:
        for path, wanted in expected.items():
            found = reply.member(*path.split("__"))
            if found != wanted:
                yield f"{path.replace('__', '.')} is {found!r}, not {wanted!r}"

    return judge


def elements(**expected: str) -> Judge:
    """A judge of XML texts: names are paths of local names joined by `__`."""

    def judge(reply: Reply) -> Iterable[str]:
        for path, wanted in expected.items():
            found = reply.words(*path.split("__"))
            if found != wanted:
                yield f"{path.replace('__', '/')} is {found!r}, not {wanted!r}"

    return judge


def holds(*needles: str) -> Judge:
    """A judge of any text: each needle stands in it."""

    def judge(reply: Reply) -> Iterable[str]:
        text = reply.body.decode("utf-8", "replace")
        return [f"{needle!r} is missing" for needle in needles if needle not in text]

    return judge
