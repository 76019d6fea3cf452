"""Shapes of the home textiles category."""

from entrepot.app.demo.pictures.canvas import Canvas
from entrepot.app.demo.pictures.colors import BRASS, CREAM, WOOD, WOOD_DARK, mix
from entrepot.app.demo.pictures.studio import Studio


def _fringe(canvas: Canvas, x0: int, x1: int, y: int, color: str, length: int = 34) -> None:
    for x in range(x0, x1 + 1, 18):
        canvas.line(f"M {x} {y} L {x + (x % 4) - 2} {y + length}", color, 7)


def towel(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.line("M 170 236 L 830 236", WOOD_DARK, 30)
    canvas.line("M 170 230 L 830 230", WOOD, 24)
    for x in (170, 830):
        canvas.ellipse(x, 232, 30, 30, BRASS)
    canvas.fill("M 330 240 L 750 240 L 754 640 L 334 640 Z", tones.deep)
    studio.body("M 270 214 Q 270 202 290 202 L 690 202 Q 712 202 712 222 L 716 800 L 266 800 Z", pattern=(266, 250, 716, 690), shade=0.26)
    canvas.fill("M 266 690 L 716 690 L 716 742 L 266 742 Z", tones.pale)
    canvas.line("M 268 706 L 714 706", tones.dark, 5)
    canvas.line("M 268 726 L 714 726", tones.dark, 5)
    _fringe(canvas, 276, 708, 798, tones.dark, 26)


def cushion(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 812, 300)
    pillow = "M 214 240 Q 206 214 232 222 C 400 200 600 200 768 222 Q 794 214 786 240 C 812 400 812 640 792 780 Q 800 812 772 802 C 600 826 400 826 228 802 Q 200 812 208 780 C 188 640 188 400 214 240 Z"
    studio.body(pillow, shade=0.3)
    canvas.line(
        "M 246 256 C 400 240 600 240 754 256 C 772 400 774 640 758 768 C 600 786 400 786 242 768 C 226 640 228 400 246 256", tones.dark, 6
    )
    canvas.fill("M 262 300 C 340 316 420 320 500 320 C 400 350 320 450 286 600 C 276 500 276 400 262 300 Z", "#ffffff", 0.12)
    for x, y in ((212, 220), (788, 220), (206, 802), (794, 802)):
        canvas.ellipse(x, y, 22, 22, tones.accent)
        canvas.ellipse(x - 5, y - 6, 8, 8, mix(tones.accent, "#ffffff", 0.4))


def blanket(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 812, 360)
    for number, (y, inset) in enumerate(((690, 0), (572, 14), (454, 6), (336, 20))):
        x0, x1 = 170 + inset, 830 - inset
        path = (
            f"M {x0 + 40} {y} L {x1} {y} L {x1} {y + 116} L {x0 + 40} {y + 116} Q {x0} {y + 116} {x0} {y + 58} Q {x0} {y} {x0 + 40} {y} Z"
        )
        studio.body(path, pattern=(x0, y - 40, x1, y + 150), shade=0.2)
        canvas.line(f"M {x0 + 24} {y + 58} L {x1 - 6} {y + 58}", tones.dark if number else tones.deep, 5)
        canvas.line(f"M {x0 + 40} {y + 114} L {x1} {y + 114}", tones.deep, 6)
    drape = "M 430 326 Q 440 310 460 310 L 700 310 Q 722 310 728 332 L 740 664 L 424 664 Z"
    canvas.fill("M 446 340 L 748 340 L 762 684 L 440 684 Z", "#2a2033", 0.14)
    studio.body(drape, pattern=(414, 310, 740, 664), shade=0.22)
    canvas.fill(drape, "#ffffff", 0.14)
    canvas.line("M 426 648 L 738 648", tones.dark, 6)
    _fringe(canvas, 430, 734, 662, tones.pale, 58)


def tablecloth(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 828, 300)
    for x in (280, 720):
        canvas.line(f"M {x} 600 L {x + (500 - x) * 0.12} 822", WOOD_DARK, 26)
    skirt = (
        "M 130 430 L 870 430 L 850 660 Q 820 720 772 680 Q 716 640 664 690 Q 606 736 552 690 Q 500 650 448 690 Q 394 736 336 690 Q 284 640 228 680 "
        "Q 180 720 150 660 Z"
    )
    studio.body(skirt, shade=0.24)
    with canvas.inside(skirt) as folds:
        for x in (228, 336, 448, 552, 664, 772):
            folds.fill(f"M {x - 8} 440 L {x + 26} 760 L {x - 26} 760 Z", "#2a2033", 0.12)
    canvas.ellipse(500, 430, 370, 92, tones.deep)
    canvas.ellipse(500, 424, 370, 90, tones.light)
    _vase(canvas)


def _vase(canvas: Canvas) -> None:
    canvas.ellipse(500, 438, 84, 18, "#4a3a34", 0.18)
    for x, y, color in ((428, 196, "#e4b3a8"), (500, 156, "#d8a23f"), (576, 204, "#c46a4b")):
        canvas.line(f"M 500 330 Q {(500 + x) / 2} 280 {x} {y}", "#5f7050", 8)
        canvas.ellipse(x, y, 36, 34, color)
        canvas.ellipse(x, y, 14, 13, CREAM)
    canvas.fill("M 462 316 L 538 316 C 530 350 572 372 566 410 Q 560 440 500 440 Q 440 440 434 410 C 428 372 470 350 462 316 Z", "#f3ead9")
    canvas.fill("M 520 316 L 538 316 C 530 350 572 372 566 410 Q 560 440 512 440 C 560 400 520 360 520 316 Z", "#4a3a34", 0.14)


def teatowel(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.line("M 110 232 L 890 232", WOOD_DARK, 28)
    canvas.line("M 110 226 L 890 226", WOOD, 22)
    for x in (110, 890):
        canvas.ellipse(x, 228, 26, 26, BRASS)
    for x, foot, patterned in ((256, 716, True), (500, 790, False), (744, 716, True)):
        canvas.fill(f"M {x - 70} 226 L {x + 112} 226 L {x + 112} {foot - 90} L {x - 70} {foot - 90} Z", tones.deep)
        cloth = f"M {x - 100} 222 Q {x - 100} 204 {x - 82} 204 L {x + 78} 204 Q {x + 96} 204 {x + 96} 222 L {x + 100} {foot} L {x - 104} {foot} Z"
        if patterned:
            studio.body(cloth, pattern=(x - 104, 214, x + 100, foot), shade=0.24)
            canvas.line(f"M {x - 103} {foot - 16} L {x + 99} {foot - 16}", tones.dark, 5)
        else:
            studio.body(cloth, color=mix(tones.base, CREAM, 0.66), shade=0.24)
            for y, width in ((foot - 96, 40), (foot - 150, 12), (foot - 42, 12)):
                canvas.fill(
                    f"M {x - 103} {y - width / 2} L {x + 99} {y - width / 2} L {x + 99} {y + width / 2} L {x - 103} {y + width / 2} Z",
                    tones.base,
                )
