from __future__ import annotations

import pytest

from gateway.core.operation import Operation
from gateway.plugins import registry
from gateway.plugins.api import Place, Plugin, PluginSettings
from gateway.plugins.registry import PluginError, Plugins, PluginSpec, build, find
from gateway.testing import PLACE, FakeHost

SOURCE = """
from gateway.plugins.api import Plugin, PluginSettings, around_wire
class S(PluginSettings):
    size: int = 1
async def call(wire, inner):
    return await inner(wire)
class Mine(Plugin[S]):
    name = "mine"
    Settings = S
    def wire_layer(self, edge, where):
        return around_wire(call) if edge == "client" else None
    def fills(self, operation):
        return ("/A",)
class NotOne:
    pass
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "mine.py").write_text(SOURCE)
    return tmp_path


def test_by_file_and_its_layers(file):
    plugins = build([PluginSpec("mine.py:Mine", {"size": 3})], base=file)
    assert len(plugins) == 1
    ((label, plugin),) = plugins
    assert label == "mine.py:Mine"
    assert plugin.settings.size == 3
    assert len(plugins.wire_layers("client", PLACE)) == 1
    assert plugins.wire_layers("upstream", PLACE) == []
    operation = Operation("Get", "S", "", "1.1", "", {})
    assert plugins.fills(operation) == ("/A",)
    assert plugins.layers(operation) == []


def test_only_before_the_services_that_are_named(file):
    plugins = build([PluginSpec("mine.py:Mine", services=("A", "B"))], base=file)
    assert len(plugins.wire_layers("client", Place("B"))) == 1
    assert plugins.wire_layers("client", Place("C")) == []
    assert plugins.fills(Operation("Get", "A", "", "1.1", "", {})) == ("/A",)
    assert plugins.fills(Operation("Get", "C", "", "1.1", "", {})) == ()


def test_every_mistake_at_once_without_values(file):
    with pytest.raises(PluginError) as caught:
        build(
            [
                PluginSpec("mine.py:Mine", {"size": "hunter2", "colour": 1}),
                PluginSpec("nothing"),
                PluginSpec("mine.py:NotOne"),
                PluginSpec("mine.py:Absent"),
                PluginSpec("gone.py:Mine"),
                PluginSpec("mine.py:Mine", id="a"),
                PluginSpec("mine.py:Mine", id="a"),
            ],
            base=file,
        )
    paths = [path for path, _ in caught.value.mistakes]
    assert paths == [
        (0, "settings", "size"), (0, "settings", "colour"), (1, "use"), (2, "use"), (3, "use"), (4, "use"), (6, "id"),
    ]  # fmt: skip
    assert "hunter2" not in str(caught.value)
    assert "known are" in str(caught.value)


def test_a_file_that_does_not_import_is_told(tmp_path):
    (tmp_path / "bad.py").write_text("import nothing_of_this_name")
    with pytest.raises(PluginError, match="cannot be imported"):
        find("bad.py:X", base=tmp_path)


def test_by_entry_point(monkeypatch):
    class Point:
        name = "theirs"

        def load(self):
            return type("Theirs", (Plugin,), {"name": "theirs"})

    monkeypatch.setattr(registry.importlib.metadata, "entry_points", lambda group, name=None: [Point()])
    assert find("theirs").name == "theirs"
    assert "theirs" in registry.known()


class Recorder(Plugin[PluginSettings]):
    name = "recorder"

    def __init__(self, label, log, *, start=None, stop=None):
        super().__init__(PluginSettings())
        self.label, self.log, self.fail_start, self.fail_stop = label, log, start, stop

    async def start(self, host):
        await super().start(host)
        self.log.append(f"start {self.label}")
        if self.fail_start:
            raise self.fail_start

    async def stop(self):
        self.log.append(f"stop {self.label}")
        if self.fail_stop:
            raise self.fail_stop


async def test_start_in_order_stop_in_reverse_each_once():
    log = []
    plugins = Plugins({"a": Recorder("a", log), "b": Recorder("b", log)})
    await plugins.start(lambda label, plugin: FakeHost())
    await plugins.stop()
    await plugins.stop()
    assert log == ["start a", "start b", "stop b", "stop a"]


async def test_half_started_is_cleaned_up_and_both_errors_are_told():
    log = []
    plugins = Plugins(
        {
            "a": Recorder("a", log, stop=OSError("two")),
            "b": Recorder("b", log, start=ValueError("one")),
            "c": Recorder("c", log),
        }
    )
    with pytest.raises(BaseExceptionGroup) as caught:
        await plugins.start(lambda label, plugin: FakeHost())
    assert log == ["start a", "start b", "stop b", "stop a"]
    assert caught.group_contains(ValueError, match="one")
    assert caught.group_contains(OSError, match="two")


async def test_a_failing_start_alone_is_raised_as_it_is():
    plugins = Plugins({"b": Recorder("b", [], start=ValueError("one"))})
    with pytest.raises(ValueError, match="one"):
        await plugins.start(lambda label, plugin: FakeHost())
