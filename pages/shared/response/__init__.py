"""A response with its case, wherever a lead sees one."""
