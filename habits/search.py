"""Search in the public feed: action and place, whatever their case, newest first, at a bounded cost.

No index can find the newest matches of any words at once: words that are nowhere may be made of letters that are
everywhere. So the feed is cut into buckets of ids, and the index holds, for each bucket, which of its habits hold which
three characters in a row (white space and punctuation included). A search goes bucket by bucket from where the page
begins, checks what the index finds, and stops at a full page, at the end of the feed, or when its time is up. Then the
page says how far it came, and the next one goes on from there: nothing is left out (`contract.pages.Stretch`).
"""

from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

# A bucket is 2**12 ids; the index is made so (migration 0002). A word that is nowhere in 1,000,000 habits: 245 looks.
BUCKET_BITS: Final = 12
# Characters of a search term.
MIN_SEARCH: Final = 3
SEARCH_LENGTH: Final = 100
# After so many milliseconds a search begins no other bucket. The dearest one takes as long once more.
PATIENCE: Final = 20


class SearchText(Func):
    """The text of a habit that a search sees; the index `public_habits_by_words` is on the keys of this expression.

    A line break parts action and place: no search term holds one, so nothing matches across the two.
    """

    template = "UPPER(%(expressions)s)"
    arg_joiner = " || CHR(10) || "
    output_field = TextField()

    def __init__(self, *expressions: str | Combinable) -> None:
        super().__init__(*(expressions or ("action", Coalesce("place", Value("")))))


class SearchKeys(Func):
    """A number for each three characters in a row, and the bucket: what the index holds of a habit.

    The function is made by migration 0002. Where two words share a number, a search looks at a habit in vain.
    """

    function = "habits_search_keys"
    output_field = ArrayField(BigIntegerField())

    def __init__(self, *expressions: str | Combinable) -> None:
        super().__init__(*(expressions or ("id", SearchText())))


_TEXT: Final = "UPPER(action || CHR(10) || COALESCE(place, ''))"
_SHOWN: Final = "is_public AND hidden_at IS NULL"


def _walk(*, first: str, last: str, step: int, bound: str, order: str, edge: str) -> str:
    """The statement that looks for matches from the bucket of `first` to that of `last`, and says where it stopped.

    Of a long term at most eight trigrams, spread over it, are looked up, since each costs a look; what they find is
    checked. `reached` is the last bucket that was looked at; the first one is, whatever the time. In `bound`, `id + 0`
    keeps PostgreSQL from reading half of the primary key beside the bucket.
    """
    not_through = f"{step} * reached < {step} * ({last} >> {BUCKET_BITS})"
    return f"""
    WITH RECURSIVE asked AS MATERIALIZED (
        SELECT UPPER(%(term)s) AS term,
            ARRAY(
                SELECT hashtext(substr(UPPER(%(term)s), place, 3))::bigint
                FROM generate_series(1, length(UPPER(%(term)s)) - 2, 1 + (length(UPPER(%(term)s)) - 3) / 8) AS place
            ) AS trigrams,
            (SELECT MIN(id) FROM habits_habit WHERE {_SHOWN}) AS oldest,
            (SELECT MAX(id) FROM habits_habit WHERE {_SHOWN}) AS newest
    ), walk AS (
        SELECT ({first} >> {BUCKET_BITS}) - ({step}) AS reached, 0 AS steps, 0 AS found, '{{}}'::bigint[] AS ids
        FROM asked
        UNION ALL
        SELECT reached + {step}, steps + 1, found + cardinality(here.ids), here.ids
        FROM walk, asked, LATERAL (
            SELECT COALESCE(array_agg(id), '{{}}') AS ids FROM habits_habit
            WHERE {_SHOWN} AND {bound} AND strpos({_TEXT}, term) > 0
                AND habits_search_keys(id, {_TEXT})
                    @> ARRAY(SELECT ((reached + {step}) << 32) + trigram FROM unnest(trigrams) AS trigram)
        ) AS here
        WHERE found < %(limit)s AND {not_through}
            AND (steps = 0 OR clock_timestamp() < statement_timestamp() + %(patience)s * interval '1 millisecond')
    )
    SELECT ARRAY(SELECT id FROM walk, unnest(ids) AS id ORDER BY id {order} LIMIT %(limit)s),
        (SELECT CASE WHEN {not_through} THEN {edge} END FROM walk, asked ORDER BY steps DESC LIMIT 1)
    """  # noqa: S608 (constants; values apart)


_OLDER: Final = _walk(
    first="LEAST(newest, %(bound)s::bigint - 1)",
    last="oldest",
    step=-1,
    bound="id + 0 < %(bound)s",
    order="DESC",
    edge=f"reached << {BUCKET_BITS}",
)
_NEWER: Final = _walk(
    first="(%(bound)s::bigint + 1)",
    last="newest",
    step=1,
    bound="id + 0 > %(bound)s",
    order="ASC",
    edge=f"((reached + 1) << {BUCKET_BITS}) - 1",
)


@dataclass(frozen=True, slots=True)
class Matches:
    """Ids of matches, the nearest first. All up to `stopped_at`, and itself, have been looked at; None: to the end."""

    ids: list[int]
    stopped_at: int | None


def nearest_matches(term: str, *, limit: int, older_than: int | None, newer_than: int | None) -> Matches:
    """The `limit` public habits nearest to the given one (to the newest without one) that hold `term`, or fewer."""
    told: dict[str, int | str] = {"term": term, "limit": limit, "patience": PATIENCE}
    with connection.cursor() as cursor:
        if newer_than is not None:
            cursor.execute(_NEWER, told | {"bound": newer_than})
        else:
            cursor.execute(_OLDER, told | {"bound": older_than if older_than is not None else 2**62})
        ids, stopped_at = cursor.fetchone()
    return Matches(ids, ids[-1] if len(ids) == limit else stopped_at)
