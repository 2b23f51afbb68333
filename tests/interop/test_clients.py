"""Clients that openapi-generator makes of what the gateway serves: they compile, and a call of each is answered."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from tests.interop.conftest import ROOT, lacking

pytestmark = pytest.mark.interop

GENERATOR = Path(sys.executable).with_name("openapi-generator-cli")
PYTHON = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, sys.argv[1] + ".")]
print(len(modules), "modules")
if sys.argv[1] == "netid_client":
    client = package.ApiClient(package.Configuration(host=sys.argv[2]))
    api = package.PortalApi(client)
    print("answer", api.post_portal_get_version({}).to_json())
"""
TYPESCRIPT = """
import { Configuration, PortalApi } from './index.js';
const api = new PortalApi(new Configuration({ basePath: process.argv[2] }));
console.log('answer', JSON.stringify(await api.postPortalGetVersion({ body: {} })));
"""
JAVA = """
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.PortalApi;
public class Call {
  public static void main(String[] given) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(given[0]);
    System.out.println("answer " + new PortalApi(client).postPortalGetVersion(new java.util.HashMap<String, Object>()));
  }
}
"""

EACH = pytest.mark.parametrize(("name", "version"), [(n, v) for v in ("3.1", "3.0") for n in ("netid", "projector")])

run = partial(subprocess.run, check=False, capture_output=True, text=True)


def _done(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def _needs(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program):
            lacking(f"{program} is not installed")
    if not GENERATOR.is_file():
        lacking("openapi-generator-cli is not installed")


def _described(name: str, base: str, version: str) -> bytes:
    """What is served is 3.1; 3.0 is for older tools, by the command."""
    if version == "3.1":
        return bytes(urllib.request.urlopen(f"{base}/openapi.json", timeout=20).read())
    command = [sys.executable, "-m", "gateway", "openapi", "--openapi", version, f"config/{name}.yaml"]
    return _done(run(command, cwd=ROOT, timeout=60)).encode()


def _generated(folder: Path, name: str, base: str, version: str, language: str, *options: str) -> Path:
    document = folder / f"{name}.json"
    document.write_bytes(_described(name, base, version))
    assert json.loads(document.read_bytes())["openapi"].startswith(version)
    out = folder / name
    command = [GENERATOR, "generate", "-i", document, "-g", language, "-o", out, *options]
    told = _done(run(command, timeout=300))
    assert "Exception" not in told.replace("ApiException", "")
    return out


@EACH
def test_python(name: str, version: str, demos: dict[str, str], tmp_path: Path) -> None:
    _needs("java")
    out = _generated(tmp_path, name, demos[name], version, "python", "--package-name", f"{name}_client")
    _done(run([sys.executable, "-m", "compileall", "-q", out / f"{name}_client"]))
    said = _done(run([sys.executable, "-c", PYTHON, f"{name}_client", demos[name]], cwd=out, timeout=120))
    assert name == "projector" or "answer" in said


@EACH
def test_typescript(name: str, version: str, demos: dict[str, str], tmp_path: Path) -> None:
    _needs("java", "node", "npm")
    out = _generated(tmp_path, name, demos[name], version, "typescript-fetch", "--additional-properties=importFileExtension=.js")
    (out / "package.json").write_text('{"name": "client", "private": true, "type": "module"}')
    if name == "netid":
        (out / "call.ts").write_text(TYPESCRIPT)
    if run(["npm", "install", "--silent", "typescript@5", "@types/node@22"], cwd=out, timeout=300).returncode:
        lacking("npm cannot install the TypeScript compiler")
    options = "--strict --target es2022 --module nodenext --moduleResolution nodenext --skipLibCheck --outDir made".split()
    _done(run(["npx", "tsc", *options, "index.ts", *(["call.ts"] if name == "netid" else [])], cwd=out, timeout=300))
    if name == "netid":
        assert "answer" in _done(run(["node", "made/call.js", demos[name]], cwd=out, timeout=60))


@EACH
def test_java(name: str, version: str, demos: dict[str, str], tmp_path: Path) -> None:
    _needs("java", "javac", "mvn")
    out = _generated(tmp_path, name, demos[name], version, "java", "--library", "native")
    if name == "netid":
        (out / "src/main/java/Call.java").write_text(JAVA)
    maven = partial(run, cwd=out, timeout=600)
    made = maven(["mvn", "-q", "-B", "-DskipTests", "compile", "dependency:build-classpath", "-Dmdep.outputFile=path.txt"])
    if made.returncode and "Could not transfer" in made.stdout:
        lacking("Maven cannot fetch the client's dependencies")
    _done(made)
    if name == "netid":
        path = f"target/classes:{(out / 'path.txt').read_text()}"
        assert "answer" in _done(maven(["java", "-cp", path, "Call", demos[name]]))
