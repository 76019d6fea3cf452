"""The colors of the screens keep the contrast of SCREENS 2 (WCAG 2.2 AA and more), read from the CSS that is served."""

import math
import re
from pathlib import Path

import pytest

import entrepot.web
from entrepot.web.shell import PRIMARY

CSS = (Path(entrepot.web.__file__).parent / "static" / "web" / "entrepot.css").read_text(encoding="utf-8")
Color = tuple[float, float, float]


def properties(selector: str) -> dict[str, str]:
    """Custom properties of every block of a selector, the later ones winning."""
    blocks = re.findall(re.escape(selector) + r"\s*\{([^}]*)\}", CSS)
    return {name: value.strip() for block in blocks for name, value in re.findall(r"(--[\w-]+):([^;}]+)", block)}


LIGHT = properties(":root")
DARK = {**LIGHT, **properties(".dark")}


def color(values: dict[str, str], name: str) -> Color:
    """A property as linear sRGB, its variables followed to the end (the shell's own values are their fallbacks)."""
    text = values[name]
    while found := re.fullmatch(r"var\((--[\w-]+)(?:,(.*))?\)", text):
        text = values.get(found[1]) or found[2]
    return linear(text)


def linear(text: str) -> Color:
    if found := re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", text):
        digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
        channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return red, green, blue
    found = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", text)
    assert found, f"not a color this test can read: {text}"
    lightness, chroma, hue = float(found[1]) / 100, float(found[2]), math.radians(float(found[3]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _clip(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))


def contrast(one: Color, other: Color) -> float:
    bright, dim = sorted((0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def worst(values: dict[str, str], inks: list[str], grounds: list[str]) -> float:
    return min(contrast(color(values, ink), color(values, ground)) for ink in inks for ground in grounds)


GROUNDS = ["--e-bg", "--e-panel", "--e-sunk", "--e-hover"]
MEANINGS = ["ok", "warn", "bad", "busy", "mute"]
MARKS = [f"--e-{meaning}-mark" for meaning in MEANINGS]
# what, (inks, grounds), at least in light, at least in dark
TABLE = [
    ("text", ["--e-text"], ["--e-bg", "--e-panel"], 10.2, 10.8),
    ("soft text", ["--e-soft"], [*GROUNDS, "--e-accent-bg"], 6.9, 6.0),
    ("links", ["--e-link"], [*GROUNDS, "--e-accent-bg"], 5.0, 5.0),
    ("borders of controls", ["--e-control"], ["--e-bg", "--e-panel"], 3.3, 3.3),
    ("marks", MARKS, ["--e-bg", "--e-panel"], 3.2, 4.1),
    ("lines and bars that the pages draw", ["--c1", "--c7"], ["--e-bg", "--e-panel"], 3.2, 4.1),
    ("main button", ["--e-accent-ink"], ["--e-accent"], 5.9, 5.5),
    ("bulk bar", ["--e-inv-ink"], ["--e-inv"], 10, 10),
]


@pytest.mark.parametrize(("what", "inks", "grounds", "light", "dark"), TABLE, ids=[row[0] for row in TABLE])
def test_contrast_of(what: str, inks: list[str], grounds: list[str], light: float, dark: float) -> None:
    assert worst(LIGHT, inks, grounds) >= light
    assert worst(DARK, inks, grounds) >= dark


@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize(("values", "least"), [(LIGHT, 6.2), (DARK, 7.0)], ids=["light", "dark"])
def test_badges_can_be_read(meaning: str, values: dict[str, str], least: float) -> None:
    assert contrast(color(values, f"--e-{meaning}"), color(values, f"--e-{meaning}-bg")) >= least


def test_the_measure_itself_knows_black_and_white() -> None:
    assert contrast(linear("#000"), linear("#fff")) == pytest.approx(21)
    assert contrast(linear("#fff"), linear("#767676")) == pytest.approx(4.54, abs=0.01)


def test_the_shell_has_the_same_blue_as_the_components() -> None:
    for step, value in PRIMARY.items():
        if step != "950":
            assert f"--color-primary-{step},{value})" in CSS
