"""The law of posting: bytes to one address from a thread that may wait; no proxy, no redirect, no environment.

For what is sent beside the requests (spans). Calls of services go by `upstream`, which waits for nothing.
"""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final

TIMEOUT: Final = 5.0
AGAIN: Final = frozenset({408, 429, 502, 503, 504})


class Post:
    """`Post(url, headers)(body)`: empty, or why it was not taken, and whether it may be sent again. Never raises.

    `ca` is a file of certificates to trust in place of the system's. Raises OSError: it cannot be read.
    """

    def __init__(self, url: str, headers: Mapping[str, str], ca: str | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("an http or https URL is expected")
        self._url = url
        self._headers = dict(headers)
        context = ssl.create_default_context(cafile=ca)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _NoRedirect()
        )

    def __call__(self, body: bytes) -> tuple[str, bool]:
        """Send once."""
        request = urllib.request.Request(self._url, body, self._headers)  # noqa: S310  # judged above
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                answer.read(1 << 16)
        except urllib.error.HTTPError as error:
            return f"status {error.code}", error.code in AGAIN
        except OSError as error:  # refused, reset, too slow
            return type(error).__name__, True
        except HTTPException as error:  # an answer that is no HTTP
            return type(error).__name__, False
        return "", False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Never."""
