"""The law of the site: the pages as they stand in the repository, those at its root among them, and the reference drawn from the code.

A hook of mkdocs (`mkdocs.yml`, `make site`). A link that leaves docs/ leads to a copy of the file, so that no link of the
site is dead; what the code knows is never written by hand.
"""

from __future__ import annotations

import argparse
import dataclasses
import posixpath
import re
from pathlib import Path
from typing import Any, Final

from mkdocs.structure.files import File, Files

from gateway.cli import parser
from gateway.core.limits import DEFAULT, LARGE
from gateway.core.problem import Kind
from gateway.settings.bounds import MEANING
from gateway.settings.reference import reference

ROOT: Final = Path(__file__).resolve().parents[1]
TOP: Final = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LINK: Final = re.compile(r"(?<=\]\()(?!\w+:|#)([^)#\s]+)")
SHOWN: Final = re.compile(r"^(```\w+) [\w-]+$", re.MULTILINE)  # how a block is tested is not for readers
# What a reader wishes for, in the order in which wishes come; what stands in none of these lists goes to the wishes' end.
WISHES: Final = (
    "install operate configure rest-before-soap shape-rest soap-before-rest soap-before-soap rest-before-rest protect-calls locks sessions "
    "write-a-plugin kubernetes workers scale-out dashboard trouble upgrade"
).split()
KNOWN: Final = ("metrics", "lexical")
MEASURED: Final = ("bench", "bench-security", "conformance", "conformance-detail", "wsdl-corpus", "interop")


def on_config(config: Any) -> Any:
    """The way through the site, made of the pages that are there."""
    there = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
    others = [name for name in there if name not in (*WISHES, *KNOWN, *MEASURED)]
    config.nav = [
        {"First call in five minutes": "index.md"},
        {"I want to": [f"{name}.md" for name in (*WISHES, *others) if name in there]},
        {"When it goes wrong": _folder("runbook")},
        {"Reference": [*drawn(), *(f"{name}.md" for name in KNOWN if name in there)]},
        {"Measured": [f"{name}.md" for name in MEASURED if name in there]},
        {"Built": ["architecture.md", "contributing.md", "changelog.md", *_folder("adr")]},
    ]
    return config


def _folder(name: str) -> list[str]:
    return sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs" / name).glob("*.md"))


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of the root, the drawn ones, and the files that pages link to."""
    for name, page in TOP.items():
        files.append(File.generated(config, page, content=_moved((ROOT / name).read_text("utf-8"), name)))
    for page, text in drawn().items():
        files.append(File.generated(config, page, content=text))
    for name in sorted(linked()):
        files.append(File.generated(config, f"files/{name}", abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links that leave docs/ lead into the site, fences lose the word for the tests."""
    source = page.file.src_uri
    if source not in {*TOP.values(), *drawn()}:
        markdown = _moved(markdown, f"docs/{source}", source)
    return SHOWN.sub(r"\1", markdown)


def linked() -> set[str]:
    """The files outside docs/ that some page links to, but for those that are pages."""
    found = set()
    for path in [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in TOP)]:
        here = path.relative_to(ROOT).as_posix()
        targets = (posixpath.normpath(posixpath.join(posixpath.dirname(here), link)) for link in _links(path))
        found |= {target for target in targets if not target.startswith("docs/") and target not in TOP}
    return found


def _links(path: Path) -> list[str]:
    return LINK.findall(path.read_text("utf-8"))


def _moved(text: str, here: str, page: str | None = None) -> str:
    """The text of a file of the repository with its links as they are in the site."""
    folder = posixpath.dirname(page if page is not None else TOP[here])

    def to(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(here), found[1]))
        if target in TOP:
            target = TOP[target]
        elif target.startswith("docs/"):
            target = target.removeprefix("docs/")
        else:
            target = f"files/{target}"
        return posixpath.relpath(target, folder or ".")

    return LINK.sub(to, text)


def drawn() -> dict[str, str]:
    """The reference: page to Markdown."""
    return {
        "reference/commands.md": _commands(),
        "reference/settings.md": f"# Settings\n\nEvery setting with its default.\n\n```yaml\n{reference()}```\n",
        "reference/problems.md": _problems(),
        "reference/limits.md": _limits(),
    }


def _commands() -> str:
    text = "# Commands\n\nExit codes: 0; 1 refused; 2 misuse; 78 `serve` could not start from its configuration.\n"
    for action in parser()._actions:  # argparse tells its subcommands in no other way
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                text += f"\n## {name}\n\n```text\n{command.format_help()}```\n"
    return text


def _problems() -> str:
    text = "# Problem types\n\n`type` in a problem document ends with the word of the first column (RFC 9457 §3.1.1).\n\n"
    text += "| type | status | side | title | what to do |\n| --- | --- | --- | --- | --- |\n"
    for kind in Kind:
        row = kind.row
        text += f"| `{kind.slug}` | {row.status} | {row.side} | {row.title} | {row.advice.replace('|', chr(92) + '|')} |\n"
    return text


def _limits() -> str:
    text = "# Limits\n\nN is accepted, N+1 refused. `limits: large` is the second column; single numbers: `limits: {body: 32MiB}`.\n\n"
    text += "| limit | default | large | what |\n| --- | --- | --- | --- |\n"
    for bound in dataclasses.fields(DEFAULT):
        one, other = getattr(DEFAULT, bound.name), getattr(LARGE, bound.name)
        text += f"| `{bound.name}` | {one:,} | {other:,} | {MEANING[bound.name]} |\n"
    return text
