"""Model fields and migration operations that several floors share."""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from entrepot.base.crypto import CannotOpen
from entrepot.base.keyring import fernet


class SecretJSON(models.BinaryField):  # type: ignore[type-arg]
    """A JSON object encrypted by MultiFernet; for credentials. Never shown again, never in an export."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, *_: Any) -> dict[str, str]:
        if value is None or not bytes(value):
            return {}
        try:
            opened: dict[str, str] = json.loads(fernet().decrypt(bytes(value)))
        except InvalidToken:
            raise CannotOpen("these credentials were encrypted with a key that is not in the key file") from None
        return opened

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = fernet().encrypt(json.dumps(value or {}).encode())
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
