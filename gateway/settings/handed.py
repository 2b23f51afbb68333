"""The law of handing over: settings cross to another process of this program as JSON, and are validated there anew.

What comes out equals what went in: the same settings, those that were given known from those that were not, by the
same file and folder. The places of the settings stay behind; whoever builds of these tells nobody of mistakes.
"""

from __future__ import annotations

import json
from pathlib import Path

from .document import Document
from .loader import Loaded
from .models import Settings


def told(loaded: Loaded) -> bytes:
    """The settings as JSON: the file's name, its folder, what it says."""
    said = loaded.settings.model_dump_json(by_alias=True, exclude_unset=True)
    return json.dumps([loaded.file, str(loaded.base), said]).encode()


def taken(raw: bytes) -> Loaded:
    """The settings of `told`. Raises ValueError for anything else."""
    file, base, said = json.loads(raw)
    context = {"base": Path(base), "remote": True}  # a URL that was refused has not come this far
    return Loaded(Settings.model_validate_json(said, context=context), file, Path(base), Document(file))
