from __future__ import annotations

import base64
import datetime
import json
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from pydantic import ValidationError

from gateway.plugins.keys import KeyRefused, Keyring, KeySettings
from gateway.testing import FakeClock

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = ec.generate_private_key(ec.SECP256R1())


def certificate(key=RSA_KEY, days=365, start=None):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    begin = start or datetime.datetime.fromtimestamp(FakeClock().now() - 86400, datetime.UTC)
    until = begin + datetime.timedelta(days=days)
    built = x509.CertificateBuilder(name, name, key.public_key(), 7).not_valid_before(begin).not_valid_after(until)
    return built.sign(key, hashes.SHA256())


def pem(key=RSA_KEY, password=None):
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def write(path, data, mode=0o600):
    path.write_bytes(data)
    path.chmod(mode)
    return path


def ring(clock=None, **settings):
    return Keyring([KeySettings(id="k", **settings)], clock or FakeClock())


def test_pem_with_key_and_certificate_in_one_file_or_two(tmp_path):
    cert = certificate().public_bytes(Encoding.PEM)
    one = ring(pem=write(tmp_path / "one.pem", pem() + cert)).get("k")
    two = ring(pem=write(tmp_path / "k.pem", pem()), certificate=write(tmp_path / "c.pem", cert, 0o644)).get("k")
    for key in (one, two):
        assert key.private.private_numbers() == RSA_KEY.private_numbers()
        assert key.certificate_der == certificate().public_bytes(Encoding.DER)


def test_pem_with_password_and_public_only(tmp_path):
    secret = write(tmp_path / "k.pem", pem(password=b"hunter2"))
    assert ring(pem=secret, password="hunter2").get("k").private is not None
    with pytest.raises(KeyRefused) as caught:
        ring(pem=secret, password="wrong-word")
    assert "wrong-word" not in str(caught.value)
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = ring(pem=write(tmp_path / "p.pem", public, 0o644)).get("k")
    assert key.private is None
    assert key.public == RSA_KEY.public_key()


def test_pkcs12(tmp_path):
    data = pkcs12.serialize_key_and_certificates(b"x", RSA_KEY, certificate(), None, BestAvailableEncryption(b"pw"))
    key = ring(pkcs12=write(tmp_path / "k.p12", data), password="pw").get("k")
    assert key.private is not None
    assert key.certificate.serial_number == 7


def test_jwk_set_env_and_secrets(tmp_path, monkeypatch):
    octets = base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
    jwks = {"keys": [{"kty": "oct", "k": octets, "kid": "a"}, {"kty": "oct", "k": octets, "kid": "b"}]}
    keys = ring(jwk=write(tmp_path / "k.jwk", json.dumps(jwks).encode()))
    assert [key.id for key in keys.named("k")] == ["k.a", "k.b"]
    assert keys.get("k.a").symmetric == b"s" * 32
    monkeypatch.setenv("THE_KEY", "73" * 32)
    assert ring(env="THE_KEY", form="hex").get("k").symmetric == b"s" * 32
    monkeypatch.setenv("THE_KEY", pem().decode())
    assert ring(env="THE_KEY").get("k").private is not None
    assert ring(secret=write(tmp_path / "raw", b"s" * 32), form="raw").get("k").symmetric == b"s" * 32
    with pytest.raises(KeyRefused, match="at least 16"):
        ring(secret=write(tmp_path / "short", b"s" * 8), form="raw")
    monkeypatch.delenv("THE_KEY")
    with pytest.raises(KeyRefused, match="not set"):
        ring(env="THE_KEY")


@pytest.mark.parametrize(
    ("mode", "group", "fits"),
    [
        (0o600, False, True),
        (0o400, False, True),
        (0o640, False, False),
        (0o440, True, True),
        (0o644, True, False),
        (0o604, False, False),
        (0o660, True, False),
    ],
)
def test_files_that_others_can_read_are_refused(tmp_path, mode, group, fits):
    path = write(tmp_path / "k.pem", pem(), mode)
    if fits:
        ring(pem=path, group_readable=group)
    else:
        with pytest.raises(KeyRefused, match="can be read by others"):
            ring(pem=path, group_readable=group)


def test_mistakes_name_the_key_and_never_the_material(tmp_path):
    with pytest.raises(KeyRefused, match=r"key k: .*No such file"):
        ring(pem=tmp_path / "gone.pem")
    with pytest.raises(KeyRefused, match="cannot be read") as caught:
        ring(pem=write(tmp_path / "bad.pem", b"-----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----"))
    assert "TOPSECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    with pytest.raises(KeyRefused, match="not that of the private key"):
        ring(pem=write(tmp_path / "two.pem", pem() + certificate(OTHER).public_bytes(Encoding.PEM)))
    with pytest.raises(ValidationError, match="exactly one"):
        KeySettings(id="k")


def test_nothing_shows_itself(tmp_path):
    path = write(tmp_path / "raw", b"supersecretsupersecret")
    settings = KeySettings(id="k", secret=path, form="raw", password="hunter2")
    keys = Keyring([settings], FakeClock())
    for text in (repr(keys), str(keys.get("k")), repr(keys.get("k")), repr(settings)):
        assert "supersecret" not in text
        assert "hunter2" not in text


def test_rotation_by_file_change_keeps_the_old_key_for_a_while(tmp_path):
    clock = FakeClock()
    path = write(tmp_path / "raw", b"old-secret-old-secret")
    keys = Keyring([KeySettings(id="k", secret=path, form="raw")], clock, overlap=100)
    assert keys.poll() == ([], [])
    new = write(tmp_path / "new", b"new-secret-new-secret")
    os.replace(new, path)
    assert keys.poll() == (["k"], [])
    assert keys.get("k").symmetric == b"new-secret-new-secret"
    assert [key.symmetric[:3] for key in keys.named("k")] == [b"new", b"old"]
    clock.advance(101)
    keys.poll()
    assert len(keys.named("k")) == 1


