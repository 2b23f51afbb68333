"""How long a guess takes tells nothing of how much of it is right (row W-04): 100,000 guesses, measured."""

from __future__ import annotations

import base64
import gc
import hmac
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from gateway.plugins.api import Refusal
from gateway.plugins.encryption.wssecurity_names import PASSWORD_DIGEST, wsse
from gateway.plugins.encryption.wssecurity_tokens import add_username, check_username
from tests.wire.test_uniform import _apart

GUESSES = 100_000
LEAST = 100e-9  # seconds: what a guesser would have to see beside the network, and a seventh of what the control shows (some 700 ns)
PASSWORD = "correct horse battery staple 4711"
NOW = 1_800_000_000.0


def classes(right: bytes, rounds: int) -> list[tuple[int, bytes]]:
    """Guesses of one length in random order: 0 is wrong from the first octet on, 1 right but for the last one."""
    drawn = random.Random(4)
    wrong = bytes(octet ^ 1 for octet in right)
    return [(of, (wrong, right[:-1] + wrong[-1:])[of]) for of in (drawn.randrange(2) for _ in range(rounds))]


def measured(guess: Callable[[bytes], None], right: bytes, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each guess, by class."""
    found: tuple[list[float], list[float]] = ([], [])
    guesses = classes(right, rounds)
    gc.disable()
    try:
        for of, given in guesses:
            began = time.perf_counter_ns()
            guess(given)
            found[of].append((time.perf_counter_ns() - began) / 1e9)
    finally:
        gc.enable()
    return found


def telling(guess: Callable[[bytes], None], right: bytes, rounds: int = GUESSES) -> tuple[bool, str]:
    """Whether the classes differ in time, and the words of it; a machine's noise gets three tries."""
    words = ""
    for _ in range(3):
        p, gap = _apart(*measured(guess, right, rounds))
        words = f"p={p:.2g}, medians {gap * 1e9:.0f} ns apart in {rounds} guesses"
        if p > 0.01 or gap < LEAST:
            return False, words
    return True, words


def token(digest: bool) -> tuple[Any, Any]:
    security = etree.Element(wsse("Security"))
    made = add_username(security, "ada", PASSWORD, NOW, digest=digest)
    return made, made.find(wsse("Password"))


@pytest.mark.slow
@pytest.mark.parametrize("digest", [False, True], ids=["text", "digest"])
def test_w04_a_right_beginning_of_a_password_takes_no_other_time(digest: bool, record_property: Any) -> None:
    made, password = token(digest)
    right = base64.b64decode(password.text) if digest else PASSWORD.encode()

    def guess(given: bytes) -> None:
        password.text = base64.b64encode(given).decode() if digest else given.decode()
        try:
            check_username(made, {"ada": PASSWORD}, NOW, 300.0, text_allowed=True)
        except Refusal:
            return
        raise AssertionError("a wrong guess was taken")

    assert (password.get("Type") == PASSWORD_DIGEST) is digest
    told, words = telling(guess, right)
    record_property("w04", words)
    print(words)
    assert not told, words


def test_w04_the_measure_sees_a_comparison_that_ends_early() -> None:
    """The test above can fail: octet by octet, the same guesses are told apart at once."""
    right = PASSWORD.encode()

    def naive(given: bytes) -> None:
        for one, other in zip(given, right, strict=True):
            if one != other:
                return

    assert telling(naive, right, 4000)[0]
    assert not telling(lambda given: (hmac.compare_digest(given, right), None)[1], right, 4000)[0]
