"""gateway.commands.progress: silence under a second, words after."""

from __future__ import annotations

import io
import time

from gateway.commands.progress import Progress


def test_what_is_quick_says_nothing() -> None:
    to = io.StringIO()
    with Progress(to) as progress:
        progress.at("reading")
    assert to.getvalue() == ""


def test_what_lasts_says_what_it_does() -> None:
    to = io.StringIO()
    with Progress(to, first=0.01, quiet=0.01) as progress:
        progress.at("reading")
        time.sleep(0.1)
        progress.at("judging")
        time.sleep(0.1)
    assert "reading (0 s)\n" in to.getvalue()
    assert "judging (0 s)\n" in to.getvalue()
