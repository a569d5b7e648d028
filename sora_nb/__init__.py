"""sora_nb: a notebook cell as a video studio. Public names load at first use; import starts nothing."""

__version__ = "0.1.0"
