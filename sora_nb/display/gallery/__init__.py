"""The gallery of many films."""
