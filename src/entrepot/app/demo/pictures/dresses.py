"""Shapes of the wedding dresses: one dress form, four silhouettes."""

from entrepot.app.demo.pictures.colors import BRASS, WOOD, WOOD_DARK, mix
from entrepot.app.demo.pictures.studio import Studio

BODICE = "M 408 262 Q 430 330 500 336 Q 570 330 592 262 L 620 272 C 612 340 596 400 580 460 L 420 460 C 404 400 388 340 380 272 Z"


def _dress(studio: Studio, skirt: str, folds: tuple[str, ...], hem: float, half: float) -> None:
    """A dress on a form: stand and neck, skirt with folds, bodice, sash."""
    canvas, tones = studio.canvas, studio.tones
    studio.shadow(500, hem, half)
    canvas.rectangle(470, 166, 530, 300, WOOD)
    canvas.ellipse(500, 168, 34, 14, WOOD_DARK)
    canvas.ellipse(500, 146, 15, 18, BRASS)
    canvas.fill("M 470 226 C 460 256 420 262 384 270 L 400 330 L 600 330 L 616 270 C 580 262 540 256 530 226 Z", "#dcc6ae")
    studio.body(skirt, shade=0.34)
    with canvas.inside(skirt) as cloth:
        for fold in folds:
            cloth.fill(fold, mix(tones.deep, "#6c5a66", 0.4), 0.2)
    studio.body(BODICE, shade=0.36)
    canvas.line("M 408 262 Q 430 330 500 336 Q 570 330 592 262", tones.light, 8)
    canvas.line("M 500 336 L 500 446", tones.dark, 4)
    canvas.fill("M 418 446 L 582 446 L 588 486 L 412 486 Z", tones.dark)
    canvas.fill("M 418 446 L 582 446 L 584 458 L 416 458 Z", tones.light)
    canvas.ellipse(560, 466, 15, 15, mix(tones.accent, tones.base, 0.6))
    canvas.fill("M 556 474 L 536 560 L 560 548 L 572 478 Z", tones.dark)


def aline(studio: Studio) -> None:
    skirt = "M 414 480 L 586 480 C 640 600 720 720 756 816 Q 500 860 244 816 C 280 720 360 600 414 480 Z"
    folds = (
        "M 440 486 C 400 620 360 740 330 850 L 370 850 C 400 740 430 620 446 486 Z",
        "M 500 486 C 496 620 480 740 470 860 L 520 860 C 516 740 512 620 506 486 Z",
        "M 556 486 C 590 620 630 740 650 850 L 690 850 C 650 730 600 610 564 486 Z",
    )
    _dress(studio, skirt, folds, 832, 270)


def mermaid(studio: Studio) -> None:
    skirt = "M 414 480 L 586 480 C 622 560 604 640 570 690 C 620 740 700 790 740 824 Q 500 862 290 824 C 330 790 390 740 430 690 C 396 640 378 560 414 480 Z"
    folds = (
        "M 430 690 C 460 704 540 704 570 690 L 580 704 C 540 722 460 722 420 704 Z",
        "M 452 706 C 430 760 400 810 380 860 L 420 860 C 440 810 454 760 462 706 Z",
        "M 520 706 C 530 760 530 810 530 860 L 576 860 C 560 810 540 760 530 706 Z",
        "M 556 704 C 600 760 640 800 670 850 L 700 840 C 650 790 600 750 566 704 Z",
    )
    _dress(studio, skirt, folds, 836, 240)


def ball(studio: Studio) -> None:
    skirt = "M 414 474 L 586 474 C 700 500 820 640 846 812 Q 500 872 154 812 C 180 640 300 500 414 474 Z"
    folds = (
        "M 430 484 C 340 560 280 700 250 850 L 310 850 C 340 700 390 570 440 484 Z",
        "M 470 484 C 430 600 410 740 400 870 L 450 870 C 450 740 460 600 478 484 Z",
        "M 530 484 C 570 600 600 740 610 870 L 660 870 C 640 730 590 590 538 484 Z",
        "M 570 484 C 670 570 730 700 760 850 L 810 840 C 770 690 690 560 580 484 Z",
    )
    _dress(studio, skirt, folds, 830, 350)


def sheath(studio: Studio) -> None:
    skirt = "M 414 480 L 586 480 C 616 580 612 700 624 826 Q 500 856 376 826 C 388 700 384 580 414 480 Z"
    folds = (
        "M 446 486 C 440 620 430 740 420 860 L 446 860 C 454 740 456 620 452 486 Z",
        "M 556 486 C 566 620 572 740 580 860 L 604 860 C 590 740 580 620 562 486 Z",
    )
    _dress(studio, skirt, folds, 836, 160)
