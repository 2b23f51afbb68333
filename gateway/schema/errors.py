"""The law of a refused contract: a WSDL, XSD or setting that cannot be served says so with its place.

Raised at build time only, never while a message is translated (that is `gateway.core.problem`).
"""

from __future__ import annotations


class ContractError(Exception):
    """A WSDL, a schema or a setting that is refused.

    `file` and `line` (1-based, 0 is unknown) are where it stands; `section` is the rule of the
    specification that is broken, as its own id (`XSD 1.0 Part 1 §3.4.2`, `WSDL 1.1 §2.4`).
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, section: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.section = section

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        rule = f" ({self.section})" if self.section else ""
        return f"{place}: {self.message}{rule}" if place else f"{self.message}{rule}"
