"""The table of `bench.codec` as a picture: three panels, a line a shape, the bound dashed; SVG by hand, no library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

Points = Sequence[tuple[int, float]]  # bytes, ratio
_COLOURS: Final = {"flat": "#1f77b4", "deep": "#d95f02", "structs": "#2a9d5c", "text": "#8458b3"}
_WIDTH, _HEIGHT, _LEFT, _TOP, _STEP = 230, 190, 46, 46, 290


def chart(panels: Mapping[str, tuple[float, Mapping[str, Points]]]) -> str:
    """The picture: `panels` by title, each with its bound and its lines by shape."""
    whole = _LEFT + _STEP * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {_TOP + _HEIGHT + 74}" role="img" font-family="sans-serif" font-size="12">',
        f'<title>Cost against lxml parsing the same bytes</title><rect width="{whole}" height="{_TOP + _HEIGHT + 74}" fill="#fff"/>',
    ]
    for at, (title, (bound, lines)) in enumerate(panels.items()):
        parts.append(f'<g transform="translate({_LEFT + at * _STEP},{_TOP})">{_panel(title, bound, lines)}</g>')
    for at, (shape, colour) in enumerate(_COLOURS.items()):
        x, y = _LEFT + at * 90, _TOP + _HEIGHT + 56
        parts.append(
            f'<rect x="{x}" y="{y - 9}" width="18" height="4" fill="{colour}"/><text x="{x + 24}" y="{y}">{shape}</text>'
        )
    parts.append(f'<text x="{_LEFT + 370}" y="{_TOP + _HEIGHT + 56}" fill="#555">dashed: the bound</text></svg>')
    return "\n".join(parts) + "\n"


def _panel(title: str, bound: float, lines: Mapping[str, Points]) -> str:
    top = max(bound, *(ratio for points in lines.values() for _, ratio in points)) * 1.1

    def x(size: int) -> float:
        return round((math.log10(size) - 2.8) / 4.3 * _WIDTH, 1)

    def y(ratio: float) -> float:
        return round(_HEIGHT * (1 - ratio / top), 1)

    parts = [f'<text x="0" y="-16" font-weight="bold">{title}: at most {bound:g}</text>']
    parts.append(f'<path d="M0,0V{_HEIGHT}H{_WIDTH}" fill="none" stroke="#333"/>')
    parts.append(f'<path d="M0,{y(bound)}H{_WIDTH}" stroke="#c00" stroke-dasharray="5 4"/>')
    parts += [f'<text x="-8" y="{y(t) + 4}" text-anchor="end">{t:g}</text>' for t in (0.0, bound / 2, bound)]
    for size, words in ((1000, "1 KB"), (100_000, "100 KB"), (10_000_000, "10 MB")):
        parts.append(f'<text x="{x(size)}" y="{_HEIGHT + 20}" text-anchor="middle">{words}</text>')
    for shape, points in lines.items():
        path = " ".join(f"{x(size)},{y(ratio)}" for size, ratio in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{_COLOURS[shape]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(s)}" cy="{y(r)}" r="3" fill="{_COLOURS[shape]}"/>' for s, r in points]
    return "".join(parts)
