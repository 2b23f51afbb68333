"""Examples in the documentation are the files that the tests run; their YAML is taken by the settings and the plug-ins."""

from __future__ import annotations

import re

import pytest
import yaml

from gateway.plugins.keys import KeySettings
from gateway.plugins.registry import SHIPPED, find
from gateway.settings import parse
from tests.house.tree import ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("docs/write-a-plugin.md", "docs/protect-calls.md", "docs/locks.md", "docs/sessions.md")
SERVICES = f"\nservices:\n  portal:\n    wsdl: {ROOT}/schemas/netid/portal.wsdl\n"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [found[2] for found in BLOCK.finditer((ROOT / page).read_text("utf-8")) if found[1] == language]


def test_the_plug_ins_shown_are_those_that_are_tested() -> None:
    shown = blocks("docs/write-a-plugin.md", "python")
    for name in ("cipher.py", "lock.py", "session.py"):
        assert (ROOT / "docs/examples" / name).read_text("utf-8") in shown


@pytest.mark.parametrize("page", PAGES)
def test_yaml_is_what_the_settings_take(page: str, tmp_path) -> None:
    (tmp_path / "siv.key").write_text("k" * 64)
    for name in ("server.pem", "clients.pem"):
        (tmp_path / name).write_text("")
    shown = blocks(page, "yaml")
    assert shown
    for text in shown:
        whole = text if "services:\n" in text and "wsdl:" in text else text + SERVICES
        loaded = parse(whole.replace("wsdl: schemas", f"wsdl: {ROOT}/schemas"), base=tmp_path, env={})
        for name, given in loaded.settings.keyring.items():
            KeySettings.model_validate({"id": name, **given})
        for name, given in loaded.settings.plugins.items():
            own = {key: value for key, value in given.items() if key not in ("use", "services")}
            cls = find(str(given.get("use", name)), base=ROOT / "docs/examples")
            cls.Settings.model_validate(own)


def test_every_shipped_plug_in_is_found_and_documented() -> None:
    text = "".join((ROOT / page).read_text("utf-8") for page in PAGES)
    for name in SHIPPED:
        assert find(name).name == name
        assert f"`{name}`" in text or name in yaml.safe_dump([blocks(page, "yaml") for page in PAGES])
