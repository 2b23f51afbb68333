"""gateway.settings.loader: every mistake at once, each with its place; types follow the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import Loaded, Refused, load, parse

GOOD = """\
services:
  portal:
    wsdl: x.wsdl
    upstream: {url: "${URL:-http://a/b}", timeout: "${SECONDS:-5}", pool: "${POOL:-7}"}
    routes:
      - route: POST /x
        operation: "${OP:-12}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "x.wsdl").write_text("<x/>")
    return tmp_path


def refused(text: str, folder: Path, **env: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse(text, file="c.yaml", base=folder, env=env)
    return [str(mistake) for mistake in caught.value.mistakes]


def good(text: str, folder: Path, **env: str) -> Loaded:
    return parse(text, file="c.yaml", base=folder, env=env)


def test_what_is_filled_in_takes_the_type_of_its_setting(folder: Path) -> None:
    found = good(GOOD, folder, SECONDS="2.5").settings.services["portal"]
    assert (found.upstream.timeout, found.upstream.pool, found.upstream.url) == (2.5, 7, "http://a/b")
    assert found.routes[0].operation == "12"
    assert found.wsdl == str(folder / "x.wsdl")


def test_what_is_filled_in_with_the_wrong_type_is_refused(folder: Path) -> None:
    assert refused(GOOD, folder, SECONDS="soon") == [
        "c.yaml:4:43: services.portal.upstream.timeout: a number is expected"
    ]


def test_all_mistakes_are_told_at_once_each_with_its_place(folder: Path) -> None:
    text = """\
listen: 8080
admn: 127.0.0.1:1
limits: {profile: large, bdy: 3}
services:
  portal:
    wsdl: gone.wsdl
    upstream: {url: "${NOT_SET}", tls: {ca: nope.pem}}
    operations: {ReleaseTask: {encription: required, encryption: maybe}}
    routes:
      - route: POSTT /x
        unwrap: {respons: [X]}
        empty: 405
        limits: {queue: 3}
        faults: [{status: 404}]
      - operation: 7
        route: GET /a
        route: GET /b
"""
    assert [line.removeprefix("c.yaml:") for line in refused(text, folder)] == [
        '1:1: listen: text is expected; put it in quotes: "…"',
        '2:1: admn: there is no such setting here; did you mean "admin"?',
        '3:26: limits.bdy: there is no such setting here; did you mean "body"?',
        "6:5: services.portal.wsdl: there is no file gone.wsdl beside the configuration",
        "7:16: services.portal.upstream.url: the environment has no NOT_SET; ${NOT_SET:-default} gives a default",
        "7:41: services.portal.upstream.tls.ca: there is no file nope.pem beside the configuration",
        '8:32: services.portal.operations.ReleaseTask.encription: there is no such setting here; did you mean "encryption"?',
        "8:54: services.portal.operations.ReleaseTask.encryption: one of 'required', 'preferred' or 'none' is expected",
        "10:9: services.portal.routes[0].operation: this setting is required",
        "10:9: services.portal.routes[0].route: VERB /path is expected, the verb one of GET, HEAD, POST, PUT, PATCH,"
        " DELETE: POST /api/task/release",
        '11:18: services.portal.routes[0].unwrap.respons: there is no such setting here; did you mean "response"?',
        "12:9: services.portal.routes[0].empty: one of 'keep', 204 or 404 is expected",
        "13:18: services.portal.routes[0].limits.queue: there is no such setting here",
        "14:18: services.portal.routes[0].faults[0]: a rule needs a condition: `name`, `code` or `path`",
        '15:9: services.portal.routes[1].operation: text is expected; put it in quotes: "…"',
        "17:9: services.portal.routes[1].route: this key is given twice, first on line 16",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is empty"),
        ("# only words", "this is empty"),
        ("- a", "a mapping of keys is expected"),
        ("7", "a mapping of keys is expected"),
        ("a: [", "this is not YAML"),
        ("listen: 127.0.0.1:80", "services: this setting is required"),
        ("services:", "services: at least 1 is needed here"),
    ],
)
def test_a_file_that_is_no_configuration(text: str, words: str, folder: Path) -> None:
    assert words in refused(text, folder)[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: 2 # \xe9")
    for name, words in [("gone.yaml", "No such file"), ("latin.yaml", "latin.yaml:2:8: this is not UTF-8"), (".", "directory")]:
        with pytest.raises(Refused, match=words):
            load(tmp_path / name)


def test_a_byte_order_mark_is_read_past(folder: Path) -> None:
    (folder / "c.yaml").write_text(GOOD, "utf-8-sig")
    assert load(folder / "c.yaml", {}).settings.services["portal"].upstream.pool == 7


def test_a_key_with_nothing_under_it_is_empty(folder: Path) -> None:
    text = "cors:\nlimits:\nservices:\n  a:\n    wsdl: x.wsdl\n    mapping:\n    operations:\n      X:\n    routes:\n"
    found = good(text, folder).settings
    assert found.services["a"].routes == ()
    assert found.services["a"].operations["X"].encryption is None
    assert found.limits is None


def test_no_value_of_a_setting_stands_in_a_mistake(folder: Path) -> None:
    text = (
        "services:\n  a:\n    wsdl: ${S}.wsdl\n    upstream: {url: '${S}', pool: '${S}', headers: {X: '${S}\n\n a'}}\n"
    )
    told = refused(text, folder, S="hunter2")
    assert len(told) >= 3
    # the name of a file that is not there is told: without it nobody could mend it
    assert [line for line in told if "hunter2" in line and "there is no file" not in line] == []


def test_places_and_dangers_and_what_was_filled_in(folder: Path) -> None:
    found = good(GOOD + "    dangerous_allow_clear_text: true\n", folder)
    assert found.where("services", "portal", "routes", 0, "operation") == "c.yaml:7"
    assert found.where("services", "portal", "routes", 0, "summary") == "c.yaml:6"
    assert found.where("nowhere") == "c.yaml:1"
    assert found.filled("services", "portal", "upstream", "url")
    assert found.dangers() == ("c.yaml:8: services.portal.dangerous_allow_clear_text",)
    assert good(GOOD + "    dangerous_allow_clear_text: false\n", folder).dangers() == ()
    mistake = found.mistake(("services", "portal", "wsdl"), "is odd")
    assert str(mistake) == "c.yaml:3:5: services.portal.wsdl: is odd"


def test_the_command_line_changes_top_settings_under_the_same_rules(folder: Path) -> None:
    found = good(GOOD, folder)
    assert found.changed(listen="0.0.0.0:1", limits="large").settings.listen == "0.0.0.0:1"
    assert found.settings.listen == "127.0.0.1:8080"
    with pytest.raises(Refused, match="listen: HOST:PORT is expected"):
        found.changed(listen="1")


def test_loading_twice_gives_the_same(folder: Path) -> None:
    assert good(GOOD, folder).settings == good(GOOD, folder).settings


def test_a_mapping_where_text_or_a_list_is_expected_is_told(folder: Path) -> None:
    told = refused("services: {portal: {wsdl: x.wsdl, failures: [{path: /Status, equals: {a: b}, status: 422}]}}", folder)
    assert len(told) == 2
    assert all(each.startswith("c.yaml:1:") and ".failures[0].equals: " in each for each in told), told


def test_text_of_the_environment_that_fits_no_kind_of_a_setting_is_told(folder: Path) -> None:
    faults = "faults: [{status: '${STATUS}', name: a}]"
    told = refused("services: {portal: {wsdl: x.wsdl, upstream: {speaks: json, %s}}}" % faults, folder, STATUS="7")
    assert any(".faults[0].status: " in each for each in told), told


def test_what_stands_in_a_setting_that_is_left_out_is_told_once(folder: Path) -> None:
    told = refused("services: {portal: {upstream: {nope: 1, neither: 2}}}", folder)
    assert [each.split(": ")[1] for each in told] == [
        "services.portal.wsdl",
        "services.portal.upstream.nope",
        "services.portal.upstream.neither",
    ]
