"""Random small schemas and instances of them, nearly valid ones too. Driven by one `random.Random`."""

from __future__ import annotations

from random import Random
from xml.sax.saxutils import escape, quoteattr

from gateway.schema import ir

from . import simples

XS = "{http://www.w3.org/2001/XMLSchema}"
SIMPLE = ["xs:int", "xs:string", "xs:boolean", "xs:decimal", "xs:token", "xs:date", "L", "U", "E", "P", *simples.NAMES]
TEXTS = {
    "int": ["1", "-5", "+007", "99999999999", ""],
    "string": ["x", "", " a  b ", "&<>]]>", "å\r\n\t"],
    "boolean": ["true", "0", "no"],
    "decimal": ["1.50", ".5", "-0", "1e3"],
    "token": ["x y", " x ", ""],
    "date": ["2024-02-29", "2023-02-29", "2024-01-01Z"],
    "L": ["1 2", "", "1 x"],
    "U": ["1", "true", "x y"],
    "E": ["red", "green", "blue"],
    "P": ["00123", "123"],
}
COMMON = """
<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>
<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean xs:token"/></xs:simpleType>
<xs:simpleType name="E"><xs:restriction base="xs:string"><xs:enumeration value="red"/><xs:enumeration value="green"/></xs:restriction></xs:simpleType>
<xs:simpleType name="P"><xs:restriction base="xs:int"><xs:pattern value="[0-9]{5}"/></xs:restriction></xs:simpleType>
<xs:element name="g" type="xs:int"/>
<xs:element name="head" type="Base"/>
<xs:element name="one" type="Base" substitutionGroup="t:head"/>
<xs:element name="two" type="More" substitutionGroup="t:head"/>
<xs:attribute name="ga" type="xs:int"/>
<xs:complexType name="Base"><xs:sequence><xs:element name="k" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>
<xs:complexType name="More"><xs:complexContent><xs:extension base="t:Base"><xs:sequence><xs:element name="m" type="xs:string"/></xs:sequence><xs:attribute name="z" type="xs:int"/></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="Less"><xs:complexContent><xs:restriction base="t:Base"><xs:sequence/></xs:restriction></xs:complexContent></xs:complexType>
<xs:complexType name="Wrap"><xs:sequence><xs:element name="w" type="xs:int" minOccurs="0" maxOccurs="unbounded" nillable="true"/></xs:sequence></xs:complexType>
<xs:complexType name="Val"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="u" type="xs:token"/></xs:extension></xs:simpleContent></xs:complexType>
"""
OCCURS = [(1, 1)] * 6 + [(0, 1)] * 4 + [(0, None), (1, None), (0, None), (2, 3), (0, 2), (2, 2)]


