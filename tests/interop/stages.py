"""Foreign stacks as the tests start them: what each needs, how it is built once, how it is run.

Programs are built in a folder of their own under the cache (XDG_CACHE_HOME), named by a digest of their sources, so that
a second run builds nothing. A stack that cannot be had is skipped; SOAPGW_INTEROP_REQUIRED=1 makes that a failure.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "soapgw-interop"
JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8")
CLASS_PATH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
SOAP = {"11": "http://schemas.xmlsoap.org/wsdl/soap/", "12": "http://schemas.xmlsoap.org/wsdl/soap12/"}
ENCODING = {"11": "http://schemas.xmlsoap.org/soap/encoding/", "12": "http://www.w3.org/2003/05/soap-encoding"}


class Lacking(Exception):
    """What a stack needs is not here; the words say how to get it."""


def need(*programs: str, package: str) -> None:
    """Raises Lacking unless every program is installed."""
    for program in programs:
        if not shutil.which(program):
            raise Lacking(f"{program} is not installed (Debian's {package})")


def run(*command: str | Path, cwd: Path | None = None, timeout: float = 300) -> str:
    """stdout of a command that must succeed."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, timeout=timeout, check=False, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def built(name: str, sources: Sequence[Path | str], make: Callable[[Path], None]) -> Path:
    """The folder in which `make` built these sources (files, or texts), made when it is not there."""
    digest = hashlib.sha256(name.encode())
    for source in sources:
        digest.update(source.read_bytes() if isinstance(source, Path) else source.encode())
    folder = CACHE / f"{name}-{digest.hexdigest()[:16]}"
    if not (folder / ".done").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make(folder)
        (folder / ".done").touch()
    return folder


def class_path(stack: str) -> str:
    """The class path that a stack's pom.xml asks Maven for."""
    need("java", "javac", package="default-jdk-headless")
    need("mvn", package="maven")
    pom = HERE / stack / "pom.xml"

    def make(folder: Path) -> None:
        try:
            run("mvn", "-q", "-B", "-f", pom, CLASS_PATH, f"-Dmdep.outputFile={folder / 'path'}", timeout=400)
        except RuntimeError as wrong:
            if "Could not transfer" in str(wrong) or "could not be resolved" in str(wrong):
                raise Lacking(f"Maven cannot fetch {stack}'s jars: {str(wrong)[-300:]}") from wrong
            raise

    folder = built(f"path-{stack}", [pom], make)
    found = (folder / "path").read_text().strip()
    if not all(Path(each).exists() for each in found.split(":")):  # Maven's own store was emptied since
        shutil.rmtree(folder)
        return class_path(stack)
    return found


def node_modules() -> Path:
    """The folder with node-soap installed."""
    need("node", "npm", package="nodejs npm")
    package = HERE / "node" / "package.json"

    def make(folder: Path) -> None:
        shutil.copy(package, folder)
        try:
            run("npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund", cwd=folder)
        except RuntimeError as wrong:
            raise Lacking(f"npm cannot install node-soap: {str(wrong)[-300:]}") from wrong

    return built("node", [package], make)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def contracts(folder: Path, port: int) -> None:
    """The authored WSDLs of both versions, with the address of whoever serves them on `port`."""
    for name in ("desk", "encoded"):
        text = (HERE / "desk" / f"{name}.wsdl").read_text(encoding="utf-8")
        for version in ("11", "12"):
            filled = text.replace("@SOAP@", SOAP[version]).replace("@ENCODING@", ENCODING[version])
            filled = filled.replace("@ADDRESS@", f"http://127.0.0.1:{port}/{name}{version}")
            (folder / f"{name}{version}.wsdl").write_text(filled, encoding="utf-8")


# ---------------------------------------------------------------- the stacks: how each one's server is had

Command = tuple[Sequence[str], dict[str, str]]  # the words, and what the environment has besides


def _php(folder: Path, port: int) -> Command:
    need("php", package="php-cli")
    if "soap" not in run("php", "-m").split():
        raise Lacking("PHP has no soap extension (Debian's php-soap)")
    contracts(folder, port)
    words = ("php", "-S", f"127.0.0.1:{port}", str(HERE / "php" / "desk.php"))
    return words, {"DESK": str(folder), "PHP_CLI_SERVER_WORKERS": "2"}


def _node(folder: Path, port: int) -> Command:
    modules = node_modules() / "node_modules"
    contracts(folder, port)
    return ("node", str(HERE / "node" / "desk.js"), str(folder), str(port)), {"NODE_PATH": str(modules)}


def _spyne(folder: Path, port: int) -> Command:
    return (sys.executable, "-W", "ignore", str(HERE / "spyne" / "desk.py"), str(port)), {}


def need_gsoap() -> None:
    """Raises Lacking unless gSOAP's compilers, its library and g++ are installed."""
    need("wsdl2h", "soapcpp2", package="gsoap")
    need("g++", "pkg-config", package="g++ pkg-config")
    if subprocess.run(["pkg-config", "--exists", "gsoap++"], check=False).returncode:
        raise Lacking("gSOAP's library is not installed (Debian's libgsoap-dev)")


