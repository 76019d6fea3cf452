"""The patterns of the themes, drawn over whatever outline they are put inside."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random

from entrepot.app.demo.pictures.canvas import Canvas, Point, outline
from entrepot.app.demo.pictures.colors import Tones

Area = tuple[float, float, float, float]  # x0, y0, x1, y1
Motif = Callable[[Canvas, Area, Tones], None]


def _grid(area: Area, step: float) -> list[Point]:
    """Points in offset rows, as on a printed cloth."""
    x0, y0, x1, y1 = area
    points = []
    for row in range(int((y1 - y0) / step) + 2):
        shift = step / 2 if row % 2 else 0
        points += [(x0 + shift + column * step, y0 + step / 3 + row * step) for column in range(int((x1 - x0) / step) + 2)]
    return points


def plain(canvas: Canvas, area: Area, tones: Tones) -> None:
    """A single color: the shading alone gives it form."""


def band(canvas: Canvas, area: Area, tones: Tones) -> None:
    x0, y0, x1, y1 = area
    height = y1 - y0
    canvas.rectangle(x0 - 50, y0 + height * 0.58, x1 + 50, y0 + height * 0.74, tones.pattern)
    canvas.rectangle(x0 - 50, y0 + height * 0.77, x1 + 50, y0 + height * 0.795, tones.accent)


def stripes(canvas: Canvas, area: Area, tones: Tones) -> None:
    x0, y0, x1, y1 = area
    step = max(34.0, (y1 - y0) / 9)
    for number in range(int((y1 - y0) / step) + 1):
        y = y0 + step * (number + 0.5)
        canvas.rectangle(x0 - 50, y, x1 + 50, y + step * 0.36, tones.pattern)


def dots(canvas: Canvas, area: Area, tones: Tones) -> None:
    for x, y in _grid(area, 58):
        canvas.ellipse(x, y, 10, 10, tones.pattern)


def waves(canvas: Canvas, area: Area, tones: Tones) -> None:
    x0, y0, x1, y1 = area
    for row in range(int((y1 - y0) / 62) + 1):
        y = y0 + 30 + row * 62
        canvas.stroke([(x, y + 11 * math.sin((x - x0) * math.pi / 30)) for x in range(int(x0) - 60, int(x1) + 60, 5)], tones.pattern, 8)


def checks(canvas: Canvas, area: Area, tones: Tones) -> None:
    x0, y0, x1, y1 = area
    step = 76
    for column in range(int((x1 - x0) / step) + 1):
        x = x0 + column * step + 12
        canvas.polygon([(x, y0 - 9), (x + 34, y0 - 9), (x + 34, y1 + 9), (x, y1 + 9)], tones.pattern, 0.42)
    for row in range(int((y1 - y0) / step) + 1):
        y = y0 + row * step + 12
        canvas.polygon([(x0 - 9, y), (x1 + 9, y), (x1 + 9, y + 34), (x0 - 9, y + 34)], tones.pattern, 0.42)


def leaves(canvas: Canvas, area: Area, tones: Tones) -> None:
    for number, (x, y) in enumerate(_grid(area, 104)):
        stem, *foliage = _sprig(number % 4)
        canvas.stroke([(x + 20 + dx, y + 10 + dy) for dx, dy in stem], tones.pattern, 5)
        for leaf in foliage:
            canvas.polygon([(x + 20 + dx, y + 10 + dy) for dx, dy in leaf], tones.pattern)


@lru_cache(maxsize=4)
def _sprig(way: int) -> tuple[tuple[Point, ...], ...]:
    """A stem, then its five leaves, turned one of four ways."""
    turn = (-0.6, 0.5, 2.3, -2.1)[way]
    cos, sin = math.cos(turn), math.sin(turn)
    paths = ["M 0 40 Q 5 5 0 -30", "M 0 -24 Q -13 -42 0 -58 Q 13 -42 0 -24"]
    for side, height in ((-1, 18), (1, 4), (-1, -10), (1, -22)):
        paths.append(f"M 0 {height} Q {side * 6} {height - 24} {side * 30} {height - 20} Q {side * 26} {height + 4} 0 {height}")
    return tuple(tuple((x * cos - y * sin, x * sin + y * cos) for x, y in outline(path)) for path in paths)


def terrazzo(canvas: Canvas, area: Area, tones: Tones) -> None:
    chance = Random(11)  # noqa: S311  the same chips in every picture
    for x, y in _grid(area, 62):
        size, turn = chance.uniform(9, 21), chance.uniform(0, 6.3)
        x, y = x + chance.uniform(-18, 18), y + chance.uniform(-18, 18)
        corners = [
            (x + math.cos(turn + angle) * size * chance.uniform(0.7, 1.2), y + math.sin(turn + angle) * size * chance.uniform(0.7, 1.2))
            for angle in (0, 1.3, 2.5, 3.6, 5.0)
        ]
        canvas.polygon(corners, chance.choice((*tones.confetti, tones.pattern, tones.pattern)))


def stars(canvas: Canvas, area: Area, tones: Tones) -> None:
    for number, (x, y) in enumerate(_grid(area, 82)):
        size = 22 if number % 3 == 0 else 12
        points = [
            (
                x + math.cos(math.pi * k / 4) * size * (1 if k % 2 == 0 else 0.36),
                y + math.sin(math.pi * k / 4) * size * (1 if k % 2 == 0 else 0.36),
            )
            for k in range(8)
        ]
        canvas.polygon(points, tones.pattern)


def mountains(canvas: Canvas, area: Area, tones: Tones) -> None:
    x0, y0, x1, y1 = area
    foot = y0 + (y1 - y0) * 0.76
    for number, x in enumerate(range(int(x0) - 60, int(x1) + 60, 118)):
        height = 132 if number % 2 else 92
        half = height * 0.82
        canvas.polygon([(x - half, foot), (x, foot - height), (x + half, foot)], tones.pattern)
        canvas.polygon(
            [(x - half * 0.3, foot - height * 0.7), (x, foot - height), (x + half * 0.3, foot - height * 0.7), (x, foot - height * 0.6)],
            "#fffaf0",
        )
    canvas.rectangle(x0 - 50, foot + 16, x1 + 50, foot + 28, tones.pattern)


MOTIFS: Mapping[str, Motif] = {
    "band": band,
    "checks": checks,
    "dots": dots,
    "leaves": leaves,
    "mountains": mountains,
    "plain": plain,
    "stars": stars,
    "stripes": stripes,
    "terrazzo": terrazzo,
    "waves": waves,
}
