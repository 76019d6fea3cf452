"""Colors and option values of the sample seller, with their words in every language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Color:
    """A color of the house palette: its part of the SKU, its value on a screen, its names."""

    code: str
    hex: str
    names: Mapping[str, str]


def _color(code: str, hex_value: str, en: str, zh: str, fr: str, ru: str) -> Color:
    return Color(code, hex_value, {"en": en, "zh": zh, "fr": fr, "ru": ru})


COLORS: Mapping[str, Color] = {
    "white": _color("WHT", "#f6f3ec", "White", "白色", "blanc", "белый"),
    "ivory": _color("IVO", "#eee2ca", "Ivory", "象牙白", "ivoire", "слоновая кость"),
    "champagne": _color("CHA", "#e2c8a6", "Champagne", "香槟色", "champagne", "шампань"),
    "blush": _color("BLU", "#e4b3a8", "Blush", "裸粉色", "rose poudré", "пудровый"),
    "sand": _color("SND", "#d2b88c", "Sand", "沙色", "sable", "песочный"),
    "mustard": _color("MUS", "#d8a23f", "Mustard", "芥末黄", "moutarde", "горчичный"),
    "terracotta": _color("TER", "#c46a4b", "Terracotta", "陶土红", "terracotta", "терракотовый"),
    "red": _color("RED", "#b9433d", "Brick Red", "砖红", "rouge brique", "кирпичный"),
    "wine": _color("WIN", "#7c303f", "Wine", "酒红", "bordeaux", "бордовый"),
    "sage": _color("SAG", "#94aa8c", "Sage", "鼠尾草绿", "vert sauge", "шалфейный"),
    "olive": _color("OLV", "#7d8355", "Olive", "橄榄绿", "vert olive", "оливковый"),
    "forest": _color("FOR", "#32574a", "Forest Green", "森林绿", "vert sapin", "тёмно-зелёный"),
    "sky": _color("SKY", "#8db6cd", "Sky Blue", "天蓝", "bleu ciel", "голубой"),
    "petrol": _color("PET", "#2d6778", "Petrol", "孔雀蓝", "bleu pétrole", "сине-зелёный"),
    "navy": _color("NVY", "#2b3f66", "Navy", "藏青", "bleu marine", "тёмно-синий"),
    "gray": _color("GRY", "#9ba1a4", "Gray", "灰色", "gris", "серый"),
    "slate": _color("SLT", "#57636d", "Slate", "岩灰", "ardoise", "графитовый"),
    "black": _color("BLK", "#2f3136", "Black", "黑色", "noir", "чёрный"),
    "oak": _color("OAK", "#c99f6c", "Oak", "橡木色", "chêne", "дуб"),
    "walnut": _color("WAL", "#7f583d", "Walnut", "胡桃木色", "noyer", "орех"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One value of an option; price and weight in percent of the family's."""

    code: str
    value: str
    price_percent: int = 100
    weight_percent: int = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """An option other than the color, with its values from small to large."""

    option: str
    steps: tuple[Step, ...]


