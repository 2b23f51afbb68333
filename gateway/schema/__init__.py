"""The law of the schema room: everything here runs at build time, nothing on the request path.

Nouns: a `Source` is one schema document as text (`source`); a `Bundle` is all of them, tied together so
that each namespace is one document (`bundle`); a `Model` is what they say (`ir`, made by `xsd` and
`particles`), with its JSON shape set by `lay_out` (`layout`); a `Constraint` is what a JSON Schema cannot
say of it (`passes`); a `Validator` is libxml2's view of the same bundle (`validator`). A refused one is a
`ContractError` (`errors`).
"""
