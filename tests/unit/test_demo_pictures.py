"""The pictures of the sample products: drawn for every product and kit, small, repeatable, in the variant's own color."""

from io import BytesIO

import pytest
from PIL import Image

from entrepot.app.demo.assortment import sample_assortment
from entrepot.app.demo.pictures import SHAPES, draw
from entrepot.app.demo.pictures.motifs import MOTIFS

ASSORTMENT = sample_assortment()
SMALL = 120


def image_of(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def test_every_product_and_kit_has_a_picture() -> None:
    keys = {(product.picture_key, product.variants[0].colors) for product in ASSORTMENT.products}
    keys |= {(kit.picture_key, kit.colors) for kit in ASSORTMENT.kits}
    for key, colors in keys:
        assert image_of(draw(key, colors, SMALL)).size == (SMALL, SMALL)
    assert {key.split("/")[0] for key, _ in keys if "+" not in key} == SHAPES.keys()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_is_a_small_palette_png(shape: str) -> None:
    for motif in ("plain", "leaves"):
        png = draw(f"{shape}/{motif}", ["#c46a4b"], 600)
        assert png.startswith(b"\x89PNG")
        assert len(png) < 30_000
        assert image_of(png).mode == "P"


def test_shapes_patterns_and_colors_all_make_a_difference() -> None:
    shapes = {draw(f"{shape}/plain", ["#2d6778"], SMALL) for shape in SHAPES}
    patterns = {draw(f"towel/{motif}", ["#2d6778"], SMALL) for motif in MOTIFS}
    colors = {draw("mug/plain", [color], SMALL) for color in ("#c46a4b", "#2d6778", "#eee2ca")}
    assert len(shapes) == len(SHAPES) >= 20
    assert len(patterns) == len(MOTIFS)
    assert len(colors) == 3


def test_the_body_shows_the_color_of_the_variant() -> None:
    red, green, blue = image_of(draw("cushion/plain", ["#2d6778"], 600)).convert("RGB").getpixel((300, 360))  # type: ignore[misc]
    assert max(abs(red - 0x2D), abs(green - 0x67), abs(blue - 0x78)) < 10


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert draw("tent/terrazzo", ["#7d8355"], SMALL) == draw("tent/terrazzo", ["#7d8355"], SMALL)


@pytest.mark.parametrize("key", ["spaceship/plain", "tent/unknown"])
def test_an_unknown_picture_is_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        draw(key, ["#7d8355"], SMALL)