def test_a_change_that_cannot_be_read_keeps_the_old_key_and_is_told(tmp_path):
    path = write(tmp_path / "k.pem", pem())
    keys = ring(pem=path)
    os.replace(write(tmp_path / "bad", b"half writ"), path)
    changed, refused = keys.poll()
    assert changed == []
    assert len(refused) == 1
    assert keys.get("k").private is not None


def test_touching_a_file_is_no_rotation(tmp_path):
    path = write(tmp_path / "k.pem", pem())
    keys = ring(pem=path)
    os.utime(path, (1, 1))
    assert keys.poll() == ([], [])


def test_symlink_swap_as_kubernetes_does_it(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "key", f"{name}-secret-{name}-secret".encode())
    (tmp_path / "data").symlink_to("one")
    keys = ring(secret=tmp_path / "data" / "key", form="raw")
    (tmp_path / "next").symlink_to("two")
    os.replace(tmp_path / "next", tmp_path / "data")
    assert keys.poll()[0] == ["k"]
    assert keys.get("k").symmetric.startswith(b"two")


def test_expiry_is_told_from_thirty_days_on(tmp_path):
    clock = FakeClock()
    path = write(tmp_path / "k.pem", pem() + certificate(days=40).public_bytes(Encoding.PEM))
    keys = ring(clock, pem=path)
    assert keys.expiries()["k"] == pytest.approx(clock.now() + 39 * 86400)
    assert keys.warnings() == []
    clock.advance(10 * 86400)
    assert len(keys.warnings()) == 1
    assert "ends on" in keys.warnings()[0]
    clock.advance(40 * 86400)
    assert "ended on" in keys.warnings()[0]


# -- a JWK Set by URL


def jwks(*members):
    return json.dumps({"keys": list(members)}).encode()


def public_jwk(key, kid):
    from joserfc.jwk import ECKey, RSAKey

    kind = RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey
    return {**kind.import_key(pem(key)).as_dict(private=False), "kid": kid}


def remote(answers, **changes):
    """A ring with one set by URL, and the addresses that were asked; an answer that is an exception is raised."""
    asked, clock = [], FakeClock()

    def fetch(source):
        asked.append(source.url)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    settings = KeySettings(id="idp", url="https://idp.example/jwks", **changes)
    return Keyring([settings], clock, fetch=fetch), clock, asked


def test_a_set_by_url_is_fetched_kept_and_asked_again():
    first, second = jwks(public_jwk(RSA_KEY, "a")), jwks(public_jwk(OTHER, "b"))
    ring, clock, asked = remote([first, second])
    assert ring.expects("idp")
    assert not ring.expects("other")
    assert ring.named("idp") == []
    assert ring.poll() == (["idp.a"], [])
    assert ring.get("idp.a").private is None
    clock.advance(299)
    assert ring.poll() == ([], [])
    assert len(asked) == 1
    clock.advance(2)
    assert ring.poll() == (["idp.b"], [])
    assert [key.id for key in ring.named("idp")] == ["idp.b"]  # what was taken away counts no longer


def test_a_key_that_is_looked_for_in_vain_asks_sooner_but_not_always():
    ring, clock, asked = remote([jwks(public_jwk(RSA_KEY, "a")), jwks(public_jwk(RSA_KEY, "a"), public_jwk(OTHER, "b"))])
    ring.poll()
    for _ in range(100):
        ring.unknown("idp")
        ring.poll()
    assert len(asked) == 1  # nobody makes us ask by inventing keys
    clock.advance(31)
    assert ring.poll() == (["idp.b"], [])
    ring.unknown("other")


def test_a_set_that_does_not_answer_is_kept_for_a_day():
    ring, clock, asked = remote([jwks(public_jwk(RSA_KEY, "a")), OSError("no route")])
    ring.poll()
    clock.advance(3600)
    assert ring.poll() == ([], ["key idp: the set at its url cannot be had: no route"])
    assert [key.id for key in ring.named("idp")] == ["idp.a"]
    clock.advance(86400)
    ring.poll()
    assert ring.named("idp") == []
    assert len(asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": []}', b'{"keys": [7, {"kty": "RSA"}]}', b"<html/>", b"[" * 5000,
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}', b" " * (1 << 19),
    ],
)  # fmt: skip
def test_what_is_no_set_of_public_keys_is_told_and_gives_none(answer):
    ring, _, _ = remote([answer])
    changed, (told,) = ring.poll()
    assert (changed, ring.named("idp")) == ([], [])
    assert told.startswith("key idp: the set at its url cannot be had: ")


def test_a_private_key_that_somebody_publishes_is_not_used():
    from joserfc.jwk import ECKey

    private = {**ECKey.import_key(pem(OTHER)).as_dict(private=True), "kid": "p"}
    ring, _, _ = remote([jwks(private, public_jwk(RSA_KEY, "a"))])
    assert ring.poll() == (["idp.a"], [])


@pytest.mark.parametrize(
    "url", ["http://idp.example/jwks", "ftp://idp.example/", "https://a:b@idp.example/", "file:///etc/passwd", "https://"]
)
def test_an_address_that_anybody_could_answer_is_refused(url):
    with pytest.raises(ValidationError):
        KeySettings(id="idp", url=url)


def test_this_machine_may_be_asked_in_clear():
    assert KeySettings(id="idp", url="http://127.0.0.1:9/jwks").refresh == 300
