"""The law of includes: a configuration may stand on others, and each setting still knows the file that it came from.

`include` names files; what stands later in the list wins over what stands earlier, and the file itself over all
that it includes. Mappings are joined, everything else is replaced whole: half a list is nobody's intention. An overlay
is a file that includes its base. Relative paths, in whichever file, start at the folder of the file that is served.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as File
from typing import Any, Final

from . import document as documents
from .document import Document
from .mistakes import Path

KEY: Final = "include"
LARGEST: Final = 4 * 1024 * 1024  # a thousand routes need 0.2 MiB
_DEEPEST: Final = 8


def read(text: str, file: str, env: Mapping[str, str], base: File) -> Document:
    """A configuration's text with what it includes. Mistakes are noted in the document, never raised."""
    return _joined(documents.read(text, file, env, base), env, base, ())


def _joined(top: Document, env: Mapping[str, str], base: File, within: tuple[File, ...]) -> Document:
    """The document over those that it includes."""
    names = top.value.get(KEY) if isinstance(top.value, dict) else None
    if not isinstance(names, list):  # absent, or a mistake that the models tell
        return top
    below = Document(top.file, {})
    for at, name in enumerate(names):
        part = _part(top, (KEY, at), str(name), env, base, within)
        if part is not None:
            _over(below, part)
    _over(below, top)
    return below


def _part(
    top: Document, place: Path, name: str, env: Mapping[str, str], base: File, within: tuple[File, ...]
) -> Document | None:
    path = base / name
    if path in within or len(within) >= _DEEPEST:
        top.mistake(place, f"{name} includes itself, or files are included more than {_DEEPEST} deep")
        return None
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        text = raw.decode("utf-8-sig")
    except OSError as error:
        top.mistake(place, f"{name} cannot be read: {error.strerror}")
        return None
    except UnicodeDecodeError:
        top.mistake(place, f"{name} is not UTF-8")
        return None
    if len(raw) > LARGEST:
        top.mistake(place, f"{name} is larger than {LARGEST} bytes")
        return None
    part = _joined(documents.read(text, str(path), env, base), env, base, (*within, path))
    if isinstance(part.value, dict):
        part.value.pop(KEY, None)  # what it included stands in it
        for known in [each for each in part.marks if each[:1] == (KEY,)]:
            del part.marks[known]
    elif part.value is not None:
        top.mistake(place, f"{name} is no mapping of settings")
        part.value = None
    return part


def _over(below: Document, top: Document) -> None:
    """Put `top` over `below`, which becomes both."""
    if top.value is not None:
        below.value = _merged(below, below.value, top.value, ())
    for path, mark in top.marks.items():
        below.marks[path] = mark
        below.files[path] = top.file_of(path)
    below.filled |= top.filled
    below.mistakes += top.mistakes
    below.parts |= {top.file, *top.parts}


def _merged(below: Document, old: Any, new: Any, path: Path) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {
            key: _merged(below, old.get(key), new[key], (*path, key)) if key in new else old[key]
            for key in {**old, **new}
        }
    _forget(below, path)
    return new


def _forget(below: Document, path: Path) -> None:
    """What was known of a setting that is replaced."""
    size = len(path)
    for known in [each for each in below.marks if len(each) > size and each[:size] == path]:
        del below.marks[known]
    below.filled = {each for each in below.filled if each[:size] != path}
