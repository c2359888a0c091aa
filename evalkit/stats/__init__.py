"""Statistics: agreement, ranking, scores and the intervals that belong to each number."""
