"""Shapes of the toys category."""

from entrepot.app.demo.pictures.colors import BRASS, CREAM, INK, WOOD, WOOD_DARK, WOOD_LIGHT, Tones, mix
from entrepot.app.demo.pictures.studio import Studio

CHEERFUL = ("#c46a4b", "#d8a23f", "#94aa8c", "#2d6778", "#e4b3a8", "#8db6cd")


def bear(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 824, 270)
    for side in (-1, 1):
        canvas.ellipse(500 + side * 128, 218, 68, 68, tones.dark)
        canvas.ellipse(500 + side * 128, 224, 38, 38, tones.pale)
        arm = f"M {500 + side * 130} 500 C {500 + side * 250} 510 {500 + side * 270} 640 {500 + side * 220} 690 C {500 + side * 170} 710 {500 + side * 140} 640 {500 + side * 110} 600 Z"
        canvas.fill(arm, tones.dark)
    studio.body("M 350 560 C 350 430 650 430 650 560 C 700 700 660 820 500 820 C 340 820 300 700 350 560 Z", color=tones.base)
    canvas.ellipse(500, 684, 104, 112, tones.pale)
    for side in (-1, 1):
        canvas.ellipse(500 + side * 158, 756, 92, 80, tones.dark)
        canvas.ellipse(500 + side * 168, 760, 58, 54, tones.pale)
        for toe in (-30, 0, 30):
            canvas.ellipse(500 + side * 168 + toe, 716 + abs(toe) * 0.25, 12, 12, tones.deep)
    canvas.ellipse(500, 346, 196, 176, tones.base)
    canvas.ellipse(440, 262, 70, 40, tones.light)
    canvas.ellipse(500, 404, 92, 74, tones.pale)
    canvas.ellipse(500, 376, 32, 24, INK)
    canvas.ellipse(490, 369, 9, 6, "#ffffff")
    canvas.line("M 500 398 L 500 424 Q 476 448 452 432", INK, 8)
    canvas.line("M 500 424 Q 524 448 548 432", INK, 8)
    for side in (-1, 1):
        canvas.ellipse(500 + side * 84, 338, 17, 20, INK)
        canvas.ellipse(495 + side * 84, 331, 6, 7, "#ffffff")
        canvas.ellipse(500 + side * 128, 396, 30, 20, "#e08f7d", 0.5)
    scarf = "M 362 492 Q 500 560 638 492 L 646 548 Q 500 620 354 548 Z"
    tail = "M 560 560 L 640 540 L 664 690 L 590 700 Z"
    for path in (tail, scarf):
        canvas.fill(path, tones.accent)
        with canvas.inside(path) as cloth:
            studio.motif(cloth, (340, 490, 670, 700), Tones.of(tones.accent))


