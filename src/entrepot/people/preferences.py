"""What a person sets for the own screen."""

from entrepot.people.models import User


def set_language(user: int, language: str) -> None:
    """All pages speak this language to this person from now on. Raises: ValueError for one that the screens do not speak."""
    if language not in dict(User._meta.get_field("language").choices or ()):
        raise ValueError(language)
    User.objects.filter(pk=user).update(language=language)
