"""The documentation builds as a site, and no link of it is dead."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.house.tree import ROOT


class Page(HTMLParser):
    """Where a page leads, and what may be led to in it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.places.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 30
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target, place = urldefrag(link)
            file = (path.parent / unquote(urlsplit(target).path)).resolve() if target else path
            if not file.exists() or (place and file in pages and unquote(place) not in pages[file].places):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert not dead, "\n".join(dead)


def test_the_reference_is_drawn_from_the_code(site: Path) -> None:
    words = {"commands": "--workers", "settings": "workers: 1", "problems": "lock-conflict", "limits": "xml_depth"}
    for page, word in words.items():
        assert word in (site / "reference" / f"{page}.html").read_text("utf-8"), page


def test_how_a_block_is_tested_is_not_for_readers(site: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    assert "soap:Envelope" in text
    assert "```" not in text
