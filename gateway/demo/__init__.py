"""Two reference legacy services that speak real SOAP 1.1 over real sockets, and the tour.

They are stand-ins for services that others wrote, so they share no codec with the gateway: what
both sides misunderstand alike would never show. Nouns: `Running` (a started server), `Portal`
(the Net iD portal), `Projector` (the Projector services), `Tour` (the steps of `gateway demo`).
"""
