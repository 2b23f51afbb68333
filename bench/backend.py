"""A service that costs next to nothing: the same SOAP answer to every request, after a pause.

`python -m bench.backend PORT SECONDS` prints `ready` on stdout.
"""

from __future__ import annotations

import asyncio
import sys

TASK = b"""<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\
<ReleaseTaskResponse xmlns="http://www.pointsharp.com/netid/server/portal"><ReleaseTaskResult><Task><Id>10434</Id>\
<OrganizationId>2</OrganizationId><RequestorId>21</RequestorId><BehalfOfId>0</BehalfOfId><ProcessorId>0</ProcessorId>\
<EntityId>5</EntityId><EntityType>User</EntityType><EntityDescription>John Doe</EntityDescription>\
<ValidFrom>2023-09-13 12:26:58</ValidFrom><ValidTo>2023-09-20 12:26:58</ValidTo>\
<DateTime>2023-09-13 12:27:59</DateTime><Type><Id>123</Id><Name>Updateuser</Name></Type>\
<Status><Id>10</Id><Name>Ready</Name>\
<DateTime>2023-09-13 12:27:59</DateTime></Status>\
<Message><Code>NPR_TASK_RELEASED</Code><Type>Info</Type></Message></Task>\
</ReleaseTaskResult></ReleaseTaskResponse></s:Body></s:Envelope>"""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(TASK), TASK)


class Service(asyncio.Protocol):
    """Reads heads by their Content-Length and nothing else."""

    def __init__(self, hold: float) -> None:
        self.hold = hold
        self.buffer = b""
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            if self.hold:
                asyncio.get_running_loop().call_later(self.hold, self.answer)
            else:
                self.answer()

    def answer(self) -> None:
        """Give the answer, unless the caller has gone."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(ANSWER)


async def main(port: int, hold: float) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Service(hold), "127.0.0.1", port, backlog=1024)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), float(sys.argv[2])))
