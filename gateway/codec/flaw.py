"""The law of flaws: what a reader or writer says of one wrong place, and how the place is found.

A valid message pays nothing: no path is kept while reading or writing. A closure raises `Flaws`;
each closure that it passes on its way out adds its own step (`within`), so the place is known only
where it is needed. The words stand here once, so that both sides of the mapping say the same of
the same fault. Names may be shown, values never.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..core.problem import Finding, Kind, Problem
from ..core.value import pointer
from ..schema.ir import Wildcard
from .lexical import Unfit
from .names import braced


class Flaw:
    """One wrong place; both paths are kept innermost step first while it travels outwards."""

    __slots__ = ("detail", "expected", "kind", "pointer", "xpath")

    def __init__(
        self,
        detail: str,
        expected: str = "",
        *,
        key: tuple[str | int, ...] = (),
        step: str = "",
        kind: Kind = Kind.INVALID_MESSAGE,
    ) -> None:
        self.pointer: list[str | int] = list(reversed(key))
        self.xpath: list[str] = [step] if step else []
        self.detail = detail
        self.expected = expected
        self.kind = kind

    def finding(self, drop: int = 0) -> Finding:
        """The finding as it is shown; `drop` steps of the pointer are peeled wrappers."""
        keys = tuple(reversed(self.pointer))
        return Finding(pointer(keys[drop:]), "/" + "/".join(reversed(self.xpath)), self.detail, self.expected)


class Flaws(Exception):
    """Some flaws below one place."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__()
        self.flaws = list(flaws)

    def within(self, key: tuple[str | int, ...], step: str = "") -> Flaws:
        """The same flaws, seen from one level up."""
        back = key[::-1]
        for flaw in self.flaws:
            flaw.pointer.extend(back)
            if step:
                flaw.xpath.append(step)
        return self


class Found:
    """Flaws gathered at one level, up to the limit; then they are raised at once."""

    __slots__ = ("flaws", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.flaws: list[Flaw] = []

    def add(self, *flaws: Flaw) -> None:
        """Take more; raises Flaws when the limit is reached."""
        self.flaws.extend(flaws)
        if len(self.flaws) >= self.limit:
            del self.flaws[self.limit :]
            raise Flaws(*self.flaws) from None

    def take(self, more: Flaws) -> None:
        """Take those of a level below."""
        self.add(*more.flaws)

    def done(self) -> None:
        """Raise what was gathered, if anything was."""
        if self.flaws:
            raise Flaws(*self.flaws) from None


def problem(flaws: Flaws, drop: int = 0) -> Problem:
    """The refusal of a message."""
    found = [flaw.finding(drop) for flaw in flaws.flaws]
    illegal = all(flaw.kind is Kind.XML_ILLEGAL_CHARACTER for flaw in flaws.flaws)
    return Problem(Kind.XML_ILLEGAL_CHARACTER if illegal else Kind.INVALID_MESSAGE, findings=found)


# ---------------------------------------------------------------- the words


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and so on, at most eight of them."""
    shown = sorted({f"`{name}`" for name in names})
    return ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")


def missing(name: str, step: str) -> Flaw:
    """A required member is absent."""
    return Flaw(f"`{name}` is missing.", "it is required", key=(name,), step=step)


def missing_choice(names: Iterable[str]) -> Flaw:
    """No branch of a required choice is there."""
    return Flaw("One of several members is missing.", f"one of {listed(names)}")


def unknown(name: str, step: str, expected: Iterable[str] = ()) -> Flaw:
    """A member that the type does not have."""
    names = listed(expected)
    return Flaw(f"`{name[:80]}` is not known here.", names and f"one of {names}", key=(name,), step=step)


def strange(tag: str, step: str, wildcard: Wildcard) -> Flaw:
    """An element under a wildcard that does not take its name."""
    test = wildcard.test
    named = listed(namespace for namespace in test.namespaces if namespace)
    if test.kind == "not":
        said = f"an element of another namespace than {named}" if named else "an element of a namespace"
    elif test.kind == "in" and test.namespaces:
        said = f"an element of {named}" if named else "an element without a namespace"
        said += " or without a namespace" if named and "" in test.namespaces else ""
    else:
        said = "another element"
    return Flaw(f"`{braced(tag)[:80]}` is not known here.", said, key=(braced(tag),), step=step)


def misplaced(name: str, step: str, expected: Iterable[str] = ()) -> Flaw:
    """A member of the type that may not stand here, or not beside the others."""
    names = listed(expected)
    return Flaw(f"`{name[:80]}` may not stand here.", f"one of {names}" if names else "", key=(name,), step=step)


def too_many(name: str, step: str, most: int) -> Flaw:
    """More repetitions than allowed."""
    return Flaw(f"There are too many `{name}`.", f"at most {most}", key=(name,), step=step)


def too_few(name: str, step: str, least: int) -> Flaw:
    """Fewer repetitions than required."""
    return Flaw(f"There are too few `{name}`.", f"at least {least}", key=(name,), step=step)


def not_nillable(name: str = "") -> Flaw:
    """A nil where the declaration allows none."""
    return Flaw("A null is not allowed here.", "a value")


def wrong_shape(expected: str) -> Flaw:
    """Another kind of JSON value than the form has."""
    return Flaw("This is the wrong kind of value.", expected)


def unfit(refusal: Unfit) -> Flaws:
    """A simple type's refusal; of a list, one for each item, by its index."""
    return Flaws(*map(_unfit, (refusal, *refusal.others)))


def _unfit(refusal: Unfit) -> Flaw:
    detail = refusal.detail
    return Flaw(f"{detail[:1].upper()}{detail[1:].rstrip('.')}.", refusal.expected, key=refusal.path)
