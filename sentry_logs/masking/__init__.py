"""Personal data hidden in values and texts before they leave a service. Knows no Django, no Sentry, no call.

`mask_text` is the one mask for text of unknown shape. It takes linear time, and what it returns it returns
again unchanged. Each thing that it hides leaves one DOTS behind.
"""

from .dots import DOTS, count_hidden
from .masked import Masked
from .numbers import mask_number
from .structure import mask_json, names_in
from .text import mask_text

__all__ = ["DOTS", "Masked", "count_hidden", "mask_json", "mask_number", "mask_text", "names_in"]
