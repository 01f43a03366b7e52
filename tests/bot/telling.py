"""What tests of a habit that is told in the chat share."""

from tests.bot_api import Call

SENTENCE = "I will read at 21:30 in bed"


def button(calls: list[Call], verb: str) -> str:
    """The data of the one button of the last message that answers so."""
    (data,) = [data for data in calls[-1].buttons if data.split(":", 2)[2].startswith(verb)]
    return data
