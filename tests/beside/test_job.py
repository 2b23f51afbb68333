"""What crosses between the processes is plain, and both call every codec the same."""

from __future__ import annotations

from pathlib import Path

from gateway.beside.job import Done, Job, codecs, identity
from gateway.build.book import Built

from .conftest import WSDL, built_in


def test_a_job_and_its_end_cross_whole() -> None:
    job = Job(
        "request", "s", "Op", "s/0/request", face=3, method="POST", path="/ö", headers={"a": "b"}, proven=("signed",)
    )
    assert Job.load(job.dump()) == Job(**{**{name: getattr(job, name) for name in job.__slots__}, "proven": ["signed"]})
    done = Done(taken=True, blocks=(("{urn:a}b", "<b/>", True, "urn:me"),), told={"retry-after": "3"})
    assert Done.load(done.dump()) == done


def test_every_codec_has_a_name_and_no_two_the_same_one(built: Built, tmp_path: Path) -> None:
    named = list(codecs(built))
    assert len({name for name, _ in named}) == len(named)
    bound = built.services[0].operations[0].operation
    wanted = {id(codec) for face in bound.faces.values() for codec in (face.request, face.reply)}
    wanted |= {
        id(c) for each in built.services[0].faces for c in (each.route.json_face.request, each.route.json_face.reply)
    }
    assert {id(codec) for _, codec in named} == wanted
    assert [name for name, _ in codecs(built_in(tmp_path))] == [name for name, _ in named]


def test_a_configuration_is_told_by_the_text_of_its_contracts(tmp_path: Path) -> None:
    first = identity(built_in(tmp_path))
    assert identity(built_in(tmp_path)) == first
    assert identity(built_in(tmp_path, WSDL.replace("</definitions>", "<!-- --></definitions>"))) != first
