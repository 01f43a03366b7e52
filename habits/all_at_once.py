"""Bodies of habits that have a type wrong: what else is wrong with them is told in the same answer."""

from typing import Any, Self

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from contract.schemas import Patch, together_with
from habits.rules import Wish, broken_for_certain


class AllAtOnce(Patch):
    """Types alone are held here, and rules by `habits.rules` once the types are right; but whoever has a type wrong is
    told of the rules that are broken as well, as far as that is certain without looking into the database."""

    @model_validator(mode="wrap")
    @classmethod
    def _tell_all(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            if not isinstance(data, dict):
                raise
            misfits = {str(line["loc"][0]) for line in error.errors() if line["loc"]}
            rest = {name: value for name, value in data.items() if name in cls.model_fields and name not in misfits}
            good = handler(rest).changes()
            if good.get("weekdays"):
                good["weekdays"] = tuple(good["weekdays"])
            broken = broken_for_certain(Wish(**good), unknown=misfits | cls._not_told(good))
            raise together_with(error, broken) from None

    @classmethod
    def _not_told(cls, good: dict[str, Any]) -> set[str]:
        """Fields of which nobody knows yet what they will be: they stand in the database."""
        return cls.model_fields.keys() - good.keys()
