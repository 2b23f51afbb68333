"""Texts of built-in types and who takes them: the data of P-01 and of docs/lexical.md.

`TAKEN` holds our verdict on each text. `DISAGREEMENTS` lists every text of it on which libxml2 or
xmlschema say otherwise, with the reason why we keep to ours; a test holds that it is complete and not stale.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from lxml import etree

_NINES: Final = "9" * 40

# type -> (texts that it takes, texts that it does not)
TAKEN: Final[dict[str, tuple[list[str], list[str]]]] = {
    "string": (["", " a\tb ", "\U0001f600"], []),
    "normalizedString": (["", "a\tb"], []),
    "token": (["", " a  b "], []),
    "boolean": (["true", "false", "1", "0", " true "], ["TRUE", "yes", "01", "", "t"]),
    "byte": (["127", "-128"], ["128", "-129"]),
    "short": (["32767", "-32768"], ["32768", "-32769"]),
    "int": (
        ["0", "-0", "+0", "2147483647", "-2147483648", "+5", "00005", " 5 ", "0" * 50 + "1"],
        [*"- + 0x1 --5 1.0 1e3 1e400 2147483648 -2147483649".split(), "", "1_0", "\u0661", "\xa05", "5\xa0", "1 2"],
    ),
    "long": (["9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "-9223372036854775809", "1e3"]),
    "unsignedByte": (["255", "-0", "+1"], ["256", "-1"]),
    "unsignedShort": (["65535"], ["65536", "-1"]),
    "unsignedInt": (["4294967295", "+1", "-0"], ["4294967296", "-1"]),
    "unsignedLong": (["18446744073709551615", "-0", "+1"], ["18446744073709551616", "-1"]),
    "integer": ([_NINES, "-" + _NINES, "-0", "9" * 5000], ["1.0", "1.", "", "1e400"]),
    "nonNegativeInteger": (["0", "-0", "+0", _NINES], ["-1"]),
    "nonPositiveInteger": (["0", "-0", "+0", "-" + _NINES], ["1"]),
    "negativeInteger": (["-1", "-" + _NINES], ["0", "-0", "1"]),
    "positiveInteger": (["1", "+1", _NINES], ["0", "-1"]),
    "decimal": (
        ["1", "1.", ".5", "+.0", "-.5", "-0", "-0.0", _NINES, "0." + "1" * 40, " 1.50 "],
        [*". + - 1e3 1E3 INF NaN 1,5 1_0".split(), "", "\u0661", "1 2"],
    ),
    "float": (
        "1 1. .5 1e3 1E+3 -0 INF -INF NaN 1e-400 3.4028235e38".split(),
        [*". 1e 1e400 3.5e38 +INF -NaN inf Infinity nan 1_0 0x1p3 1e1.5".split(), ""],
    ),
    "double": (
        "1 1. .5 1e3 1E+3 -0 INF -INF NaN 1e-400 3.5e38".split(),
        [*". 1e 1e400 +INF -NaN inf Infinity nan 1_0 1e1.5".split(), ""],
    ),
    "duration": (
        "P1Y P1M PT1M P1Y2M3DT4H5M6S PT1.5S -P1Y P0D P99999999999999999999Y".split(),
        "P PT P1YT P1S PT.5S PT1.S +P1Y P-1Y P1.5Y P1D2M 1Y p1y PT1H1.5M P1W".split(),
    ),
    "dateTime": (
        (
            "2024-05-17T09:30:00 2024-05-17T24:00:00 2024-05-17T24:00:00.0 -0001-01-01T00:00:00 12024-01-01T00:00:00 "
            "2024-05-17T09:30:00Z 2024-05-17T09:30:00+14:00 2024-05-17T09:30:00-14:00 2024-05-17T09:30:00.123456789 "
            "9999999999-01-01T00:00:00 -0004-02-29T00:00:00 2000-02-29T00:00:00"
        ).split(),
        (
            "2024-05-17T24:00:01 2024-05-17T24:00:00.1 2024-02-30T00:00:00 2023-02-29T00:00:00 0000-01-01T00:00:00 "
            "02024-01-01T00:00:00 2024-05-17T09:30:60 2024-05-17T09:60:00 2024-05-17T09:30:00+14:01 "
            "2024-05-17T09:30:00+15:00 2024-05-17T09:30:00+00:60 2024-05-17T09:30:00. 2024-05-17T09:30 2024-05-17 "
            "2024-5-17T09:30:00 +2024-05-17T09:30:00 2024-05-17t09:30:00 2024-05-17T09:30:00z "
            "2024-05-17T09:30:00+1400 -0001-02-29T00:00:00 1900-02-29T00:00:00"
        ).split(),
    ),
    "date": (
        "2024-05-17 2024-05-17Z 2024-05-17+02:00 -2024-01-01 99999-01-01 2024-02-29 2024-12-31".split(),
        "2024-05-32 2024-13-01 2024-00-01 2024-01-00 0000-01-01 2023-02-29 2024-04-31 \u0662024-01-01".split(),
    ),
    "time": (
        "09:30:00 24:00:00 24:00:00Z 09:30:00.5 09:30:00Z 09:30:00-14:00".split(),
        "24:01:00 25:00:00 09:30 9:30:00 09:30:00.".split(),
    ),
    "gYear": ("2024 -0001 12024 2024Z 2024+01:00".split(), "0000 024 02024".split()),
    "gYearMonth": (["2024-05", "2024-05Z"], ["2024-13", "0000-05", "2024"]),
    "gMonth": (["--05", "--05Z"], ["--05--", "--13", "--00", "05", "--5"]),
    "gMonthDay": (["--02-29", "--05-17Z", "--12-31"], ["--02-30", "--04-31", "--13-01"]),
    "gDay": (["---17", "---31Z"], ["---32", "---00", "17"]),
    "hexBinary": (["", "0aFF", " 00 "], ["0", "0g", "00 00", "0x00"]),
    "base64Binary": (
        ["", "AAECAw==", " AAEC ", "AA==", "AAA=", "AA EC", "A A E C", "AA= =", "AA ==", "AAEC\n"],
        ["AAECAx==", "A", "===", "AB==", "AAB=", "AA=A", "A-_A", "AA=", "AAECA", "A=AA", "AAEC:", "!"],
    ),
    "anyURI": (
        [
            "",
            *"http://x a%20b a:b http://[::1]/ http:// é a\\b {x} http://x:y/ http://x:/ a:?x urn:x #[x] ?[ a:b[".split(),
            "a b",
        ],
        "%zz a% [ a[b #a#b 1a:b : urn: a:#x".split(),
    ),
    "language": (
        "sv en-GB x-klingon i-navajo sv-12345678 abcdefgh".split(),
        ["", *"abcdefghi a1 en_GB en- sv-123456789".split()],
    ),
    "Name": (["a", ":a", "a:b", "_a", "å", "a\xb7"], ["", "1a", "-a", "\u0f73", "a b"]),
    "NCName": (["a", "_", "\u3007"], ["a:b", "1", "\U00010400", "\u2070"]),
    "NMTOKEN": (["a", "1", "-a", ".", ":"], ["", "a b", "a,b"]),
    "NMTOKENS": (["a", " a  1 "], ["", " ", "a ,"]),
    "ID": (["a"], ["a:b", ""]),
    "IDREF": (["a"], ["a:b", ""]),
    "IDREFS": (["a b"], ["", "a:b"]),
}

_INT = "int() of Python takes underscores, other scripts' digits and their spaces; §3.3.13 has [0-9] only"
_URI = "§3.2.17 asks for a URI reference of RFC 2396; urlsplit() takes any text"
_AUTHORITY = "RFC 2396 §3.2: reg_name takes any authority, and a port may be empty; libxml2 reads RFC 3986 narrowly"
_NAMES = "XML 1.0 second edition, Appendix B; xmlschema goes by Unicode's letters"
_OVERFLOW = "the text is well formed, but its value does not fit: the mapping refuses an overflow rather than write INF"
_FOREIGN = "§3.2.16: no character outside the alphabet; libxml2 skips them as MIME does"
_EMPTY = "§3.3.4, §3.3.10: one item at least; libxml2 takes none"
_SIZE = "the specification sets no upper limit; a datetime or a C long does"

# (type, text) -> (libxml2's verdict, xmlschema's; None: it raised something else), why
DISAGREEMENTS: Final[dict[tuple[str, str], tuple[bool, bool | None, str]]] = {
    ("int", "1_0"): (False, True, _INT),
    ("int", "\u0661"): (False, True, _INT),
    ("int", "\xa05"): (False, True, _INT),
    ("int", "5\xa0"): (False, True, _INT),
    ("integer", "9" * 5000): (True, False, "int() of Python stops at 4300 digits; §3.3.13 sets no limit"),
    ("float", "1e"): (True, False, "§3.2.4.1: an exponent has digits"),
    ("double", "1e"): (True, False, "§3.2.5.1: an exponent has digits"),
    ("float", "1e400"): (True, True, _OVERFLOW),
    ("float", "3.5e38"): (True, True, _OVERFLOW),
    ("double", "1e400"): (True, True, _OVERFLOW),
    ("duration", "PT.5S"): (True, False, "§3.2.6.1: digits stand before the point"),
    ("duration", "PT1.S"): (True, False, "§3.2.6.1: digits stand behind the point"),
    ("duration", "P99999999999999999999Y"): (False, None, _SIZE),
    ("dateTime", "9999999999-01-01T00:00:00"): (True, None, _SIZE),
    **{("anyURI", text): (False, True, _URI) for text in "%zz a% [ a[b #a#b 1a:b :".split()},
    **{("anyURI", text): (True, True, "RFC 2396 §3: something follows the scheme") for text in ("urn:", "a:#x")},
    ("anyURI", "http://x:y/"): (False, True, _AUTHORITY),
    ("anyURI", "http://x:/"): (False, True, _AUTHORITY),
    **{("anyURI", text): (False, True, "RFC 2732 §3: brackets are reserved characters") for text in ("?[", "a:b[")},
    **{("base64Binary", text): (True, False, _FOREIGN) for text in ("AAEC:", "!")},
    ("Name", "\u0f73"): (False, True, _NAMES),
    ("NCName", "\u2070"): (False, True, _NAMES),
    ("decimal", "1 2"): (False, True, "§3.2.3.1: no white space between digits"),
    **dict.fromkeys((("NMTOKENS", ""), ("NMTOKENS", " "), ("IDREFS", "")), (True, False, _EMPTY)),
}

_HEAD = """# Where validators disagree about a text

