"""A small drawing board: outlines as SVG path text in a square of 1000 units, flat colors, clipping, smooth edges."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw

Point = tuple[float, float]
_TOKEN = re.compile(r"[MLCQZ]|-?\d+(?:\.\d+)?")
_STEPS = 14  # straight pieces a curve: invisible at 1000 px


@lru_cache(maxsize=2_000)
def outline(path: str) -> tuple[Point, ...]:
    """The corners of one SVG path (absolute M, L, C, Q, Z), curves cut into short straight pieces."""
    points: list[Point] = []
    command = ""
    numbers: list[float] = []
    for token in _TOKEN.findall(path):
        if token.isalpha():
            command = token
            continue
        numbers.append(float(token))
        if len(numbers) == {"M": 2, "L": 2, "Q": 4, "C": 6}[command]:
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
            points.extend(pairs if len(pairs) == 1 else _curve([points[-1], *pairs]))
            numbers = []
    return tuple(points)


def _curve(control: Sequence[Point]) -> Iterator[Point]:
    """Points of a Bezier curve after its first one (de Casteljau)."""
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        row = list(control)
        while len(row) > 1:
            row = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in pairwise(row)]
        yield row[0]


@dataclass(frozen=True, slots=True)
class Canvas:
    """An image to draw on, and where the square of 1000 units lies in it."""

    image: Image.Image
    scale: float
    left: float = 0
    top: float = 0

    @classmethod
    def blank(cls, pixels: int, color: str) -> "Canvas":
        return cls(Image.new("RGB", (pixels, pixels), color), pixels / 1000)

    def part(self, x: float, y: float, size: float) -> "Canvas":
        """The same image with the 1000 units laid on a smaller square: several products share one picture."""
        return Canvas(self.image, self.scale * size / 1000, self.left + x * self.scale, self.top + y * self.scale)

    def fill(self, path: str, color: str, alpha: float = 1) -> None:
        """Fill an outline, entirely or as a veil."""
        self._polygon(self._at(outline(path)), color, alpha)

    def polygon(self, points: Sequence[Point], color: str, alpha: float = 1) -> None:
        self._polygon(self._at(points), color, alpha)

    def ellipse(self, x: float, y: float, rx: float, ry: float, color: str, alpha: float = 1) -> None:
        corners = self._at([(x - rx, y - ry), (x + rx, y + ry)])
        if alpha >= 1:
            ImageDraw.Draw(self.image).ellipse(corners, fill=color)
        else:
            box = self._box(corners)
            veil = Image.new("L", (box[2] - box[0], box[3] - box[1]))
            ImageDraw.Draw(veil).ellipse([(px - box[0], py - box[1]) for px, py in corners], fill=round(alpha * 255))
            self.image.paste(color, box, veil)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, color: str, radius: float = 0) -> None:
        (ax, ay), (bx, by) = self._at([(x0, y0), (x1, y1)])
        ImageDraw.Draw(self.image).rounded_rectangle((ax, ay, bx, by), radius * self.scale, fill=color)

    def line(self, path: str, color: str, width: float) -> None:
        """A line with round ends and joints along an outline."""
        self.stroke(outline(path), color, width)

    def stroke(self, corners: Sequence[Point], color: str, width: float) -> None:
        points = self._at(corners)
        pen = ImageDraw.Draw(self.image)
        half = width * self.scale / 2
        pen.line(points, fill=color, width=max(1, round(2 * half)), joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - half, y - half, x + half, y + half), fill=color)

    @contextmanager
    def inside(self, path: str) -> Iterator["Canvas"]:
        """A canvas of which only what lies within the outline comes onto this one."""
        points = self._at(outline(path))
        box = self._box(points)
        cut = Canvas(self.image.crop(box), self.scale, self.left - box[0], self.top - box[1])
        yield cut
        mask = Image.new("1", cut.image.size)
        ImageDraw.Draw(mask).polygon([(x - box[0], y - box[1]) for x, y in points], fill=1)
        self.image.paste(cut.image, box, mask)

    def _at(self, points: Sequence[Point]) -> list[Point]:
        return [(self.left + x * self.scale, self.top + y * self.scale) for x, y in points]

    def _polygon(self, points: Sequence[Point], color: str, alpha: float) -> None:
        if alpha >= 1:
            ImageDraw.Draw(self.image).polygon(points, fill=color)
        else:
            box = self._box(points)
            veil = Image.new("L", (box[2] - box[0], box[3] - box[1]))
            ImageDraw.Draw(veil).polygon([(x - box[0], y - box[1]) for x, y in points], fill=round(alpha * 255))
            self.image.paste(color, box, veil)

    def _box(self, points: Sequence[Point]) -> tuple[int, int, int, int]:
        """The whole pixels around some points, within the image and never empty."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = self.image.size
        x0, y0 = min(max(0, int(min(xs))), width - 1), min(max(0, int(min(ys))), height - 1)
        return x0, y0, max(x0 + 1, min(width, int(max(xs)) + 2)), max(y0 + 1, min(height, int(max(ys)) + 2))
