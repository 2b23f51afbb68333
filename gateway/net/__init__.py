"""Sockets, and nothing of what is said over them: this room knows `Wire` and no SOAP, JSON or schema.

- `server.Server`: HTTP/1.1 in, strict and under the limits; `head` and `path` judge, `connection`
  keeps order and time, `answer` writes.
- `upstream.Upstream`: the same way out, a `Send`; `link` is one connection, `pool` keeps them.
- `admin`: the small server for operators. `selftest`: what must hold before a socket is opened.
"""
