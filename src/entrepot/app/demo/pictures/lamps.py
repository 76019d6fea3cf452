"""Shapes of the lamps category."""

from entrepot.app.demo.pictures.canvas import Canvas
from entrepot.app.demo.pictures.colors import BRASS, BRASS_DARK, CREAM, GLOW, INK, WOOD, WOOD_DARK, mix
from entrepot.app.demo.pictures.studio import Studio


def _glow(canvas: Canvas, x: float, y: float, r: float) -> None:
    canvas.ellipse(x, y, r, r * 0.9, GLOW, 0.28)
    canvas.ellipse(x, y, r * 0.68, r * 0.6, GLOW, 0.34)


def _shade(studio: Studio, path: str) -> None:
    """A lamp shade: the pattern, lit from inside."""
    studio.body(path, shade=0.22)
    with studio.canvas.inside(path) as cloth:
        xs = [float(number) for number in path.replace("L", " ").split() if number.replace(".", "").isdigit()]
        middle = sum(xs[::2]) / len(xs[::2])
        bottom = max(xs[1::2])
        cloth.ellipse(middle, bottom, 150, 150, GLOW, 0.3)


def tablelamp(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    _glow(canvas, 500, 430, 340)
    studio.shadow(500, 822, 200)
    canvas.rectangle(488, 480, 512, 620, BRASS)
    studio.body("M 440 600 L 560 600 C 640 640 640 760 570 806 L 430 806 C 360 760 360 640 440 600 Z", color=mix(CREAM, tones.base, 0.35))
    canvas.rectangle(404, 800, 596, 824, BRASS_DARK, 10)
    _shade(studio, "M 380 220 L 620 220 L 740 520 L 260 520 Z")
    canvas.line("M 262 518 L 738 518", tones.deep, 9)
    canvas.line("M 381 222 L 619 222", tones.deep, 9)
    canvas.line("M 640 524 L 640 590", BRASS, 5)
    canvas.ellipse(640, 600, 12, 12, BRASS_DARK)


def floorlamp(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    _glow(canvas, 500, 300, 300)
    studio.shadow(500, 846, 190)
    for side in (-1, 1):
        canvas.line(f"M 500 420 L {500 + side * 150} 846", WOOD_DARK if side > 0 else WOOD, 20)
    canvas.line("M 500 400 L 500 838", mix(WOOD, WOOD_DARK, 0.5), 20)
    canvas.line("M 424 640 L 576 640", BRASS, 8)
    canvas.rectangle(470, 380, 530, 440, BRASS_DARK, 10)
    _shade(studio, "M 368 140 L 632 140 L 690 390 L 310 390 Z")
    canvas.line("M 312 388 L 688 388", tones.deep, 8)
    canvas.line("M 369 142 L 631 142", tones.deep, 8)


def pendant(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill("M 240 590 L 760 590 L 900 860 L 100 860 Z", GLOW, 0.3)
    canvas.fill("M 340 590 L 660 590 L 740 860 L 260 860 Z", GLOW, 0.32)
    canvas.line("M 500 90 L 500 300", INK, 8)
    canvas.rectangle(440, 84, 560, 112, BRASS, 12)
    canvas.rectangle(458, 272, 542, 344, BRASS_DARK, 14)
    canvas.ellipse(500, 596, 62, 54, "#fff6d8")
    studio.body("M 448 336 L 552 336 C 690 370 780 480 790 596 L 210 596 C 220 480 310 370 448 336 Z")
    canvas.fill("M 210 592 L 790 592 Q 790 616 764 616 L 236 616 Q 210 616 210 592 Z", tones.deep)
    canvas.ellipse(500, 612, 70, 20, "#fff6d8")
    canvas.fill("M 300 520 C 320 440 380 390 440 372 C 390 420 360 470 350 540 Z", "#ffffff", 0.2)


def desklamp(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill("M 560 360 L 800 470 L 900 810 L 420 810 Z", GLOW, 0.38)
    studio.shadow(330, 818, 220)
    studio.body(
        "M 180 800 C 190 740 260 730 330 730 C 400 730 470 740 480 800 Q 480 820 460 820 L 200 820 Q 180 820 180 800 Z", color=tones.dark
    )
    canvas.line("M 330 740 L 240 480", tones.deep, 24)
    canvas.line("M 240 480 L 560 250", tones.base, 24)
    canvas.line("M 268 560 L 330 470", BRASS, 8)
    for x, y in ((330, 736), (240, 480), (560, 252)):
        canvas.ellipse(x, y, 30, 30, BRASS)
        canvas.ellipse(x, y, 13, 13, BRASS_DARK)
    canvas.ellipse(690, 410, 80, 60, "#fff6d8")
    studio.body("M 540 236 Q 570 190 622 214 L 680 246 Q 800 330 812 470 L 530 356 Q 520 290 540 236 Z", shade=0.3)
    canvas.line("M 530 358 L 810 470", tones.deep, 16)


def walllight(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    _glow(canvas, 560, 420, 340)
    canvas.line("M 300 560 C 300 720 330 780 300 860", mix(INK, CREAM, 0.2), 9)
    canvas.rectangle(236, 400, 364, 620, BRASS_DARK, 50)
    canvas.rectangle(228, 392, 354, 612, BRASS, 50)
    canvas.line("M 292 510 C 420 520 420 640 560 620 L 560 540", BRASS_DARK, 20)
    canvas.ellipse(292, 510, 28, 28, BRASS_DARK)
    _shade(studio, "M 470 270 L 650 270 L 740 540 L 380 540 Z")
    canvas.line("M 382 538 L 738 538", tones.deep, 9)
    canvas.line("M 471 272 L 649 272", tones.deep, 9)
