"""A tag for what somebody typed: how it is learnt, who is offered it, what became of it."""
