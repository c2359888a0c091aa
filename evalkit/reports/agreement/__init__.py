"""How far annotators agree with one another, and judges with people."""
