"""XML as bytes and trees, under the limits: the only room that calls a parser on foreign bytes.

`parse` gives a tree or a Problem, `text_of` reads text, `escape_text` and `escape_attribute` write
it, `canonical` is exclusive C14N. Nothing here knows SOAP or schemas.
"""

from .c14n import canonical
from .escape import escape_attribute, escape_text, illegal_at
from .markup import element_text
from .parse import parse
from .text import text_of

__all__ = [
    "canonical",
    "element_text",
    "escape_attribute",
    "escape_text",
    "illegal_at",
    "parse",
    "text_of",
]
