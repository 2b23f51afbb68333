"""One test file a module, both ways: gateway/<room>/<module>.py and tests/<room>/test_<module>.py."""

from __future__ import annotations

from tests.house.tree import ROOT, modules

# Folders of tests that hold no mirror: each looks at several modules at once.
WHOLE = frozenset(
    {"attacks", "conformance", "fuzz", "golden", "house", "interop", "matrix", "property", "soak", "wire"}
)
# Modules without a test file of their own, each with its reason; one that has got one must be taken out.
EXEMPT: dict[str, str] = {
    "core.ports": "protocols only",
}
# Test files beside the mirror that look at one thing across several modules of their room.
THEMES: dict[str, str] = {
    "plugins/test_examples.py": "the worked examples of the docs, which are files of the docs",
}


def test_every_module_has_its_test_file() -> None:
    wanted = {module.name for module in modules() if module.path.name != "__init__.py"}
    missing = {name for name in wanted if not (ROOT / "tests" / _test_file(name)).is_file()}
    untested = sorted(missing - set(EXEMPT))
    assert not untested, "\n" + "\n".join(untested)
    assert sorted(set(EXEMPT) - missing) == [], "exempt, but tested or gone"


def test_every_test_file_has_its_module() -> None:
    known = {_test_file(module.name) for module in modules()}
    stray = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT / "tests")
        if name.parts[0] not in WHOLE and str(name) not in known:
            stray.append(str(name))
    gone = [name for name in THEMES if not (ROOT / "tests" / name).is_file()]
    assert not gone, gone
    stray = [name for name in stray if name not in THEMES]
    assert not stray, "\n" + "\n".join(stray)


def _test_file(module: str) -> str:
    *rooms, last = module.split(".")
    return "/".join([*rooms, f"test_{last.strip('_')}.py"])
