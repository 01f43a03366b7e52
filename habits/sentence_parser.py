"""What a person's words say of a habit, in English and Russian, mixed as they come.

"I will read at 21:30 in bed", «каждый день в 7 утра бегать в парке». What is understood is told in the habit's own
fields; what could be two things is a doubt, to be asked; nothing is guessed. No text raises, and none takes long.
"""

from habits.understanding.answers import understand_duration, understand_frequency, understand_place, understand_time
from habits.understanding.result import Candidate, Changes, Doubt, Understood
from habits.understanding.sentence import understand

__all__ = [
    "Candidate",
    "Changes",
    "Doubt",
    "Understood",
    "understand",
    "understand_duration",
    "understand_frequency",
    "understand_place",
    "understand_time",
]
