"""A session plug-in: one login for all, its ticket in every call; a new one when the service has forgotten it."""

import asyncio
from collections.abc import Sequence

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.value import Value
from gateway.plugins.api import Plugin, PluginSettings, around
from gateway.plugins.signs import at, put


class TicketSettings(PluginSettings):
    login: str  # the operation
    user: str
    ticket: str = "/Ticket"  # where its answer has the ticket, and every request takes it
    expired: str = "EXPIRED"  # the code in a fault's detail that says: log in again, nothing was done


class Ticket(Plugin[TicketSettings]):
    name = "ticket"
    Settings = TicketSettings

    def __init__(self, settings: TicketSettings) -> None:
        super().__init__(settings)
        self.known: Value = None
        self.one = asyncio.Lock()

    def layer(self, operation: Operation) -> Layer | None:
        return None if operation.name == self.settings.login else around(self.call)

    def fills(self, operation: Operation) -> Sequence[str]:
        return () if operation.name == self.settings.login else (self.settings.ticket,)

    async def renewed(self, old: Value) -> Value:
        async with self.one:  # however many callers wait, one of them logs in
            if self.known == old:
                reply = await self.host.call(self.settings.login, {"User": self.settings.user})
                self.known = at(reply.value(), self.settings.ticket)
            return self.known

    async def call(self, exchange: Exchange, inner: Service) -> Message:
        original, ticket = exchange.request, self.known or await self.renewed(None)
        for last in (False, True):
            exchange.request = original.replace(put(original.value(), self.settings.ticket, ticket))
            reply = await inner(exchange)
            if last or reply.fault is None or at(reply.fault.detail, "/Code") != self.settings.expired:
                break
            ticket = await self.renewed(ticket)
        return reply
