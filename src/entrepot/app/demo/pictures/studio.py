"""What the shape functions are given: a canvas, the tones and the theme's pattern, with the strokes they share."""

from dataclasses import dataclass

from entrepot.app.demo.pictures.canvas import Canvas, outline
from entrepot.app.demo.pictures.colors import Tones
from entrepot.app.demo.pictures.motifs import Area, Motif


@dataclass(frozen=True, slots=True)
class Studio:
    """One product's drawing: its canvas, its colors, its pattern."""

    canvas: Canvas
    tones: Tones
    motif: Motif

    def body(self, path: str, *, pattern: Area | None = None, shade: float = 0.3, color: str | None = None) -> None:
        """A patterned body with light from the left: a bright edge, a shaded right part.

        `pattern` narrows the pattern to an area; `shade` is the shaded share of the width.
        """
        x0, y0, x1, y1 = area_of(path)
        self.canvas.fill(path, color or self.tones.base)
        with self.canvas.inside(path) as cloth:
            if color is None:
                self.motif(cloth, pattern or (x0, y0, x1, y1), self.tones)
            edge = x1 - (x1 - x0) * shade
            bend = (x1 - x0) * 0.08
            cloth.fill(
                f"M {edge} {y0 - 9} Q {edge + bend} {(y0 + y1) / 2} {edge} {y1 + 9} L {x1 + 9} {y1 + 9} L {x1 + 9} {y0 - 9} Z",
                "#2a2033",
                0.13,
            )

    def shadow(self, x: float, y: float, rx: float, ry: float = 22) -> None:
        """The soft patch under a standing thing."""
        self.canvas.ellipse(x, y, rx, ry, "#4a3a34", 0.16)
        self.canvas.ellipse(x, y, rx * 0.8, ry * 0.6, "#4a3a34", 0.14)


def area_of(path: str) -> Area:
    """The rectangle around an outline."""
    points = outline(path)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
