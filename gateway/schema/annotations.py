"""The law of annotations: they say nothing to a processor, so none is asked to read them.

Schemas in use are more documentation than declaration, and xmlschema validates every word. An annotation
that is plainly legal is taken out before and its text kept; any other stays for xmlschema to judge
(XSD 1.0 Part 1 §3.13).
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

from gateway.schema.source import XML, XS

_ANNOTATION: Final = f"{{{XS}}}annotation"
_DOCUMENTATION: Final = f"{{{XS}}}documentation"
_INSIDE: Final = frozenset({_DOCUMENTATION, f"{{{XS}}}appinfo"})
_LANG: Final = f"{{{XML}}}lang"
_MANY: Final = frozenset({f"{{{XS}}}schema", f"{{{XS}}}redefine", f"{{{XS}}}override"})


def lift(root: etree._Element) -> dict[int, str]:
    """Takes the plain annotations out of a schema document, and gives what they documented.

    The key is the annotated element's place in document order, the root's being 0, once they are gone.
    """
    texts: dict[Any, str] = {}
    found = [(annotation, annotation.getparent()) for annotation in root.iter(_ANNOTATION)]
    plain = [(annotation, parent) for annotation, parent in found if parent is not None and _plain(annotation, parent)]
    for annotation, parent in plain:
        text = " ".join(
            "".join(t for d in annotation if d.tag == _DOCUMENTATION for t in map(str, d.itertext())).split()
        )
        if text and parent.tag not in _MANY:
            texts[parent] = text
        _remove(annotation, parent)
    if not texts:
        return {}
    return {at: texts[element] for at, element in enumerate(root.iter()) if element in texts}


def _remove(annotation: Any, parent: Any) -> None:
    before = annotation.getprevious()
    if annotation.tail and annotation.tail.strip():  # text there is a mistake, which must still be seen
        if before is None:
            parent.text = (parent.text or "") + annotation.tail
        else:
            before.tail = (before.tail or "") + annotation.tail
    parent.remove(annotation)


def _plain(annotation: Any, parent: Any) -> bool:
    if annotation.attrib or not str(parent.tag).startswith(f"{{{XS}}}") or parent.tag in {_ANNOTATION, *_INSIDE}:
        return False
    alone = annotation.getprevious() is None and len(parent.findall(_ANNOTATION)) == 1
    if not (alone or parent.tag in _MANY) or (annotation.text or "").strip():
        return False
    return all(
        child.tag in _INSIDE
        and not (child.tail or "").strip()
        and all(name in ("source", _LANG) for name in child.attrib)
        and _language(child.get(_LANG))
        for child in annotation
    )


def _language(code: str | None) -> bool:
    return code is None or all(part.isascii() and part.isalpha() and len(part) <= 8 for part in code.split("-"))
