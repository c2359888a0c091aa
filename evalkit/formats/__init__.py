"""Foreign formats: one file each, its bytes in, our records out."""
