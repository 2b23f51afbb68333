"""Settings come out of another process as they went in."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import Loaded, load, parse
from gateway.settings.handed import taken, told

ROOT = Path(__file__).resolve().parents[2]
KEYLESS = (file for file in sorted((ROOT / "config").glob("*.yaml")) if file.stem != "netid-encrypted")
CONFIGURATIONS = tuple(KEYLESS)  # the other one wants keys that a checkout has not
OWN = """
listen: 127.0.0.1:0
hosts: [api.example.com]
problem_base: "https://example.com/problems/"
logging: {level: error}
limits: {profile: large, body: 2 MiB, findings: 3}
plugins: {any: {secret: "${SECRET:-pass word}", count: "${COUNT:-3}", deep: [null, 1.5]}}
services:
  a:
    wsdl: s.wsdl
    upstream: {url: "http://127.0.0.1:9/s", breaker: {least: 3}}
    mapping: {rename: {a: b}, empties: null}
    routes:
      - {route: "POST /a/{id}", operation: A, limits: {body: 1 MiB}, parameters: [{in: path, name: id, to: /id}], constants: {/Type: 1}}
  b:
    wsdl: s.wsdl
    path: /b
    upstream: {breaker: "off"}
    mapping: {numbers: string}
    routes: [{route: POST /c, operation: A, limits: large}]
"""


def same(loaded: Loaded) -> bool:
    other = taken(told(loaded))
    given, got = (each.settings.model_dump(exclude_unset=True) for each in (loaded, other))
    assert got == given
    return (other.settings, other.file, other.base) == (loaded.settings, loaded.file, loaded.base)


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda file: file.stem)
def test_every_configuration_of_ours_crosses(file: Path) -> None:
    assert same(load(file, {}))


def test_every_kind_of_setting_crosses(tmp_path: Path) -> None:
    (tmp_path / "s.wsdl").write_text("<w/>")
    loaded = parse(OWN, file="own.yaml", base=tmp_path, env={})
    assert same(loaded)
    assert same(loaded.changed(listen="127.0.0.1:1"))


def test_a_contract_by_url_crosses(tmp_path: Path) -> None:
    text = "services: {a: {wsdl: 'http://127.0.0.1:9/s?wsdl'}}"
    assert same(parse(text, base=tmp_path, env={}, remote=True))


def test_what_is_not_handed_over_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whose words they are does not matter
        taken(b"no")
