"""What may not be written here, with the reason as the message."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.house.tree import PACKAGE, Module, modules, tracked

# Attribute or call names that are refused wherever they stand in the package.
NAMES = {
    "internalDTD": "copies the DTD quadratically: look for <!DOCTYPE in the prolog bytes",
    "deepcopy": "of a foreign tree is quadratic, of our own data needless: it is frozen",
    "eval": "nothing here is source text that came from outside",
}
# Imports that belong to one room.
IMPORTS = {
    "aiohttp": ("net", "demo", "testing"),
    "socket": ("net", "demo", "testing"),
    "ssl": ("net", "demo", "testing"),
    "xmlschema": ("schema",),
    "pickle": (),
    "requests": (),
    "zeep": (),
    "defusedxml": (),
}
# Calls that belong to one room.
# the demo is a foreign service with a parser of its own; the validator's reads our own bundle
CALLS = {"XMLParser": ("xml", "demo"), "XMLPullParser": ("xml",), "iterparse": ("xml",)}
SUFFIXES = ("Manager", "Helper", "Util", "Utils", "Base")
# (module, what): reason. One that is no longer needed must be taken out.
EXEMPT: dict[tuple[str, str], str] = {
    ("schema.validator", "XMLParser"): "reads our own bundle, whose documents name each other: it needs a resolver",
}


@cache
def findings(module: Module) -> list[tuple[int, str, str]]:
    """(line, what, why) of everything forbidden in a module."""
    home = module.name.split(".")[0]
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in NAMES:
                found.append((node.lineno, name, NAMES[name]))
        elif isinstance(node, ast.ClassDef) and node.name.endswith(SUFFIXES):
            found.append((node.lineno, node.name, "say what it is: no Manager, Helper, Util or Base"))
        elif isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for name in (each.split(".")[0] for each in names):
                if name in IMPORTS and home not in IMPORTS[name]:
                    found.append((node.lineno, name, f"belongs to {', '.join(IMPORTS[name]) or 'nobody'}"))
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in CALLS and home not in CALLS[name]:
                found.append((node.lineno, name, f"belongs to {', '.join(CALLS[name])}"))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node):
            found.append((node.lineno, "except Exception", "only the layer `rescue` answers for what nobody foresaw"))
    return found


def _catches_all(node: ast.ExceptHandler) -> bool:
    """Whether a handler takes every exception and does not raise again."""
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    broad = any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds)
    return broad and not any(isinstance(each, ast.Raise) for each in ast.walk(node))


# Where everything is caught on purpose.
CATCHERS = {
    "layers.rescue": "the one layer that does",
    "reload": "a plug-in may raise anything at its start; the old configuration serves on",
    "net.server": "the socket's last resort behind `layers.rescue`",
    "plugins.registry": "every plug-in is stopped, whatever another one does; the failures are told together",
    "commands.translate": "a bug in one line of a batch must not cost the others their answers",
}


def test_nothing_forbidden_is_written() -> None:
    found = []
    for module in modules():
        for line, what, why in findings(module):
            if what == "except Exception" and module.name in CATCHERS:
                continue
            if (module.name, what) not in EXEMPT:
                found.append(f"gateway/{module.path.relative_to(PACKAGE)}:{line}: {what}: {why}")
    assert not found, "\n" + "\n".join(found)


def test_no_exemption_is_stale() -> None:
    seen = {(module.name, what) for module in modules() for _, what, _ in findings(module)}
    assert sorted(set(EXEMPT) - seen) == []
    assert sorted(name for name in CATCHERS if (name, "except Exception") not in seen) == []


@pytest.mark.parametrize(
    "text",
    [
        "tree.docinfo.internalDTD",
        "import copy\ncopy.deepcopy(x)",
        "class LockManager: ...",
        "import aiohttp",
        "from lxml import etree\netree.XMLParser()",
        "try:\n    x()\nexcept Exception:\n    pass",
        "try:\n    x()\nexcept (ValueError, BaseException):\n    pass",
    ],
)
def test_the_check_itself_sees_what_it_should(text: str) -> None:
    assert findings(Module(PACKAGE / "core/x.py", text))


def test_every_module_opens_with_its_law() -> None:
    lawless = []
    for module in modules():
        words = ast.get_docstring(module.tree) or ""
        if module.path.name == "__init__.py":
            if not words and module.text.strip():
                lawless.append(f"{module.path.relative_to(PACKAGE)}: a package's docstring is a map of its nouns")
        elif not words.startswith("The law of "):
            lawless.append(f"{module.path.relative_to(PACKAGE)}: opens with `The law of …`")
    assert not lawless, "\n" + "\n".join(lawless)


# Put together here, so that this file is not a hit itself.
STRANGE = re.compile(
    "|".join(
        [
            r"(?<![\w.}])/(?:wo" + r"rk|ro" + r"ot|fa" + r"rm)/",
            "/tmp/bash_" + "jobs",
            "python" + "hosted",
            r"pypi\." + r"org/simple",
            r"registry\.npm" + "js",
            "index-" + "url",
        ]
    )
)


def test_no_registry_host_and_no_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        if path.stat().st_size > 4_000_000 or path.suffix in (".gz", ".png", ".ico", ".p12"):
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if STRANGE.search(line):
                found.append(f"{path.name}:{number}")
    assert not found, "\n" + "\n".join(found)
