"""The law of twins: one fault written twice, as XML and as JSON, for each thing that a content model can say.

`CONTENTS` has the content of a complex type by name, and under it the twins: attributes, children, and the JSON of the same.
`PLACES` are the places where each of these types stands. `UNLIKE` are the twins that cannot be told alike, with the reason:
the table of docs/json-schema.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Twin = tuple[str, str, Any]

CONTENTS: Final[dict[str, tuple[str, tuple[Twin, ...]]]] = {
    "seq": (
        '<xs:complexType name="seqT"><xs:sequence ><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int" minOccurs="0"/><xs:element name="c" type="xs:string"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:a/>", {"a": ""}),
            ("", "<t:c/>", {"c": ""}),
            ("", "", {}),
            ("", "<t:a/><t:c/><t:zz/>", {"a": "", "c": "", "zz": ""}),
            ("", "<t:a/><t:zz/><t:c/>", {"a": "", "zz": "", "c": ""}),
            ("", "<t:a/><t:b>x</t:b><t:zz/>", {"a": "", "b": "x", "zz": ""}),
            ('x="1"', "<t:a/><t:c/>", {"@x": "1", "a": "", "c": ""}),
            ('t:x="1"', "<t:a/><t:c/>", {"@t:x": "1", "a": "", "c": ""}),
        ),
    ),
    "rep": (
        '<xs:complexType name="repT"><xs:sequence ><xs:element name="a" type="xs:int" minOccurs="2" maxOccurs="3"/><xs:element name="b" type="xs:string" minOccurs="0" maxOccurs="2"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:a>1</t:a>", {"a": [1]}),
            ("", "", {}),
            ("", "<t:b/>", {"b": [""]}),
            ("", "<t:a>1</t:a><t:a>1</t:a><t:a>1</t:a><t:a>1</t:a>", {"a": [1, 1, 1, 1]}),
            ("", "<t:a>1</t:a><t:a>1</t:a><t:a>1</t:a><t:a>1</t:a><t:a>1</t:a>", {"a": [1, 1, 1, 1, 1]}),
            ("", "<t:a>1</t:a><t:a>x</t:a><t:a>y</t:a>", {"a": [1, "x", "y"]}),
            ("", "<t:a>1</t:a><t:a>1</t:a><t:b/><t:b/><t:b/>", {"a": [1, 1], "b": ["", "", ""]}),
            ("", "<t:a>1</t:a><t:a xsi:nil='true'/>", {"a": [1, None]}),
            ("", "<t:a>1</t:a><t:a>1</t:a><t:zz/>", {"a": [1, 1], "zz": ""}),
        ),
    ),
    "cho": (
        '<xs:complexType name="choT"><xs:choice ><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int"/><xs:sequence ><xs:element name="c" type="xs:string"/><xs:element name="d" type="xs:string"/></xs:sequence></xs:choice></xs:complexType>',
        (
            ("", "<t:a/><t:b>1</t:b>", {"a": "", "b": 1}),
            ("", "", {}),
            ("", "<t:c/>", {"c": ""}),
            ("", "<t:d/>", {"d": ""}),
            ("", "<t:c/><t:d/><t:a/>", {"c": "", "d": "", "a": ""}),
            ("", "<t:a/><t:c/>", {"a": "", "c": ""}),
            ("", "<t:b>x</t:b>", {"b": "x"}),
            ("", "<t:zz/>", {"zz": 1}),
            ("", "<t:a/><t:zz/>", {"a": "", "zz": ""}),
        ),
    ),
    "chopt": (
        '<xs:complexType name="choptT"><xs:sequence ><xs:element name="h" type="xs:string"/><xs:choice minOccurs="0"><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int"/></xs:choice><xs:element name="z" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:h/><t:a/><t:b>1</t:b>", {"h": "", "a": "", "b": 1}),
            ("", "<t:a/>", {"a": ""}),
            ("", "<t:h/><t:a/><t:b>1</t:b><t:z>1</t:z>", {"h": "", "a": "", "b": 1, "z": 1}),
        ),
    ),
    "grp": (
        '<xs:complexType name="grpT"><xs:sequence ><xs:element name="h" type="xs:string"/><xs:sequence minOccurs="0"><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:sequence><xs:element name="z" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:h/><t:a/>", {"h": "", "a": ""}),
            ("", "<t:h/><t:b/>", {"h": "", "b": ""}),
            ("", "<t:h/><t:b/><t:z>1</t:z>", {"h": "", "b": "", "z": 1}),
        ),
    ),
    "all": (
        '<xs:complexType name="allT"><xs:all><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int"/><xs:element name="c" type="xs:int" minOccurs="0"/></xs:all></xs:complexType>',
        (
            ("", "<t:a/>", {"a": ""}),
            ("", "<t:b>1</t:b>", {"b": 1}),
            ("", "", {}),
            ("", "<t:a/><t:b>x</t:b>", {"a": "", "b": "x"}),
            ("", "<t:a/><t:b>1</t:b><t:zz/>", {"a": "", "b": 1, "zz": ""}),
        ),
    ),
    "items": (
        '<xs:complexType name="itemsT"><xs:sequence ><xs:element name="h" type="xs:string"/><xs:sequence minOccurs="1" maxOccurs="3"><xs:element name="k" type="xs:int"/><xs:element name="v" type="xs:string" minOccurs="0"/></xs:sequence></xs:sequence></xs:complexType>',
        (
            ("", "<t:h/>", {"h": ""}),
            (
                "",
                "<t:h/><t:k>1</t:k><t:k>2</t:k><t:k>3</t:k><t:k>4</t:k>",
                {"h": "", "$items": [{"k": 1}, {"k": 2}, {"k": 3}, {"k": 4}]},
            ),
            ("", "<t:h/><t:k>1</t:k><t:k>x</t:k>", {"h": "", "$items": [{"k": 1}, {"k": "x"}]}),
            ("", "<t:h/><t:v/>", {"h": "", "$items": [{"v": ""}]}),
            ("", "<t:h/><t:k>1</t:k><t:zz/>", {"h": "", "$items": [{"k": 1, "zz": ""}]}),
            ("", "<t:h/><t:k>1</t:k><t:zz/><t:v/>", {"h": "", "$items": [{"k": 1, "zz": "", "v": ""}]}),
        ),
    ),
    "itcho": (
        '<xs:complexType name="itchoT"><xs:choice maxOccurs="unbounded"><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:sequence ><xs:element name="c" type="xs:int"/><xs:element name="d" type="xs:int"/></xs:sequence></xs:choice></xs:complexType>',
        (
            ("", "<t:a>1</t:a><t:b>x</t:b>", [{"a": 1}, {"b": "x"}]),
            ("", "<t:a>1</t:a><t:c>1</t:c>", [{"a": 1}, {"c": 1}]),
            ("", "<t:a>1</t:a><t:d>1</t:d>", [{"a": 1}, {"d": 1}]),
        ),
    ),
    "whole": (
        '<xs:complexType name="wholeT"><xs:sequence ><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:element name="a2" type="xs:int" minOccurs="0"/><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:a>1</t:a><t:b>1</t:b>", {"$items": [{"a": 1}, {"b": 1}]}),
            ("", "<t:a>1</t:a><t:b>x</t:b><t:a>y</t:a>", {"$items": [{"a": 1}, {"b": "x"}, {"a": "y"}]}),
            ("", "<t:a>1</t:a><t:a>1</t:a>", {"$items": [{"a": 1}, {"a": 1}]}),
            ("", "<t:a>1</t:a><t:b>1</t:b><t:a>1</t:a><t:zz/>", {"$items": [{"a": 1}, {"b": 1}, {"a": 1}, {"zz": ""}]}),
            (
                "",
                "<t:a>1</t:a><t:b>1</t:b><t:a>1</t:a><t:a>1</t:a>",
                {"$items": [{"a": 1}, {"b": 1}, {"a": 1}, {"a": 1}]},
            ),
            ("", "", {}),
            ("", "", {"$items": []}),
        ),
    ),
    "attrs": (
        '<xs:complexType name="attrsT"><xs:sequence ><xs:element name="a" type="xs:string" minOccurs="0"/></xs:sequence><xs:attribute name="x" type="xs:int" use="required"/><xs:attribute name="f" type="xs:int" fixed="1"/><xs:attribute ref="xml:lang"/><xs:attribute name="q" type="xs:int" form="qualified"/></xs:complexType>',
        (
            ("", "", {}),
            ('x="y"', "", {"@x": "y"}),
            ('x="1" f="2"', "", {"@x": 1, "@f": 2}),
            ('x="1" xml:lang="not ok"', "", {"@x": 1, "@xml:lang": "not ok"}),
            ('x="1" t:q="z"', "", {"@x": 1, "@t:q": "z"}),
            ('x="1" zz="z"', "", {"@x": 1, "@zz": "z"}),
            ('x="1" q="z"', "", {"@x": 1, "@q": "z"}),
            ('x="1" xmlns:o="urn:o" o:q="z"', "", {"@x": 1, "@{urn:o}q": "z"}),
            ('x="" zz="1"', "<t:a/><t:zz/>", {"@x": "", "@zz": "1", "a": "", "zz": ""}),
        ),
    ),
    "anyattr": (
        '<xs:complexType name="anyattrT"><xs:sequence ><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence><xs:anyAttribute namespace="##targetNamespace" processContents="lax"/></xs:complexType>',
        (
            ('t:ga="x"', "", {"@{urn:t}ga": "x"}),
            ('t:gf="2"', "", {"@{urn:t}gf": 2}),
            ('xmlns:o="urn:o" o:q="z"', "", {"@{urn:o}q": "z"}),
            ('zz="z"', "", {"@{}zz": "z"}),
        ),
    ),
    "anyattrs": (
        '<xs:complexType name="anyattrsT"><xs:sequence ><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence><xs:anyAttribute namespace="##any" processContents="strict"/></xs:complexType>',
        (
            ('t:ga="x"', "", {"@{urn:t}ga": "x"}),
            ('t:gf="2"', "", {"@{urn:t}gf": 2}),
            ('xmlns:o="urn:o" o:q="z"', "", {"@{urn:o}q": "z"}),
            ('t:nn="z"', "", {"@{urn:t}nn": "z"}),
        ),
    ),
    "fixed": (
        '<xs:complexType name="fixedT"><xs:sequence ><xs:element name="a" type="xs:int" fixed="3" minOccurs="0"/><xs:element name="b" type="xs:string" fixed="q" nillable="true" minOccurs="0"/><xs:element name="c" type="xs:int" default="3" minOccurs="0" maxOccurs="2"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:a>4</t:a>", {"a": 4}),
            ("", "<t:a>x</t:a>", {"a": "x"}),
            ("", "<t:b xsi:nil='true'/>", {"b": None}),
            ("", "<t:b>r</t:b>", {"b": "r"}),
        ),
    ),
    "nil": (
        '<xs:complexType name="nilT"><xs:sequence ><xs:element name="a" type="xs:int" nillable="true" minOccurs="0"/><xs:element name="b" nillable="true" minOccurs="0" maxOccurs="2"><xs:complexType><xs:sequence><xs:element name="i" type="xs:int"/></xs:sequence><xs:attribute name="x" type="xs:int"/></xs:complexType></xs:element><xs:element name="e" type="t:seqT" minOccurs="0"/><xs:element name="g" type="t:AT" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:b xsi:nil='true' x='q'/>", {"b": [{"@x": "q", "$nil": True}]}),
            ("", "<t:b xsi:nil='true' y='1'/>", {"b": [{"@y": "1", "$nil": True}]}),
            ("", "<t:b xsi:nil='true' x='1'><t:i>1</t:i></t:b>", {"b": [{"@x": 1, "$nil": True, "i": 1}]}),
            ("", "<t:b xsi:nil='true'><t:i>1</t:i></t:b>", {"b": [{"$nil": True, "i": 1}]}),
            ("", "<t:e xsi:nil='true'/>", {"e": {"$nil": True}}),
            ("", "<t:g xsi:nil='true' at='1'/>", {"g": {"$nil": True, "@at": 1}}),
        ),
    ),
    "type": (
        '<xs:complexType name="typeT"><xs:sequence ><xs:element name="p" type="t:Base" minOccurs="0"/><xs:element name="q" type="t:Abs" minOccurs="0" maxOccurs="2"/><xs:element name="s" type="xs:int" minOccurs="0"/><xs:element name="u" type="t:Fin" minOccurs="0"/><xs:element name="n" type="t:Abs" nillable="true" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:p xsi:type='t:Nope'><t:a/></t:p>", {"p": {"$type": "t:Nope", "a": ""}}),
            ("", "<t:p xsi:type='t:AT' at='1'/>", {"p": {"$type": "t:AT", "@at": 1}}),
            ("", "<t:q><t:a/></t:q>", {"q": [{"a": ""}]}),
            ("", "<t:q xsi:type='t:Abs'><t:a/></t:q>", {"q": [{"$type": "t:Abs", "a": ""}]}),
            ("", "<t:p xsi:type='t:Der'><t:a>x</t:a></t:p>", {"p": {"$type": "t:Der", "a": "x"}}),
            ("", "<t:p xsi:type='t:Der'><t:a>1</t:a><t:d>x</t:d></t:p>", {"p": {"$type": "t:Der", "a": 1, "d": "x"}}),
            (
                "",
                "<t:p xsi:type='t:Der'><t:a>1</t:a><t:d>1</t:d><t:zz/></t:p>",
                {"p": {"$type": "t:Der", "a": 1, "d": 1, "zz": ""}},
            ),
            ("", "<t:q xsi:type='t:Con'><t:d>x</t:d></t:q>", {"q": [{"$type": "t:Con", "d": "x"}]}),
            ("", "<t:s xsi:type='xs:string'>x</t:s>", {"s": {"$type": "xs:string", "$value": "x"}}),
            ("", "<t:p xsi:type='xs:int'>1</t:p>", {"p": {"$type": "xs:int", "$value": 1}}),
            ("", "<t:u xsi:type='t:FinD'><t:a>1</t:a></t:u>", {"u": {"$type": "t:FinD", "a": 1}}),
            ("", "<t:n xsi:nil='true'/>", {"n": None}),
            (
                "",
                "<t:p xsi:type='t:Der' y='1'><t:a>1</t:a><t:d>1</t:d></t:p>",
                {"p": {"$type": "t:Der", "a": 1, "d": 1, "@y": "1"}},
            ),
        ),
    ),
    "subst": (
        '<xs:complexType name="substT"><xs:sequence ><xs:element ref="t:Head" minOccurs="0"/><xs:element name="w" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:Head/>", {"Head": {}}),
            ("", "<t:M1>x</t:M1>", {"M1": "x"}),
            ("", "<t:M1>1</t:M1><t:M2>1</t:M2>", {"M1": 1, "M2": 1}),
        ),
    ),
    "substr": (
        '<xs:complexType name="substrT"><xs:sequence ><xs:element ref="t:Head" minOccurs="1" maxOccurs="2"/><xs:element name="w" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "", {}),
            ("", "<t:M1>x</t:M1>", {"$items": [{"M1": "x"}]}),
            ("", "<t:M1>1</t:M1><t:M2>1</t:M2><t:M2>x</t:M2>", {"$items": [{"M1": 1}, {"M2": 1}, {"M2": "x"}]}),
            ("", "<t:M1>1</t:M1><t:M2>1</t:M2><t:M2>1</t:M2>", {"$items": [{"M1": 1}, {"M2": 1}, {"M2": 1}]}),
        ),
    ),
    "mixed": (
        '<xs:complexType name="mixedT" mixed="true"><xs:sequence ><xs:element name="b" type="xs:int" maxOccurs="2"/><xs:element name="c" type="xs:string"/></xs:sequence></xs:complexType>',
        (
            ("", "a<t:b>1</t:b><t:b>1</t:b><t:b>1</t:b>", {"$mixed": ["a", {"b": 1}, {"b": 1}, {"b": 1}]}),
            ("", "a<t:b>1</t:b>", {"$mixed": ["a", {"b": 1}]}),
            ("", "a<t:c/>", {"$mixed": ["a", {"c": ""}]}),
            ('y="1"', "a<t:b>1</t:b><t:c/>", {"@y": "1", "$mixed": ["a", {"b": 1}, {"c": ""}]}),
            ("", "a", {"$mixed": ["a"]}),
            ("", "", {"$mixed": []}),
        ),
    ),
    "simple": (
        '<xs:complexType name="simpleT"><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="u" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>',
        (
            ("", "x", {"$value": "x"}),
            ('u="x"', "1", {"@u": "x", "$value": 1}),
            ('zz="x"', "1", {"@zz": "x", "$value": 1}),
            ('zz="x"', "y", {"@zz": "x", "$value": "y"}),
            ("", "", {"$value": ""}),
        ),
    ),
    "empty": (
        '<xs:complexType name="emptyT"></xs:complexType>',
        (),
    ),
    "wlax": (
        '<xs:complexType name="wlaxT"><xs:sequence ><xs:element name="h" type="xs:int"/><xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="3"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:h>1</t:h><t:gi>x</t:gi>", {"h": 1, "$any": [{"{urn:t}gi": "x"}]}),
            ("", "<t:h>1</t:h><t:gi>1</t:gi><t:gi>x</t:gi>", {"h": 1, "$any": [{"{urn:t}gi": 1}, {"{urn:t}gi": "x"}]}),
            (
                "",
                "<t:h>1</t:h><t:gi>1</t:gi><t:gi>1</t:gi><t:gi>1</t:gi><t:gi>1</t:gi>",
                {"h": 1, "$any": [{"{urn:t}gi": 1}, {"{urn:t}gi": 1}, {"{urn:t}gi": 1}, {"{urn:t}gi": 1}]},
            ),
            (
                "",
                "<t:h>1</t:h><t:gi>1</t:gi><t:gg/><t:gi>1</t:gi><z xmlns='urn:o'/>",
                {"h": 1, "$any": [{"{urn:t}gi": 1}, {"{urn:t}gg": {}}, {"{urn:t}gi": 1}, {"{urn:o}z": {}}]},
            ),
            (
                "",
                "<t:h>1</t:h><z xmlns='urn:o'><y/><t:gi>x</t:gi></z>",
                {"h": 1, "$any": [{"{urn:o}z": {"$items": [{"{urn:o}y": {}}, {"{urn:t}gi": "x"}]}}]},
            ),
            ("", "<t:h>1</t:h><z xmlns='urn:o' t:ga='x'/>", {"h": 1, "$any": [{"{urn:o}z": {"@{urn:t}ga": "x"}}]}),
            (
                "",
                "<t:h>1</t:h><z xmlns='urn:o'>a<t:gi>1</t:gi><t:gi>x</t:gi></z>",
                {"h": 1, "$any": [{"{urn:o}z": {"$mixed": ["a", {"{urn:t}gi": 1}, {"{urn:t}gi": "x"}]}}]},
            ),
            ("", "<t:h>1</t:h><t:Abst/>", {"h": 1, "$any": [{"{urn:t}Abst": {}}]}),
            ("", "<t:h>1</t:h><t:gi xsi:nil='true'/>", {"h": 1, "$any": [{"{urn:t}gi": None}]}),
            ("", "<t:h>1</t:h><t:gseq><t:a/></t:gseq>", {"h": 1, "$any": [{"{urn:t}gseq": {"a": ""}}]}),
            (
                "",
                "<t:h>1</t:h><t:gseq><t:a/><t:zz/><t:c/></t:gseq>",
                {"h": 1, "$any": [{"{urn:t}gseq": {"a": "", "zz": "", "c": ""}}]},
            ),
            (
                "",
                "<t:h>1</t:h><z xmlns='urn:o' xsi:type='t:Nope'/>",
                {"h": 1, "$any": [{"{urn:o}z": {"$type": "t:Nope"}}]},
            ),
            (
                "",
                "<t:h>1</t:h><z xmlns='urn:o' xsi:type='xs:int'>x</z>",
                {"h": 1, "$any": [{"{urn:o}z": {"$type": "xs:int", "$value": "x"}}]},
            ),
            (
                "",
                "<t:h>1</t:h><z xmlns='urn:o' xsi:type='t:Der'><t:a>x</t:a></z>",
                {"h": 1, "$any": [{"{urn:o}z": {"$type": "t:Der", "a": "x"}}]},
            ),
            ("", "<t:gi>1</t:gi>", {"$any": [{"{urn:t}gi": 1}]}),
        ),
    ),
    "wstrict": (
        '<xs:complexType name="wstrictT"><xs:sequence ><xs:element name="h" type="xs:int"/><xs:any namespace="##any" processContents="strict" minOccurs="1" maxOccurs="2"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:h>1</t:h>", {"h": 1}),
            ("", "<t:h>1</t:h><t:nn/>", {"h": 1, "$any": [{"{urn:t}nn": {}}]}),
            ("", "<t:h>1</t:h><t:gi>1</t:gi><t:nn/>", {"h": 1, "$any": [{"{urn:t}gi": 1}, {"{urn:t}nn": {}}]}),
            ("", "<t:h>1</t:h><z xmlns='urn:o'/>", {"h": 1, "$any": [{"{urn:o}z": {}}]}),
            ("", "<t:h>1</t:h><z xmlns=''/>", {"h": 1, "$any": [{"{}z": {}}]}),
            ("", "<t:h>1</t:h><t:nn/><t:nn/>", {"h": 1, "$any": [{"{urn:t}nn": {}}, {"{urn:t}nn": {}}]}),
        ),
    ),
    "wother": (
        '<xs:complexType name="wotherT"><xs:sequence ><xs:element name="h" type="xs:int" minOccurs="0"/><xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/><xs:element name="z" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:gi>1</t:gi>", {"$any": [{"{urn:t}gi": 1}]}),
            ("", "<t:h>1</t:h><t:gi>1</t:gi>", {"h": 1, "$any": [{"{urn:t}gi": 1}]}),
            ("", "<o:q xmlns:o='urn:o'/><t:gi>1</t:gi>", {"$any": [{"{urn:o}q": {}}, {"{urn:t}gi": 1}]}),
            (
                "",
                "<o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o'/>",
                {"$any": [{"{urn:o}q": {}}, {"{urn:o}q": {}}, {"{urn:o}q": {}}]},
            ),
            ("", "<v xmlns=''/>", {"$any": [{"{}v": {}}]}),
            ("", "<t:v/>", {"$any": [{"{urn:t}v": {}}]}),
            ("", "<t:v/><t:v/>", {"$any": [{"{urn:t}v": {}}, {"{urn:t}v": {}}]}),
            (
                "",
                "<o:q xmlns:o='urn:o'><t:gi>x</t:gi></o:q>",
                {"$any": [{"{urn:o}q": {"$items": [{"{urn:t}gi": "x"}]}}]},
            ),
            ("", "<t:z>x</t:z>", {"z": "x"}),
        ),
    ),
    "wonce": (
        '<xs:complexType name="wonceT"><xs:sequence ><xs:element name="h" type="xs:int" minOccurs="0"/><xs:any namespace="##other" processContents="lax" minOccurs="1"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:v/>", {"$any": {"{urn:t}v": {}}}),
            ("", "<t:gi>1</t:gi>", {"$any": {"{urn:t}gi": 1}}),
            ("", "<v xmlns=''/>", {"$any": {"{}v": {}}}),
            ("", "", {}),
            ("", "<t:h>x</t:h><t:v/>", {"h": "x", "$any": {"{urn:t}v": {}}}),
            ("", "<o:q xmlns:o='urn:o'><t:gi>x</t:gi></o:q>", {"$any": {"{urn:o}q": {"$items": [{"{urn:t}gi": "x"}]}}}),
            ("", "<o:q xmlns:o='urn:o' t:ga='x'/>", {"$any": {"{urn:o}q": {"@{urn:t}ga": "x"}}}),
        ),
    ),
    "wopt": (
        '<xs:complexType name="woptT"><xs:sequence ><xs:element name="h" type="xs:int" minOccurs="0"/><xs:any namespace="##other" processContents="strict" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:v/>", {"$any": {"{urn:t}v": {}}}),
            ("", "<o:q xmlns:o='urn:o'/>", {"$any": {"{urn:o}q": {}}}),
        ),
    ),
    "wmin": (
        '<xs:complexType name="wminT"><xs:sequence ><xs:element name="h" type="xs:int" minOccurs="0"/><xs:any namespace="##other" processContents="lax" minOccurs="2" maxOccurs="3"/></xs:sequence></xs:complexType>',
        (
            ("", "", {}),
            ("", "<o:q xmlns:o='urn:o'/>", {"$any": [{"{urn:o}q": {}}]}),
            (
                "",
                "<o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o'/>",
                {"$any": [{"{urn:o}q": {}}, {"{urn:o}q": {}}, {"{urn:o}q": {}}, {"{urn:o}q": {}}]},
            ),
        ),
    ),
    "wtwo": (
        '<xs:complexType name="wtwoT"><xs:sequence ><xs:any namespace="urn:o" processContents="lax"/><xs:any namespace="##local" processContents="lax" minOccurs="0"/><xs:element name="e" type="xs:int"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:e>1</t:e>", {"$items": [{"e": 1}]}),
            ("", "<o:q xmlns:o='urn:o'/><t:e>x</t:e>", {"$items": [{"$any": {"{urn:o}q": {}}}, {"e": "x"}]}),
        ),
    ),
    "witems": (
        '<xs:complexType name="witemsT"><xs:sequence ><xs:sequence minOccurs="0" maxOccurs="4"><xs:element name="k" type="xs:int"/><xs:any namespace="##other" processContents="lax" minOccurs="0"/></xs:sequence></xs:sequence></xs:complexType>',
        (
            ("", "<t:k>1</t:k><t:k>1</t:k><t:v/>", {"$items": [{"k": 1}, {"k": 1, "$any": {"{urn:t}v": {}}}]}),
            ("", "<t:k>1</t:k><t:k>1</t:k><t:gi>1</t:gi>", {"$items": [{"k": 1}, {"k": 1, "$any": {"{urn:t}gi": 1}}]}),
            (
                "",
                "<t:k>1</t:k><t:k>1</t:k><o:q xmlns:o='urn:o' t:ga='x'/>",
                {"$items": [{"k": 1}, {"k": 1, "$any": {"{urn:o}q": {"@{urn:t}ga": "x"}}}]},
            ),
            (
                "",
                "<t:k>1</t:k><o:q xmlns:o='urn:o'/><t:k>1</t:k><o:q xmlns:o='urn:o' t:ga='x'/>",
                {"$items": [{"k": 1, "$any": {"{urn:o}q": {}}}, {"k": 1, "$any": {"{urn:o}q": {"@{urn:t}ga": "x"}}}]},
            ),
        ),
    ),
    "wcho": (
        '<xs:complexType name="wchoT"><xs:choice ><xs:element name="a" type="xs:int"/><xs:any namespace="##other" processContents="lax" maxOccurs="2"/></xs:choice></xs:complexType>',
        (
            ("", "<t:v/>", {"$any": [{"{urn:t}v": {}}]}),
            ("", "<t:a>1</t:a><o:q xmlns:o='urn:o'/>", {"a": 1, "$any": [{"{urn:o}q": {}}]}),
            ("", "", {}),
        ),
    ),
    "wmix": (
        '<xs:complexType name="wmixT" mixed="true"><xs:sequence ><xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="3"/></xs:sequence></xs:complexType>',
        (
            ("", "a<t:v/>", {"$mixed": ["a", {"$any": {"{urn:t}v": {}}}]}),
            ("", "a<o:q xmlns:o='urn:o' t:ga='x'/>", {"$mixed": ["a", {"$any": {"{urn:o}q": {"@{urn:t}ga": "x"}}}]}),
            (
                "",
                "a<o:q xmlns:o='urn:o'/><o:q xmlns:o='urn:o' t:ga='x'/>",
                {"$mixed": ["a", {"$any": {"{urn:o}q": {}}}, {"$any": {"{urn:o}q": {"@{urn:t}ga": "x"}}}]},
            ),
        ),
    ),
    "wskip": (
        '<xs:complexType name="wskipT"><xs:sequence ><xs:any namespace="##other" processContents="skip" maxOccurs="2"/></xs:sequence></xs:complexType>',
        (("", "<t:v/>", {"$any": [{"{urn:t}v": {}}]}),),
    ),
    "open": (
        '<xs:complexType name="openT"><xs:sequence ><xs:element name="o" type="xs:anyType" minOccurs="0"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:o><t:gi>x</t:gi></t:o>", {"o": {"$items": [{"{urn:t}gi": "x"}]}}),
            ("", "<t:o t:ga='x'/>", {"o": {"@{urn:t}ga": "x"}}),
            ("", "<t:o t:gf='2'/>", {"o": {"@{urn:t}gf": 2}}),
            ("", "<t:o xsi:type='xs:int'>x</t:o>", {"o": {"$type": "xs:int", "$value": "x"}}),
            ("", "<t:o xsi:type='t:Nope'/>", {"o": {"$type": "t:Nope"}}),
            (
                "",
                "<t:o>a<t:gi>1</t:gi><t:gi>x</t:gi></t:o>",
                {"o": {"$mixed": ["a", {"{urn:t}gi": 1}, {"{urn:t}gi": "x"}]}},
            ),
            ("", "<t:o><t:Abst/></t:o>", {"o": {"$items": [{"{urn:t}Abst": {}}]}}),
            ("", "<t:o xsi:type='t:Abs'/>", {"o": {"$type": "t:Abs"}}),
        ),
    ),
    "key": (
        '<xs:complexType name="keyT"><xs:sequence ><xs:element name="i" maxOccurs="9"><xs:complexType><xs:attribute name="n" type="xs:int"/></xs:complexType></xs:element><xs:element name="f" type="xs:int" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType>',
        (
            ("", "<t:i n='1'/><t:i n='1'/>", {"i": [{"@n": 1}, {"@n": 1}]}),
            ("", "<t:i n='1'/><t:i/>", {"i": [{"@n": 1}, {}]}),
            ("", "<t:i n='1'/><t:f>2</t:f>", {"i": [{"@n": 1}], "f": [2]}),
            ("", "<t:i n='1'/><t:f>1</t:f><t:f>2</t:f>", {"i": [{"@n": 1}], "f": [1, 2]}),
        ),
    ),
    "ids": (
        '<xs:complexType name="idsT"><xs:sequence ><xs:element name="d" type="xs:ID" maxOccurs="9" minOccurs="0"/><xs:element name="rf" type="xs:IDREF" maxOccurs="9" minOccurs="0"/><xs:element name="rs" type="xs:IDREFS" minOccurs="0"/></xs:sequence><xs:attribute name="i" type="xs:ID"/></xs:complexType>',
        (
            ("", "<t:d>a</t:d><t:d>a</t:d>", {"d": ["a", "a"]}),
            ("", "<t:d>a</t:d><t:rf>b</t:rf>", {"d": ["a"], "rf": ["b"]}),
            ("", "<t:rs>a b</t:rs>", {"rs": ["a", "b"]}),
            ("i='a'", "<t:d>a</t:d>", {"@i": "a", "d": ["a"]}),
            ("", "<t:rf>b</t:rf><t:rf>b</t:rf>", {"rf": ["b", "b"]}),
        ),
    ),
}

GLOBALS: Final = (
    '<xs:import namespace="http://www.w3.org/XML/1998/namespace"/>'
    '<xs:attribute name="ga" type="xs:int"/><xs:attribute name="gf" type="xs:int" fixed="1"/><xs:element name="gi" type="xs:int"/><xs:element name="gg"><xs:complexType/></xs:element><xs:element name="gseq" type="t:seqT"/><xs:element name="Abst" abstract="true"/>'
    '<xs:complexType name="Base"><xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType><xs:complexType name="Der"><xs:complexContent><xs:extension base="t:Base"><xs:sequence><xs:element name="d" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
    '<xs:complexType name="Abs" abstract="true"><xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType><xs:complexType name="Con"><xs:complexContent><xs:extension base="t:Abs"><xs:sequence><xs:element name="d" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
    '<xs:complexType name="Fin" block="#all"><xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType><xs:complexType name="FinD"><xs:complexContent><xs:extension base="t:Fin"/></xs:complexContent></xs:complexType>'
    '<xs:complexType name="AT"><xs:attribute name="at" type="xs:int"/></xs:complexType>'
    '<xs:element name="Head" abstract="true" type="xs:int"/><xs:element name="M1" substitutionGroup="t:Head" type="xs:int"/><xs:element name="M2" substitutionGroup="t:Head" type="xs:int"/>'
)

KEYS: Final = '<xs:key name="K"><xs:selector xpath="t:i"/><xs:field xpath="@n"/></xs:key><xs:keyref name="R" refer="t:K"><xs:selector xpath="t:f"/><xs:field xpath="."/></xs:keyref>'


Within = Callable[[str, Any], Any]

PLACES: Final[dict[str, tuple[str, Within]]] = {
    "one": ("<t:one_{name} {attributes}>{content}</t:one_{name}>", lambda name, json: {f"one_{name}": json}),
    "many": (
        "<t:many_{name}><t:x {attributes}>{content}</t:x></t:many_{name}>",
        lambda name, json: {f"many_{name}": {"x": [json]}},
    ),
    "wrap": (
        "<t:wrap_{name}><t:x {attributes}>{content}</t:x></t:wrap_{name}>",
        lambda name, json: {f"wrap_{name}": [json]},
    ),
    "item": (
        "<t:item_{name}><t:k/><t:x {attributes}>{content}</t:x></t:item_{name}>",
        lambda name, json: {f"item_{name}": {"$items": [{"k": "", "x": json}]}},
    ),
    "mixed": (
        "<t:mixed_{name}>a<t:x {attributes}>{content}</t:x></t:mixed_{name}>",
        lambda name, json: {f"mixed_{name}": {"$mixed": ["a", {"x": json}]}},
    ),
    "any": (
        "<t:any><t:one_{name} {attributes}>{content}</t:one_{name}></t:any>",
        lambda name, json: {"any": {"$any": [{f"{{urn:t}}one_{name}": json}]}},
    ),
    "open": (
        "<t:open><t:one_{name} {attributes}>{content}</t:one_{name}></t:open>",
        lambda name, json: {"open": {"$items": [{f"{{urn:t}}one_{name}": json}]}},
    ),
}


def _places(name: str) -> str:
    """The declarations of a type's places; the identity constraints of `key` have a name each."""

    def inner(place: str, occurs: str = "") -> str:
        keys = KEYS.replace('"K"', f'"K_{place}"').replace('"R"', f'"R_{place}"').replace("t:K", f"t:K_{place}")
        return f'name="{{0}}" type="t:{name}T" {occurs}>{keys if name == "key" else ""}</xs:element>'

    def x(place: str, occurs: str = "") -> str:
        return "<xs:element " + inner(place, occurs).replace("{0}", "x")

    many, text = 'maxOccurs="9"', '<xs:element name="k" type="xs:string"/>'
    other = '<xs:element name="y" type="xs:string" minOccurs="0"/>'
    contents = {
        "many": f"<xs:complexType><xs:sequence>{x('many', many)}{other}</xs:sequence></xs:complexType>",
        "wrap": f"<xs:complexType><xs:sequence>{x('wrap', many)}</xs:sequence></xs:complexType>",
        "item": f'<xs:complexType><xs:sequence maxOccurs="3">{text}{x("item")}</xs:sequence>'
        '<xs:attribute name="z"/></xs:complexType>',
        "mixed": f'<xs:complexType mixed="true"><xs:sequence>{x("mixed")}</xs:sequence></xs:complexType>',
    }
    return (
        "<xs:element "
        + inner("one").replace("{0}", f"one_{name}")
        + "".join(f'<xs:element name="{place}_{name}">{content}</xs:element>' for place, content in contents.items())
    )


