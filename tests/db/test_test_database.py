"""The ground the other tests stand on: rights as in production, nothing left behind."""

import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db
def test_code_under_test_runs_as_the_app_role_without_special_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("entrepot_app", False, False, False)


def test_several_connections_see_what_one_of_them_commits(connect) -> None:
    one, two = connect(), connect()
    with one:
        one.execute("INSERT INTO django_session VALUES ('left behind', '', '2030-01-01Z')")
    assert two.execute("SELECT count(*) FROM django_session").fetchone() == (1,)


def test_what_a_test_commits_is_gone_in_the_next(connect) -> None:
    assert connect().execute("SELECT count(*) FROM django_session").fetchone() == (0,)


def test_rows_of_migrations_come_back_after_a_test_that_changed_them(connect, owner) -> None:
    kept = owner.execute("SELECT name FROM test_seed.kept ORDER BY name").fetchall()
    assert ("django_content_type",) in kept
    before = owner.execute("TABLE django_content_type ORDER BY id").fetchall()
    owner.execute("UPDATE django_content_type SET model = model || '_changed'")
    owner.execute("SELECT test_clear()")
    assert owner.execute("TABLE django_content_type ORDER BY id").fetchall() == before


def test_the_app_may_not_truncate(connect) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect().execute("TRUNCATE django_session")
