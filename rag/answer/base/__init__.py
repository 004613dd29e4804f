"""What every part of answering needs: tables, boxes, citations, numbers, refusals."""
