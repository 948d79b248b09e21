"""Projects and their parts by the API."""

from ninja import Router

from backcast.web.projects.api.library import router as library
from backcast.web.projects.api.parts import router as parts

router = Router(tags=["projects"])
router.add_router("", library)
router.add_router("", parts)

__all__ = ["router"]
