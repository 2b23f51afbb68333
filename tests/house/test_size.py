"""Size: a file stays under 400 lines of code and a function under 50; a longer one is usually two ideas."""

from __future__ import annotations

import ast

from tests.house.tree import PACKAGE, Module, modules

FILE = 400
FUNCTION = 50
# Longer on purpose, each with its reason; one that has become short must be taken out.
EXEMPT: dict[str, str] = {
    "core.problem": "the table of problem kinds: six lines a row",
    "observe.metrics:__init__": "every metric is declared here, one after another",
}


def long_ones(module: Module) -> list[str]:
    """What of a module is too long: its own name, or name:function."""
    lines = module.code_lines()
    found = [module.name] if len(lines) >= FILE else []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = [line for line in range(node.lineno, (node.end_lineno or 0) + 1) if line in lines]
            if len(body) >= FUNCTION:
                found.append(f"{module.name}:{node.name}")
    return found


def test_files_and_functions_are_short() -> None:
    found = {name for module in modules() for name in long_ones(module)}
    long = sorted(found - set(EXEMPT))
    assert not long, "\n" + "\n".join(long)
    assert sorted(set(EXEMPT) - found) == [], "exempt, but short by now"


def test_the_check_counts_code_alone() -> None:
    body = "\n".join(f"    x = {n}" for n in range(FUNCTION - 1))
    assert long_ones(Module(PACKAGE / "core/x.py", f'def f():\n    """Words\n    words."""\n\n    # why\n{body}')) == [
        "core.x:f"
    ]
    body = "\n".join(f"    x = {n}" for n in range(FUNCTION - 2))
    assert long_ones(Module(PACKAGE / "core/x.py", f'def f():\n    """Words\n    words."""\n\n    # why\n{body}')) == []
