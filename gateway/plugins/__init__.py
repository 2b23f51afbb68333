"""The seam: what third parties may add, and what ships in the same way.

A map of the nouns:

- `api`: all that a plug-in imports: `Plugin`, `PluginSettings`, `Host`, `WireCipher`, `Cipher`, `Refusal`.
- `registry`: finding plug-ins (entry points `soapgw.plugins`, or a file), building, starting, stopping.
- `keys`: key material with ids, from files and the environment, read again when files change.
- `encryption`: sessionblob, wssecurity, jose, fields. `locking`, `sessions`, `auth` beside it.
"""
