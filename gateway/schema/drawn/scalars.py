"""The law of scalars: a JSON scalar's type, format and bounds as a simple type of XSD, exact or wider, never narrower.

What XSD cannot say is told to `remark` and judged on the JSON. The table of formats is drawn in the docs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from gateway.schema.drawn.ecma import to_xsd
from gateway.schema.drawn.flat import Flat
from gateway.schema.drawn.kinds import Facets, Scalar
from gateway.xml.escape import illegal_at

#: a keyword, and what happens with it
Remark = Callable[[str, str], None]
ON_JSON: Final = "the XSD does not say it; it is checked on the JSON"
_ZONE: Final = r"(Z|[+\-][0-9]{2}:[0-9]{2})"
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
#: format -> built-in and pattern; RFC 3339 demands what XSD leaves free: four digits, a zone
STRINGS: Final[Mapping[str, tuple[str, str]]] = {
    "date-time": ("dateTime", rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}{_ZONE}"),
    "date": ("date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "time": ("time", _CLOCK + _ZONE),
    "uuid": ("string", r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "byte": ("base64Binary", ""),
}
INTEGERS: Final[Mapping[str, str]] = {
    "int8": "byte", "int16": "short", "int32": "int", "int64": "long",
    "uint8": "unsignedByte", "uint16": "unsignedShort", "uint32": "unsignedInt", "uint64": "unsignedLong",
}  # fmt: skip
NUMBERS: Final[Mapping[str, str]] = {"float": "double", "double": "double"}
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "byte": (-(2**7), 2**7 - 1), "short": (-(2**15), 2**15 - 1), "int": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1), "unsignedByte": (0, 2**8 - 1), "unsignedShort": (0, 2**16 - 1),
    "unsignedInt": (0, 2**32 - 1), "unsignedLong": (0, 2**64 - 1),
}  # fmt: skip
_LONGEST: Final = 2**31 - 1  # libxml2 counts in an int
_BOUNDS: Final[Mapping[str, str]] = {
    "minimum": "minInclusive", "exclusiveMinimum": "minExclusive",
    "maximum": "maxInclusive", "exclusiveMaximum": "maxExclusive",
}  # fmt: skip


def scalar(kind: str, flat: Flat, values: list[Any] | None, remark: Remark) -> Scalar:
    """The simple type of `kind` (string, number, integer or boolean); `values`: those of an enumeration."""
    if kind == "string":
        return _string(flat, values, remark)
    if kind == "boolean":
        if values is not None and len(values) < 2:
            remark("enum", ON_JSON)
        return Scalar("boolean")
    return _number(kind, flat, values, remark)


def _string(flat: Flat, values: list[Any] | None, remark: Remark) -> Scalar:
    name = "byte" if flat.first.get("contentEncoding", "").lower() == "base64" else flat.first.get("format", "")
    base, pattern = STRINGS.get(name, ("string", ""))
    if values is not None:
        fitting = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
        if base != "string" or any(illegal_at(value) >= 0 for value in fitting):
            remark("enum", ON_JSON)
            return Scalar(base, Facets(patterns=(pattern,) if pattern else ()))
        return Scalar("string", Facets(fitting))
    patterns = [pattern] if pattern else []
    for given in flat.patterns:
        translated = to_xsd(given) if base == "string" else None
        if translated is None:
            remark(f"pattern {given!r}", ON_JSON)
        else:
            patterns.append(translated)
    if base != "string":
        if flat.bounds.keys() & {"minLength", "maxLength"}:
            remark("minLength, maxLength", ON_JSON)
        return Scalar(base, Facets(patterns=tuple(patterns)))
    return Scalar("string", Facets(patterns=tuple(patterns), bounds=_lengths(flat, remark)))


def _lengths(flat: Flat, remark: Remark) -> tuple[tuple[str, str], ...]:
    least, most = int(flat.bounds.get("minLength", 0)), flat.bounds.get("maxLength")
    found = []
    if least > _LONGEST or (most is not None and most < least):
        remark("minLength", ON_JSON)
    elif least:
        found.append(("minLength", str(least)))
    if most is not None and most >= least and most <= _LONGEST:
        found.append(("maxLength", str(int(most))))
    return tuple(found)


def _number(kind: str, flat: Flat, values: list[Any] | None, remark: Remark) -> Scalar:
    name = flat.first.get("format", "")
    whole = kind == "integer" or any(multiple == int(multiple) for multiple in flat.multiples)
    base = INTEGERS.get(name, "integer") if whole else NUMBERS.get(name, "decimal")
    if values is not None:
        numbers = [value for value in values if isinstance(value, int | Decimal) and not isinstance(value, bool)]
        fitting = [value for value in numbers if not whole or value == int(value)]
        inside = [value for value in fitting if _fits(base, Decimal(value))]
        return Scalar(base, Facets(tuple(dict.fromkeys(_written(value, whole) for value in inside))))
    bounds = _tightest(flat, whole, base)
    if bounds is None:
        remark("minimum, maximum", ON_JSON)
        bounds = []
    written = [(facet, _written(value, whole)) for facet, value in bounds]
    for multiple in flat.multiples:
        digits = _power(multiple)
        if digits is None or base == "double":
            if multiple != 1:
                remark(f"multipleOf {multiple}", ON_JSON)
        elif digits and not whole and all(facet != "fractionDigits" for facet, _ in written):
            written.append(("fractionDigits", str(digits)))
    return Scalar(base, Facets(bounds=tuple(written)))


def _tightest(flat: Flat, whole: bool, base: str) -> list[tuple[str, Decimal]] | None:
    """The bounds in force, one at each end and inside of the base's range; None where nothing is between them."""
    ends = []
    for inclusive, exclusive, pick in (("minimum", "exclusiveMinimum", max), ("maximum", "exclusiveMaximum", min)):
        given = [name for name in (exclusive, inclusive) if name in flat.bounds]
        if given:
            name = pick(given, key=lambda name: Decimal(flat.bounds[name]))
            ends.append((name, Decimal(flat.bounds[name])))
    if whole:
        ends = [_whole_end(name, value) for name, value in ends]
    if len(ends) == 2 and ends[0][1] > ends[1][1]:
        return None
    if len(ends) == 2 and ends[0][1] == ends[1][1] and any(name.startswith("exclusive") for name, _ in ends):
        return None
    return [(_BOUNDS[name], value) for name, value in ends if _fits(base, value)]


def _whole_end(name: str, value: Decimal) -> tuple[str, Decimal]:
    """A bound of whole numbers as an inclusive one."""
    below, low = value.to_integral_value(rounding="ROUND_FLOOR"), "inimum" in name
    above = value.to_integral_value(rounding="ROUND_CEILING")
    if name.startswith("exclusive"):
        return ("minimum", below + 1) if low else ("maximum", above - 1)
    return ("minimum", above) if low else ("maximum", below)


def _fits(base: str, value: Decimal) -> bool:
    low, high = _RANGES.get(base, (None, None))
    return low is None or high is None or low <= value <= high


def _written(value: Any, whole: bool) -> str:
    if whole:
        return str(int(value))
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _power(multiple: Any) -> int | None:
    """n where the multiple is 10 to the power of -n, else None."""
    value = Decimal(multiple).normalize()
    return -int(value.as_tuple().exponent) if value.as_tuple().digits == (1,) and value <= 1 else None
