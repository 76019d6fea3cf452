"""Pictures: uploaded or linked, never decoded to be judged (F48, X3)."""

import io
import struct
import zlib

import pytest
from PIL import Image

from entrepot.base.errors import UserError
from entrepot.base.outside import AddressRefused
from entrepot.catalog import actions, queries
from entrepot.catalog.actions.pictures import MOST_BYTES, PictureRefused
from entrepot.catalog.models import Media, MediaBlob
from entrepot.catalog.types import ProductDraft, ProductRef, VariantDraft

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6), color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")])
def test_an_uploaded_picture_is_kept_and_given_back(lamp: ProductRef, kind: str, mime: str) -> None:
    content = picture(kind)
    actions.add_picture(lamp.public_id, content, actor="ann")
    shown = queries.product(lamp.public_id).pictures
    found = queries.media_content(shown[0].sha256)
    assert (found.mime, found.width, found.height, found.content) == (mime, 8, 6, content)


def test_the_same_content_is_stored_once_and_shown_once(lamp: ProductRef) -> None:
    other = actions.create_product(ProductDraft("OTHER", [VariantDraft("OTHER")]), actor="ann")
    first = actions.add_picture(lamp.public_id, picture(), actor="ann")
    assert actions.add_picture(lamp.public_id, picture(), actor="ann") == first
    second = actions.add_picture(other.public_id, picture(), actor="ann")
    assert (MediaBlob.objects.count(), Media.objects.count()) == (1, 2)
    actions.remove_picture(lamp.public_id, first, actor="ann")
    assert MediaBlob.objects.count() == 1
    actions.remove_picture(other.public_id, second, actor="ann")
    assert MediaBlob.objects.count() == 0


def test_pictures_stand_in_the_order_that_was_wished(lamp: ProductRef) -> None:
    red = queries.variant_of("LAMP-R")
    ids = [actions.add_picture(lamp.public_id, picture(color=color), actor="ann") for color in ("red", "green", "blue")]
    own = actions.link_picture(lamp.public_id, "https://cdn.example.com/red.png", actor="ann", variant=red)
    actions.order_pictures(lamp.public_id, [ids[2], own, ids[0], ids[1]], actor="ann")
    assert [one.id for one in queries.product(lamp.public_id).pictures] == [ids[2], own, ids[0], ids[1]]
    with pytest.raises(UserError, match="have changed"):
        actions.order_pictures(lamp.public_id, ids, actor="ann")


def bomb(width: int, height: int) -> bytes:
    """A PNG whose head promises many pixels; its data would unpack to none of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(30_000, 30_000), "pixels"),
        (bomb(10_000, 10_000), "10000 × 10000 pixels"),
        (bomb(60_000, 2), "60000 × 2 pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * MOST_BYTES, "at most 10"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (b"", "no picture"),
        (picture()[:40], "damaged"),
        (picture("BMP"), "Upload a JPEG"),
    ],
)
def test_f48_what_is_no_sound_picture_is_refused(lamp: ProductRef, content: bytes, words: str) -> None:
    with pytest.raises(PictureRefused, match=words):
        actions.add_picture(lamp.public_id, content, actor="ann")
    assert not MediaBlob.objects.exists()


@pytest.mark.parametrize(
    "url", ["http://cdn.example.com/a.png", "https://127.0.0.1/a.png", "https://[::ffff:169.254.169.254]/a.png", "nonsense"]
)
def test_x3_only_public_https_addresses_are_linked(lamp: ProductRef, url: str) -> None:
    with pytest.raises(AddressRefused):
        actions.link_picture(lamp.public_id, url, actor="ann")
    assert not Media.objects.exists()
