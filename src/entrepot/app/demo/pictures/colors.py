"""Tones that go together: everything in a picture is derived from the variant's own color."""

import colorsys
from dataclasses import dataclass

CREAM, PAPER, INK = "#f8efdf", "#fffaf0", "#3b3a40"
WOOD, WOOD_DARK, WOOD_LIGHT = "#cda273", "#a97d52", "#e2c197"
STEEL, STEEL_DARK = "#cbd0d3", "#959ea5"
BRASS, BRASS_DARK = "#d3aa5c", "#b08842"
LEATHER, GLOW, SNOW = "#8c5f42", "#ffe3a1", "#ffffff"
_DUSTY = ("#b3beb4", "#c9b0a4", "#aab7c0", "#bdb3a2", "#b9acb8")
_CONFETTI = ("#c46a4b", "#d8a23f", "#2d6778", "#94aa8c", "#e4b3a8")


def mix(one: str, other: str, share: float) -> str:
    """A color between two: share 0 is the first, 1 the second."""
    a, b = _rgb(one), _rgb(other)
    return "#" + "".join(f"{round(255 * (x + (y - x) * share)):02x}" for x, y in zip(a, b, strict=True))


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def lightness(color: str) -> float:
    """How bright a color looks, 0 to 1."""
    red, green, blue = _rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def hue(color: str) -> float:
    return colorsys.rgb_to_hls(*_rgb(color))[0]


@dataclass(frozen=True, slots=True)
class Tones:
    """One color as a family: base, two lighter, two darker, a tone for patterns and a partner."""

    base: str
    light: str
    pale: str
    dark: str
    deep: str
    pattern: str
    accent: str
    confetti: tuple[str, ...]

    @classmethod
    def of(cls, color: str) -> "Tones":
        bright = lightness(color)
        warm = hue(color) < 0.17 or hue(color) > 0.9
        shadow = "#6b4a3a" if warm and bright > 0.6 else "#22253a"
        partner = ("#2d6778" if bright > 0.55 else "#efcf8e") if warm else ("#c46a4b" if bright > 0.55 else "#e6b455")
        return cls(
            base=color,
            light=mix(color, "#ffffff", 0.16 if bright < 0.8 else 0.4),
            pale=mix(color, "#fff6e6", 0.42),
            dark=mix(color, shadow, 0.17),
            deep=mix(color, shadow, 0.36),
            pattern=mix(color, "#fff3dc", 0.5) if bright < 0.62 else mix(color, shadow, 0.15 if bright > 0.8 else 0.24),
            accent=partner,
            confetti=tuple(tone for tone in _CONFETTI if abs(lightness(tone) - bright) > 0.06 or abs(hue(tone) - hue(color)) > 0.08),
        )


def backdrop(color: str, variety: int) -> tuple[str, str]:
    """Wall and circle behind a product: a whisper of its own color; behind pale things one of a few dusty walls."""
    if lightness(color) > 0.76:
        wall = _DUSTY[variety % len(_DUSTY)]
        return wall, mix(wall, "#fffaf2", 0.22)
    wall = mix(mix(color, "#f1e7da", 0.8), "#f4ece1", 0.35)
    return wall, mix(wall, "#fffaf2", 0.62)
