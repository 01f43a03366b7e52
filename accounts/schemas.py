"""What goes in and out of the profile."""

from contract.schemas import Output


class ProfileOut(Output):
    id: int
    email: str | None
    display_name: str | None
    timezone: str
    language: str
    telegram_username: str | None
