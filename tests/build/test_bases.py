"""Bases: the exchange says where it belongs; a base without a path has the service's own."""

from __future__ import annotations

from gateway.build.bases import Bases
from gateway.core.message import Exchange, Message, Wire


class Up:
    """An upstream that keeps what it is sent."""

    def __init__(self, url):
        self.url, self.path, self.sent, self.closed = url, "/" + url.partition("//")[2].partition("/")[2], [], False

    async def start(self):
        pass

    async def send(self, wire):
        self.sent.append(wire.path)
        return Wire({}, b"", status=200)

    async def close(self):
        self.closed = True


def wire(base=None, path="/own"):
    exchange = Exchange(None, Message(None, value={}), facts={"base": base} if base else {})
    return Wire({}, b"", path=path, exchange=exchange)


async def test_to_the_own_upstream_or_to_a_base_and_the_eldest_of_many_is_closed():
    made = {}

    def make(url):
        made[url] = Up(url)
        return made[url]

    own = Up("http://a/own")
    bases = Bases(own, make)
    await bases.send(wire())
    await bases.send(wire("http://b"))
    await bases.send(wire("http://b"))
    await bases.send(wire("http://c/else"))
    assert own.sent == ["/own"]
    assert {url: up.sent for url, up in made.items()} == {"http://b/own": ["/own", "/own"], "http://c/else": ["/else"]}
    for number in range(16):
        await bases.send(wire(f"http://n{number}/x"))
    assert made["http://b/own"].closed
    await bases.close()
    assert all(up.closed for up in made.values())
    assert not own.closed


async def test_a_call_below_the_own_address_is_one_below_the_base():
    made = {}

    def make(url):
        made[url] = Up(url)
        return made[url]

    bases = Bases(Up("http://a/own"), make)
    await bases.send(wire("http://b/", "/own/orders/7"))
    await bases.send(wire("http://c/else/", "/own/orders/7"))
    assert [up.sent for up in made.values()] == [["/own/orders/7"], ["/else/orders/7"]]
