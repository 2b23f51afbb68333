"""A lock plug-in: one writer per entity across all replicas; who comes second is told to wait."""

import secrets

from gateway.core.layers import Layer, Service
from gateway.core.message import Exchange, Message
from gateway.core.operation import Operation
from gateway.core.problem import Kind, Problem
from gateway.plugins.api import Plugin, PluginSettings, around


class OneWriterSettings(PluginSettings):
    operations: tuple[str, ...]
    member: str = "Id"  # the entity's id in the request
    seconds: float = 30.0


class OneWriter(Plugin[OneWriterSettings]):
    name = "one-writer"
    Settings = OneWriterSettings
    events = ("held",)

    def layer(self, operation: Operation) -> Layer | None:
        return around(self.guard) if operation.name in self.settings.operations else None

    async def guard(self, exchange: Exchange, inner: Service) -> Message:
        body = exchange.request.value()
        key, token = f"lock:{isinstance(body, dict) and body.get(self.settings.member)}", secrets.token_bytes(16)
        if not await self.host.state.put(key, token, ttl=self.settings.seconds, expect=None):
            self.host.count("held")
            raise Problem(Kind.LOCK_CONFLICT, headers={"Retry-After": "1"}, outcome="not-sent")
        try:
            return await inner(exchange)
        finally:
            await self.host.state.delete(key, expect=token)
