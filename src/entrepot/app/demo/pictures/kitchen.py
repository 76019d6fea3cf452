"""Shapes of the kitchen category."""

from entrepot.app.demo.pictures.canvas import Canvas
from entrepot.app.demo.pictures.colors import BRASS, CREAM, INK, SNOW, STEEL, mix
from entrepot.app.demo.pictures.studio import Studio


def _steam(canvas: Canvas, x: float, y: float) -> None:
    for shift in (-46, 6, 58):
        canvas.line(f"M {x + shift} {y} C {x + shift - 34} {y - 44} {x + shift + 34} {y - 74} {x + shift} {y - 124}", SNOW, 11)


def pan(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.ellipse(440, 590, 300, 290, "#4a3a34", 0.16)
    canvas.line("M 640 390 L 850 180", tones.deep, 70)
    canvas.line("M 640 390 L 846 184", tones.dark, 54)
    canvas.ellipse(838, 192, 17, 17, mix(tones.deep, INK, 0.5))
    canvas.fill("M 128 520 L 160 430 L 230 420 L 220 560 Z", tones.dark)
    canvas.ellipse(430, 560, 306, 306, tones.dark)
    canvas.ellipse(424, 552, 300, 300, tones.base)
    canvas.ellipse(428, 556, 256, 256, mix(INK, tones.deep, 0.25))
    canvas.ellipse(424, 552, 240, 240, mix(INK, STEEL, 0.14))
    canvas.fill("M 230 470 C 260 380 350 330 440 336 C 350 356 280 410 258 500 Z", SNOW, 0.13)
    _egg(canvas)
    rim = "M 424 252 C 590 252 724 386 724 552 L 676 552 C 676 412 564 300 424 300 Z"
    with canvas.inside(rim) as edge:
        studio.motif(edge, (424, 250, 730, 560), tones)


def _egg(canvas: Canvas) -> None:
    canvas.fill(
        "M 330 520 C 340 440 440 430 490 480 C 560 500 590 580 530 640 C 480 700 400 660 370 640 C 310 630 300 570 330 520 Z", "#fdf8ee"
    )
    canvas.ellipse(446, 562, 66, 64, "#f0b23e")
    canvas.ellipse(426, 540, 20, 16, "#f9d27d")


def pot(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 806, 330)
    for side in (-1, 1):
        canvas.line(f"M {500 + side * 290} 520 C {500 + side * 400} 500 {500 + side * 400} 610 {500 + side * 286} 600", tones.deep, 34)
    studio.body("M 196 460 L 804 460 L 786 720 Q 778 806 690 806 L 310 806 Q 222 806 214 720 Z")
    canvas.rectangle(180, 436, 820, 476, tones.deep, 18)
    studio.body("M 196 438 C 210 330 350 292 500 292 C 650 292 790 330 804 438 Z", color=tones.light)
    canvas.rectangle(470, 264, 530, 300, BRASS)
    canvas.ellipse(500, 250, 54, 26, BRASS)
    canvas.fill("M 262 410 C 290 350 370 330 430 322 C 360 350 320 370 296 414 Z", SNOW, 0.3)


def mug(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(480, 806, 240)
    _steam(canvas, 450, 320)
    canvas.line("M 650 470 C 820 440 830 690 640 680", tones.dark, 46)
    studio.body("M 260 390 L 670 390 L 664 700 Q 660 806 556 806 L 374 806 Q 270 806 266 700 Z")
    canvas.ellipse(465, 390, 205, 52, tones.pale)
    canvas.ellipse(465, 394, 180, 40, tones.deep)
    canvas.ellipse(465, 402, 166, 31, "#5c3b2a")
    canvas.ellipse(440, 398, 70, 11, "#7d5640")


def teapot(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 796, 280)
    canvas.line("M 316 430 C 130 360 120 690 330 690", tones.dark, 44)
    canvas.fill("M 660 640 C 770 620 760 480 850 420 L 896 446 C 830 520 850 700 660 740 Z", tones.dark)
    studio.body("M 350 420 L 650 420 C 760 470 770 640 720 730 Q 690 796 600 796 L 400 796 Q 310 796 280 730 C 230 640 240 470 350 420 Z")
    canvas.fill("M 346 424 C 360 340 640 340 654 424 Q 500 452 346 424 Z", tones.light)
    canvas.line("M 340 426 Q 500 456 660 426", tones.deep, 10)
    canvas.ellipse(500, 336, 36, 32, tones.deep)
    canvas.ellipse(494, 328, 22, 18, tones.base)
    canvas.fill("M 292 560 C 296 500 330 460 366 448 C 336 490 322 540 322 600 Z", SNOW, 0.28)


def board(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill(
        "M 316 350 Q 316 316 350 316 L 690 316 Q 724 316 724 350 L 724 820 Q 724 850 690 850 L 350 850 Q 316 850 316 820 Z", "#4a3a34", 0.2
    )
    canvas.fill("M 446 330 L 446 210 Q 446 160 500 160 Q 554 160 554 210 L 554 330 Z", tones.base)
    canvas.ellipse(500, 214, 24, 24, mix(tones.deep, INK, 0.3))
    plank = "M 290 350 Q 290 306 334 306 L 666 306 Q 710 306 710 350 L 710 796 Q 710 830 676 830 L 324 830 Q 290 830 290 796 Z"
    canvas.fill(plank, tones.base)
    with canvas.inside(plank) as wood:
        for x, bend in ((340, 18), (398, -14), (452, 22), (520, -20), (580, 16), (640, -18), (684, 12)):
            wood.line(f"M {x} 290 C {x + bend} 450 {x - bend} 640 {x + bend} 840", tones.dark, 6)
        wood.ellipse(560, 520, 26, 44, tones.dark)
        wood.ellipse(560, 520, 12, 24, tones.deep)
        studio.motif(wood, (290, 690, 710, 830), tones)
        wood.fill("M 640 300 L 720 300 L 720 840 L 640 840 Z", "#2a2033", 0.1)
    _tomato(canvas)


def _tomato(canvas: Canvas) -> None:
    canvas.ellipse(410, 640, 92, 84, "#b9433d")
    canvas.ellipse(402, 632, 84, 76, "#cf5a4b")
    canvas.ellipse(372, 606, 22, 15, mix("#cf5a4b", CREAM, 0.5))
    for dx, dy in ((-44, -26), (0, -44), (44, -26), (-24, 8), (24, 8)):
        canvas.line(f"M 412 576 L {412 + dx} {572 + dy * 0.6}", "#5f7050", 11)
