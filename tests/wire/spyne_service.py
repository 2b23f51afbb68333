"""The foreign service of the tests: Spyne, SOAP 1.1 over wsgiref. `python spyne_service.py PORT`."""

from __future__ import annotations

import sys
import types
from wsgiref.simple_server import WSGIRequestHandler, make_server


def _shim() -> None:
    """Spyne 2.14 was made before Python 3.12: it needs `cgi` and the six that it carries to be importable."""
    if sys.version_info < (3, 12):
        return
    import six

    sys.modules.setdefault("spyne.util.six", six)
    for name in ("moves", "moves.urllib", "moves.urllib.parse", "moves.collections_abc", "moves.http_cookies"):
        module = sys.modules.get(f"six.{name}")
        if module is not None:
            sys.modules.setdefault(f"spyne.util.six.{name}", module)
    cgi = types.ModuleType("cgi")
    cgi.parse_header = lambda line: (line.partition(";")[0].strip(), {})  # type: ignore[attr-defined]
    sys.modules.setdefault("cgi", cgi)


_shim()

from spyne import Application, Array, ComplexModel, Decimal, Fault, Integer, Long, ServiceBase, Unicode, rpc  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server.wsgi import WsgiApplication  # noqa: E402


class Line(ComplexModel):
    sku = Unicode(min_occurs=1)
    qty = Integer(min_occurs=1)
    price = Decimal(min_occurs=1)


class Order(ComplexModel):
    id = Long(min_occurs=1)
    lines = Array(Line)


class Orders(ServiceBase):
    @rpc(Array(Line), _returns=Decimal)
    def total(ctx, lines):
        return sum(line.qty * line.price for line in lines)

    @rpc(Order, _returns=Order)
    def echo(ctx, order):
        return order

    @rpc(_returns=Unicode)
    def fail(ctx):
        raise Fault("Server.Boom", "It went wrong.")


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    application = Application([Orders], "urn:orders", name="Orders", in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
    make_server("127.0.0.1", int(sys.argv[1]), WsgiApplication(application), handler_class=_Quiet).serve_forever()
