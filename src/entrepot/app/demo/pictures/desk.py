"""Shapes of the stationery category."""

from entrepot.app.demo.pictures.colors import BRASS, BRASS_DARK, CREAM, INK, PAPER, STEEL, STEEL_DARK, WOOD, WOOD_LIGHT, mix
from entrepot.app.demo.pictures.studio import Studio

SHELL = "#fbf7ee"
PENCILS = ("#c46a4b", "#d8a23f", "#2d6778", "#94aa8c")
PANS = (
    "#e9cf6a", "#d8a23f", "#c98a3a", "#c46a4b", "#b9433d", "#7c303f",
    "#e4b3a8", "#b98aa6", "#7a6aa0", "#2b3f66", "#2d6778", "#8db6cd",
    "#b7c9a0", "#94aa8c", "#5f7050", "#32574a", "#7f583d", "#3b3a40",
)  # fmt: skip


def notebook(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill("M 296 208 L 752 208 L 752 838 L 296 838 Z", "#4a3a34", 0.18)
    canvas.fill("M 280 196 L 726 196 Q 738 196 738 208 L 738 818 L 280 818 Z", PAPER)
    for x in (728, 733):
        canvas.line(f"M {x} 206 L {x} 812", mix(PAPER, INK, 0.18), 2)
    canvas.line("M 420 800 L 420 868 L 436 852 L 452 868 L 452 800", tones.accent, 14)
    studio.body(
        "M 262 200 Q 262 180 282 180 L 702 180 Q 720 180 720 198 L 720 786 Q 720 804 702 804 L 282 804 Q 262 804 262 784 Z",
        pattern=(320, 180, 720, 804),
        shade=0.2,
    )
    canvas.fill("M 262 200 Q 262 180 282 180 L 322 180 L 322 804 L 282 804 Q 262 804 262 784 Z", tones.deep)
    canvas.rectangle(404, 300, 600, 400, PAPER, 8)
    canvas.line("M 440 336 L 564 336", tones.base, 9)
    canvas.line("M 462 366 L 542 366", mix(PAPER, INK, 0.35), 6)
    canvas.line("M 662 178 L 662 806", tones.accent, 16)


def pen(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.line("M 250 800 L 790 290", "#d6cbbd", 60)
    canvas.line("M 186 812 C 230 770 280 850 330 806 C 372 768 400 840 452 808", tones.base, 9)
    barrel = "M 330 626 L 716 214 Q 760 176 800 214 Q 838 254 800 298 L 400 694 Z"
    studio.body(barrel, pattern=(330, 180, 840, 700), shade=0.0)
    canvas.fill("M 400 694 L 800 298 Q 824 270 818 240 L 372 668 Z", "#2a2033", 0.2)
    canvas.fill("M 356 600 L 720 212 Q 740 196 760 196 L 372 616 Z", "#ffffff", 0.28)
    canvas.fill("M 576 364 L 606 332 L 688 410 L 656 440 Z", BRASS)
    canvas.line("M 640 330 L 778 196", BRASS_DARK, 20)
    canvas.line("M 640 330 L 776 196", BRASS, 13)
    canvas.fill("M 330 626 L 400 694 L 352 724 L 300 674 Z", mix(INK, tones.deep, 0.3))
    canvas.fill("M 300 674 L 352 724 L 214 790 Z", STEEL)
    canvas.fill("M 326 699 L 352 724 L 214 790 Z", STEEL_DARK)
    canvas.line("M 300 716 L 222 784", INK, 4)
    canvas.ellipse(304, 712, 8, 8, INK)


def pencilcase(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 822, 200)
    for x, top, color in ((402, 190, PENCILS[0]), (466, 150, PENCILS[1]), (534, 176, PENCILS[2]), (598, 214, PENCILS[3])):
        canvas.fill(f"M {x - 26} {top + 70} L {x} {top} L {x + 26} {top + 70} Z", WOOD_LIGHT)
        canvas.fill(f"M {x - 9} {top + 24} L {x} {top} L {x + 9} {top + 24} Z", color)
        canvas.rectangle(x - 26, top + 68, x + 26, 520, color)
        canvas.rectangle(x + 8, top + 68, x + 26, 520, mix(color, INK, 0.16))
    canvas.fill("M 340 420 Q 500 380 660 420 L 660 470 L 340 470 Z", tones.deep)
    studio.body("M 330 430 Q 500 476 670 430 L 684 786 Q 684 822 640 822 L 360 822 Q 316 822 316 786 Z")
    canvas.line("M 332 446 Q 500 492 668 446", BRASS, 8)
    canvas.rectangle(636, 440, 660, 500, BRASS_DARK, 8)
    canvas.line("M 318 770 Q 500 800 682 770", tones.deep, 6)


def cards(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.fill("M 176 470 L 806 470 L 806 836 L 176 836 Z", "#4a3a34", 0.16)
    canvas.fill("M 300 196 L 760 244 L 724 640 L 262 596 Z", mix(tones.base, INK, 0.14))
    front = "M 288 180 L 748 228 L 712 624 L 250 580 Z"
    studio.body(front, color=PAPER)
    picture = "M 318 216 L 714 258 L 684 590 L 286 550 Z"
    with canvas.inside(picture) as print_:
        print_.fill(picture, tones.base)
        studio.motif(print_, (286, 216, 714, 590), tones)
    studio.body(
        "M 150 460 L 780 460 Q 792 460 792 472 L 792 808 Q 792 820 780 820 L 162 820 Q 150 820 150 808 Z",
        color=mix(tones.base, CREAM, 0.55),
        shade=0,
    )
    canvas.fill("M 154 470 L 471 690 L 788 470 L 788 462 L 154 462 Z", mix(tones.base, CREAM, 0.25))
    canvas.line("M 156 464 L 471 684 L 786 464", tones.dark, 5)
    canvas.line("M 160 814 L 390 640", tones.dark, 4)
    canvas.line("M 782 814 L 552 640", tones.dark, 4)
    canvas.ellipse(471, 676, 46, 46, "#a83f3a")
    canvas.ellipse(468, 672, 34, 34, "#bf5249")
    canvas.fill("M 468 694 C 430 664 446 644 468 660 C 490 644 506 664 468 694 Z", "#a83f3a")


def paintbox(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 812, 370)
    studio.body("M 176 220 Q 176 196 200 196 L 800 196 Q 824 196 824 220 L 824 480 L 176 480 Z", pattern=(176, 196, 824, 480), shade=0.2)
    for x, color in ((290, PANS[11]), (430, PANS[3]), (570, PANS[13]), (710, PANS[1])):
        canvas.ellipse(x, 340, 58, 66, SHELL)
        canvas.ellipse(x, 348, 44, 50, mix(color, SHELL, 0.35))
        canvas.ellipse(x + 8, 362, 22, 24, color)
    canvas.rectangle(160, 472, 840, 500, STEEL_DARK)
    studio.body("M 150 496 L 850 496 L 850 786 Q 850 812 824 812 L 176 812 Q 150 812 150 786 Z", color=mix(STEEL, CREAM, 0.4), shade=0)
    for number, color in enumerate(PANS):
        x, y = 184 + (number % 6) * 108, 514 + (number // 6) * 74
        canvas.rectangle(x, y, x + 92, y + 64, PAPER, 10)
        canvas.rectangle(x + 9, y + 9, x + 83, y + 55, color, 8)
        canvas.ellipse(x + 36, y + 24, 18, 8, mix(color, "#ffffff", 0.35))
    canvas.line("M 250 770 L 600 770", tones.accent, 20)
    canvas.line("M 600 770 L 660 770", BRASS, 24)
    canvas.fill("M 660 757 C 700 750 724 760 752 770 C 724 780 700 790 660 783 Z", WOOD)
