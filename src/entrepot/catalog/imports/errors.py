"""What imports refuse: a file as a whole, or one row of it."""

from django.utils.translation import gettext as _

from entrepot.base.errors import UserError


class CannotRead(UserError):
    """The file as a whole cannot be read; ``line`` and ``column`` (both from 1, 0: unknown) say where."""

    code = "cannot_read"

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(_placed(message, line, column))
        self.line, self.column = line, column


class RowRefused(UserError):
    """One row cannot be taken. ``column`` is the heading of the file, ``reason`` a short code that reports count."""

    code = "row_refused"

    def __init__(self, reason: str, message: str, *, column: str = "", value: str = "") -> None:
        super().__init__(message)
        self.reason, self.column, self.value = reason, column, value


def _placed(message: str, line: int, column: int) -> str:
    if line and column:
        return _("Line {line}, column {column}: {message}").format(line=line, column=column, message=message)
    return _("Line {line}: {message}").format(line=line, message=message) if line else message