def schema() -> str:
    """One schema of all the types, each at all its places, below `{urn:t}r`."""
    refs = "".join(
        f'<xs:element ref="t:{place}_{name}"/>'
        for name in CONTENTS
        for place in ("one", "many", "wrap", "item", "mixed")
    )
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"'
        f' elementFormDefault="qualified">{GLOBALS}'
        + "".join(declared + _places(name) for name, (declared, _) in CONTENTS.items())
        + '<xs:element name="any"><xs:complexType><xs:sequence><xs:any maxOccurs="9" processContents="lax"/></xs:sequence>'
        '</xs:complexType></xs:element><xs:element name="open" type="xs:anyType"/><xs:element name="r"><xs:complexType>'
        f'<xs:choice>{refs}<xs:element ref="t:any"/><xs:element ref="t:open"/></xs:choice></xs:complexType></xs:element>'
        "</xs:schema>"
    )


UNLIKE: Final[tuple[tuple[str, str, str, Any], ...]] = (
    ("null of what is optional is absence in JSON", "seq", "<t:a/><t:b xsi:nil='true'/><t:c/>", {"a": "", "b": None, "c": ""}),
    ("a plain key has no namespace", "seq", "<t:a/><zz xmlns=''/><t:c/>", {"a": "", "c": "", "zz": 1}),
    ("an object or another kind of JSON value at a scalar's place", "seq", "<t:a><t:q/></t:a><t:c/>", {"a": {"q": ""}, "c": ""}),
    ("an entry that holds nothing but nulls", "items", "<t:h/><t:k>1</t:k><t:k xsi:nil='true'/>", {"h": "", "$items": [{"k": 1}, {"k": None}]}),
    ("the order of $items and $mixed is looked at when nothing else is wrong", "mixed", "a<t:b>x</t:b>", {"$mixed": ["a", {"b": "x"}]}),
    ("a key beside $any that is not declared", "wother", "<t:v/>", {"v": ""}),
    ("a content without any element has no namespace to be told by", "empty", "<t:a/>", {"a": ""}),
)  # fmt: skip
