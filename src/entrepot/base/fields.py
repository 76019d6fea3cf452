"""Model fields and migration operations that several floors share."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from entrepot.base.crypto import CannotOpen
from entrepot.base.keyring import fernet


class Secret(Mapping[str, str]):
    """A JSON object as it lies in the database, encrypted; opened when somebody first looks into it.

    Looking raises CannotOpen when its key is not in the key file: only who needs the secret fails then.
    """

    def __init__(self, sealed: bytes) -> None:
        self.sealed = sealed

    def __getitem__(self, name: str) -> str:
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)

    def readable(self) -> dict[str, str]:
        """What is in it; nothing when its key is gone, so that it can be written anew."""
        try:
            return dict(self._opened)
        except CannotOpen:
            return {}

    @cached_property
    def _opened(self) -> dict[str, str]:
        try:
            return dict(json.loads(fernet().decrypt(self.sealed))) if self.sealed else {}
        except InvalidToken:
            raise CannotOpen("these credentials were encrypted with a key that is not in the key file") from None


class SecretJSON(models.BinaryField):  # type: ignore[type-arg]
    """A JSON object encrypted by MultiFernet; for credentials. Never shown again, never in an export."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, *_: Any) -> Secret:
        return Secret(bytes(value or b""))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = value.sealed if isinstance(value, Secret) else fernet().encrypt(json.dumps(value or {}).encode())
        return super().get_db_prep_value(sealed, connection, prepared)


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel for a table partitioned by month of ``column``, with a default partition that refuses nothing."""

    def __init__(self, *args: Any, column: str, **kwargs: Any) -> None:
        self.column = column
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, list(args), {**kwargs, "column": self.column}

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        table = schema_editor.quote_name(model._meta.db_table)
        sql, params = schema_editor.table_sql(model)
        schema_editor.execute(f"{sql} PARTITION BY RANGE ({schema_editor.quote_name(self.column)})", params or None)
        default = schema_editor.quote_name(model._meta.db_table + "_default")
        schema_editor.execute(f"CREATE TABLE {default} PARTITION OF {table} DEFAULT")
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))  # type: ignore[attr-defined]
