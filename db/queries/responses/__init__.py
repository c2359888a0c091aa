"""Responses with their cases, as a lead reads them."""