def stacker(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 826, 260)
    canvas.rectangle(486, 200, 514, 800, WOOD)
    rings = ((780, 232), (704, 206), (628, 180), (552, 154), (476, 128), (400, 102))
    for number, (y, half) in enumerate(rings):
        color = tones.base if number % 2 == 0 else CHEERFUL[(number // 2 + 1) % len(CHEERFUL)]
        path = (
            f"M {500 - half} {y - 34} L {500 + half} {y - 34} Q {500 + half + 36} {y - 34} {500 + half + 36} {y} Q {500 + half + 36} {y + 34} {500 + half} {y + 34} "
            f"L {500 - half} {y + 34} Q {500 - half - 36} {y + 34} {500 - half - 36} {y} Q {500 - half - 36} {y - 34} {500 - half} {y - 34} Z"
        )
        studio.body(path, color=None if number in {0, 2} else color)
        canvas.line(f"M {500 - half} {y - 18} L {500 - half * 0.3} {y - 18}", mix(color, "#ffffff", 0.4), 9)
    canvas.ellipse(500, 290, 82, 80, tones.accent)
    canvas.ellipse(474, 262, 24, 20, mix(tones.accent, "#ffffff", 0.45))
    for x in (474, 526):
        canvas.ellipse(x, 296, 9, 10, INK)
    canvas.line("M 482 320 Q 500 336 518 320", INK, 7)


def train(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 764, 420)
    canvas.line("M 100 768 L 900 768", WOOD_DARK, 12)
    canvas.rectangle(410, 668, 470, 688, INK)
    studio.body("M 120 520 L 420 520 L 406 700 L 134 700 Z", color=WOOD_LIGHT)
    for x, color in ((180, CHEERFUL[1]), (266, CHEERFUL[3]), (350, CHEERFUL[4])):
        canvas.ellipse(x, 508, 44, 44, color)
        canvas.ellipse(x - 12, 494, 12, 10, mix(color, "#ffffff", 0.4))
    wagon = "M 112 540 L 428 540 L 416 704 L 124 704 Z"
    studio.body(wagon, pattern=(112, 520, 428, 720))
    studio.body("M 460 400 L 640 400 L 640 704 L 460 704 Z", color=tones.dark)
    canvas.rectangle(440, 366, 664, 408, tones.accent, 14)
    canvas.rectangle(494, 440, 606, 540, mix(CREAM, "#8db6cd", 0.5), 12)
    studio.body("M 620 520 L 830 520 Q 880 520 880 580 L 880 704 L 620 704 Z", pattern=(620, 480, 880, 720))
    canvas.fill("M 744 520 L 756 420 L 812 420 L 824 520 Z", WOOD)
    canvas.rectangle(736, 398, 832, 430, WOOD_DARK, 10)
    canvas.ellipse(868, 620, 22, 26, BRASS)
    for x, y, r in ((800, 340, 34), (740, 286, 46), (650, 236, 58)):
        canvas.ellipse(x, y, r, r, "#ffffff", 0.75)
    for x, r in ((190, 52), (350, 52), (540, 66), (690, 52), (810, 52)):
        canvas.ellipse(x, 766 - r, r, r, INK)
        canvas.ellipse(x, 766 - r, r * 0.72, r * 0.72, WOOD)
        canvas.ellipse(x, 766 - r, r * 0.26, r * 0.26, tones.accent)


def blocks(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 824, 360)
    studio.body("M 170 620 L 370 620 L 370 820 L 170 820 Z", color=CHEERFUL[1])
    studio.body("M 400 620 L 600 620 L 600 820 L 400 820 Z")
    studio.body("M 630 620 L 830 620 L 830 820 L 630 820 Z", color=WOOD_LIGHT)
    canvas.fill("M 700 820 L 700 760 C 700 700 760 700 760 760 L 760 820 Z", WOOD_DARK)
    studio.body("M 290 420 L 480 420 L 480 612 L 290 612 Z", color=CHEERFUL[0])
    studio.body("M 520 512 L 716 512 L 716 612 L 520 612 Z", color=CHEERFUL[3])
    canvas.ellipse(620, 444, 66, 66, CHEERFUL[1])
    canvas.ellipse(598, 420, 20, 16, mix(CHEERFUL[1], "#ffffff", 0.5))
    canvas.fill("M 284 412 L 385 250 L 486 412 Z", tones.base)
    canvas.fill("M 385 250 L 486 412 L 410 412 Z", "#2a2033", 0.13)
    canvas.ellipse(270, 720, 46, 46, mix(CHEERFUL[1], "#ffffff", 0.45))
    canvas.fill(
        "M 385 466 L 404 504 L 446 508 L 414 536 L 424 578 L 385 556 L 346 578 L 356 536 L 324 508 L 366 504 Z",
        mix(CHEERFUL[0], "#ffffff", 0.55),
    )


def kite(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    for x, y, w in ((220, 300, 90), (800, 640, 110)):
        for dx, dy, r in ((-0.5, 8, 0.36), (0, -8, 0.5), (0.55, 8, 0.34)):
            canvas.ellipse(x + dx * w, y + dy, w * r, w * r * 0.8, "#ffffff", 0.8)
    canvas.line("M 520 640 C 560 760 380 740 420 830 C 440 880 340 870 300 900", mix(tones.deep, INK, 0.3), 7)
    for x, y, color in ((520, 716, CHEERFUL[1]), (418, 792, CHEERFUL[0]), (392, 862, CHEERFUL[3])):
        canvas.fill(f"M {x} {y} L {x - 44} {y - 26} L {x - 44} {y + 26} Z", color)
        canvas.fill(f"M {x} {y} L {x + 44} {y - 26} L {x + 44} {y + 26} Z", mix(color, INK, 0.15))
    sail = "M 560 120 L 780 350 L 520 650 L 300 330 Z"
    studio.body(sail, shade=0)
    canvas.fill("M 560 120 L 780 350 L 520 650 Z", "#2a2033", 0.13)
    canvas.fill("M 560 120 L 780 350 L 544 342 Z", tones.accent, 0.9)
    canvas.fill("M 300 330 L 520 650 L 544 342 Z", tones.pale, 0.5)
    canvas.line("M 560 120 L 520 650", tones.deep, 9)
    canvas.line("M 300 330 L 780 350", tones.deep, 9)
