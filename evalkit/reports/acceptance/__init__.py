"""Which verdicts of a judge may be taken without a person, at a stated risk."""
