"""The tables of these documents, made from the code's own lists: ``python -m docs`` writes them anew."""
