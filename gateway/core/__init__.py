"""The vocabulary: the nouns that every other room speaks, standard library only.

A map of the nouns:

- `Kind`, `Problem`, `Finding`: all that may go wrong on purpose (`problem`).
- `Wire`: one HTTP message as bytes with its facts; `Message`: one SOAP or JSON message as a
  value that is read at most once; `Exchange`: one request on its way (`message`).
- `Operation`, `Route`, `Door`, `Address`: what can be called, frozen and compiled at start (`operation`).
- `Send`, `Service`, `stack`: the two depths of layers (`layers`).
- `Clock`, `Store`, `Codec`, `ClientDialect`, `UpstreamDialect`: the ports (`ports`).
"""
