"""The law of the translator: a very large message is asked of the process beside, and nothing depends on it.

The process begins with the first such message, which waits a little for it, so that already this one leaves small ones
alone. A process that cannot be had, answers nothing in time or has built something else is not asked again for a
while; the message is then translated here.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final

from ..build.book import Built
from ..core.ports import Codec
from ..observe.log import Log
from ..settings.handed import told
from .job import Done, Job, codecs, identity

START: Final = 60.0  # seconds that it may take to build what is built here already
PATIENCE: Final = 3.0  # seconds that a message waits for that
LONGEST: Final = 120.0  # seconds for one message: above any deadline that a caller has
AGAIN: Final = 60.0  # seconds without one, after it failed
_RUN: Final = "import sys; sys.path[:] = sys.argv[2:]; from gateway.beside.process import main; main(int(sys.argv[1]))"


class Translator:
    """The process beside one built configuration. Its methods are called in the lane of very large messages."""

    def __init__(self, built: Built, log: Log, count: Callable[[str], None] = lambda outcome: None) -> None:
        self._built = built
        self._log = log
        self._count = count
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._stands = False  # it has said what it built
        self._since = 0.0  # when it was begun
        self._not_before = 0.0
        self._closed = False
        self.names: dict[int, str] = {id(codec): name for name, codec in codecs(built)}

    def name(self, codec: Codec) -> str | None:
        """What the other process calls a codec, None for one that it has not."""
        return self.names.get(id(codec))

    def ask(self, job: Job, body: bytes) -> tuple[Done, bytes] | None:
        """What became of the job; None where it is to be done here. Never raises."""
        with self._turn:
            try:
                found = self._asked(job, body)
            except (EOFError, OSError, ValueError) as error:
                self._lost(error)
                return None
        if found is None:
            return None
        self._count("taken" if found[0].taken else "given-back")
        return found if found[0].taken else None

    def _asked(self, job: Job, body: bytes) -> tuple[Done, bytes] | None:
        """What it answers; one that has ended since is begun again. Raises OSError, EOFError, ValueError."""
        stood = self._connection
        connection = self._ready()
        if connection is None:
            return None
        try:
            return self._exchanged(connection, job, body)
        except (EOFError, ConnectionError):
            if connection is not stood:
                raise
        self._end()
        connection = self._ready()
        return None if connection is None else self._exchanged(connection, job, body)

    def _exchanged(self, connection: Connection, job: Job, body: bytes) -> tuple[Done, bytes]:
        connection.send_bytes(job.dump())
        connection.send_bytes(body)
        if not connection.poll(LONGEST):
            raise TimeoutError(f"no answer within {LONGEST:g} s")
        return Done.load(connection.recv_bytes()), connection.recv_bytes()

    def close(self) -> None:
        """End the process; nothing is asked of it any more. Whoever waits for it goes on at once."""
        self._closed = True
        if (process := self._process) is not None:
            process.kill()
        if self._turn.acquire(timeout=1.0):
            self._end()
            self._turn.release()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _ready(self) -> Connection | None:
        """The connection of a process that stands. Raises OSError, EOFError: it cannot be had."""
        if self._closed or time.monotonic() < self._not_before or sys.platform == "win32":
            return None
        if self._process is not None and self._process.poll() is not None:
            self._end()  # it had nothing to do for a while, or somebody ended it
        if self._connection is None:
            self._connection = self._begun()
        return self._connection if self._stands or self._standing(self._connection) else None

    def _begun(self) -> Connection:
        """Our end of the socket of a new process, which has been told what to build."""
        own, other = Pipe()
        with other:
            given = [sys.executable, "-c", _RUN, str(other.fileno()), *sys.path]
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter and this program
                given, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )
        self._since = time.monotonic()
        own.send_bytes(told(self._built.loaded))
        return own

    def _standing(self, connection: Connection) -> bool:
        """Whether it has built by now, or does so soon; the message that would wait longer is done here."""
        if not connection.poll(PATIENCE):
            if time.monotonic() - self._since > START:
                raise TimeoutError(f"it did not stand within {START:g} s")
            self._count("too-early")
            return False
        if connection.recv_bytes().decode() != identity(self._built):
            raise OSError("the files read differently by now")
        if self._closed:
            raise OSError("the configuration is retired")
        self._stands = True
        self._log.write("audit", "info", "beside-started", pid=self.pid)
        return True

    def _lost(self, error: Exception) -> None:
        self._count("lost")
        self._not_before = time.monotonic() + AGAIN
        self._end()
        if not self._closed:
            words = f"{str(error) or type(error).__name__}; very large messages are translated here for {AGAIN:g} s"
            self._log.write("error", "warning", "beside-lost", cause=words)

    def _end(self) -> None:
        connection, process = self._connection, self._process
        self._connection = self._process = None
        self._stands = False
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.wait()
