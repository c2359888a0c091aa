"""Where a judge and people differ, case by case."""
