"""The encrypted tour by itself: its files, its steps, and that a call in clear is found."""

from __future__ import annotations

import stat

from gateway.demo import tour_encrypted
from gateway.demo.steps import Reply, members
from gateway.plugins.keys import Keyring, KeySettings
from gateway.testing import FakeClock

DATA = "http://d:1"


def test_its_keys_are_private_fit_and_gone_afterwards():
    with tour_encrypted.prepared() as ready:
        assert stat.S_IMODE(ready.key.stat().st_mode) == 0o600
        sources = [KeySettings(id="gateway", pem=ready.key), KeySettings(id="portal", pem=ready.certificate)]
        keys = Keyring(sources, FakeClock())
        assert ready.service.state.users[21].certificate == keys.get("gateway").certificate_der
        assert set(ready.env) == {"NETID_KEY", "NETID_CERTIFICATE"}
    assert not ready.key.exists()


def test_steps_send_no_session():
    with tour_encrypted.prepared() as ready:
        ready.service.log.append(b"<Blob>x</Blob>")
        steps = [step for step in tour_encrypted.steps(DATA, ready.service) if not isinstance(step, str)]
        assert len(steps) == 3
        assert all(step.url.startswith(DATA) and "SessionId" not in step.body for step in steps)


def test_a_call_in_clear_is_found():
    with tour_encrypted.prepared() as ready:
        judge = tour_encrypted.sealed(ready.service, "51001", members())
        for log, wrong in (([], 1), ([b"<Id>51001</Id>"], 1), ([b"<Blob>x</Blob>51001"], 1), ([b"<Blob>x</Blob>"], 0)):
            ready.service.log[:] = log
            assert len(list(judge(Reply(200, {}, b"")))) == wrong
        ready.service.log[:] = [b"a\n" * 200]
        assert all(len(line) < 120 for line in tour_encrypted.crossed(ready.service).splitlines())