def gsoap_program(source: Path, wsdl: str, side: str) -> Path:
    """A gSOAP program of a source of ours and of what its compilers make of a WSDL; `side` is Service or Proxy."""
    need_gsoap()

    def make(folder: Path) -> None:
        (folder / "desk.wsdl").write_text(wsdl, encoding="utf-8")
        run("wsdl2h", "-o", "desk.h", "desk.wsdl", cwd=folder)
        run("soapcpp2", "-j", "-S" if side == "Service" else "-C", "-w", "-x", "-L", "-I/usr/share/gsoap/import", "desk.h", cwd=folder)  # fmt: skip
        flags = run("pkg-config", "--cflags", "--libs", "gsoap++").split()
        made = (source, "soapC.cpp", f"soapDeskBinding{side}.cpp")
        run("g++", "-O0", "-w", "-I.", "-o", "program", *made, *flags, cwd=folder)

    return built(f"gsoap-{source.stem}", [source, wsdl], make) / "program"


def _gsoap(folder: Path, port: int) -> Command:
    need_gsoap()
    contracts(folder, 80)  # the program is the same whatever the port: it is built once
    program = gsoap_program(
        HERE / "gsoap" / "desk.cpp", (folder / "desk11.wsdl").read_text(encoding="utf-8"), "Service"
    )
    contracts(folder, port)
    return (str(program), str(folder), str(port)), {}


def java_desk(path: str) -> Path:
    """The classes of the code-first desk; both providers run the same ones."""
    source = HERE / "jaxws" / "Desk.java"

    def make(folder: Path) -> None:
        run("javac", "-nowarn", "-encoding", "UTF-8", "-cp", path, "-d", folder, source)

    return built("jaxws-desk", [source], make)


def _java(stack: str) -> Callable[[Path, int], Command]:
    def command(folder: Path, port: int) -> Command:
        path = class_path(stack)
        words = (
            "java",
            *JVM,
            "-Dsun.net.httpserver.nodelay=true",
            "-cp",
            f"{java_desk(path)}:{path}",
            "desk.Desk",
            str(port),
        )
        return words, {}

    return command


def java_client(path: str, wsdl: str, pinned: str) -> Path:
    """The desk's client on the stubs that wsimport makes of a WSDL; `pinned` is its text without ports."""
    return stubs(HERE / "jaxws" / "Client.java", path, wsdl, pinned)


def stubs(client: Path, path: str, wsdl: str, pinned: str) -> Path:
    """A client's classes, with wsimport's in the package `<its own>.made`.

    `-extension` lets wsimport take a port of SOAP 1.2 whose transport is WSDL 1.1's.
    """
    package = re.search(r"^package (\w+);", client.read_text(encoding="utf-8"), re.MULTILINE)
    assert package is not None

    def make(folder: Path) -> None:
        tool = ("java", *JVM, "-cp", path, "com.sun.tools.ws.WsImport", "-quiet", "-extension", "-Xnocompile")
        run(*tool, "-encoding", "UTF-8", "-s", folder, "-d", folder, "-p", f"{package[1]}.made", wsdl)
        run("javac", "-nowarn", "-encoding", "UTF-8", "-cp", path, "-d", folder, client, *folder.rglob("*.java"))

    return built(f"jaxws-client-{package[1]}", [client, pinned], make)


@dataclass(frozen=True, slots=True)
class Stack:
    """One foreign stack: what it serves by path, and the command that serves it."""

    name: str
    title: str
    command: Callable[[Path, int], Command]
    paths: tuple[str, ...]
    fault: str = "declared"  # or `loose`: it sends a detail that its WSDL does not declare
    trims: bool = False  # it takes white space off the ends of every text that it reads


STACKS = {
    stack.name: stack
    for stack in (
        Stack("php", "PHP SoapServer", _php, ("desk11", "desk12", "encoded11", "encoded12")),
        Stack("node", "node-soap", _node, ("desk11", "desk12"), trims=True),
        Stack("jaxws", "JAX-WS RI", _java("jaxws"), ("desk11", "desk12", "rpc")),
        Stack("cxf", "Apache CXF", _java("cxf"), ("desk11", "desk12", "rpc")),
        Stack("spyne", "Spyne", _spyne, ("desk11/", "desk12/"), fault="loose"),
        Stack("gsoap", "gSOAP", _gsoap, ("desk11", "desk12")),
    )
}


@dataclass
class Stage:
    """The stacks that run, each started when it is first asked for, all ended together."""

    folder: Path
    say: Callable[[str], None]
    bases: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def base(self, name: str) -> str:
        """The address of a stack's server. Raises Lacking."""
        if name in self.lacking:
            raise Lacking(self.lacking[name])
        if name not in self.bases:
            begun = time.monotonic()
            try:
                self.bases[name] = self._start(STACKS[name])
            except Lacking as lacking:
                self.lacking[name] = str(lacking)
                raise
            self.say(f"{STACKS[name].title}: built and serving in {time.monotonic() - begun:.1f} s")
        return self.bases[name]

    def _start(self, stack: Stack) -> str:
        port, folder = free_port(), self.folder / stack.name
        folder.mkdir()
        words, env = stack.command(folder, port)
        log = folder / "log"
        with log.open("wb") as out:
            # a session of its own: PHP's workers survive their parent unless the whole group is ended
            process = subprocess.Popen(
                words, stdout=out, stderr=out, env={**os.environ, **env}, start_new_session=True, cwd=folder
            )
        self.processes.append(process)
        base = f"http://127.0.0.1:{port}"
        for path in stack.paths:
            _wait(f"{base}/{path}?wsdl", process, log)
        return base

    def stop(self) -> None:
        """End every process with its group."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                answer.read()
            return
        except urllib.error.HTTPError as wrong:
            if wrong.code != 404:  # the address before it is up, this one is not published yet
                break
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not come up\n{log.read_text(errors='replace')[-3000:]}")
