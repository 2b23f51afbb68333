"""The law of sources: a schema document is bytes with a URL, and every link of it is already resolved.

The loader makes the closed set (WSDL inline schemas, files, bundled documents, synthetic wrappers); whoever
reads schemas (`gateway.schema.xsd`, `gateway.schema.validator`) opens no file and no address: a
`schemaLocation` is looked up in `links`, an import without one by namespace among the set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["file", "inline", "bundle", "synthetic", "fetched"]


@dataclass(frozen=True, slots=True)
class Source:
    """One schema document.

    `url` is unique in a set: a file URL, an address, or for an inline schema its document's URL with
    `#schema-N` (relative locations resolve against it as against the document). `text` is UTF-8 or carries
    its own declaration; an inline schema stands alone (all prefixes in scope are declared on its root) and
    is padded with empty lines, so that line numbers are those of the file.
    """

    url: str
    text: bytes
    origin: Origin = "file"
    namespace: str = ""  # targetNamespace, '' without one
    file: str = ""  # what an error shows; the url if empty
    links: Mapping[str, str] = field(default_factory=dict)  # schemaLocation as written -> url of the source meant

    @property
    def place(self) -> str:
        """The name that an error shows for this document."""
        return self.file or self.url
