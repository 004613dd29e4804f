"""The planner of questions over tables, learned from tables and answers."""
