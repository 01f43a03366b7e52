"""Pure date arithmetic: when a schedule is due. No ORM, no clock of its own."""
