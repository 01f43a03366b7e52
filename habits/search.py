"""Search in the public feed: action and place, whatever their case, by an index of trigrams.

A plain trigram index finds rare words, and walking the feed finds common ones, but neither holds for a word that is
common in old habits only, and PostgreSQL cannot tell the cases apart. So the index leads with the bucket of the id,
and a search goes bucket by bucket from the newest: it stops at a full page, and a bucket bounds what it reads in vain.
"""

from django.db.models import Func, TextField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce

# A bucket is 2**14 ids. 1,000,000 habits: 62 index probes for a word that is nowhere, 2 to 5 ms.
BUCKET_BITS = 14
# Characters of a search term. Each of a long one costs a look into the index.
MIN_SEARCH = 3
SEARCH_LENGTH = 100


class SearchText(Func):
    """The text of a habit that a search sees; the index `public_habits_by_text` is on this very expression.

    A line break parts action and place: no search term holds one, so nothing matches across the two.
    """

    template = "UPPER(%(expressions)s)"
    arg_joiner = " || CHR(10) || "
    output_field = TextField()

    def __init__(self, *expressions: str | Combinable) -> None:
        super().__init__(*(expressions or ("action", Coalesce("place", Value("")))))


_MATCHES = """
    SELECT found.id
    FROM generate_series({first} >> {bits}, {last} >> {bits}, {step}) AS bucket
    CROSS JOIN LATERAL (
        SELECT id FROM habits_habit
        WHERE is_public AND hidden_at IS NULL AND id >> {bits} = bucket AND {bound}
            AND UPPER(action || CHR(10) || COALESCE(place, '')) LIKE '%%' || UPPER(%s) || '%%'
        ORDER BY id {order}
        LIMIT %s
    ) AS found
    LIMIT %s
"""
_NEWEST = "(SELECT MAX(id) FROM habits_habit WHERE is_public AND hidden_at IS NULL)"
_OLDEST = "(SELECT MIN(id) FROM habits_habit WHERE is_public AND hidden_at IS NULL)"
_OLDER = _MATCHES.format(
    first=f"LEAST({_NEWEST}, %s)", last=_OLDEST, step=-1, bound="id < %s", order="DESC", bits=BUCKET_BITS
)
_NEWER = _MATCHES.format(first="%s", last=_NEWEST, step=1, bound="id > %s", order="ASC", bits=BUCKET_BITS)


def nearest_matches(term: str, *, limit: int, older_than: int | None, newer_than: int | None) -> RawSQL:
    """The ids of the `limit` public habits nearest to the given one (to the newest without one) that hold `term`."""
    pattern = term.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    if newer_than is not None:
        return RawSQL(_NEWER, (newer_than, newer_than, pattern, limit, limit))  # noqa: S611 (constants; values apart)
    bound = older_than if older_than is not None else 2**62
    return RawSQL(_OLDER, (bound, bound, pattern, limit, limit))  # noqa: S611 (constants; values apart)
