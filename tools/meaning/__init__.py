"""What the book says, compared with what is true: numbers, formulas and figures."""
