"""Products from a file through the page: proposed columns, a preview that writes nothing, an import with the refused rows."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from entrepot.catalog.models import ImportMapping, Variant
from entrepot.people.models import LegalEntity
from tests.web.world import World

pytestmark = pytest.mark.django_db
CSV = "SKU;Title;Price\nHY-MUG;Becher;32,90\nHY-CUP;Tasse;cheap\n"


def upload(text: str = CSV) -> SimpleUploadedFile:
    return SimpleUploadedFile("mugs.csv", text.encode("utf-8"))


def test_the_columns_are_proposed_and_a_preview_writes_nothing(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("ops").post("/products/import/preview/", {"file": upload(), "mapping": ""})
    page = answer.content.decode()
    assert "<html" not in page
    assert {field: chosen for field, _, chosen in answer.context["choices"] if chosen} == {"sku": "SKU", "title": "Title", "price": "Price"}
    assert [(error.line, error.column) for error in answer.context["found"].errors] == [(3, "Price")]
    assert "HY-MUG" in page
    assert not Variant.objects.filter(sku="HY-MUG").exists()
    assert not ImportMapping.objects.exists()


def test_good_rows_are_imported_bad_ones_are_named_and_the_columns_are_kept(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("ops")
    form = {"mapping": "", "name": "mugs", "column.sku": "SKU", "column.title": "Title", "column.price": "Price"}
    answer = client.post("/products/import/", {**form, "file": upload()}, follow=True)
    run = answer.context["run"]
    assert (run.lines, run.imported, [(error.line, error.column) for error in run.errors]) == (2, 1, [(3, "Price")])
    assert Variant.objects.get(sku="HY-MUG").price_minor == 3290
    assert "cheap" in answer.content.decode()
    again = client.post("/products/import/", {"mapping": "mugs", "file": upload()}, follow=True).context["run"]
    assert (again.imported, again.unchanged) == (1, 1)


def test_what_cannot_be_read_says_why(signed_in: Callable[[str], Client]) -> None:
    client = signed_in("ops")
    assert "Choose a file first" in client.post("/products/import/preview/", {"mapping": ""}).content.decode()
    answer = client.post("/products/import/", {"mapping": "", "name": "x", "file": upload()}, follow=True)
    assert "No column is said to be the SKU" in answer.content.decode()


def test_a_person_of_one_company_imports_no_files(world: World, signed_in: Callable[[str], Client]) -> None:
    world.users["ops"].legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    assert signed_in("ops").get("/products/import/").status_code == 409
