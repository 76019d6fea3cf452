"""Errors a person reads: each names the thing and the cure."""


class UserError(Exception):
    """An expected "no". Its text is shown to the user as it is, so it names the thing and what cures it."""

    code = "refused"


class NotFound(UserError):
    code = "not_found"


class WrongState(UserError):
    """A move that the thing's present state does not allow; nothing was changed."""

    code = "wrong_state"


class NotAllowed(UserError):
    code = "not_allowed"
