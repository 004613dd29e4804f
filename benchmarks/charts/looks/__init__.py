"""How charts look: a module for each program that draws them."""
