"""What a search looks through: action and place, whatever their case, by an index of trigrams."""

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce


class SearchText(Func):
    """The text of a habit that a search sees; the index `public_habits_by_text` is on this very expression.

    A line break parts action and place: no search term holds one, so nothing matches across the two.
    """

    template = "UPPER(%(expressions)s)"
    arg_joiner = " || CHR(10) || "
    output_field = TextField()

    def __init__(self, *expressions: str | Combinable) -> None:
        super().__init__(*(expressions or ("action", Coalesce("place", Value("")))))
