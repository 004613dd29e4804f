"""What writes answers: the model of the set-up, a larger one, and quotation where there is none."""
