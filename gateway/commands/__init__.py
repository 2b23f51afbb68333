"""Commands: what `gateway.cli` calls, one module a family; each returns an exit code.

- `contract`: how a command gets its contract (CONFIG, --wsdl, --xsd) and tells what is wrong with it.
- `serve`: serve and demo. `show`: check, routes, openapi, wsdl, problems. `explain`, `schema`.
- `translate`: one message, or a batch of them; `elements` and `messages` are the two ways it reads a contract.
"""
