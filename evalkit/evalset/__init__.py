"""Eval sets as data: what makes two cases, and two versions, the same."""
