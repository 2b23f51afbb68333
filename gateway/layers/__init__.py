"""Behaviour, one a file: each a function that wraps a `Send` (bytes) or a `Service` (values).

`gateway.app` writes down their order, outermost first, with the reason for each place.
"""
