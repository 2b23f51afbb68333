"""The law of looking at ourselves: the tree as modules with their rooms, for the house tests. No assertion here."""

from __future__ import annotations

import ast
import io
import subprocess
import tokenize
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gateway"


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its dotted name below `gateway`: 'core.problem', 'cli'."""
        parts = self.path.relative_to(PACKAGE).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def imports(self) -> list[tuple[int, str]]:
        """(line, dotted name below `gateway`) of each import of our own."""
        package = self.name.split(".") if self.path.name == "__init__.py" else self.name.split(".")[:-1]
        package = [part for part in package if part]
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "gateway"]
            elif isinstance(node, ast.ImportFrom):
                base = ["gateway", *package[: len(package) - node.level + 1]] if node.level else []
                start = ".".join([*base, node.module or ""]).strip(".")
                if start.split(".")[0] == "gateway":
                    found += [(node.lineno, f"{start}.{alias.name}") for alias in node.names]
        return [(line, name.removeprefix("gateway").strip(".")) for line, name in found]

    def code_lines(self) -> set[int]:
        """Lines that hold code: not blank, no comment, no docstring."""
        lines: set[int] = set()
        skip = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type not in skip:
                lines.update(range(token.start[0], token.end[0] + 1))
        for node in ast.walk(self.tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        return lines


@cache
def modules() -> list[Module]:
    """All modules of the package, each parsed once for all house tests."""
    return [Module(path, path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]


def tracked() -> list[Path]:
    """All files that git knows, or that a source distribution holds."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