def schema(random: Random) -> str:
    """A schema with the root element r."""
    makers = _Maker(random)
    types = "".join(makers.complex(f"T{n}") for n in range(random.randint(1, 3)))
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:t" xmlns:t="urn:t" '
        'targetNamespace="urn:t" elementFormDefault="qualified">'
        f'<xs:element name="r" type="T0"/>{COMMON}{simples.deal(random)}{types}</xs:schema>'
    )


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.made: list[str] = []

    def complex(self, name: str) -> str:
        pick = self.random.random()
        attributes = "".join(self.attribute(n) for n in "xyz" if self.random.random() < 0.2)
        if self.random.random() < 0.15:
            attributes += f'<xs:anyAttribute namespace="{self.random.choice(["##any", "##other"])}" processContents="{self.random.choice(["lax", "skip", "strict"])}"/>'
        mixed = ' mixed="true"' if pick < 0.15 else ""
        if pick > 0.93:
            body = f'<xs:simpleContent><xs:extension base="{self.random.choice(SIMPLE)}">{attributes}</xs:extension></xs:simpleContent>'
        elif pick > 0.85:
            items = "".join(self.element(n, [(1, 1), (0, 1)]) for n in self.names(3))
            body = f"<xs:all>{items}</xs:all>{attributes}"
        else:
            body = self.group(2, top=True) + attributes
        return f'<xs:complexType name="{name}"{mixed}>{body}</xs:complexType>'

    def names(self, most: int) -> list[str]:
        return self.random.sample("abcdef", self.random.randint(1, most))

    def group(self, depth: int, top: bool = False) -> str:
        kind = self.random.choice(["sequence", "sequence", "choice"])
        parts = []
        for _ in range(self.random.randint(1, 3)):
            roll = self.random.random()
            if depth and roll < 0.25:
                parts.append(self.group(depth - 1))
            elif roll < 0.33:
                parts.append(f'<xs:element ref="t:head"{self.occurs(OCCURS)}/>')
            elif roll < 0.40:
                namespace = self.random.choice(["##other", "urn:u", "##local", "##any"])
                process = self.random.choice(["lax", "skip", "strict"])
                parts.append(f'<xs:any namespace="{namespace}" processContents="{process}"{self.occurs(OCCURS)}/>')
            else:
                parts.append(self.element(self.random.choice("abcdef"), OCCURS))
        return f"<xs:{kind}{self.occurs(OCCURS)}>{''.join(parts)}</xs:{kind}>"

    def occurs(self, among: list) -> str:
        low, high = self.random.choice(among)
        return f' minOccurs="{low}" maxOccurs="{"unbounded" if high is None else high}"'

    def element(self, name: str, among: list) -> str:
        # one type a name, so that element declarations are consistent
        kinds = [*SIMPLE, "Base", "Wrap", "Val", "T0", "xs:anyType", "More"]
        kind = kinds[(ord(name) * 7 + len(self.made)) % len(kinds)] if self.random.random() < 0.0 else _TYPE_OF[name]
        extra = _EXTRA.get(name, "")
        return f'<xs:element name="{name}" type="{kind}"{extra}{self.occurs(among)}/>'

    def attribute(self, name: str) -> str:
        extra = self.random.choice(["", ' use="required"', ' default="1"', ' fixed="1"'])
        return f'<xs:attribute name="{name}" type="xs:int"{extra}/>'


_TYPE_OF: dict[str, str] = {}
_EXTRA: dict[str, str] = {}


def deal(random: Random) -> None:
    """Deal types to the names of one schema."""
    kinds = [*SIMPLE, "Base", "Wrap", "Val", "xs:anyType", "More", "Base", "T0"]
    for name in "abcdef":
        _TYPE_OF[name] = random.choice(kinds)
        extra = random.choice(["", "", "", ' nillable="true"', ' nillable="true"', ' default="1"', ' fixed="1"'])
        if ("default" in extra or "fixed" in extra) and _TYPE_OF[name] not in {
            "xs:int",
            "xs:string",
            "xs:token",
            "Val",
            "U",
            "L",
        }:
            extra = ""
        _EXTRA[name] = extra


# ---------------------------------------------------------------- instances