The specification decides (XML Schema 1.0 Part 2, second edition), and where its text meets the mapping's own promise (no
overflow is silently turned into `INF`) the mapping does. This page lists every text of our test table on which libxml2
or xmlschema differ from the gateway. A message at a SOAP edge is also validated by libxml2, so that what libxml2
refuses there is refused, whatever this table says.

Drawn by `python -m tests.codec.lexical_cases` from `tests/codec/lexical_cases.py`; a test holds it to the code, and both
validators to their verdicts. Seen on 2026-11-30 with libxml2 LIBXML2 and xmlschema XMLSCHEMA.

| type | text | gateway | libxml2 | xmlschema | why |
|---|---|---|---|---|---|
"""
_TAIL = """
Patterns: libxml2 loses its way in some expressions, such as `([^a-c]?[^\\s])` on `0`, which it refuses. Character classes go
by Unicode as this Python has it (`\\d`, `\\w`, `\\p{…}`), names (`\\i`, `\\c`) by XML 1.0 second edition. Patterns are matched
by a linear engine; one that would need over 64 MiB there is refused when the contract is compiled.

Bounds: two values that cannot be ordered (a date-time with a zone and one without, less than 14 hours apart; `P1M` and `P30D`;
`NaN` and any other number) are outside each other's ranges (§3.2.7.3, §3.2.6.2, §3.2.4). libxml2 lets date-times and `NaN` pass.
Enumerations and fixed values compare values: `2023-12-31T24:00:00Z` is `2024-01-01T13:00:00+13:00`, `1.50` is `1.5`, `true` is `1`,
`abcd` is `ABCD` as octets; libxml2 says otherwise.

Limits: a year, or a field of a duration, of more than 4000 digits is valid but not compared with a bound.
"""


def page() -> str:
    """docs/lexical.md."""

    def verdict(taken: bool | None) -> str:
        return "fails" if taken is None else "takes" if taken else "refuses"

    rows = []
    for (name, text), (libxml2, theirs, why) in DISAGREEMENTS.items():
        ours = text in TAKEN[name][0]
        visible = ascii(text)[1:-1] if len(text) < 40 else f"{text[:3]}… ({len(text)} digits)"
        rows.append(
            f"| {name} | `{visible or '(empty)'}` | {verdict(ours)} | {verdict(libxml2)} | {verdict(theirs)} | {why} |"
        )
    libxml2 = ".".join(map(str, etree.LIBXML_VERSION))
    head = _HEAD.replace("XMLSCHEMA", version("xmlschema")).replace("LIBXML2", libxml2)
    return head + "\n".join(rows) + "\n" + _TAIL


if __name__ == "__main__":
    print(page(), end="")
