"""The law of the reference codec: one element of a schema, read from a tree and written as text.

`compile_element` gives an `ElementCodec`, made of closures compiled from the laid-out model; it is
also a full validator of its own: what XSD 1.0 holds invalid is refused on either side, and every
finding has both places. Generated code (`emit`) is held equal to this.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from ..core.limits import LARGE
from ..core.problem import Problem
from ..core.value import Value
from ..schema import ir
from ..xml import parse
from .flaw import Flaw, Flaws, problem
from .names import local
from .plan import Plan, PlanError
from .state import Reading, Writing
from .unwrap import Peel, peel

_KEPT: Final = 16  # plans of models lately asked for; a contract compiles its elements in one go
_plans: OrderedDict[tuple[int, ir.Settings, int], Plan] = OrderedDict()
_lock = threading.Lock()
_OWN: Final = replace(LARGE, xml_depth=256, body=1 << 30, xml_namespaces=1000, xml_namespaces_total=1_000_000)


class ElementCodec:
    """One global element both ways. Immutable; may be shared by threads."""

    def __init__(self, plan: Plan, element: ir.Element, unwrap: tuple[str, ...]) -> None:
        self.name = element.name
        self._plan = plan
        self._place = plan.root(element)
        self._peel: Peel | None = peel(plan, element, unwrap) if unwrap else None
        self._drop = len(unwrap)
        self._abstract = element.abstract

    def decode(self, element: Any) -> Value:
        """The JSON value of an element. Raises Problem(INVALID_MESSAGE) with every finding, up to the limit."""
        try:
            value = self._read(element)
            return value if self._peel is None else self._peel.off(value)
        except Flaws as flaws:
            raise problem(flaws.within((), self._place.step), self._drop) from None
        except RecursionError:
            raise _too_deep(self._place.step) from None

    def _read(self, element: Any) -> Value:
        if element.tag != self.name:
            raise Flaws(Flaw(f"`{local(str(element.tag))[:80]}` is not the element expected.", f"`{local(self.name)}`"))
        self._stands()
        doc = Reading()
        value = self._place.read(element, doc)
        open_ = doc.open()
        if open_:
            self._place.read(element, Reading(open_))
        return value

    def _stands(self) -> None:
        """An abstract element may not stand in a message; its substitutes do (XSD 1.0 Part 1 §3.3.4, cvc-elt.2)."""
        if self._abstract:
            raise Flaws(Flaw(f"`{local(self.name)}` is abstract.", "an element that stands for it"))

    def encode(self, value: Value) -> str:
        """The text of the element, self-contained. Raises Problem(INVALID_MESSAGE, XML_ILLEGAL_CHARACTER)."""
        try:
            return self._write(value if self._peel is None else self._peel.on(value))
        except Flaws as flaws:
            raise problem(flaws.within((), self._place.step), self._drop) from None
        except RecursionError:
            raise _too_deep(self._place.step) from None

    def _write(self, value: Value) -> str:
        self._stands()
        out: list[str] = []
        doc = Writing(self._plan.prefixes)
        self._place.write(value, out, doc)
        open_ = doc.open()
        if open_:
            self._place.write(value, [], Writing(self._plan.prefixes, open_))
        head = out[0]
        end = len(f"<{self._place.step}")
        out[0] = f"{head[:end]}{doc.declarations()}{head[end:]}"
        text = "".join(out)
        if doc.recheck:
            self._read(parse(text.encode(), _OWN))
        return text


def _too_deep(step: str) -> Problem:
    return problem(Flaws(Flaw("The message is nested too deeply.", "fewer levels", step=step)))


def compile_element(
    model: ir.Model,
    name: str,
    settings: ir.Settings,
    *,
    unwrap: Sequence[str] = (),
    findings: int = 10,
) -> ElementCodec:
    """The codec of a global element of a laid-out model.

    `unwrap` names nested sole children to peel off, outermost first. Raises PlanError for one that
    cannot be peeled, KeyError for an element that the model does not have.
    """
    return ElementCodec(plan_of(model, settings, findings), model.elements[name], tuple(unwrap))


def plan_of(model: ir.Model, settings: ir.Settings, findings: int = 10) -> Plan:
    """The plan of a model, made once for all its elements."""
    key = (id(model), settings, findings)
    with _lock:
        plan = _plans.get(key)
        if plan is None or plan.model is not model:
            plan = _plans[key] = Plan(model, settings, findings)
            while len(_plans) > _KEPT:
                _plans.popitem(last=False)
        return plan


__all__ = ["ElementCodec", "PlanError", "compile_element", "plan_of"]
