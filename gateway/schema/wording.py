"""The law of a refusal's words: xmlschema's findings in an integrator's language, each with its rule.

Two tables: which section of the specification a finding breaks, and how its Python spellings read as XSD. A
finding that no row knows keeps its words and names the schema for schemas.
"""

from __future__ import annotations

import re
from typing import Final

# what a message holds -> the rule; the first row that fits wins
SECTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("Unique Particle Attribution", "XSD 1.0 Part 1 §3.8.6, Unique Particle Attribution"),
    ("Element Declarations Consistent", "XSD 1.0 Part 1 §3.8.6, Element Declarations Consistent"),
    ("illegal restriction", "XSD 1.0 Part 1 §3.9.6, Particle Valid (Restriction)"),
    ("restriction of an xs:", "XSD 1.0 Part 1 §3.9.6, Particle Valid (Restriction)"),
    ("redefin", "XSD 1.0 Part 1 §4.2.2"),
    ("include", "XSD 1.0 Part 1 §4.2.1"),
    ("import", "XSD 1.0 Part 1 §4.2.3"),
    ("'namespace' must be different", "XSD 1.0 Part 1 §4.2.3"),
    ("unknown ", "XSD 1.0 Part 1 §3.15.3, QName resolution"),
    ("missing base type", "XSD 1.0 Part 1 §3.15.3, QName resolution"),
    ("unmapped", "XSD 1.0 Part 1 §3.15.3, QName resolution"),
    ("ircular", "XSD 1.0 Part 1 §3.4.6 and §3.14.6"),
    ("substitutionGroup", "XSD 1.0 Part 1 §3.3.6"),
    ("final", "XSD 1.0 Part 1 §3.4.6"),
    ("complexType ancestor", "XSD 1.0 Part 1 §3.4.3"),
    ("simpleContent", "XSD 1.0 Part 1 §3.4.3"),
    ("element-only", "XSD 1.0 Part 1 §3.4.6"),
    ("facet", "XSD 1.0 Part 2 §4.3"),
    ("attribute use", "XSD 1.0 Part 1 §3.4.6"),
    ("maxOccurs", "XSD 1.0 Part 1 §3.9.6"),
    ("prefix '", "XSD 1.0 Part 1 §3.15.3, QName resolution"),
    ("minInclusive' must", "XSD 1.0 Part 2 §4.3.10.4"),
    ("minExclusive' must", "XSD 1.0 Part 2 §4.3.9.4"),
    ("no regular expression", "XSD 1.0 Part 2 §4.3.4 and Appendix F"),
    ("is no value of", "XSD 1.0 Part 2 §4.3.5"),
    ("default", "XSD 1.0 Part 1 §3.3.3"),
    ("already", "XSD 1.0 Part 1 §3.15.2"),
    ("duplicate", "XSD 1.0 Part 1 §3.15.2"),
    ("declared twice", "XSD 1.0 Part 1 §3.15.2"),
)
OTHERWISE: Final = "XSD 1.0 Part 1 Appendix A, the schema for schemas"

_SPELLINGS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"Xsd11?Element\((?:name|ref)='([^']*)', occurs=\[[^\]]*\]\)"), r"element \1"),
    (re.compile(r"XsdElement\((?:name|ref)='([^']*)', occurs=\[[^\]]*\]\)"), r"element \1"),
    (re.compile(r"Xsd(?:11)?AnyElement\([^()]*\)"), "xs:any"),
    (re.compile(r"Xsd(?:11)?AnyAttribute\([^()]*\)"), "xs:anyAttribute"),
    (re.compile(r"Xsd(?:11)?ComplexType\(name='([^']*)'\)"), r"complexType \1"),
    (re.compile(r"Xsd(?:11)?ComplexType\([^()]*\)"), "a local complexType"),
    (re.compile(r"Xsd(?:11)?(?:AtomicRestriction|AtomicBuiltin|List|Union)\(name='([^']*)'[^()]*\)"), r"simpleType \1"),
    (re.compile(r"Xsd(?:11)?(?:AtomicRestriction|List|Union)\([^()]*\)"), "a local simpleType"),
    (re.compile(r"Xsd(?:11)?Group\(model='(\w+)'[^()]*\)"), r"a \1 group"),
    (re.compile(r"Xsd(?:11)?Attribute\(name='([^']*)'\)"), r"attribute \1"),
    (re.compile(r"\{http://www\.w3\.org/2001/XMLSchema\}"), "xs:"),
    (re.compile(r"^duplicated value \('([^']*)',\) for XsdKey\(name='xs:(\w+)'\)"), r"the xs:\2 \1 is declared twice"),
    (re.compile(r"^Unexpected child with tag '([^']*)' at position (\d+)\.$"), r"\1 may not stand here, as child \2"),
    (re.compile(r"^one or more facets are not applicable, .*"), "a facet that this type does not have"),
    (re.compile(r"^prefix '([^']*)' not found in namespace map$"), r"prefix '\1' is not declared here"),
    (re.compile(r"^failed decoding '([^']*)' with simpleType (\S+)$"), r"'\1' is no value of \2"),
    (
        re.compile(r"^attribute maxOccurs='([^']*)': value must be one of \[0, 1\]$"),
        r"maxOccurs='\1' in an xs:all; XSD 1.1 allows it, where xs:schema says vc:minVersion='1.1'",
    ),
    (re.compile(r"^(.*) at position \d+: ('.*')$"), r"the pattern \2 is no regular expression of XSD: \1"),
)


def section_of(message: str) -> str:
    """The rule that a finding breaks."""
    return next((section for mark, section in SECTIONS if mark in message), OTHERWISE)


def plain(message: str) -> str:
    """A finding without Python in it, on one line."""
    text = message.strip().splitlines()[0].rstrip(": ") if message.strip() else "not a legal schema"
    for pattern, words in _SPELLINGS:
        text = pattern.sub(words, text)
    return text