SCALES: Mapping[str, Scale] = {
    "tent": Scale("Capacity", (Step("2P", "2 persons"), Step("4P", "4 persons", 138, 155))),
    "bag-length": Scale("Length", (Step("200", "200 cm"), Step("220", "220 cm", 110, 112))),
    "flask": Scale("Volume", (Step("050", "0.5 L"), Step("075", "0.75 L", 115, 125), Step("100", "1 L", 132, 155))),
    "backpack": Scale("Volume", (Step("18", "18 L"), Step("26", "26 L", 118, 124))),
    "duffel": Scale("Volume", (Step("35", "35 L"), Step("55", "55 L", 122, 130))),
    "pan": Scale("Diameter", (Step("24", "24 cm"), Step("28", "28 cm", 120, 130))),
    "pot": Scale("Volume", (Step("3L", "3 L"), Step("5L", "5 L", 128, 140))),
    "board": Scale("Length", (Step("30", "30 cm"), Step("40", "40 cm", 140, 170))),
    "towel": Scale("Size", (Step("50/100", "50 × 100 cm"), Step("70/140", "70 × 140 cm", 175, 195))),
    "cushion": Scale("Size", (Step("45", "45 × 45 cm"), Step("60", "60 × 60 cm", 145, 170))),
    "tablecloth": Scale("Size", (Step("140/200", "140 × 200 cm"), Step("140/260", "140 × 260 cm", 128, 130))),
    "notebook": Scale("Format", (Step("A6", "A6", 72, 52), Step("A5", "A5"))),
    "nib": Scale("Nib", (Step("F", "F"), Step("M", "M"))),
    "bear": Scale("Height", (Step("28", "28 cm"), Step("42", "42 cm", 160, 210))),
    "blocks": Scale("Pieces", (Step("30", "30"), Step("50", "50", 150, 165))),
    "dress": Scale("Size", tuple(Step(size, size) for size in ("36", "38", "40", "42", "44"))),
    "pendant": Scale("Diameter", (Step("30", "30 cm"), Step("45", "45 cm", 135, 150))),
    "socks": Scale("Size", (Step("36", "36–38"), Step("39", "39–42"), Step("43", "43–46", 100, 110))),
    "mittens": Scale("Size", (Step("S", "S"), Step("M", "M"), Step("L", "L", 100, 108))),
    "sweater": Scale("Size", (Step("S", "S", 100, 92), Step("M", "M"), Step("L", "L", 100, 108), Step("XL", "XL", 104, 116))),
}

COLOR = "Color"

_OPTION_NAMES: Mapping[str, Mapping[str, str]] = {
    COLOR: {"zh": "颜色", "fr": "Coloris", "ru": "Цвет"},
    "Capacity": {"zh": "人数", "fr": "Capacité", "ru": "Вместимость"},
    "Diameter": {"zh": "直径", "fr": "Diamètre", "ru": "Диаметр"},
    "Format": {"zh": "开本", "fr": "Format", "ru": "Формат"},
    "Height": {"zh": "高度", "fr": "Hauteur", "ru": "Высота"},
    "Length": {"zh": "长度", "fr": "Longueur", "ru": "Длина"},
    "Nib": {"zh": "笔尖", "fr": "Plume", "ru": "Перо"},
    "Pieces": {"zh": "块数", "fr": "Pièces", "ru": "Количество деталей"},
    "Size": {"zh": "尺寸", "fr": "Taille", "ru": "Размер"},
    "Volume": {"zh": "容量", "fr": "Volume", "ru": "Объём"},
}
_UNITS: Mapping[str, Mapping[str, str]] = {
    "cm": {"zh": "厘米", "fr": "cm", "ru": "см"},
    "kg": {"zh": "公斤", "fr": "kg", "ru": "кг"},
    "g": {"zh": "克", "fr": "g", "ru": "г"},
    "L": {"zh": "升", "fr": "l", "ru": "л"},
    "persons": {"zh": "人", "fr": "personnes", "ru": "человека"},
}
_COLOR_NAMES: Mapping[str, Mapping[str, str]] = {color.names["en"]: color.names for color in COLORS.values()}
_MEASURE = re.compile(r"(?P<number>[\d.]+(?: × [\d.]+)*) (?P<unit>cm|kg|g|L|persons)")


def translated(word: str, language: str) -> str:
    """The name or value of an option in another language; what is the same everywhere ("M", "36–38") comes back as it is."""
    if language == "en":
        return word
    known = _OPTION_NAMES.get(word) or _COLOR_NAMES.get(word)
    if known:
        return known[language]
    measure = _MEASURE.fullmatch(word)
    if measure is None:
        return word
    number = measure["number"] if language == "zh" else measure["number"].replace(".", ",")
    return f"{number}\N{NO-BREAK SPACE}{_UNITS[measure['unit']][language]}"
