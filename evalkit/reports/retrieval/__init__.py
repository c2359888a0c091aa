"""Whether the right passages were retrieved, apart from what models made of them."""
