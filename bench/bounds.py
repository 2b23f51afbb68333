"""Which bound is met: one word beside each figure, so that nobody has to look it up."""

from __future__ import annotations

MISSED = "MISSED"


def mark(value: float, *, most: float | None = None, least: float | None = None) -> str:
    """The figure's verdict, and the bound: `met, at most 2` or `MISSED, at least 30`."""
    met = (most is None or value <= most) and (least is None or value >= least)
    bound = f"at most {most:g}" if most is not None else f"at least {least:g}"
    return f"{'met' if met else MISSED}, {bound}"


def missed(figures: dict[str, tuple[float, float | None, float | None]]) -> list[str]:
    """`name value` of each figure that is beyond its bound; the figures as (value, most, least) by name."""
    return [
        f"{name} {value:.2f}" if value < 10 else f"{name} {value:.0f}"
        for name, (value, most, least) in figures.items()
        if mark(value, most=most, least=least).startswith(MISSED)
    ]
