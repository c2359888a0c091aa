"""Asking an endpoint: one request and its reply, many of them at once, and what they cost.

Whoever runs models, or judges with one, makes a `Request`, and gets a `Reply` by `asking.ask`;
`working.work` asks for many, as rows of work that somebody else keeps (`working.Tasks`).
"""
