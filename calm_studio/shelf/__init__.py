"""The left panel: clips to continue, a place to drop or record more, examples, and what was opened lately."""
