"""Each form of chart read as a table: bars, lines, pies; names of series; values in print."""
