"""Tests of %sora: its grammar, its completion, what it does and prints."""
