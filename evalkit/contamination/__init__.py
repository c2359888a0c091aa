"""Whether cases of an eval set stand in what models may have been trained on."""
