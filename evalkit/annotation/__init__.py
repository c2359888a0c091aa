"""What happens between a case and an annotation: blinding, assignment, rubric, rendering."""
