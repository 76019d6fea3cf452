"""The REST API, version 1: its operations, its document, its page. v1 only gains fields; a break would be /api/v2."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

from entrepot.api import (
    accounts,
    bodies,
    imports,
    offers,
    orders,
    problems,
    products,
    recalls,
    stock,
    stock_changes,
    summary,
    token,
    variants,
)

WORDS = """Everything that a program does with Entrepot. Start with a token: `entrepot token create --user you --name "my program"
--scopes see`, and send it as `Authorization: Bearer ent_…`.

- **Money** is `{"minor": 1250, "currency": "EUR"}`: whole units of the currency's smallest coin.
- **Pages**: `next` of an answer is the `cursor` of the next page.
- **Repeating a write**: name it with `Idempotency-Key`; within 48 hours the same key has one effect and one answer.
- **Refusals** are problem documents (RFC 9457): `code` is for programs, `detail` for people.
- **How often**: each token a number of calls a minute; then 429 with `Retry-After`."""


class Api(NinjaAPI):
    def set_default_exception_handlers(self) -> None:
        """Every refusal is a problem document, and so is every failure."""
        self.add_exception_handler(Exception, problems.told)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Refusals are declared with the media type they have."""
        document = super().get_openapi_schema(**options)
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        return document


api = Api(
    title="Entrepot",
    version="1",
    description=WORDS,
    urls_namespace="api-v1",
    docs=Swagger(settings={"validatorUrl": None}),  # else the page shows a picture from a foreign address
    parser=bodies.BoundedParser(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)
for part in (products, variants, offers, recalls, stock, stock_changes, orders, accounts, summary, imports, token):
    api.add_router("", part.door)
