"""Measurements, run by hand: `make bench`. What they found stands in the docs with its date and machine.

- `throughput`: requests a second and CPU a request of the gateway, beside a plain pass-through proxy.
- `backend`, `passthrough`, `load`: its parts, each a process of its own on a core of its own.
"""
