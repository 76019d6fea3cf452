"""Shapes of the knitwear category."""

from entrepot.app.demo.pictures.canvas import Canvas
from entrepot.app.demo.pictures.studio import Studio


def _ribs(canvas: Canvas, path: str, x0: int, x1: int, y0: int, y1: int, color: str) -> None:
    """Upright knitted ribs inside an outline."""
    with canvas.inside(path) as cuff:
        for x in range(x0, x1, 24):
            cuff.line(f"M {x} {y0} L {x} {y1}", color, 6)


def scarf(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill("M 330 420 L 500 400 L 520 850 L 350 850 Z", "#4a3a34", 0.14)
    back = "M 520 330 L 700 400 L 672 760 L 500 740 Z"
    studio.body(back, color=tones.dark)
    for x in range(506, 672, 24):
        canvas.line(f"M {x} 742 L {x - 4} 800", tones.deep, 10)
    front = "M 316 380 L 500 340 L 516 800 L 320 800 Z"
    studio.body(front)
    for x in range(330, 512, 24):
        canvas.line(f"M {x} 796 L {x} 858", tones.pale, 10)
    studio.body("M 276 316 C 260 170 740 170 724 316 C 740 440 630 484 500 484 C 370 484 260 440 276 316 Z", shade=0.34)
    canvas.fill("M 352 262 C 376 206 624 206 648 262 C 640 330 580 356 500 356 C 420 356 360 330 352 262 Z", tones.deep)
    canvas.fill("M 362 292 C 400 250 600 250 638 292 C 616 338 570 356 500 356 C 430 356 384 338 362 292 Z", tones.dark)
    canvas.line("M 292 380 C 350 438 470 452 590 424", tones.dark, 8)
    canvas.line("M 286 340 C 330 380 380 396 430 402", tones.dark, 6)


def beanie(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 806, 270)
    for dx, dy in ((-58, 2), (58, 4), (0, -56), (-44, -40), (44, -38), (-30, 30), (32, 30), (0, 0)):
        canvas.ellipse(500 + dx, 232 + dy, 56, 54, tones.pale if (dx + dy) % 3 else tones.light)
    studio.body("M 236 640 C 220 400 340 266 500 266 C 660 266 780 400 764 640 Z", pattern=(230, 330, 770, 640))
    cuff = "M 216 610 Q 216 590 240 590 L 760 590 Q 784 590 784 610 L 790 770 Q 790 806 752 806 L 248 806 Q 210 806 210 770 Z"
    studio.body(cuff, color=tones.light)
    _ribs(canvas, cuff, 222, 800, 580, 820, tones.base)
    canvas.rectangle(560, 670, 660, 740, "#8c5f42", 8)
    canvas.line("M 582 705 L 638 705", "#e2c197", 6)


def socks(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(560, 826, 320, 18)
    for dx, dy, color in ((150, -36, tones.dark), (0, 0, None)):
        leg = (
            f"M {290 + dx} {190 + dy} L {490 + dx} {190 + dy} L {490 + dx} {560 + dy} C {500 + dx} {620 + dy} {570 + dx} {640 + dy} {650 + dx} {670 + dy} "
            f"C {740 + dx} {700 + dy} {740 + dx} {826 + dy} {640 + dx} {826 + dy} L {420 + dx} {826 + dy} C {330 + dx} {826 + dy} {290 + dx} {760 + dy} {290 + dx} {680 + dy} Z"
        )
        studio.body(leg, pattern=(290 + dx, 300 + dy, 760 + dx, 640 + dy), color=color, shade=0.2)
        toe = f"M {610 + dx} {656 + dy} L {650 + dx} {670 + dy} C {740 + dx} {700 + dy} {740 + dx} {826 + dy} {640 + dx} {826 + dy} L {590 + dx} {826 + dy} C {630 + dx} {780 + dy} {630 + dx} {710 + dy} {610 + dx} {656 + dy} Z"
        heel = f"M {290 + dx} {640 + dy} C {360 + dx} {650 + dy} {420 + dx} {700 + dy} {420 + dx} {826 + dy} C {330 + dx} {826 + dy} {290 + dx} {760 + dy} {290 + dx} {680 + dy} Z"
        for path in (toe, heel):
            canvas.fill(path, tones.accent)
        cuff = f"M {280 + dx} {180 + dy} L {500 + dx} {180 + dy} L {496 + dx} {290 + dy} L {284 + dx} {290 + dy} Z"
        canvas.fill(cuff, tones.light)
        _ribs(canvas, cuff, 292 + dx, 500 + dx, 170 + dy, 300 + dy, tones.base)


def mittens(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.line("M 300 720 C 300 880 700 880 700 720", tones.accent, 10)
    for side in (-1, 1):

        def at(path: str, side: int = side) -> str:
            """The path as drawn for the right hand, mirrored for the left one."""
            if side > 0:
                return path
            parts, result, is_x = path.split(), [], True
            for part in parts:
                result.append(part if part.isalpha() else (f"{1000 - float(part)}" if is_x else part))
                is_x = is_x if part.isalpha() else not is_x
            return " ".join(result)

        studio.body(at("M 610 420 C 580 350 500 340 506 430 C 512 530 560 610 610 650 Z"), color=tones.dark)
        hand = at("M 580 660 L 580 360 C 580 180 820 180 820 360 L 820 660 Z")
        studio.body(hand, shade=0.24)
        cuff = at(
            "M 566 640 L 834 640 Q 846 640 846 654 L 838 790 Q 836 806 820 806 L 580 806 Q 564 806 562 790 L 554 654 Q 554 640 566 640 Z"
        )
        canvas.fill(cuff, tones.light)
        x0 = 560 if side > 0 else 160
        _ribs(canvas, cuff, x0 + 6, x0 + 290, 630, 816, tones.base)


def sweater(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 826, 260, 16)
    for side in (-1, 1):
        sleeve = (
            f"M {500 + side * 170} 250 C {500 + side * 260} 290 {500 + side * 300} 420 {500 + side * 350} 690 L {500 + side * 246} 720 "
            f"C {500 + side * 220} 600 {500 + side * 210} 520 {500 + side * 180} 460 Z"
        )
        studio.body(sleeve, color=tones.dark if side > 0 else tones.base, shade=0.1)
        cuff = f"M {500 + side * 356} 680 L {500 + side * 370} 750 L {500 + side * 260} 780 L {500 + side * 242} 712 Z"
        canvas.fill(cuff, tones.light)
    trunk = "M 400 214 C 360 226 330 240 310 262 C 320 420 312 620 306 770 L 694 770 C 688 620 680 420 690 262 C 670 240 640 226 600 214 Q 500 290 400 214 Z"
    studio.body(trunk, pattern=(306, 300, 694, 560))
    hem = "M 304 748 L 696 748 L 692 826 L 308 826 Z"
    canvas.fill(hem, tones.light)
    _ribs(canvas, hem, 314, 700, 740, 840, tones.base)
    canvas.line("M 398 216 Q 500 300 602 216", tones.light, 34)
    canvas.line("M 408 232 Q 500 306 592 232", tones.dark, 6)
    canvas.fill("M 412 206 Q 500 272 588 206 Q 500 186 412 206 Z", tones.deep)
