"""The law of state in Valkey or Redis: every change is one script on one key; what failed is said, never repeated.

Compare-and-set runs on the server, in a script, so two replicas can never both win. A client's resend could make a
change twice without anybody knowing, so there is none: after 0.25 s the answer is 503 `state-unavailable`, and
whatever needs the state fails closed. A server that keeps failing is left alone for a while, then asked by one call:
who needs the state does not wait for it. Values and keys are never logged, nor is the address (it may hold a password).
"""

from __future__ import annotations

from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ..core.clock import SystemClock
from ..core.ports import Clock
from ..core.problem import Kind, Problem

TIMEOUT: Final = 0.25  # seconds, for a connection and for an answer
PAUSE: Final = 5.0  # seconds that a server which keeps failing is left alone
_FAILURES: Final = 5  # in a row,
_SPAN: Final = 2 * TIMEOUT  # and over so many seconds: a loop that stalled fails all that wait at one time
_PREFIX: Final = "soapgw:"
_PUT: Final = """
local there = redis.call('GET', KEYS[1])
if ARGV[3] == 'absent' and there then return 0 end
if ARGV[3] == 'equal' and there ~= ARGV[4] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_DELETE: Final = """
if ARGV[1] == 'equal' and redis.call('GET', KEYS[1]) ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1])
"""


class Valkey:
    """The port `Store` on a server. `url`: redis://, rediss:// or unix://; `size`: connections at most."""

    def __init__(self, url: str, *, size: int = 50, clock: Clock | None = None) -> None:
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=size,
            timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            retry_on_error=[],
        )
        self._client: Any = Redis(connection_pool=pool)
        self._pool = pool
        self._rest = _Rest(clock or SystemClock())

    async def get(self, key: str) -> bytes | None:
        """The value, or None when absent or expired. Raises Problem STATE_UNAVAILABLE."""
        found: bytes | None = await self._ask("GET", _PREFIX + key)
        return found

    async def put(self, key: str, value: bytes, *, ttl: float, expect: bytes | object | None = ...) -> bool:
        """Write for `ttl` seconds; with `expect` (None: absent) only if that stands there. Raises Problem."""
        mode = "any" if expect is ... else "absent" if expect is None else "equal"
        known = expect if isinstance(expect, bytes) else b""
        milliseconds = max(1, round(ttl * 1000))
        return bool(await self._ask("EVAL", _PUT, 1, _PREFIX + key, value, milliseconds, mode, known))

    async def delete(self, key: str, *, expect: bytes | None = None) -> bool:
        """Remove; with `expect` only if that stands there. Whether something was removed. Raises Problem."""
        mode = "any" if expect is None else "equal"
        return bool(await self._ask("EVAL", _DELETE, 1, _PREFIX + key, mode, expect or b""))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
        await self._pool.aclose()

    async def _ask(self, *command: Any) -> Any:
        if not self._rest.may():
            raise _away("left alone for a while")
        try:
            found = await self._client.execute_command(*command)
        except (RedisError, OSError, TimeoutError) as error:
            self._rest.failed()
            raise _away(type(error).__name__) from error
        except BaseException:  # cancelled: that says nothing
            self._rest.probing = False
            raise
        self._rest.answered()
        return found


class _Rest:
    """When the server is left alone: after failures in a row, for a pause, until one call has got an answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._first = 0.0
        self._until = 0.0
        self.probing = False

    def may(self) -> bool:
        """Whether to ask now."""
        if not self._until:
            return True
        if self.probing or self._clock.monotonic() < self._until:
            return False
        self.probing = True
        return True

    def failed(self) -> None:
        """No answer."""
        now = self._clock.monotonic()
        self._first = self._first if self._failures else now
        self._failures += 1
        self.probing = False
        if self._failures >= _FAILURES and now - self._first >= _SPAN:
            self._until = now + PAUSE

    def answered(self) -> None:
        """An answer, whatever it says."""
        self._failures, self._until, self.probing = 0, 0.0, False


def _away(cause: str) -> Problem:
    return Problem(Kind.STATE_UNAVAILABLE, cause=cause, headers={"retry-after": "1"}, outcome="not-sent")
