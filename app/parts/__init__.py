"""Larger parts of single lessons, each drawn by one function that its page calls."""