class Instances:
    """Instances of a model's root element, by a walk over the content models."""

    def __init__(self, model: ir.Model, random: Random) -> None:
        self.model = model
        self.random = random
        self.budget = 60

    def root(self) -> str:
        self.budget = 60
        declared = 'xmlns:t="urn:t" xmlns:u="urn:u" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        return self.element(self.model.elements["{urn:t}r"], 0, declared)

    def element(self, element: ir.Element, depth: int, more: str = "") -> str:
        self.budget -= 1
        random = self.random
        name = element.name.replace("{urn:t}", "t:")
        type_id = element.type
        marks = ""
        if random.random() < 0.2 and "#" not in type_id:
            choices = [t for t in self.model.derived.get(type_id, ()) if t.startswith("{urn:t}")] + [type_id]
            if type_id == XS + "anyType":
                choices = ["{urn:t}Base", XS + "int", "{urn:t}Wrap", "{urn:t}Val", "{urn:t}L"]
            if random.random() < 0.1:
                choices = ["{urn:t}More", "{urn:t}Val", XS + "short"]
            type_id = random.choice(choices)
            marks = f' xsi:type="{type_id.replace("{urn:t}", "t:").replace(XS, "xs:")}"'
        if random.random() < (0.25 if element.nillable else 0.02):
            marks += f' xsi:nil="{random.choice(["true", "true", "1", "false"])}"'
        type_ = self.model.types[type_id]
        attributes = self.attributes(type_) if isinstance(type_, ir.Complex) else ""
        nil = 'nil="true"' in marks or 'nil="1"' in marks
        body = "" if nil and random.random() < 0.95 else self.content(type_, type_id, depth)
        return f"<{name} {more}{marks}{attributes}>{body}</{name}>"

    def attributes(self, type_: ir.Complex) -> str:
        random = self.random
        out = {}
        for use in type_.attributes:
            if (use.required and random.random() < 0.97) or random.random() < 0.4:
                out[use.name.replace("{urn:t}", "t:")] = random.choice(
                    ["1", "1", "2", " 3 ", "x"] if random.random() < 0.3 else ["1"]
                )
        if type_.any_attribute is not None and random.random() < 0.5:
            out[random.choice(["u:q", "t:ga", "q", "t:gx"])] = random.choice(["1", "z"])
        if random.random() < 0.02:
            out["odd"] = "1"
        return "".join(f" {name}={quoteattr(text)}" for name, text in out.items())

    def content(self, type_: ir.Type, type_id: str, depth: int) -> str:
        random = self.random
        if isinstance(type_, ir.Simple):
            return self.text(type_id)
        if type_.simple is not None:
            return self.text(type_.simple)
        if type_id == XS + "anyType":
            return random.choice(
                ["", "free", "<u:z>1</u:z>", "<t:g>4</t:g>", "x<t:g>5</t:g>y", "<t:g>no</t:g>", "<z a='1'/>"]
            )
        parts = self.particle(type_.particle, depth + 1) if type_.particle is not None else []
        roll = random.random()
        if parts and roll < 0.08:
            del parts[random.randrange(len(parts))]
        elif parts and roll < 0.14:
            parts.insert(random.randrange(len(parts) + 1), random.choice(parts))
        elif len(parts) > 1 and roll < 0.20:
            random.shuffle(parts)
        elif roll < 0.22:
            parts.append(random.choice(["<t:odd/>", "<u:odd/>", "<t:g>1</t:g>", "stray"]))
        if type_.content == "mixed":
            parts = [piece for part in parts for piece in (random.choice(["", "text", " "]), part)] + [
                random.choice(["", "end"])
            ]
        return "".join(parts)

    def text(self, type_id: str) -> str:
        type_: ir.Type | None = self.model.types[type_id]
        name = type_id.rpartition("}")[2]
        if name in simples.texts:
            dealt = simples.texts[name]
            return escape(dealt[0] if self.random.random() < 0.6 else self.random.choice(dealt))
        while name not in TEXTS and isinstance(type_, ir.Simple) and type_.base:
            name = type_.base.rpartition("}")[2]
            type_ = self.model.types[type_.base]
        texts = TEXTS.get(name, ["x"])
        text = texts[0] if self.random.random() < 0.6 else self.random.choice(texts)
        return escape(text).replace("\r", "&#13;")

    def particle(self, particle: ir.Particle, depth: int) -> list[str]:
        random = self.random
        high = particle.max if particle.max is not None else particle.min + 2
        low = particle.min
        count = low if self.budget < 0 or depth > 5 else random.randint(low, max(low, min(high, low + 3)))
        if random.random() < 0.01:
            count += 1
        out: list[str] = []
        for _ in range(count):
            if isinstance(particle, ir.ElementUse):
                element = particle.element
                members = self.model.substitutions.get(element.name, ()) if element.is_global else ()
                if members and random.random() < 0.6:
                    element = self.model.elements[random.choice(members)]
                if self.budget < -100 or depth > 30:
                    continue
                out.append(self.element(element, depth))
            elif isinstance(particle, ir.AnyUse):
                out.append(
                    random.choice(
                        [
                            "<u:z>1</u:z>",
                            "<t:g>1</t:g>",
                            "<q/>",
                            "<u:z><t:g>7</t:g></u:z>",
                            "<u:z a='1'>t<q/></u:z>",
                            "<t:two><t:m/></t:two>",
                        ]
                    )
                )
            elif particle.model == "choice":
                if particle.particles:
                    out += self.particle(random.choice(particle.particles), depth)
            else:
                parts = [self.particle(one, depth) for one in particle.particles]
                if particle.model == "all":
                    random.shuffle(parts)
                out += [piece for part in parts for piece in part]
        return out
