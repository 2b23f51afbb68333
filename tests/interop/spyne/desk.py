"""The desk on Spyne: `desk.py PORT` serves /desk11 and /desk12, each with the WSDL that Spyne makes at ?wsdl."""

from __future__ import annotations

import datetime
import importlib.util
import sys
from pathlib import Path
from typing import ClassVar
from wsgiref.simple_server import WSGIRequestHandler, make_server

# Spyne 2.14 was made before Python 3.12; what it needs there is made by the service of the tests over the wire.
_spec = importlib.util.spec_from_file_location("shim", Path(__file__).parents[2] / "wire" / "spyne_service.py")
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))

from spyne import (  # noqa: E402
    Application,
    Boolean,
    ComplexModel,
    Date,
    DateTime,
    Decimal,
    Fault,
    Integer32,
    Long,
    ServiceBase,
    Unicode,
    rpc,
)
from spyne.protocol.soap import Soap11, Soap12  # noqa: E402
from spyne.server.wsgi import WsgiApplication  # noqa: E402
from spyne.util.wsgi_wrapper import WsgiMounter  # noqa: E402

NAMESPACE = "urn:example:desk"
PRIORITY = Unicode(values=["low", "high"], type_name="Priority")
NEEDED = {"min_occurs": 1, "nullable": False}


class Line(ComplexModel):
    __namespace__ = NAMESPACE
    sku = Unicode(**NEEDED)
    qty = Integer32(**NEEDED)
    price = Decimal(**NEEDED)


class Lines(ComplexModel):
    __namespace__ = NAMESPACE
    line = Line.customize(min_occurs=0, max_occurs="unbounded", nullable=False)


class Order(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info: ClassVar = [
        ("customer", Unicode(**NEEDED)),
        ("due", Date(**NEEDED)),
        ("express", Boolean(**NEEDED)),
        ("priority", PRIORITY.customize(**NEEDED)),
        ("budget", Long(**NEEDED)),
        ("comment", Unicode(min_occurs=1, nullable=True)),
        ("note", Unicode(min_occurs=0, nullable=False)),
        ("lines", Lines.customize(**NEEDED)),
        ("tag", Unicode(min_occurs=0, max_occurs="unbounded", nullable=False)),
    ]


class Receipt(ComplexModel):
    __namespace__ = NAMESPACE
    _type_info: ClassVar = [
        ("id", Long(**NEEDED)),
        ("text", Unicode(**NEEDED)),
        ("total", Decimal(**NEEDED)),
        ("when", DateTime(**NEEDED)),
        ("due", Date(**NEEDED)),
        ("comment", Unicode(min_occurs=1, nullable=True)),
        ("note", Unicode(min_occurs=0, nullable=False)),
        ("priority", PRIORITY.customize(**NEEDED)),
        ("sku", Unicode(min_occurs=0, max_occurs="unbounded", nullable=False)),
    ]


class Refused(Fault):
    """What the desk throws; Spyne declares the class, and sends the detail as it is given."""

    __namespace__ = NAMESPACE

    def __init__(self) -> None:
        super().__init__("Server.Refused", "Slut på lager", detail={"Refused": {"code": "42", "reason": "åäö"}})


class Desk(ServiceBase):
    @rpc(Order, _returns=Receipt, _out_variable_name="receipt", _throws=[Refused])
    def Place(ctx, order):
        if any(line.sku == "boom" for line in order.lines.line):
            raise Refused
        return Receipt(
            id=order.budget,
            text=f"Hej, {order.customer}",
            total=sum(line.qty * line.price for line in order.lines.line),
            when=datetime.datetime(2026, 11, 22, 4, 5, 6),  # noqa: DTZ001  # goes out without a zone
            due=order.due,
            comment=order.comment,
            note=order.note,
            priority=order.priority,
            sku=[line.sku for line in order.lines.line],
        )

    @rpc()
    def Ping(ctx):
        return None


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _application(protocol: type) -> WsgiApplication:
    served = Application([Desk], NAMESPACE, name="Desk", in_protocol=protocol(validator="lxml"), out_protocol=protocol())
    return WsgiApplication(served)


if __name__ == "__main__":
    mounted = WsgiMounter({"desk11": _application(Soap11).app, "desk12": _application(Soap12).app})
    make_server("127.0.0.1", int(sys.argv[1]), mounted, handler_class=_Quiet).serve_forever()
