"""Pictures of the sample products, drawn by code: no photograph, no file, no license to ask for."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

from PIL import Image

from entrepot.app.demo.pictures import bags, desk, dresses, kitchen, knits, lamps, outdoor, textiles, toys
from entrepot.app.demo.pictures.canvas import Canvas
from entrepot.app.demo.pictures.colors import Tones, backdrop
from entrepot.app.demo.pictures.motifs import MOTIFS
from entrepot.app.demo.pictures.studio import Studio

Shape = Callable[[Studio], None]

SHAPES: Mapping[str, Shape] = {
    "backpack": bags.backpack,
    "beanie": knits.beanie,
    "bear": toys.bear,
    "blanket": textiles.blanket,
    "blocks": toys.blocks,
    "board": kitchen.board,
    "cards": desk.cards,
    "chair": outdoor.chair,
    "crossbody": bags.crossbody,
    "cushion": textiles.cushion,
    "desklamp": lamps.desklamp,
    "dress-aline": dresses.aline,
    "dress-ball": dresses.ball,
    "dress-mermaid": dresses.mermaid,
    "dress-sheath": dresses.sheath,
    "duffel": bags.duffel,
    "flask": outdoor.flask,
    "floorlamp": lamps.floorlamp,
    "kite": toys.kite,
    "lantern": outdoor.lantern,
    "mittens": knits.mittens,
    "mug": kitchen.mug,
    "notebook": desk.notebook,
    "paintbox": desk.paintbox,
    "pan": kitchen.pan,
    "pen": desk.pen,
    "pencilcase": desk.pencilcase,
    "pendant": lamps.pendant,
    "pot": kitchen.pot,
    "scarf": knits.scarf,
    "sleepingbag": outdoor.sleepingbag,
    "socks": knits.socks,
    "stacker": toys.stacker,
    "sweater": knits.sweater,
    "tablecloth": textiles.tablecloth,
    "tablelamp": lamps.tablelamp,
    "teapot": kitchen.teapot,
    "teatowel": textiles.teatowel,
    "tent": outdoor.tent,
    "tote": bags.tote,
    "towel": textiles.towel,
    "train": toys.train,
    "walllight": lamps.walllight,
    "washbag": bags.washbag,
}
_PLACES: Mapping[int, tuple[tuple[float, float, float], ...]] = {
    1: ((0, 0, 1000),),
    2: ((0, 190, 570), (430, 260, 570)),
    3: ((20, 30, 540), (440, 60, 540), (220, 430, 560)),
}
_TONES_OF_A_FILE = 64


def draw(picture_key: str, colors: Sequence[str], size: int = 1000) -> bytes:
    """A PNG of one product ("tent/waves": shape, then pattern) or of the parts of a kit, joined by "+", one color a part.

    Units: size in pixels, the picture is square. Deterministic: the same arguments give the same bytes.
    Raises: KeyError when the shape, the pattern or that number of parts is unknown.
    """
    wall, circle = backdrop(colors[0], sum(picture_key.encode()))
    finer = 3 if size <= 700 else 2
    canvas = Canvas.blank(size * finer, wall)
    canvas.ellipse(500, 490, 410, 410, circle)
    parts = picture_key.split("+")
    for part, color, place in zip(parts, colors, _PLACES[len(parts)], strict=True):
        shape, motif = part.split("/")
        SHAPES[shape](Studio(canvas.part(*place), Tones.of(color), MOTIFS[motif]))
    return _png(canvas.image.reduce(finer))


def _png(image: Image.Image) -> bytes:
    """A palette PNG; the palette is learnt from a small copy, which is as good and much quicker."""
    small = image.resize((160, 160), Image.Resampling.NEAREST)
    palette = small.quantize(_TONES_OF_A_FILE, Image.Quantize.MEDIANCUT)
    flat = image.quantize(palette=palette, dither=Image.Dither.NONE)
    out = BytesIO()
    flat.save(out, "PNG", optimize=False, compress_level=7)
    return out.getvalue()
