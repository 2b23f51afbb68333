"""Bytes to messages and back, both halves of each protocol.

A map of the nouns: `envelope` (SOAP 1.1 and 1.2 as a tree), `fault` (a Fault of either version),
`soap` and `rest` (the codecs and halves), `problem` (RFC 9457 documents), `router` (which door).
"""
