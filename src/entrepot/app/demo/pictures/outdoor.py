"""Shapes of the outdoor category."""

from entrepot.app.demo.pictures.colors import BRASS, CREAM, GLOW, INK, LEATHER, STEEL, STEEL_DARK, WOOD, mix
from entrepot.app.demo.pictures.studio import Studio


def tent(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 792, 400)
    for side in (-1, 1):
        canvas.line(f"M {500 + side * 250} 430 L {500 + side * 410} 790", mix(tones.deep, INK, 0.2), 5)
        canvas.line(f"M {500 + side * 404} 772 L {500 + side * 416} 804", STEEL_DARK, 9)
    studio.body("M 140 792 C 190 560 300 320 500 296 C 700 320 810 560 860 792 Z", shade=0.36)
    canvas.fill("M 500 296 C 420 420 350 600 330 792 L 670 792 C 650 600 580 420 500 296 Z", tones.light)
    canvas.fill("M 500 372 C 450 480 410 620 402 792 L 598 792 C 590 620 550 480 500 372 Z", mix(tones.deep, INK, 0.45))
    canvas.fill("M 500 640 C 470 690 440 740 402 792 L 598 792 C 560 740 530 690 500 640 Z", GLOW, 0.5)
    canvas.fill("M 500 372 C 450 480 410 620 402 792 L 330 792 C 352 640 420 480 500 372 Z", tones.pale)
    canvas.fill("M 500 372 C 550 480 590 620 598 792 L 670 792 C 648 640 580 480 500 372 Z", tones.dark)
    canvas.line("M 392 640 L 424 652", tones.accent, 12)
    canvas.line("M 608 640 L 576 652", tones.accent, 12)
    canvas.ellipse(500, 298, 17, 15, tones.accent)


def sleepingbag(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 832, 200)
    bag = "M 372 250 C 410 150 590 150 628 250 C 700 400 700 560 660 700 C 640 800 590 836 500 836 C 410 836 360 800 340 700 C 300 560 300 400 372 250 Z"
    studio.body(bag, pattern=(300, 470, 700, 836))
    with canvas.inside(bag) as quilt:
        for y in (430, 520, 610, 700, 780):
            quilt.line(f"M 290 {y} Q 500 {y + 34} 710 {y}", tones.dark, 6)
    canvas.fill("M 396 290 C 420 190 580 190 604 290 C 616 380 570 430 500 430 C 430 430 384 380 396 290 Z", tones.deep)
    canvas.fill("M 414 306 C 440 220 560 220 586 306 C 596 372 556 412 500 412 C 444 412 404 372 414 306 Z", tones.pale)
    canvas.fill("M 424 346 C 450 296 550 296 576 346 C 566 390 540 412 500 412 C 460 412 434 390 424 346 Z", CREAM)
    canvas.line("M 500 432 L 500 640", tones.accent, 9)
    canvas.rectangle(489, 636, 511, 676, BRASS, 8)


def lantern(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    canvas.ellipse(500, 520, 300, 300, GLOW, 0.3)
    canvas.ellipse(500, 520, 220, 240, GLOW, 0.38)
    studio.shadow(500, 806, 190)
    canvas.line("M 384 330 C 370 150 630 150 616 330", STEEL_DARK, 16)
    canvas.rectangle(456, 176, 544, 206, WOOD, 15)
    canvas.fill("M 400 310 Q 420 240 500 240 Q 580 240 600 310 Z", tones.dark)
    studio.body("M 372 306 L 628 306 Q 640 306 640 326 L 636 356 L 364 356 L 360 326 Q 360 306 372 306 Z", color=tones.base)
    canvas.fill("M 386 356 L 614 356 L 606 640 L 394 640 Z", "#fff3cf")
    canvas.fill("M 452 640 C 430 560 460 500 500 440 C 540 500 570 560 548 640 Z", "#ffd574")
    canvas.fill("M 476 640 C 466 590 480 560 500 524 C 520 560 534 590 524 640 Z", "#fffbe9")
    for x in (392, 608):
        canvas.line(f"M {x} 352 L {x} 646", tones.deep, 12)
    canvas.line("M 452 352 L 452 644", tones.dark, 5)
    canvas.line("M 548 352 L 548 644", tones.dark, 5)
    studio.body("M 372 640 L 628 640 L 660 780 Q 662 806 636 806 L 364 806 Q 338 806 340 780 Z")
    canvas.ellipse(500, 726, 34, 34, tones.deep)
    canvas.ellipse(500, 722, 30, 30, BRASS)
    canvas.line("M 500 722 L 516 706", "#6b5226", 7)


def flask(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 822, 170)
    studio.body("M 424 190 Q 424 166 448 166 L 552 166 Q 576 166 576 190 L 584 300 L 416 300 Z", color=STEEL)
    for y in (204, 232, 260):
        canvas.line(f"M 424 {y} L 576 {y}", STEEL_DARK, 5)
    canvas.rectangle(430, 296, 570, 336, STEEL_DARK)
    studio.body(
        "M 430 330 L 570 330 Q 616 352 620 410 L 620 786 Q 620 822 584 822 L 416 822 Q 380 822 380 786 L 380 410 Q 384 352 430 330 Z"
    )
    canvas.rectangle(402, 420, 420, 760, tones.light, 9)
    canvas.rectangle(380, 786, 620, 796, tones.deep)
    canvas.line("M 584 330 C 690 340 700 420 690 520 C 684 580 660 600 624 600", LEATHER, 18)


def chair(studio: Studio) -> None:
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, 824, 290)
    canvas.line("M 300 640 L 660 820", STEEL_DARK, 18)
    canvas.line("M 700 640 L 340 820", STEEL, 18)
    canvas.line("M 300 250 L 300 820", STEEL_DARK, 20)
    canvas.line("M 700 250 L 700 820", STEEL_DARK, 20)
    for x in (300, 700):
        canvas.rectangle(x - 26, 808, x + 26, 832, INK, 10)
    studio.body("M 284 246 Q 500 206 716 246 L 716 560 Q 500 600 284 560 Z", shade=0.28)
    canvas.line("M 300 282 Q 500 246 700 282", tones.deep, 6)
    canvas.fill("M 270 556 Q 500 600 730 556 L 748 640 Q 500 700 252 640 Z", tones.light)
    canvas.fill("M 252 640 Q 500 700 748 640 L 746 676 Q 500 736 254 676 Z", tones.deep)
    for x in (262, 738):
        canvas.rectangle(x - 44, 470, x + 44, 504, WOOD, 17)
        canvas.line(f"M {x} 500 L {x} 640", STEEL_DARK, 14)
    canvas.rectangle(704, 560, 772, 664, tones.dark, 14)
    canvas.line("M 706 586 L 770 586", tones.deep, 5)
