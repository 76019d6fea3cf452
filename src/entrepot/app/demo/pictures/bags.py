"""Shapes of the bags category."""

from entrepot.app.demo.pictures.colors import BRASS, BRASS_DARK, CREAM, LEATHER, mix
from entrepot.app.demo.pictures.studio import Studio


def backpack(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 826, 240)
    canvas.line("M 430 230 C 430 150 570 150 570 230", LEATHER, 24)
    canvas.line("M 320 420 C 240 470 236 640 290 740", tones.deep, 40)
    canvas.line("M 680 420 C 760 470 764 640 710 740", tones.deep, 40)
    studio.body(
        "M 300 780 L 300 420 C 300 270 380 206 500 206 C 620 206 700 270 700 420 L 700 780 Q 700 826 654 826 L 346 826 Q 300 826 300 780 Z"
    )
    canvas.line("M 336 440 C 336 320 400 262 500 262 C 600 262 664 320 664 440", tones.deep, 8)
    canvas.rectangle(652, 432, 676, 476, BRASS, 8)
    studio.body(
        "M 350 580 Q 350 550 380 550 L 620 550 Q 650 550 650 580 L 650 740 Q 650 780 610 780 L 390 780 Q 350 780 350 740 Z",
        color=tones.light,
    )
    canvas.fill("M 350 592 L 350 580 Q 350 550 380 550 L 620 550 Q 650 550 650 580 L 650 592 Q 500 640 350 592 Z", tones.dark)
    canvas.rectangle(478, 584, 522, 666, LEATHER, 8)
    canvas.rectangle(484, 640, 516, 660, BRASS, 5)
    canvas.rectangle(452, 330, 548, 384, LEATHER, 8)
    canvas.line("M 470 357 L 530 357", mix(LEATHER, CREAM, 0.5), 5)


def tote(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 822, 270)
    canvas.line("M 400 400 C 396 130 604 130 600 400", tones.deep, 24)
    canvas.fill("M 268 372 L 732 372 L 742 420 L 258 420 Z", tones.deep)
    studio.body("M 256 390 L 744 390 L 776 784 Q 778 822 740 822 L 260 822 Q 222 822 224 784 Z")
    canvas.line("M 388 470 L 388 392 C 384 190 616 190 612 392 L 612 470", tones.pale, 26)
    for x in (388, 612):
        canvas.rectangle(x - 22, 436, x + 22, 500, LEATHER, 6)
        canvas.ellipse(x, 456, 6, 6, BRASS)
        canvas.ellipse(x, 480, 6, 6, BRASS)
    canvas.line("M 262 420 L 738 420", tones.dark, 5)


def duffel(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 780, 380)
    canvas.line("M 250 470 C 180 240 820 240 750 470", tones.deep, 20)
    studio.body(
        "M 250 420 L 750 420 C 850 420 880 500 880 600 C 880 710 850 780 750 780 L 250 780 C 150 780 120 710 120 600 C 120 500 150 420 250 420 Z"
    )
    canvas.fill("M 126 680 L 874 680 C 864 750 820 780 750 780 L 250 780 C 180 780 136 750 126 680 Z", LEATHER)
    canvas.line("M 210 452 L 790 452", tones.deep, 9)
    canvas.rectangle(770, 440, 812, 464, BRASS, 7)
    for x in (340, 660):
        canvas.rectangle(x - 20, 420, x + 20, 780, mix(LEATHER, tones.deep, 0.25))
    canvas.line("M 340 480 C 340 300 660 300 660 480", LEATHER, 24)
    canvas.rectangle(446, 324, 554, 366, mix(LEATHER, CREAM, 0.16), 18)
    for x in (340, 660):
        canvas.ellipse(x, 500, 11, 11, BRASS)
        canvas.ellipse(x, 730, 9, 9, BRASS_DARK)


def crossbody(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 806, 260)
    canvas.line("M 262 500 C 150 60 850 60 738 500", tones.deep, 18)
    for x in (262, 738):
        canvas.ellipse(x, 500, 24, 24, BRASS)
        canvas.ellipse(x, 500, 11, 11, tones.deep)
    studio.body("M 252 480 L 748 480 L 766 750 Q 768 806 712 806 L 288 806 Q 232 806 234 750 Z", color=tones.dark)
    studio.body("M 244 452 Q 244 430 266 430 L 734 430 Q 756 430 756 452 L 752 590 C 740 690 620 700 500 700 C 380 700 260 690 248 590 Z")
    canvas.line("M 264 586 C 280 672 390 680 500 680 C 610 680 720 672 736 586", tones.light, 5)
    canvas.rectangle(466, 654, 534, 730, BRASS_DARK, 14)
    canvas.rectangle(466, 648, 534, 722, BRASS, 14)
    canvas.ellipse(500, 686, 13, 13, BRASS_DARK)


def washbag(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 786, 300)
    canvas.line("M 240 520 C 150 520 150 640 240 640", LEATHER, 22)
    studio.body(
        "M 300 420 L 700 420 Q 742 420 752 460 L 792 730 Q 798 786 744 786 L 256 786 Q 202 786 208 730 L 248 460 Q 258 420 300 420 Z"
    )
    canvas.fill("M 300 420 Q 320 370 380 366 L 620 366 Q 680 370 700 420 Q 742 420 748 446 L 252 446 Q 258 420 300 420 Z", tones.dark)
    canvas.line("M 276 446 L 724 446", tones.deep, 12)
    canvas.line("M 290 446 L 710 446", BRASS, 5)
    canvas.fill("M 690 440 L 730 440 L 744 540 L 716 552 L 700 540 Z", LEATHER)
    canvas.ellipse(718, 446, 15, 15, BRASS)
    canvas.rectangle(430, 610, 570, 668, CREAM, 6)
    canvas.line("M 460 639 L 540 639", mix(CREAM, LEATHER, 0.6), 6)
