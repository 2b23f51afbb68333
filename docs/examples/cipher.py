"""A cipher plug-in: AES-SIV over whole bodies, with a random nonce."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import Field, SecretBytes

from gateway.plugins.api import About, Cipher, CipherSettings


class SivSettings(CipherSettings):
    key: SecretBytes = Field(min_length=64, max_length=64)


class Siv(Cipher[SivSettings]):
    name = "siv"
    Settings = SivSettings

    def seal(self, body: bytes, about: About) -> bytes:
        nonce = os.urandom(16)
        return nonce + AESSIV(self.settings.key.get_secret_value()).encrypt(body, [about.aad(), nonce])

    def open(self, body: bytes, about: About) -> bytes:
        return AESSIV(self.settings.key.get_secret_value()).decrypt(body[16:], [about.aad(), body[:16]])
