"""What a person's sentence says, part by part: times, days, durations, places, and how it opens and closes."""
