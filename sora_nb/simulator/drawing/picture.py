"""The start picture of image-to-video, fetched as the service would."""

from __future__ import annotations

import aiohttp

LARGEST = 10 * 1024 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=20.0)
GONE = range(400, 500)


class PictureRefused(Exception):
    """The task fails with `code`, a failCode of the contract, and `message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    """The picture's file: JPG, PNG or WebP by content, at most 10 MB. Raises PictureRefused."""
    try:
        async with session.get(url, timeout=TIMEOUT, max_redirects=5) as answer:
            if answer.status in GONE:
                reason = f"The image URL answered {answer.status}."
                raise PictureRefused("INVALID_IMAGE_URL", reason)
            if answer.status != 200:
                reason = f"The image's host answered {answer.status}."
                raise PictureRefused("IMAGE_DOWNLOAD_FAILED", reason)
            data = bytearray()
            async for piece in answer.content.iter_chunked(64 * 1024):
                data += piece
                if len(data) > LARGEST:
                    raise PictureRefused("IMAGE_TOO_LARGE", "The image is larger than 10 MB.")
    except aiohttp.InvalidURL:
        raise PictureRefused("INVALID_IMAGE_URL", "The image URL could not be used.") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        reason = "The image could not be downloaded."
        raise PictureRefused("IMAGE_DOWNLOAD_FAILED", reason) from None
    if not _known(data):
        raise PictureRefused("UNSUPPORTED_FORMAT", "The image is not a JPG, PNG or WebP.")
    return bytes(data)


def _known(data: bytes | bytearray) -> bool:
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or is_webp
