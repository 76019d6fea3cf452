"""Pictures of products: uploaded, once per content, or somewhere on the web."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from entrepot.base import clock, outside
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import VariantId
from entrepot.catalog.models import Media, MediaBlob, Product
from entrepot.people.audit import record

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_SIDE = 12_000
MOST_PICTURES = 50
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class PictureRefused(UserError):
    """This file is no picture that we take; the text says why."""

    code = "picture_refused"


def add_picture(product: UUID, content: bytes, *, actor: str, variant: VariantId | None = None, source: str = "") -> int:
    """An uploaded picture at the end of the product's (or the variant's); its id. The same content again is the same picture.

    Raises: PictureRefused for a wrong type, a damaged file, or too many bytes or pixels; nothing is decoded to find out (F48).
    """
    mime, width, height = measured(content)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        row = _locked(product)
        present = _present(row, variant, blob_id=digest)
        if present is not None:
            return present
        blob = MediaBlob(sha256=digest, mime=mime, width=width, height=height, content=content)
        MediaBlob.objects.bulk_create([blob], ignore_conflicts=True)
        return _add(row, variant, actor, source, blob_id=digest)


def link_picture(product: UUID, url: str, *, actor: str, variant: VariantId | None = None, source: str = "") -> int:
    """A picture that stays on the web, where the channels fetch it; its id. Only https, but in the demo (X3)."""
    outside.check_address(url, inside=settings.DEMO)
    with transaction.atomic():
        row = _locked(product)
        present = _present(row, variant, url=url.strip())
        return present if present is not None else _add(row, variant, actor, source, url=url.strip())


def remove_picture(product: UUID, picture: int, *, actor: str, source: str = "") -> None:
    """The picture is gone from the product; its bytes too, when no other product shows them."""
    with transaction.atomic():
        row = _locked(product)
        media = row.media.filter(pk=picture).first()
        if media is None:
            raise NotFound(_("There is no such picture of this product."))
        digest = media.blob_id
        media.delete()
        if digest is not None and not Media.objects.filter(blob_id=digest).exists():
            MediaBlob.objects.filter(pk=digest).delete()
        _changed(row, "picture.removed", actor, source, {"picture": digest or media.url})


def order_pictures(product: UUID, pictures: Sequence[int], *, actor: str, source: str = "") -> None:
    """The product's pictures stand in this order; all of them are named. Raises: UserError when one is missing or foreign."""
    with transaction.atomic():
        row = _locked(product)
        media = {one.pk: one for one in row.media.all()}
        if set(media) != set(pictures) or len(media) != len(pictures):
            raise UserError(_("The pictures of this product have changed. Load the page again."))
        for position, pk in enumerate(pictures):
            media[pk].position = position
        Media.objects.bulk_update(media.values(), ["position"])
        _changed(row, "pictures.ordered", actor, source, {"pictures": list(pictures)})


def check_size(size: int) -> None:
    """Ask before all of a file is read. Raises: PictureRefused."""
    if size > MOST_BYTES:
        raise PictureRefused(_("The picture has %(mb)d MB; at most %(most)d are taken.") % {"mb": size >> 20, "most": MOST_BYTES >> 20})


def measured(content: bytes) -> tuple[str, int, int]:
    """(mime, width, height) from the file's head and structure; its pixels are not decoded. Raises: PictureRefused."""
    check_size(len(content))
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            mime = Image.MIME[picture.format or ""]
            if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
                message = _("The picture has %(width)d × %(height)d pixels; at most %(most)d million are taken.")
                raise PictureRefused(message % {"width": width, "height": height, "most": MOST_PIXELS // 1_000_000})
            picture.verify()
    except Image.DecompressionBombError:
        raise PictureRefused(_("The picture has far too many pixels.")) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PictureRefused(_("This is no picture, or it is damaged. Upload a JPEG, PNG, WebP or GIF.")) from None
    return mime, width, height


def _present(product: Product, variant: VariantId | None, **where: Any) -> int | None:
    return product.media.filter(**where, variant=variant).values_list("pk", flat=True).first()


def _add(product: Product, variant: VariantId | None, actor: str, source: str, **where: Any) -> int:
    if variant is not None and not product.variants.filter(pk=variant).exists():
        raise NotFound(_("There is no such variant of this product."))
    if product.media.count() >= MOST_PICTURES:
        raise UserError(_("A product has at most %(most)d pictures.") % {"most": MOST_PICTURES})
    last = product.media.aggregate(last=Max("position"))["last"]
    media = Media.objects.create(product=product, variant_id=variant, position=0 if last is None else last + 1, **where)
    _changed(product, "picture.added", actor, source, {"picture": where.get("blob_id") or where["url"]})
    return media.pk


def _changed(product: Product, action: str, actor: str, source: str, after: dict[str, Any]) -> None:
    product.version += 1
    product.changed_at = clock.now()
    product.save(update_fields=["version", "changed_at"])
    record(action, f"product:{product.public_id}", actor=actor, source=source, after=after)


def _locked(public_id: UUID) -> Product:
    product = Product.objects.select_for_update().filter(public_id=public_id).first()
    if product is None:
        raise NotFound(_("There is no such product."))
    return product
