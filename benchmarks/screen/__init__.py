"""The annotation screens of evalkit and of Potato, driven alike: see ``benchmarks.annotating``."""
