"""Settings: one YAML file in, frozen models out, or every mistake at once with its place.

A map of the nouns:

- `Document`: a YAML text as plain data, with the place of each key and value (`document`).
- `Settings`, `Service`, `Route`, …: the models, strict and frozen (`models`, `service`, `bounds`).
- `Mistake`, `Refused`: what is wrong with a configuration, at file:line:column (`mistakes`).
- `load`, `Loaded`: the one way in (`loader`).
- `told`, `taken`: the way to another process of this program (`handed`).
- `json_schema`, `reference`: what editors and people read, drawn from the models (`reference`).

Nothing here opens a socket, reads a contract or keeps state: loading twice gives the same.
"""

from .loader import Loaded, load, parse
from .mistakes import Mistake, Refused
from .models import Settings

__all__ = ["Loaded", "Mistake", "Refused", "Settings", "load", "parse"]
