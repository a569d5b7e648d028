"""Where Video lived before it moved to ``handles``: pickles of that time name this module.

It can go once no such pickle is of use, which nobody here can know: it is one line.
"""

from sora_nb.handles.video import Video

__all__ = ["Video"]
