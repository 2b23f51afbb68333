"""Contracts drawn from JSON: an OpenAPI document or JSON Schemas in, an XSD, a WSDL and a table of shapes out.

`texts` opens documents and knows where everything stands; `bundle` makes one set of 2020-12 schemas of them; `flat`
puts the parts of one schema together; `reader` decides its kind (`kinds`; `scalars` for the simple ones); `ecma`
translates patterns, `naming` names; `xsd` and `wsdl` draw; `shapes` says where the service's JSON is not the
mapping's; `operations` reads OpenAPI, and `draw` does it all.
"""
