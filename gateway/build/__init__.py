"""From settings and a contract to a `Book`: everything that can be known before the first request.

A map: `workbench` (one contract being compiled: layouts, codecs, JSON Schemas), `operations`,
`doors` (routes and SOAP addresses), `pages` (what the gateway itself serves), `book` (all together).
`gateway check` runs this same code. Sockets are not known here.
"""
